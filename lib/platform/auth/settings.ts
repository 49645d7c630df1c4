import { env } from '@/lib/platform/env'

/** A session ends this long after sign-in, whatever happens. */
export const sessionLifetimeHours = 12
/** A session ends after this long without a request. */
export const sessionIdleHours = 2
/** `last_seen_at` of a session and `last_used_at` of a key are written at most this often. */
export const touchEverySeconds = 60

/** Whether browsers reach the application by https; decides the cookies' names and flags. */
export function isSecureSite(): boolean {
  return env().PUBLIC_URL.startsWith('https://')
}

/** Whether sign-in by OpenID Connect is configured. */
export function hasOidc(): boolean {
  return env().OIDC_ISSUER !== undefined
}

/** A cookie's name; `__Host-` on https, which browsers accept only with Secure, Path=/ and no Domain. */
export function cookieName(name: string): string {
  return isSecureSite() ? `__Host-bailiwick.${name}` : `bailiwick.${name}`
}

/** The identity provider's host, for the button that leads there; undefined without single sign-on. */
export function singleSignOnHost(): string | undefined {
  const issuer = env().OIDC_ISSUER
  return issuer === undefined ? undefined : new URL(issuer).host
}

/**
 * The demo people's common password when this is the demo installation (DEMO=1, set by `npm start` beside its own
 * database), so that the sign-in page can offer them. Undefined everywhere else.
 */
export function demoPassword(): string | undefined {
  return process.env.DEMO === '1' ? (process.env.DEMO_PASSWORD ?? 'bailiwick-demo') : undefined
}

/** Seconds for which somebody who is signed in has proved that it is they, for one act that asks for it. */
export const confirmedSeconds = 300
