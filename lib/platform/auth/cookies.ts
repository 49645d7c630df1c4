import { isSecureSite } from './settings'

/** The cookies of a request's `Cookie` header; of two with one name the first counts, as RFC 6265 sends it. */
export function readCookies(header: string | null | undefined): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at < 1) continue
    const name = part.slice(0, at).trim()
    if (!cookies.has(name)) cookies.set(name, decode(part.slice(at + 1).trim()))
  }
  return cookies
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^"(.*)"$/, '$1'))
  } catch {
    return value
  }
}

/** The flags of every cookie of the product: not for scripts, not with requests from other sites. */
export function cookieFlags() {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecureSite() } as const
}

/** A `Set-Cookie` header value. `maxAgeSeconds` 0 removes the cookie. */
export function cookieHeader(name: string, value: string, maxAgeSeconds: number): string {
  const secure = isSecureSite() ? '; Secure' : ''
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}
