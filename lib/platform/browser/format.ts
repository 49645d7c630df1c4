/** Numbers, dates and durations as the product writes them. Pure: the present is always given, in milliseconds. */

const locale = 'en-GB'
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const number = new Intl.NumberFormat(locale)
const dateOnly = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const dateAndTime = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
})

export type Moment = string | number | Date

/** Milliseconds since the epoch, or undefined when the value is no date. */
export function toMs(moment: Moment): number | undefined {
  const ms = moment instanceof Date ? moment.getTime() : new Date(moment).getTime()
  return Number.isFinite(ms) ? ms : undefined
}

/** `12,345`. */
export function formatNumber(value: number): string {
  return number.format(value)
}

/** `1 identity`, `1,204 identities`. */
export function formatCount(value: number, singular: string, plural = `${singular}s`): string {
  return `${number.format(value)} ${value === 1 ? singular : plural}`
}

/** `14 Mar 2026`, in UTC. A value that is no date is given back as `unknown`. */
export function formatDate(moment: Moment): string {
  const ms = toMs(moment)
  return ms === undefined ? 'unknown' : dateOnly.format(ms)
}

/** `14 Mar 2026, 09:30:00 UTC`. */
export function formatDateTime(moment: Moment): string {
  const ms = toMs(moment)
  return ms === undefined ? 'unknown' : `${dateAndTime.format(ms)} UTC`
}

/** The machine's form, for `<time dateTime>` and for copying. */
export function formatIso(moment: Moment): string | undefined {
  const ms = toMs(moment)
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

/**
 * A length of time in its largest fitting unit: `45 s`, `12 min`, `3 h`, `9 days`, `5 months`, `2 years`. Rounded down,
 * as ages are told, unless another rounding is asked for.
 */
export function formatDuration(ms: number, round: (value: number) => number = Math.floor): string {
  const size = Math.abs(ms)
  const of = (unit: number) => round(size / unit)
  if (of(1000) < 60) return `${of(1000)} s`
  if (of(minuteMs) < 60) return `${of(minuteMs)} min`
  if (of(hourMs) < 48) return `${of(hourMs)} h`
  const days = of(dayMs)
  if (days < 90) return `${days} days`
  if (days < 730) return `${round(days / 30.44)} months`
  return `${round(days / 365.25)} years`
}

/** `just now`, `3 h ago`, `in 9 days`. What is to come is rounded to the nearest: a link of 7 days says 7 at once. */
export function formatRelative(moment: Moment, nowMs: number): string {
  const ms = toMs(moment)
  if (ms === undefined) return 'unknown'
  const distance = ms - nowMs
  if (Math.abs(distance) < minuteMs) return distance > 0 ? 'in under a minute' : 'just now'
  return distance > 0 ? `in ${formatDuration(distance, Math.round)}` : `${formatDuration(distance)} ago`
}

/** The same of what has happened: up to a minute ahead it is another computer's clock that is ahead, and reads `just now`. */
export function formatAgo(moment: Moment, nowMs: number): string {
  const ms = toMs(moment)
  const isAhead = ms !== undefined && ms > nowMs && ms - nowMs <= minuteMs
  return formatRelative(isAhead ? nowMs : moment, nowMs)
}

/** `812 B`, `4.2 KB`, `18 MB` (powers of 1,000). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? 'B'}`
}

/** `service_account` to `service account`; the first letter is raised when `capital` is asked for. */
export function formatWord(word: string, capital = false): string {
  const text = word.replaceAll(/[_-]+/g, ' ').trim()
  return capital ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
