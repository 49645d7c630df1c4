/** A year that no credential is meant to see; such dates stand for "never". */
const lastYear = 9999

/**
 * An instant as these systems write it, as ISO 8601 in UTC: RFC 3339 with any offset (none means UTC), or epoch seconds,
 * milliseconds or microseconds as a number or as text. `undefined` for everything else, also for 0 and less.
 */
export function instant(value: unknown): string | undefined {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string') return undefined
  const trimmed = value.trim()
  const epoch = /^(\d{9,16}(?:\.\d+)?)(?: \d+)?$/.exec(trimmed)?.[1]
  if (epoch !== undefined) return fromEpoch(Number(epoch))
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i.exec(trimmed)
  if (parts === null) return undefined
  const [, day, minutes = '00:00', seconds = ':00', zone = 'Z'] = parts
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z'
  return format(Date.parse(`${day}T${minutes}${seconds.slice(0, 7)}${offset}`))
}

/** Like `instant`; `null` when the source states that there is none (`null`, `""`, -1, 0). */
export function instantOrNone(value: unknown): string | null | undefined {
  return value === null || value === '' || value === -1 || value === 0 || value === '-1' || value === '0'
    ? null
    : instant(value)
}

function fromEpoch(value: number): string | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined
  if (value > 100_000_000_000_000) return format(value / 1000)
  return format(value > 100_000_000_000 ? value : value * 1000)
}

function format(milliseconds: number): string | undefined {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return Number.isNaN(year) || year >= lastYear || year < 1970 ? undefined : date.toISOString()
}
