import type { StateName } from '@/components/ui/marks/state-badge'
import { isUnderWay } from '@/lib/connections/queries'
import type { changeKinds, ImportFile, ImportRun, ImportStatus } from '@/lib/connections/schema'
import { formatNumber } from '@/lib/platform/browser/format'
import { filesOf, leftOutOf } from './file-parts'

export const kindLabels: Record<(typeof changeKinds)[number], string> = {
  identity: 'Identities',
  credential: 'Credentials',
  role: 'Roles and policies',
  resource: 'Resources',
  entitlement: 'Entitlements',
  human: 'People (context only)',
  sighting: 'Sightings of secrets',
}

export const statusBadges = {
  previewed: { state: 'preview', word: 'Preview' },
  refused: { state: 'refused', word: 'Refused' },
  queued: { state: 'queued', word: 'Queued' },
  applying: { state: 'running', word: 'Applying' },
  applied: { state: 'applied', word: 'Applied' },
  failed: { state: 'failed', word: 'Failed' },
  reading: { state: 'running', word: 'Reading' },
  cancelled: { state: 'gone', word: 'Cancelled' },
  discarded: { state: 'gone', word: 'Discarded' },
} as const satisfies Record<ImportStatus, { state: string; word: string }>

/** The state as icon and word; a CSV that waits for its columns is not called refused. */
export function badgeOf(run: Pick<ImportRun, 'status' | 'needsColumns'>): { state: StateName; word: string } {
  return run.status === 'refused' && run.needsColumns
    ? { state: 'pending', word: 'Needs its columns named' }
    : statusBadges[run.status]
}

function total(changes: ImportRun['changes'], key: 'new' | 'changed' | 'gone'): number {
  return Object.values(changes).reduce((sum, part) => sum + part[key], 0)
}

/** "3 new, 1 changed, 2 gone" over all kinds of record, or that nothing changes. */
export function summarise(changes: ImportRun['changes']): string {
  const parts = (['new', 'changed', 'gone'] as const).flatMap((key) =>
    total(changes, key) > 0 ? `${formatNumber(total(changes, key))} ${key}` : [],
  )
  return parts.length > 0 ? parts.join(', ') : 'no change'
}

/** "1 new, 1 changed records", "1 new record". */
export function summariseRecords(changes: ImportRun['changes']): string {
  const sum = total(changes, 'new') + total(changes, 'changed') + total(changes, 'gone')
  return `${summarise(changes)} ${sum === 1 ? 'record' : 'records'}`
}

/** How many records would be marked gone, or were. */
export function countGone(changes: ImportRun['changes']): number {
  return total(changes, 'gone')
}

/** What is missing from a run that looks whole: refused files, cut exports, entries that were left out. */
export function cautions(parts: readonly ImportFile[], isDone: boolean): string[] {
  const files = filesOf(parts)
  const refused = files.filter((file) => file.every(({ error }) => error !== null)).length
  const partial = files.filter((file) => file.some((part) => part.error === null && leftOutOf(part) > 0))
  const isCut = partial.flat().some((part) => part.refused.some(({ reason }) => /\bwas cut\b/.test(reason)))
  const tense = isDone ? 'was' : 'is'
  const ending = `what was read ${tense} applied and nothing ${tense} marked gone.`
  const which = files.length === 1 ? 'the file' : `${formatNumber(partial.length)} of ${files.length} files`
  return [
    ...(refused > 0 && refused < files.length
      ? [`${formatNumber(refused)} of ${files.length} files ${refused === 1 ? 'is' : 'are'} refused and left out.`]
      : []),
    ...(isCut ? [`The export was cut; ${ending}`] : []),
    ...(partial.length > 0 && !isCut ? [`Parts of ${which} were not understood; ${ending}`] : []),
  ]
}

/** Why a file was refused, without its name, which stands above. */
export function refusalText({ name, error }: Pick<ImportFile, 'name' | 'error'>): string {
  const text = error ?? ''
  const shown = name.length > 120 ? `${name.slice(0, 117)}…` : name
  const [prefix] = [`${shown}: `, `${shown} `, `${name} `].filter((start) => text.startsWith(start))
  if (prefix === undefined) return text
  const reason = text.slice(prefix.length)
  return /^(?:is|holds|has|takes|needs|uses|gives|ends|expands)\b/.test(reason)
    ? `It ${reason}`
    : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
}

const isOneFile = (run: ImportRun) => new Set(run.fileNames).size === 1

/** The file's name, or how many files there are; the parts of one file are one. */
export function titleOf({ fileNames }: Pick<ImportRun, 'fileNames'>): string {
  const [first = 'Import', ...others] = new Set(fileNames)
  return others.length === 0 ? first : `${formatNumber(others.length + 1)} files`
}

/** The run's state in one sentence. */
export function sentence(run: ImportRun): string {
  const what = summarise(run.changes)
  if (isUnderWay(run.status) && (run.can.apply || run.can.discard))
    return 'The worker has not been heard of for five minutes, and nothing of this was kept so far. Apply it again, or discard it.'
  switch (run.status) {
    case 'previewed':
      return what === 'no change'
        ? 'Everything in these files is known already: applying changes nothing.'
        : `Nothing has changed yet. Applying would make ${summariseRecords(run.changes)}.`
    case 'refused':
      return run.needsColumns
        ? 'Nothing has changed. Say below which column holds the name, and the file is read again.'
        : `${isOneFile(run) ? 'This file cannot' : 'None of these files can'} be imported, and nothing has changed. ${isOneFile(run) ? 'The reason is' : 'The reasons are'} below.`
    case 'queued':
      return 'Waiting for the worker. You may leave this page.'
    case 'reading':
      return 'The source is being read. Nothing has changed yet.'
    case 'cancelled':
      return 'Stopped before it was applied. Nothing has changed.'
    case 'applying':
      return 'Being applied. All of it will be kept, or nothing; you may leave this page.'
    case 'applied':
      return `Applied: ${what}.`
    case 'failed':
      return `${run.error ?? 'It failed.'} Nothing of it was kept.`
    case 'discarded':
      return 'Thrown away before it was applied. Nothing has changed.'
  }
}
