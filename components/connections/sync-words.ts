import type { StateName } from '@/components/ui/marks/state-badge'
import type { SyncRun } from '@/lib/connections/live'
import { formatCount, formatDuration, formatNumber } from '@/lib/platform/browser/format'
import { statusBadges } from './words'

/** The state of a sync as icon and word. */
export function syncBadge(run: SyncRun): { state: StateName; word: string } {
  if (run.isCancelling) return { state: 'running', word: 'Stopping' }
  if (run.status === 'previewed') return { state: 'pending', word: 'Waits for a person' }
  if (run.status === 'applied' && run.isPartial) return { state: 'partial', word: 'Read in part' }
  if (run.status === 'applied') return { state: 'done', word: 'Done' }
  return statusBadges[run.status]
}

/** "every hour", "every 15 minutes", "only when asked". */
export function intervalWords(minutes: number | null): string {
  const known = intervals.find((each) => each.minutes === minutes)
  return known?.label.toLowerCase() ?? `every ${formatCount(minutes ?? 0, 'minute')}`
}

/** The choices of a schedule, with the one that is set when it is another. */
export function intervalsWith(minutes: number | null): { value: string; label: string }[] {
  const isKnown = intervals.some((each) => each.minutes === minutes)
  const others = isKnown ? [] : [{ minutes, label: `Every ${formatCount(minutes ?? 0, 'minute')}` }]
  return [...intervals, ...others].map((each) => ({ value: String(each.minutes ?? 'none'), label: each.label }))
}

const choices: Record<string, Record<string, string>> = {
  tls: { verify: 'TLS, certificate checked', off: 'None: this machine or an opened network only' },
  start: { ldaps: 'With the connection (LDAPS)', starttls: 'By an order on a plain connection (StartTLS)' },
  startPrograms: { no: 'Read from the configuration only', yes: 'Started here and asked for their tools' },
  atUpdate: {
    unknown: 'Not known: found out by the first rotation',
    new: 'Made anew by the server',
    kept: 'Left as they are: no rotation',
  },
}

/** A value of a setting in words. */
export function choiceWords(name: string, value: string): string {
  return choices[name]?.[value] ?? value
}

const intervals: { minutes: number | null; label: string }[] = [
  { minutes: null, label: 'Only when asked' },
  { minutes: 15, label: 'Every 15 minutes' },
  { minutes: 60, label: 'Every hour' },
  { minutes: 360, label: 'Every 6 hours' },
  { minutes: 1440, label: 'Every day' },
]

/** How long a sync took; a dash while that is not known. */
export function tookWords({ startedAt, finishedAt }: SyncRun): string {
  if (!startedAt || !finishedAt) return '–'
  const ms = Date.parse(finishedAt) - Date.parse(startedAt)
  return ms < 1000 ? `${ms} ms` : formatDuration(ms)
}

/** "12,000 rows · 4,100 a second". */
export function paceWords({ done, perSecond }: NonNullable<SyncRun['progress']>): string | undefined {
  if (done === 0) return undefined
  const rows = `${formatNumber(done)} ${done === 1 ? 'record' : 'records'}`
  return perSecond === null ? rows : `${rows} · ${formatNumber(Math.round(perSecond))} a second`
}

/** "What changed" or "Everything"; a dash until it begins. */
export function readsWords({ reads }: Pick<SyncRun, 'reads'>): string {
  return reads === null ? '–' : reads === 'all' ? 'Everything' : 'What changed'
}
