import type { Alias } from '../contract'
import { snakeOf } from '../json-fields'

/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A field by its name on the wire (`principalId`), in the Python SDKs (`principal_id`) or in PowerShell and the portal's downloads
 * (`PrincipalId`); also inside `properties`, where Azure Resource Manager keeps what the CLI shows flat. Only own fields count.
 */
export function field(value: unknown, name: string): unknown {
  const direct = ownField(value, name)
  return direct === undefined && isFields(value) ? ownField(ownField(value, 'properties'), name) : direct
}

function ownField(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const snake = snakeOf(name)
  if (Object.hasOwn(value, snake)) return value[snake]
  const title = name.charAt(0).toUpperCase() + name.slice(1)
  return Object.hasOwn(value, title) ? value[title] : undefined
}

/** Trimmed text; `undefined` for everything else and for nothing but blanks. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Azure compares ids without regard to case, so they are kept in lower case. */
export function id(value: unknown): string | undefined {
  return text(value)?.toLowerCase()
}

export function textField(value: unknown, ...names: string[]): string | undefined {
  for (const name of names) {
    const found = text(field(value, name))
    if (found !== undefined) return found
  }
  return undefined
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function texts(value: unknown): string[] {
  return list(value).flatMap((entry) => text(entry) ?? [])
}

const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i

/** Text with up to seven digits of a second, `/Date(1567…)/` of Windows PowerShell, or seconds since 1970; in UTC. */
export function instant(value: unknown): string | undefined {
  if (typeof value === 'number') return value > 0 ? print(value > 100_000_000_000 ? value : value * 1000) : undefined
  const written = text(value) ?? ''
  const milliseconds = /^\/Date\((\d+)\)\/$/.exec(written)?.[1]
  if (milliseconds !== undefined) return print(Number(milliseconds))
  const [, day, time, fraction = '', zone = 'Z'] = form.exec(written) ?? []
  if (day === undefined || time === undefined) return undefined
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z'
  return print(Date.parse(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`))
}

function print(milliseconds: number): string | undefined {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return Number.isNaN(year) || year < 1900 || year > 9999 ? undefined : date.toISOString()
}

/** The entries that are known, for building records. */
export function known<T>(entries: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, T] => entry[1] !== undefined))
}

/** Other ids of a principal, all unique everywhere: of those that are known. */
export function otherIds(...ids: (string | undefined)[]): { aliases?: Alias[] } {
  const known = [...new Set(ids.flatMap((one) => one?.toLowerCase() ?? []))]
  return known.length === 0 ? {} : { aliases: known.map((one) => ({ id: one, global: true })) }
}

export const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
