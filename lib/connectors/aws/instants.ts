const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i

/**
 * An instant as any of the AWS tools writes it, as ISO 8601 in UTC: ISO text with a `T` or a blank, with any offset
 * (none means UTC), epoch seconds or milliseconds (CLI version 1, Java SDK), an RFC 1123 date, or the recorded object
 * `{"__class__":"datetime",…}` of placebo. `undefined` for everything else.
 */
export function parseInstant(value: unknown): string | undefined {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value === 'string') return fromText(value.trim())
  if (typeof value !== 'object' || value === null || !('year' in value)) return undefined
  const parts = value as Record<string, unknown>
  const part = (name: string, otherwise: number) => (typeof parts[name] === 'number' ? parts[name] : otherwise)
  return format(
    Date.UTC(
      part('year', Number.NaN),
      part('month', 1) - 1,
      part('day', 1),
      part('hour', 0),
      part('minute', 0),
      part('second', 0),
    ),
  )
}

function fromText(text: string): string | undefined {
  const match = iso.exec(text)
  if (match === null)
    return /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} .* GMT$/.test(text) ? format(Date.parse(text)) : undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z'
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  return format(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`))
}

function fromEpoch(value: number): string | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined
  return format(value > 100_000_000_000 ? value : value * 1000)
}

function format(milliseconds: number): string | undefined {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return Number.isNaN(year) || year > 9999 || year < 0 ? undefined : date.toISOString()
}
