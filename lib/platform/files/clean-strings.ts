const loneSurrogate = /\p{Surrogate}/gu

/** What PostgreSQL and UTF-8 cannot hold (NUL, half surrogate pairs) becomes U+FFFD; everything else stays as it is. */
export function cleanString(text: string): string {
  const withoutNul = text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
  return withoutNul.replace(loneSurrogate, '\uFFFD')
}

/** `cleanString` over a parsed value, keys included. The value's depth is bounded by whoever parsed it. */
export function cleanStrings(value: unknown): unknown {
  if (typeof value === 'string') return cleanString(value)
  if (Array.isArray(value)) return value.map(cleanStrings)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleanString(key), cleanStrings(entry)]))
}
