import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { escapeText } from '../../lib/platform/db/bulk-stage'

export interface RandomGraph {
  orgId: string
  identities: string[]
  humans: string[]
  roles: string[]
  resources: string[]
}

/** The rows of a random graph, by the columns that the tables have. */
export interface RandomRows {
  source: { id: string; system: string; instance: string; name: string }[]
  identity: (NamedRow & { kind: string; status: string })[]
  human: (NamedRow & { reason: string })[]
  role: (NamedRow & { kind: string })[]
  resource: (NamedRow & { kind: string; sensitivity: string | null })[]
  credential: (NamedRow & {
    type: string
    status: string
    identity_id: string | null
    human_id: string | null
    expires_at: string | null
    never_expires: boolean
  })[]
  entitlement: EdgeRow[]
}

interface NamedRow {
  id: string
  source_id: string
  external_id: string
  name: string
  deleted_at: string | null
}

interface EdgeRow {
  id: string
  source_id: string
  external_id: string
  kind: string
  from_type: string
  from_ref: string
  from_id: string | null
  to_type: string
  to_ref: string
  to_id: string | null
  effect: string
  scopes: string[]
  scope_count: number
  privilege: string | null
  condition: string | null
  not_evaluable: string | null
  expires_at: string | null
  basis: string
  deleted_at: string | null
}

/** The same seed gives the same numbers, from 0 to below 1. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Ids that cover each other in every way there is, and some that only look like it. */
const refsIn = (account: string) => [
  `aws:${account}`,
  `aws:${account}:s3:*`,
  'arn:aws:s3:::logs',
  'arn:aws:s3:::logs/*',
  'arn:aws:s3:::logs/2026',
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:db-?`,
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:db-1`,
  'arn:aws:sqs:eu-west-1:999900001111:foreign',
  'k8s:*:core/secrets',
  'k8s:prod:core/secrets',
  'secret:prod:db_1',
  'secret:test:dbx1',
  'k8s:*:*/*',
  'plain%name',
  'plain-name',
]

/**
 * A small graph with whatever a catalogue may hold: circles, doubles, refusals of all kinds, what has ended, been disabled
 * or gone, ends that nothing defines, stored credentials in every state, and resources that cover each other.
 * @param place tells the sources of several graphs in one organization apart
 */
export function randomRows(seed: number, place = 0): RandomRows {
  const random = numbersOf(seed)
  const below = (end: number) => Math.floor(random() * end)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID())
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const account = String(111122223333 + place)
  const source = [
    { id: randomUUID(), system: 'aws', instance: account },
    { id: randomUUID(), system: pick(['kubernetes', 'csv']), instance: `b${place}` },
  ].map((row) => ({ ...row, name: row.system }))
  const [identities, humans, roles, resources] = [ids(1 + below(6)), ids(below(3)), ids(below(5)), ids(below(10))]
  const credentials = ids(below(7))
  const base = (id: string, what: string) => ({
    id,
    source_id: pick(source).id,
    external_id: `${what}:${id}`,
    name: `${what} ${below(9)}`,
    deleted_at: random() < 0.06 ? day(-1) : null,
  })
  const identity = identities.map((id) => ({
    ...base(id, 'i'),
    kind: 'workload',
    status: pick(['active', 'active', 'unknown', 'disabled']),
  }))
  const human = humans.map((id) => ({ ...base(id, 'h'), reason: 'is a person' }))
  const role = roles.map((id) => ({ ...base(id, 'r'), kind: 'group' }))
  const free = refsIn(account)
    .map((ref) => ({ ref, at: random() }))
    .sort((a, b) => a.at - b.at)
  const resource = resources.map((id, no) => ({
    ...base(id, 't'),
    ...(random() < 0.7 ? { external_id: free[no]?.ref ?? id } : {}),
    kind: 'bucket',
    sensitivity: pick([null, 'public', 'internal', 'confidential', 'restricted']),
  }))
  const credential = credentials.map((id) => ({
    ...base(id, 'c'),
    type: 'api_key',
    status: pick(['active', 'active', 'superseded', 'disabled', 'discovered']),
    identity_id: random() < 0.8 ? pick(identities) : null,
    human_id: random() < 0.1 && humans.length > 0 ? pick(humans) : null,
    expires_at: pick([null, null, day(-2), day(3), day(500)]),
    never_expires: random() < 0.3,
  }))
  const named = [
    ...identities.map((id) => ({ id, type: 'identity' })),
    ...humans.map((id) => ({ id, type: 'human' })),
    ...roles.map((id) => ({ id, type: 'role' })),
  ]
  const things = resources.map((id) => ({ id, type: 'resource' }))
  const keys = credentials.map((id) => ({ id, type: 'credential' }))
  const nothing = { id: null, type: 'role' }
  const kinds = [
    'grants',
    'grants',
    'grants',
    'member_of',
    'member_of',
    'assumes',
    'impersonates',
    'runs_as',
    'stores',
    'stores',
    'delegates_to',
    'owns_code',
  ]
  const entitlement = Array.from({ length: below(40) }, (): EdgeRow => {
    const kind = pick(kinds)
    const any = (list: typeof named) => (list.length > 0 ? pick(list) : nothing)
    let [from, to] = [any(named), kind === 'grants' ? any(things) : any(named)]
    if (kind === 'stores' || kind === 'owns_code' || (kind !== 'grants' && random() < 0.35)) from = any(things)
    if (kind === 'stores') to = any(keys)
    else if (kind !== 'grants' && random() < 0.2) to = any(things)
    if (random() < 0.05) to = pick([...named, ...things, ...keys, nothing])
    const scopes = pick([[], ['s3:GetObject'], ['s3:GetObject', 's3:PutObject'], ['s3:*'], ['*']])
    return {
      id: randomUUID(),
      source_id: pick(source).id,
      external_id: randomUUID(),
      kind,
      from_type: from.type,
      from_ref: String(from.id),
      from_id: from.id,
      to_type: to.type,
      to_ref: String(to.id),
      to_id: to.id,
      effect: random() < 0.12 ? 'deny' : 'allow',
      scopes,
      scope_count: scopes.length,
      privilege: kind === 'grants' ? pick([null, 'read', 'write', 'secret_read', 'admin']) : null,
      condition: random() < 0.1 ? 'mfa' : null,
      not_evaluable: random() < 0.1 ? 'NotAction' : null,
      expires_at: pick([null, null, null, null, day(-1), day(30)]),
      basis: pick(['entitlement', 'observed', 'declared', 'inferred']),
      deleted_at: random() < 0.05 ? day(-1) : null,
    }
  })
  return { source, identity, human, role, resource, credential, entitlement }
}

/** One such graph as an organization's rows. */
export async function makeRandomGraph(db: ClientBase, orgId: string, seed: number): Promise<RandomGraph> {
  const rows = randomRows(seed)
  await putRows(db, orgId, [rows])
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id)
  const { identity, human, role, resource } = rows
  return { orgId, identities: ids(identity), humans: ids(human), roles: ids(role), resources: ids(resource) }
}

/** Many graphs beside each other in one organization, each table at once. */
export async function putRows(db: ClientBase, orgId: string, graphs: readonly RandomRows[]): Promise<void> {
  for (const table of ['source', 'identity', 'human', 'role', 'resource', 'credential', 'entitlement'] as const) {
    const rows: readonly object[] = graphs.flatMap((graph) => graph[table] as object[])
    const [first] = rows
    if (!first) continue
    const columns = Object.keys(first)
      .map((name) => `"${name}"`)
      .join(', ')
    const lines = rows.map((row) => `${[orgId, ...Object.values(row)].map(cell).join('\t')}\n`)
    const copy = db.query(copyFrom(`COPY "${table}" (org_id, ${columns}) FROM STDIN`))
    await pipeline(Readable.from(lines), copy)
  }
}

/** As COPY's text format wants it. */
function cell(value: unknown): string {
  if (value === null) return '\\N'
  return escapeText(Array.isArray(value) ? `{${value.map((item) => `"${item}"`).join(',')}}` : String(value))
}
