import type { PathStep } from '@/lib/access-graph/blast-radius'
import { formatDate } from '@/lib/platform/browser/format'
import { levelLabels, sentenceOf } from './explore-words'
import type { Changes } from './what-if-address'

/** What is known of the things that changes name by their ids. */
export interface KnownParts {
  steps: ReadonlyMap<string, PathStep>
  credentials: ReadonlyMap<string, KnownCredential>
}

export interface KnownCredential {
  id: string
  name: string
  holder: string
  system: string
  source: string
}

export interface ChangeLine {
  id: string
  kind: 'cutEdge' | 'cutCredential' | 'shorten' | 'lower'
  /** The verb of the change: "Remove", "Lower to read". */
  verb: string
  /** What it is about: "api-bot has bucket-readers". */
  about: string
  isKnown: boolean
  system: string | null
  source: string | null
  /** Ids at the source. */
  from: string | null
  to: string | null
}

const unknownEdge = 'a step that is on none of the ways loaded here'
const unknownCredential = 'a credential that is not loaded here'

/** The changes one by one, in words. Pure. */
export function linesOf(changes: Changes, { steps, credentials }: KnownParts): ChangeLine[] {
  const ofEdge = (id: string, kind: 'cutEdge' | 'lower', verb: string): ChangeLine => {
    const step = steps.get(id)
    return {
      id,
      kind,
      verb,
      about: step ? sentenceOf([step]).replace(/\.$/, '') : unknownEdge,
      isKnown: step !== undefined,
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

/** For a ticket: what to do in which system, one change to a line. */
export function linesAsText(lines: readonly ChangeLine[], identity: string, address: string): string {
  const head = `Changes that lower the blast radius of ${identity}, thought through in Bailiwick and made nowhere yet:`
  const items = lines.map(({ verb, about, system, source, from, to, id }, index) => {
    const where = source ? ` (in ${source}${system && system !== source ? `, ${system}` : ''})` : ''
    const ids = from && to ? `\n   ${from} -> ${to}` : `\n   id ${id}`
    return `${index + 1}. ${verb}: ${about}${where}${ids}`
  })
  return [head, '', ...items, '', `Worked out at ${address}`].join('\n')
}

const columns = ['change', 'about', 'system', 'source', 'from', 'to', 'id'] as const

/** The same as CSV. A cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function linesAsCsv(lines: readonly ChangeLine[]): string {
  const rows = lines.map(({ verb, about, system, source, from, to, id }) => [verb, about, system, source, from, to, id])
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
