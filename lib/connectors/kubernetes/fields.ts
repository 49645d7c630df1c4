/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A field by its name in the Kubernetes API, or by the name that the Python client prints (`role_ref` for `roleRef`).
 * Only own fields count.
 */
export function field(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const snake = name.replace(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`)
  return Object.hasOwn(value, snake) ? value[snake] : undefined
}

/** Follows field names one after another. */
export function path(value: unknown, ...names: string[]): unknown {
  return names.reduce(field, value)
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function texts(value: unknown): string[] {
  return list(value).filter((entry): entry is string => typeof entry === 'string')
}

/** A string map such as labels; entries of another kind are left out. */
export function textMap(value: unknown): Record<string, string> {
  if (!isFields(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** An RFC 3339 instant in UTC; anything else is unknown. */
export function instant(value: unknown): string | undefined {
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(value)
  ) {
    return undefined
  }
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(value) || value.length === 10 ? value : `${value}Z`
  const milliseconds = Date.parse(zoned.replace(' ', 'T'))
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString()
}
