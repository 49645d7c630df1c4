import { isUnderWay } from '@/lib/connections/queries'
import type { changeKinds, ImportRun, ImportStatus } from '@/lib/connections/schema'
import { formatNumber } from '@/lib/platform/browser/format'

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
  discarded: { state: 'gone', word: 'Discarded' },
} as const satisfies Record<ImportStatus, { state: string; word: string }>

/** "3 new, 1 changed, 2 gone" over identities and credentials, or that nothing changes. */
export function summarise(changes: ImportRun['changes']): string {
  const total = (key: 'new' | 'changed' | 'gone') => Object.values(changes).reduce((sum, part) => sum + part[key], 0)
  const parts = (['new', 'changed', 'gone'] as const).flatMap((key) =>
    total(key) > 0 ? `${formatNumber(total(key))} ${key}` : [],
  )
  return parts.length > 0 ? parts.join(', ') : 'no change'
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
        : `Nothing has changed yet. Applying would make ${what} records.`
    case 'refused':
      return 'None of these files can be imported, and nothing has changed. The reasons are below.'
    case 'queued':
      return 'Waiting for the worker. You may leave this page.'
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
