/** An object of a file, its fields not yet checked. */
export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value's own field; `undefined` where the value is no object. */
export function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** A text that says something: not empty, trimmed. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** The first of the named fields that holds a text. */
export function textOf(value: unknown, ...names: string[]): string | undefined {
  for (const name of names) {
    const found = text(field(value, name))
    if (found !== undefined) return found
  }
  return undefined
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The texts of a list; a single text is a list of one. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value]
  return list(value).filter((entry): entry is string => typeof entry === 'string' && entry !== '')
}

/** Terraform writes a nested block as a list of one object, older versions as the object itself. */
export function block(value: unknown): Fields | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return isFields(first) ? first : undefined
}

export function blocks(value: unknown): Fields[] {
  return (Array.isArray(value) ? value : [value]).filter(isFields)
}

/** `true`, also as the text that version 3 writes. */
export function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : undefined
}

/** The texts of an object, by key. */
export function textMap(value: unknown): Record<string, string> {
  if (!isFields(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (text(entry) === undefined ? [] : [[key, String(entry)]])),
  )
}

/** A value that may be JSON text, as policies are kept; `undefined` when it is neither. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return isFields(value) || Array.isArray(value) ? value : undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** ISO 8601 in UTC; `undefined` for what is no date. The year 9999 means "never", which is `null`. */
export function instant(value: unknown): string | null | undefined {
  const written = text(value)
  if (written === undefined || !/^\d{4}-\d{2}-\d{2}/.test(written)) return undefined
  const ms = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(written) || written.length === 10 ? written : `${written}Z`)
  if (Number.isNaN(ms)) return undefined
  return written.startsWith('9999') ? null : new Date(ms).toISOString()
}

/** Only what is said: fields that are `undefined` are left out. */
export function said<T>(fields: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter((pair): pair is [string, T] => pair[1] !== undefined))
}

/** JSON with sorted keys, so that equal conditions are equal texts; deeper than 20 levels it is cut with `…`. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > 20) return '"…"'
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  if (isFields(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, depth + 1)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
