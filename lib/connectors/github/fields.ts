/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

/** What an attribute may hold. */
type Attribute = string | number | boolean | string[]

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own field, as the API writes it (`created_at`) or as the gh command does (`createdAt`). */
export function own(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(value, camel) ? value[camel] : undefined
}

/** True when every field is there, whatever it holds. */
export function has(value: unknown, ...names: string[]): boolean {
  return names.every((name) => own(value, name) !== undefined)
}

/** Trimmed text; `undefined` for anything else and for nothing. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** A number or text as an id. */
export function idText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : text(value)
}

export function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function texts(value: unknown): string[] {
  return list(value).flatMap((entry) => text(entry) ?? [])
}

/** An instant in UTC out of ISO 8601 with a zone, `2024-01-24 16:27:40 UTC`, or seconds or milliseconds since 1970. */
export function instant(value: unknown): string | undefined {
  if (typeof value === 'number') return fromMilliseconds(Math.abs(value) > 1e11 ? value : value * 1000)
  const written = text(value)
  if (written === undefined) return undefined
  const iso = written.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:UTC|Z|([+-]\d\d):?(\d\d))$/, isoOf)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(iso)) return undefined
  return fromMilliseconds(Date.parse(iso))
}

function isoOf(_: string, date: string, time: string, hours?: string, minutes?: string): string {
  return `${date}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`
}

/** Like `instant`; `null` stays `null`, which means that the source says there is none. */
export function instantOrNull(value: unknown): string | null | undefined {
  return value === null ? null : instant(value)
}

function fromMilliseconds(milliseconds: number): string | undefined {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return Number.isNaN(date.getTime()) || year < 1970 || year > 9999 ? undefined : date.toISOString()
}

/** What is known of the attributes given; unknown and empty ones are left out. */
export function attributesOf(known: Record<string, Attribute | undefined>): Record<string, Attribute> | undefined {
  const entries = Object.entries(known).filter(
    (entry): entry is [string, Attribute] =>
      entry[1] !== undefined && entry[1] !== '' && !(Array.isArray(entry[1]) && entry[1].length === 0),
  )
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** An address without user, query and fragment, which may hold secrets; `undefined` when it is none. */
export function publicAddress(value: unknown): string | undefined {
  const written = text(value)
  if (written === undefined || !URL.canParse(written)) return undefined
  const { protocol, host, pathname } = new URL(written)
  if (!/^https?:$/.test(protocol)) return undefined
  const path = pathname.replace(/[^/]{20,}/g, '…').replace(/\/$/, '')
  return `${protocol}//${host}${path}`
}
