import { snakeOf } from '../json-fields'

/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field by its name on the wire (`validAfterTime`) or in the Python clients (`valid_after_time`). Only own fields count. */
export function field(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const snake = snakeOf(name)
  return Object.hasOwn(value, snake) ? value[snake] : undefined
}

export function path(value: unknown, ...names: string[]): unknown {
  return names.reduce(field, value)
}

/** Trimmed text; `undefined` for everything else and for nothing but blanks. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Text, or a number as text: ids come both ways. */
export function idText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : text(value)
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function texts(value: unknown): string[] {
  return list(value).flatMap((entry) => text(entry) ?? [])
}

const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i

/** RFC 3339 with up to nine digits of a second, the same with a blank, or protobuf's `{seconds}`; in UTC. */
export function instant(value: unknown): string | undefined {
  const seconds = idText(field(value, 'seconds'))
  if (seconds !== undefined) return print(Number(seconds) * 1000)
  const [, day, time, fraction = '', zone = 'Z'] = form.exec(text(value) ?? '') ?? []
  if (day === undefined || time === undefined) return undefined
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z'
  return print(Date.parse(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`))
}

/** When something ends: `null` where Google writes the year 9999, which stands for "never". */
export function expiry(value: unknown): string | null | undefined {
  const end = instant(value)
  return end?.startsWith('9999') ? null : end
}

function print(milliseconds: number): string | undefined {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return Number.isNaN(year) || year < 1900 || year > 9999 ? undefined : date.toISOString()
}
