import type { Evidence, Grant } from '../evidence'

/**
 * Frozen evidence as text. Form 2 (decision 059) writes each part as the list of its values in the order below, all of them texts
 * or null; what was frozen before is JSON with a name at each value. A report names the fields, so that it can be read alone.
 */

const evidenceForm = 2

const list = <const Names extends readonly string[]>(...names: Names): Names => names

export const evidenceFields = {
  is: list(
    ...(['id', 'name', 'kind', 'status', 'externalId', 'system', 'source', 'environment', 'purpose'] as const),
    ...(['criticality', 'issuedAt', 'firstSeenAt', 'privilege', 'grantCount'] as const),
    ...(['score', 'identities', 'systems', 'hours', 'isUnbounded'] as const),
    ...(['credentialCount', 'oldestAt', 'nextExpiryAt', 'neverExpires'] as const),
    ...(['usage', 'lastUsedAt', 'neverUsed', 'where', 'dependentCount', 'recommendation'] as const),
    'sightingCount',
  ),
  owners: list('key', 'label', 'duty', 'state', 'confirmedAt'),
  grants: list(
    ...(['entitlementId', 'kind', 'to', 'toKind', 'environment', 'sensitivity', 'privilege'] as const),
    ...(['scopes', 'scopeCount', 'effect', 'condition', 'expiresAt', 'lastUsedAt'] as const),
  ),
  held: list(
    ...(['id', 'name', 'type', 'status', 'issuedAt', 'rotatedAt', 'expiresAt', 'neverExpires'] as const),
    ...(['lastUsedAt', 'neverUsed', 'lastFour'] as const),
  ),
  dependents: list('id', 'type', 'name', 'how'),
  previous: list('campaignId', 'item', 'campaign', 'outcome', 'by', 'at'),
  problems: list('rule', 'says'),
}

type Part = keyof typeof evidenceFields
type Field<P extends Part> = (typeof evidenceFields)[P][number]
type Values = (string | null)[]
type Read<P extends Part> = Record<Field<P>, string | null>

interface Frozen {
  form: 2
  is: Values
  owners: Values[]
  grants: Values[]
  held: Values[]
  dependents: Values[]
  previous: Values | null
  credential: Values | null
  entitlement: Values | null
  reasons: string[]
  problems: Values[]
}

function read<P extends Part>(part: P, values: Values): Read<P> {
  return Object.fromEntries(evidenceFields[part].map((name, index) => [name, values[index] ?? null])) as Read<P>
}

const number = (text: string | null): number | null => (text === null ? null : Number(text))
const flag = (text: string | null): boolean => text === 'true'

/** An instant as PostgreSQL writes it, in JSON or as text, in the form of the contract. */
export const instantOf = (text: string | null): string | null =>
  text === null ? null : new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()

function grantOf(values: Values): Grant {
  const { scopes, scopeCount, effect, expiresAt, lastUsedAt, ...grant } = read('grants', values)
  return {
    ...grant,
    scopes: scopes === null ? [] : (JSON.parse(scopes) as string[]),
    scopeCount: Number(scopeCount),
    isAllow: effect === 'allow',
    expiresAt: instantOf(expiresAt),
    lastUsedAt: instantOf(lastUsedAt),
  } as Grant
}

function credentialOf(values: Values): Evidence['credentials']['held'][number] {
  const { issuedAt, rotatedAt, expiresAt, neverExpires, lastUsedAt, neverUsed, ...held } = read('held', values)
  return {
    ...held,
    ...{ issuedAt: instantOf(issuedAt), rotatedAt: instantOf(rotatedAt), expiresAt: instantOf(expiresAt) },
    ...{ neverExpires: flag(neverExpires), lastUsedAt: instantOf(lastUsedAt), neverUsed: flag(neverUsed) },
  } as Evidence['credentials']['held'][number]
}

function previousOf(values: Values): Evidence['previous'] {
  const { item, at, ...previous } = read('previous', values)
  return { ...previous, item: Number(item), at: instantOf(at) } as Evidence['previous']
}

function evidenceOf(frozen: Frozen): Evidence {
  const is = read('is', frozen.is)
  const { id, name, kind, status, externalId, system, source, environment, purpose, criticality } = is
  return {
    identity: {
      ...{ id, name, kind, status, externalId, system, source, environment, purpose, criticality },
      ...{ issuedAt: instantOf(is.issuedAt), firstSeenAt: instantOf(is.firstSeenAt) },
    },
    credential: frozen.credential && credentialOf(frozen.credential),
    entitlement: frozen.entitlement && grantOf(frozen.entitlement),
    owners: frozen.owners.map((values) => {
      const { confirmedAt, ...owner } = read('owners', values)
      return { ...owner, confirmedAt: instantOf(confirmedAt) }
    }),
    access: { privilege: is.privilege, grants: frozen.grants.map(grantOf), grantCount: Number(is.grantCount) },
    reach:
      is.score === null
        ? null
        : {
            ...{ score: Number(is.score), identities: Number(is.identities), systems: Number(is.systems) },
            ...{ hours: number(is.hours), isUnbounded: flag(is.isUnbounded) },
          },
    credentials: {
      ...{ count: Number(is.credentialCount), held: frozen.held.map(credentialOf) },
      ...{ oldestAt: instantOf(is.oldestAt), nextExpiryAt: instantOf(is.nextExpiryAt) },
      neverExpires: flag(is.neverExpires),
    },
    usage: {
      ...{ state: is.usage, lastUsedAt: instantOf(is.lastUsedAt) },
      ...{ neverUsed: flag(is.neverUsed), where: is.where },
    },
    previous: frozen.previous && previousOf(frozen.previous),
    changes: null,
    problems: frozen.problems.map((values) => read('problems', values)),
    dependents: {
      count: Number(is.dependentCount),
      listed: frozen.dependents.map((values) => read('dependents', values)),
      sightings: Number(is.sightingCount),
    },
    recommendation: { decision: is.recommendation, reasons: frozen.reasons },
  } as Evidence
}

/** The beginning of every text of this form. */
export const evidenceHead = `{"form":${evidenceForm},`

/** Frozen evidence in the form of the contract, with instants as the contract writes them. */
export function parseEvidence(text: string): Evidence {
  if (text.startsWith(evidenceHead)) return evidenceOf(JSON.parse(text) as Frozen)
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/.test(value)
      ? instantOf(value)
      : value,
  ) as Evidence
}
