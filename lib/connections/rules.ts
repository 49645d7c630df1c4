import {
  type ChangeCounts,
  changeKinds,
  type ImportChanges,
  type ImportCounts,
  type ImportNotes,
  type ImportStatus,
  vanishedLimit,
} from './schema'

/** Every count at zero. */
export const noCounts: ImportCounts = {
  identities: 0,
  credentials: 0,
  roles: 0,
  resources: 0,
  entitlements: 0,
  humans: 0,
  sightings: 0,
  unresolved: 0,
}

/** No note of anything. */
export const noNotes: ImportNotes = { people: [], unknownPrivileges: [], notEvaluable: [], refused: [] }

/** What is quoted in a sentence, and numbers: what differs between two of one meaning. */
const particulars = /"[^"]*"|'[^']*'|`[^`]*`|\barn:\S+|\b\d[\d.,:]*\b/g

/** The reason without what differs from entry to entry, which stands as `…`. Equal for reasons of one meaning. */
export function reasonKey(reason: string): string {
  return reason.slice(0, 500).replace(particulars, '…')
}

/** The counts of several files together. */
export function addCounts(all: readonly ImportCounts[]): ImportCounts {
  const sum = { ...noCounts }
  for (const counts of all) for (const key of Object.keys(sum) as (keyof ImportCounts)[]) sum[key] += counts[key]
  return sum
}

/** The changes of several files together; samples stay at 20 of each. */
export function addChanges(all: readonly ImportChanges[]): ImportChanges {
  const sum: ImportChanges = {}
  for (const kind of changeKinds) {
    const parts = all.map((changes) => changes[kind]).filter((part): part is ChangeCounts => part !== undefined)
    if (parts.length === 0) continue
    const total = (key: 'new' | 'changed' | 'gone' | 'unchanged') => parts.reduce((n, part) => n + part[key], 0)
    const names = (key: 'new' | 'changed' | 'gone') => parts.flatMap((part) => part.samples[key]).slice(0, 20)
    sum[kind] = {
      new: total('new'),
      changed: total('changed'),
      gone: total('gone'),
      unchanged: total('unchanged'),
      samples: { new: names('new'), changed: names('changed'), gone: names('gone') },
    }
  }
  return sum
}

interface OwnGone {
  identity: number
  credential: number
}
const nothingOwn: OwnGone = { identity: 0, credential: 0 }

/**
 * The largest share, over identities and credentials, of what one file's connection held before and would be marked gone:
 * gone / (unchanged + changed + gone), 0 to 1. A broken export shows here.
 * @param own what of it we deleted there ourselves, which counts neither as held nor as gone
 */
export function vanishedShare(changes: ImportChanges, own: OwnGone = nothingOwn): number {
  const shares = (['identity', 'credential'] as const).map((kind) => {
    const part = changes[kind]
    const gone = part ? Math.max(0, part.gone - own[kind]) : 0
    const before = part ? part.unchanged + part.changed + gone : 0
    return before > 0 ? gone / before : 0
  })
  return Math.max(...shares)
}

/** True when the apply must be told that so much may go. */
export function needsConsent(files: readonly { changes: ImportChanges }[], own?: OwnGone): boolean {
  return files.some((file) => vanishedShare(file.changes, own) > vanishedLimit)
}

/** How many identities and credentials would be marked gone. */
export function countGone(files: readonly { changes: ImportChanges }[]): number {
  return files.reduce((sum, { changes }) => sum + (changes.identity?.gone ?? 0) + (changes.credential?.gone ?? 0), 0)
}

/**
 * Why an apply may not mark gone what it has found to be gone, or null. Consent is to the number that the preview showed:
 * what has grown since was never seen by anybody.
 */
export function goneProblem(
  files: readonly { changes: ImportChanges }[],
  consent: { given: boolean; previewed: readonly { changes: ImportChanges }[] },
): string | null {
  if (!needsConsent(files)) return null
  if (!consent.given)
    return 'Since the preview, more than 20 % of what this source held would be marked gone. Preview the file again.'
  const [gone, seen] = [countGone(files), countGone(consent.previewed)]
  if (gone <= seen) return null
  return `By now ${gone} identities and credentials would be marked gone; the preview that was consented to said ${seen}. Preview the file again.`
}

/** True for a CSV that was refused because none of its columns is known to be the name: a person can still say which. */
export function needsColumns(file: { error: string | null; header: unknown; columns: unknown }): boolean {
  if (file.error === null || !Array.isArray(file.header)) return false
  const { columns, header } = file
  const name = typeof columns === 'object' && columns !== null && 'name' in columns ? columns.name : undefined
  return !header.includes(name)
}

/** What the records of several files are merged by: equal for all that speak for one connection. */
export function connectionKey(at: { system: string; instance: string; connector: string; part: string }): string {
  return JSON.stringify([at.system, at.instance, at.connector, at.part])
}

/** True when any record would be written. */
export function changesAnything(changes: ImportChanges): boolean {
  return Object.values(changes).some((part) => part.new + part.changed + part.gone > 0)
}

const next: Record<ImportStatus, readonly ImportStatus[]> = {
  previewed: ['queued', 'discarded'],
  queued: ['applying', 'failed', 'reading', 'cancelled'],
  reading: ['reading', 'applying', 'failed', 'cancelled'],
  applying: ['applied', 'failed', 'applying', 'reading', 'previewed', 'cancelled'],
  cancelled: [],
  failed: ['queued', 'applying', 'discarded'],
  applied: [],
  refused: [],
  discarded: [],
}

/** The states in which a run waits for the worker. */
export const underWay: readonly ImportStatus[] = ['queued', 'reading', 'applying']

const stalledAfterMs = 5 * 60 * 1000

/** True when the worker has not been heard of for five minutes: then people may apply the run again or throw it away. */
export function isStalled(
  run: { status: string; createdAt: Date; startedAt: Date | null; progress: { updatedAt: Date } | null },
  now: Date,
): boolean {
  if (!underWay.some((status) => status === run.status)) return false
  const signs = [run.createdAt, run.startedAt, run.progress?.updatedAt].map((at) => at?.getTime() ?? 0)
  return now.getTime() - Math.max(...signs) > stalledAfterMs
}

/** The states from which a run may move to `to`. */
export function statesBefore(to: ImportStatus): ImportStatus[] {
  return (Object.keys(next) as ImportStatus[]).filter((from) => next[from].includes(to))
}

/**
 * How fast a piece of work goes and how long it will still take, both from its last report: units a second and seconds.
 * Null while nothing is done yet, or when there is nothing left.
 */
export function paceOf(progress: {
  done: number
  total: number
  startedAt: string
  updatedAt: string
}): { perSecond: number; secondsLeft: number } | null {
  const seconds = (Date.parse(progress.updatedAt) - Date.parse(progress.startedAt)) / 1000
  if (progress.done <= 0 || seconds <= 0 || progress.done >= progress.total) return null
  const perSecond = progress.done / seconds
  return { perSecond, secondsLeft: Math.ceil((progress.total - progress.done) / perSecond) }
}

/** The format under which a live connection's records are kept apart from those of files of the same system. */
export function liveFormat(connector: string): string {
  return `live:${connector}`
}

export function isLiveFormat(format: string | null): boolean {
  return format?.startsWith('live:') === true
}

/** False for a sync that does not wait for a person: it is the worker's, or history, and nobody applies or discards it. */
export function isForPeople(run: { liveId: string | null; status: string }): boolean {
  return run.liveId === null || run.status === 'previewed'
}

/** Changes can miss what a source does not tell: after this long everything is read again. */
export const readAllAfterHours = 24

/** Whether a sync reads everything or what changed, and why, as the end of a sentence. */
export interface ReadingPlan {
  reads: 'all' | 'changes'
  because: string
}

/** What the next sync reads. `why` = why the system is always read whole. */
export function planReading(
  {
    why,
    wantsAll,
    kept,
  }: {
    why: string | null
    wantsAll: boolean
    kept: { mark: string | null; lost: string | null; readAllAt: Date | null }
  },
  now: Date,
): ReadingPlan {
  const all = (because: string): ReadingPlan => ({ reads: 'all', because })
  if (why !== null) return all(why)
  if (wantsAll) return all('Somebody asked for it.')
  if (kept.mark === null || kept.readAllAt === null) return all(kept.lost ?? 'It was not read to its end before.')
  const hours = (now.getTime() - kept.readAllAt.getTime()) / 3_600_000
  if (hours >= readAllAfterHours) return all(`Everything is read again after ${readAllAfterHours} hours.`)
  return { reads: 'changes', because: 'The source tells what changed.' }
}
