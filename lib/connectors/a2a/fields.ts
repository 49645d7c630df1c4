import { snakeOf, withoutEndingSlashes } from '../json-fields'

/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field by its name on the wire (`protocolVersion`) or as the Python tools write it (`protocol_version`). Own fields only. */
export function field(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const snake = snakeOf(name)
  return Object.hasOwn(value, snake) ? value[snake] : undefined
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The texts of a list, at most 200 of at most 300 characters. */
export function texts(value: unknown): string[] {
  return list(value)
    .flatMap((entry) => text(entry)?.slice(0, 300) ?? [])
    .slice(0, 200)
}

/** Name and value pairs of an object, at most 200. */
export function pairs(value: unknown): [string, unknown][] {
  return isFields(value) ? Object.entries(value).slice(0, 200) : []
}

/** An address without what could be a secret: no user, no query, no fragment, no slash at the end. */
export function publicAddress(url: string): string {
  const open = url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
  return withoutEndingSlashes(open).slice(0, 500)
}
