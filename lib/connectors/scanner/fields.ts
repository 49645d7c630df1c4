/** Reading of untrusted values: every accessor answers something harmless when the shape is odd. */

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first of the named own fields that is there. */
export function field(value: unknown, ...names: string[]): unknown {
  if (!isFields(value)) return undefined
  for (const name of names) {
    if (Object.hasOwn(value, name) && value[name] !== null && value[name] !== undefined) return value[name]
  }
  return undefined
}

/** Follows field names one after another. */
export function path(value: unknown, ...names: string[]): unknown {
  return names.reduce((holder: unknown, name) => field(holder, name), value)
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Text, or a number as text (ids come both ways). */
export function idText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : text(value)
}

/** A line or column: a whole number above zero, also written as text. */
export function count(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The texts of a list, at most 50 of at most 200 characters. */
export function texts(value: unknown): string[] {
  return list(value)
    .flatMap((entry) => idText(entry)?.slice(0, 200) ?? [])
    .slice(0, 50)
}

/** An address without what could be a secret: no user, no query, no fragment. */
export function publicAddress(url: string | undefined): string | undefined {
  const bare = url?.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
  return bare === undefined || bare === '' ? undefined : bare.slice(0, 500)
}

/** A repository's address as one writes it with or without `.git`. */
export function repositoryAddress(url: string | undefined): string | undefined {
  const address = publicAddress(url)?.replace(/(?:\.git)?\/?$/, '')
  return address === '' || address === '.' || address === './' ? undefined : address
}
