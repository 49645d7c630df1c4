import type { PathStep } from '@/lib/access-graph/blast-radius'
import type { WhatIf } from '@/lib/access-graph/what-if'
import { formatCount, formatDate } from '@/lib/platform/browser/format'
import { levelLabels, sentenceOf } from './explore-words'
import type { Changes } from './what-if-address'

/** What is known of the things that changes name by their ids. */
export interface KnownParts {
  steps: ReadonlyMap<string, PathStep>
  credentials: ReadonlyMap<string, KnownCredential>
  /** What the sources no longer tell of. */
  gone?: ReadonlySet<string>
}

export interface KnownCredential {
  id: string
  name: string
  holder: string
  /** The identity that it is of: what a revocation of it names. Null of a person's, or of what the caller may not see. */
  identityId: string | null
  system: string
  source: string
  /** `null`: never; `undefined`: not known. */
  lastUsedAt?: string | null | undefined
}

/** What an answer tells of the changes themselves goes before what the page has loaded. */
export function withAnswer(known: KnownParts, answer: WhatIf | undefined): KnownParts {
  if (!answer) return known
  const told = answer.credentials.map(
    ({ id, name, holder, identityId, source, lastUsedAt }): [string, KnownCredential] => [
      id,
      {
        id,
        name,
        holder: holder ?? 'somebody',
        identityId,
        system: source?.system ?? '',
        source: source?.name ?? '',
        lastUsedAt: lastUsedAt ?? undefined,
      },
    ],
  )
  return {
    steps: new Map([
      ...known.steps,
      ...answer.steps.flatMap((step): [string, PathStep][] => (step.edgeId ? [[step.edgeId, step]] : [])),
    ]),
    // What the page has loaded knows whether a credential was never used, an answer whose it is.
    credentials: new Map([
      ...told,
      ...[...known.credentials].map(([id, own]): [string, KnownCredential] => [
        id,
        { ...own, identityId: own.identityId ?? told.find(([other]) => other === id)?.[1].identityId ?? null },
      ]),
    ]),
    gone: new Set(answer.gone),
  }
}

export interface ChangeLine {
  id: string
  kind: 'cutEdge' | 'cutCredential' | 'shorten' | 'lower'
  /** The verb of the change: "Remove", "Lower to read". */
  verb: string
  /** What it is about: "api-bot has bucket-readers". */
  about: string
  isKnown: boolean
  /** The sources no longer tell of it: there is nothing left to do. */
  isDone: boolean
  /** Of a credential the identity that it is of. */
  identityId: string | null
  /** `null`: never; `undefined`: not known. */
  lastUsedAt: string | null | undefined
  system: string | null
  source: string | null
  /** Ids at the source. */
  from: string | null
  to: string | null
}

const unknownEdge = 'a step that is not known here'
const unknownCredential = 'a credential that is not known here'

/** The changes one by one, in words. Pure. */
export function linesOf(changes: Changes, { steps, credentials, gone }: KnownParts): ChangeLine[] {
  const ofEdge = (id: string, kind: 'cutEdge' | 'lower', verb: string): ChangeLine => {
    const step = steps.get(id)
    return {
      id,
      kind,
      verb,
      about: step ? sentenceOf([step]).replace(/\.$/, '') : unknownEdge,
      isKnown: step !== undefined,
      isDone: gone?.has(id) === true,
      identityId: null,
      lastUsedAt: step?.lastUsedAt ?? undefined,
      system: step?.source?.system ?? null,
      source: step?.source?.name ?? null,
      from: step?.from.externalId ?? null,
      to: step?.to.externalId ?? null,
    }
  }
  const ofCredential = (id: string, kind: 'cutCredential' | 'shorten', verb: string): ChangeLine => {
    const known = credentials.get(id)
    return {
      id,
      kind,
      verb,
      about: known ? `credential ${known.name} of ${known.holder}` : unknownCredential,
      isKnown: known !== undefined,
      isDone: gone?.has(id) === true,
      identityId: known?.identityId ?? null,
      lastUsedAt: known?.lastUsedAt,
      system: known?.system ?? null,
      source: known?.source ?? null,
      from: known?.name ?? null,
      to: known?.holder ?? null,
    }
  }
  return [
    ...changes.cutCredentials.map((id) => ofCredential(id, 'cutCredential', 'Revoke')),
    ...changes.shorten.map(({ credentialId, expiresAt }) =>
      ofCredential(credentialId, 'shorten', `Let end on ${formatDate(expiresAt)}`),
    ),
    ...changes.cutEdges.map((id) => ofEdge(id, 'cutEdge', 'Remove')),
    ...changes.lower.map(({ edgeId, privilege }) =>
      ofEdge(edgeId, 'lower', `Lower to ${levelLabels[privilege].toLowerCase()}`),
    ),
  ]
}

/** The credentials that are to be cut as what a revocation is asked about; not what is done, nor whose holder is no identity. Pure. */
export function revocationOf(lines: readonly ChangeLine[]): { identityId: string; credentialId: string }[] {
  return lines.flatMap(({ kind, id, identityId, isDone }) =>
    kind === 'cutCredential' && identityId !== null && !isDone ? [{ identityId, credentialId: id }] : [],
  )
}

/**
 * Of an answer that names a field for each change that cannot be worked out, what is wrong with which change, by its id. Pure.
 */
export function problemsOf(changes: Changes, fields: Record<string, string> | undefined): Map<string, string> {
  const { cutEdges, cutCredentials, shorten, lower } = changes
  const ids: Record<string, readonly string[]> = {
    cutEdges,
    cutCredentials,
    shorten: shorten.map(({ credentialId }) => credentialId),
    lower: lower.map(({ edgeId }) => edgeId),
  }
  return new Map(
    Object.entries(fields ?? {}).flatMap(([field, message]): [string, string][] => {
      const [list = '', no = ''] = field.split('.')
      const id = ids[list]?.[Number(no)]
      return id ? [[id, message]] : []
    }),
  )
}

/** What the changes would do, for those who are to make them. */
export type Effect = Pick<WhatIf, 'before' | 'after' | 'lastCredential' | 'lostTotal' | 'losers' | 'losersTotal'>

/** What the end of its last live credential means, when the changes bring it; nothing otherwise. Pure. */
export function lastCredentialWords({
  before,
  lastCredential,
}: Pick<WhatIf, 'before' | 'lastCredential'>): { title: string; detail: string } | undefined {
  if (!lastCredential) return undefined
  const { endsAt, lastUsedAt } = lastCredential
  const { resources } = before
  const what = resources === 1 ? 'the one resource' : `all ${formatCount(resources, 'resource')}`
  const loses = resources === 0 ? 'can sign in no more' : `loses ${what}`
  return {
    title: endsAt
      ? `Its last live credential lasts until ${formatDate(endsAt)}: then whoever uses it ${loses}`
      : `Its last live credential: whoever uses it ${loses}`,
    detail: `${lastUsedAt ? `Last used ${formatDate(lastUsedAt)}` : 'When it was last used is not known'}. What is granted stays, for a credential that is made later.`,
  }
}

const mostNamed = 20

/** For a ticket: what to do in which system, one change to a line, what it changes and who is to be asked first. */
export function linesAsText(
  lines: readonly ChangeLine[],
  identity: string,
  address: string,
  effect: Effect | undefined,
): string {
  const head = `Changes that lower the blast radius of ${identity}, thought through in Bailiwick:`
  const items = lines.map(({ verb, about, system, source, from, to, id, isDone, lastUsedAt }, index) => {
    const where = source ? ` (in ${source}${system && system !== source ? `, ${system}` : ''})` : ''
    const ids = from && to ? `${from} -> ${to}` : `id ${id}`
    const state = isDone ? 'done: its source no longer tells of it' : wordsOfUse(lastUsedAt)
    return `${index + 1}. ${verb}: ${about}${where}\n   ${ids}\n   ${state}`
  })
  return [head, '', ...items, ...effectText(effect), '', `Figures and progress: ${address}`].join('\n')
}

function wordsOfUse(at: string | null | undefined): string {
  if (at === undefined) return 'use not known'
  return at === null ? 'never used' : `last used ${formatDate(at)}`
}

function effectText(effect: Effect | undefined): string[] {
  if (!effect) return []
  const { before, after, lostTotal, losers, losersTotal } = effect
  const named = losers.slice(0, mostNamed)
  const last = lastCredentialWords(effect)
  const score = `Blast radius ${before.score.toFixed(1)} now, ${after.score.toFixed(1)} then`
  return [
    '',
    last && lostTotal === 0
      ? `${score}.`
      : `${score}; ${formatCount(lostTotal, 'resource')} less or at a lower privilege.`,
    ...(last ? [`${last.title}. ${last.detail}`] : []),
    ...(losersTotal > 0 ? ['', 'To be asked first, as they would lose access too:'] : []),
    ...named.map(
      ({ node, lostResources, ownerLabel, lastUsedAt }) =>
        `- ${node.name}: ${formatCount(lostResources, 'resource')}; ${ownerLabel ?? 'nobody answers for it'}; ${wordsOfUse(lastUsedAt ?? undefined)}`,
    ),
    ...(losersTotal > named.length ? [`- and ${losersTotal - named.length} more`] : []),
  ]
}

const columns = ['change', 'about', 'system', 'source', 'from', 'to', 'last_used', 'done', 'id'] as const

/** The same as CSV. A cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function linesAsCsv(lines: readonly ChangeLine[]): string {
  const rows = lines.map(({ verb, about, system, source, from, to, lastUsedAt, isDone, id }) => [
    ...[verb, about, system, source, from, to],
    ...[lastUsedAt === undefined ? 'unknown' : (lastUsedAt ?? 'never'), isDone ? 'yes' : 'no', id],
  ])
  return [columns, ...rows]
    .map((row) => row.map((cell) => quote(cell ?? '')).join(','))
    .join('\r\n')
    .concat('\r\n')
}

function quote(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export interface Candidate {
  step: PathStep
  edgeId: string
  /** On how many of the paths it is. */
  paths: number
}

/** The edges of paths, those that most of them go through first. Pure. */
export function candidatesOf(paths: readonly (readonly PathStep[])[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const path of paths) {
    for (const edgeId of new Set(path.flatMap((step) => step.edgeId ?? []))) {
      const step = path.find((known) => known.edgeId === edgeId)
      const before = found.get(edgeId)
      if (before) before.paths += 1
      else if (step) found.set(edgeId, { step, edgeId, paths: 1 })
    }
  }
  return [...found.values()].sort((a, b) => b.paths - a.paths || a.edgeId.localeCompare(b.edgeId))
}
