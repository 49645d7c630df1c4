/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own field of an object; `undefined` for anything else. */
export function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

const snakes = new Map<string, string>()

/** A field's name as Python writes it: `validAfterTime` is `valid_after_time`. For names of the code only: each is kept. */
export function snakeOf(name: string): string {
  const known = snakes.get(name)
  if (known !== undefined) return known
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  snakes.set(name, snake)
  return snake
}

/** Follows field names one after another. */
export function path(value: unknown, ...names: string[]): unknown {
  return names.reduce(field, value)
}

/** The first of the fields that is there, for names that differ between API and SDK (`type`, `type_`). */
export function anyOf(value: unknown, ...names: string[]): unknown {
  for (const name of names) {
    const found = field(value, name)
    if (found !== undefined && found !== null) return found
  }
  return undefined
}

/** A text that is not blank. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** An id, written as text or as a whole number. */
export function idText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : text(value)
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function texts(value: unknown): string[] {
  return list(value).filter((entry): entry is string => typeof entry === 'string' && entry !== '')
}

/** A flag as JSON, Python or SQL write it: `true`, `"true"`, `"True"`, `"Y"`. */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  if (/^(?:true|yes|y|on)$/i.test(value)) return true
  return /^(?:false|no|n|off)$/i.test(value) ? false : undefined
}

/** Leaves out what is not known, so that it does not stand in attributes. */
export function known<T>(values: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined))
}

/** Not by an expression: one that looks for the end takes the square of the slashes' number in time. Nothing is left of slashes alone. */
export function withoutEndingSlashes(address: string): string {
  let end = address.length
  while (address[end - 1] === '/') end -= 1
  return address.slice(0, end)
}
