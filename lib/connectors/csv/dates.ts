const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const fullMonths = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

export type DateReading = { instant: string | null | undefined } | { reason: string }

const time = String.raw`(?:[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?`
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${time}$`, 'i')
const named = new RegExp(String.raw`^(\d{1,2})[ .-]+([A-Za-z]{3,9})[ .,-]+(\d{4})${time}$`, 'i')
const namedFirst = new RegExp(String.raw`^([A-Za-z]{3,9})\.? +(\d{1,2}),? +(\d{4})${time}$`, 'i')
const yearLast = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${time}$`, 'i')

/**
 * A date of a spreadsheet as an instant in UTC. Only what can be read in one way is read: ISO 8601, a named month,
 * day and month that cannot be swapped, Unix time, Active Directory's time. A time without a zone is taken as UTC. Empty or "unknown" is
 * `undefined`, "never" is `null`.
 */
export function readDate(cell: string): DateReading {
  const text = cell.trim()
  if (/^(?:|-|n\/a|na|null|unknown|\?)$/i.test(text)) return { instant: undefined }
  if (/^(?:never|nie|jamais|none|no expiry|no expiration|does not expire)$/i.test(text)) return { instant: null }
  if (/^(?:0|9223372036854775807)$/.test(text)) return { instant: null }
  // Active Directory counts tenths of microseconds since 1601.
  if (/^1[1-4]\d{16}$/.test(text))
    return { instant: new Date(Number(text) / 10_000 - 11_644_473_600_000).toISOString() }
  if (/^\d{10}$/.test(text)) return { instant: new Date(Number(text) * 1000).toISOString() }
  if (/^\d{13}$/.test(text)) return { instant: new Date(Number(text)).toISOString() }
  const iso = yearFirst.exec(text)
  if (iso !== null) return build(iso[1], iso[2], iso[3], iso.slice(4), text)
  const word = named.exec(text)
  if (word !== null) return build(word[3], monthNumber(word[2]), word[1], word.slice(4), text)
  const american = namedFirst.exec(text)
  if (american !== null) return build(american[3], monthNumber(american[1]), american[2], american.slice(4), text)
  const numeric = yearLast.exec(text)
  if (numeric !== null) return readYearLast(numeric, text)
  return { reason: `"${shorten(text)}" is not a date that can be read; use YYYY-MM-DD` }
}

function readYearLast(match: RegExpExecArray, text: string): DateReading {
  const [, a = '', b = '', year, ...clock] = match
  // Dates with dots begin with the day wherever they are written.
  const isDotted = /^\d+\.\d+\./.test(text)
  if (isDotted || Number(a) > 12 || a.padStart(2, '0') === b.padStart(2, '0')) return build(year, b, a, clock, text)
  if (Number(b) > 12) return build(year, a, b, clock, text)
  return { reason: `"${shorten(text)}" may be day or month first; use YYYY-MM-DD` }
}

function monthNumber(name: string | undefined): string {
  const lower = (name ?? '').toLowerCase()
  const index = lower.length === 3 ? months.indexOf(lower) : lower === 'sept' ? 8 : fullMonths.indexOf(lower)
  return String(index + 1)
}

function build(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour = '0', minute = '0', second = '0', zone = 'Z']: (string | undefined)[],
  text: string,
): DateReading {
  const date = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  )
  const whole = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  if (!whole || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return { reason: `"${shorten(text)}" is no day of the calendar` }
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  const minutes = offset === null ? 0 : (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1)
  return { instant: new Date(date.getTime() - minutes * 60_000).toISOString() }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
