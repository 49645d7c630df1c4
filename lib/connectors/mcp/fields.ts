import { snakeOf } from '../json-fields'

/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field by its name today (`isSecret`) or in the registry's first years (`is_secret`). Only own fields count. */
export function field(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const snake = snakeOf(name)
  return Object.hasOwn(value, snake) ? value[snake] : undefined
}

export function path(value: unknown, ...names: string[]): unknown {
  return names.reduce(field, value)
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** A list; a single object where a list belongs counts as a list of one. */
export function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isFields(value) ? [value] : []
}

export function instant(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    return undefined
  const milliseconds = Date.parse(value)
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString()
}
