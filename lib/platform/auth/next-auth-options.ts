import type { AuthOptions, User } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { env } from '@/lib/platform/env'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { cookieFlags } from './cookies'
import { OidcClaims, oidcProvider } from './oidc'
import { returnPath } from './return-path'
import { claimsOf, type SessionToken, sessionCookieName } from './session-token'
import { sessionLifetimeHours } from './settings'
import type { SignInDoors, SignInOrigin } from './sign-in-doors'
import { accountKey } from './sign-in-limits'

export const callbackUrlCookie = 'bailiwick.callback-url'

/** What one request found out, for after next-auth has answered. */
export interface Outcome {
  signedInAccount?: string
}

/**
 * The options of one request. Made anew each time: they hold what this very request brought with it, and follow the
 * configuration.
 */
export function authOptions(doors: SignInDoors, origin: SignInOrigin, outcome: Outcome): AuthOptions {
  const oidc = oidcProvider()
  return {
    secret: env().AUTH_SECRET,
    session: { strategy: 'jwt', maxAge: sessionLifetimeHours * 3600 },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: cookieFlags() },
      callbackUrl: { name: callbackUrlCookie, options: cookieFlags() },
    },
    pages: { signIn: '/sign-in', error: '/sign-in/refused' },
    providers: [passwordProvider(doors, origin, outcome), ...(oidc ? [oidc] : [])],
    callbacks: {
      redirect: ({ url, baseUrl }) => baseUrl + returnPath(url, '/', baseUrl),
      async signIn({ user, account, profile }) {
        if (account?.provider !== 'oidc') return true
        const made = await throughOidc(doors, origin, profile)
        if ('refused' in made) return `/sign-in/refused?reason=${made.refused}`
        Object.assign(user, carrier(made))
        return true
      },
      jwt: ({ token, user }) => (user ? tokenFrom(user) : token),
    },
    events: {
      async signOut({ token }) {
        const { sid, sub } = token as { sid?: string; sub?: string }
        if (sid && sub) await doors.signOut({ sessionId: sid, userId: sub }, origin)
      },
    },
    logger: {
      error: (code, detail) => log.warn({ code, reason: reasonOf(detail) }, 'sign-in failed'),
      warn: (code) => log.debug({ code }, 'next-auth'),
      debug: () => {},
    },
  }
}

function passwordProvider(doors: SignInDoors, origin: SignInOrigin, outcome: Outcome) {
  return CredentialsProvider({
    name: 'E-mail and password',
    credentials: { email: {}, password: {} },
    async authorize(given) {
      const { email, password } = given ?? {}
      if (typeof email !== 'string' || typeof password !== 'string') return null
      try {
        const made = await doors.withPassword({ email, password }, origin)
        outcome.signedInAccount = accountKey(email)
        return carrier(made)
      } catch (error) {
        throw new Error(failureCode(error))
      }
    },
  })
}

async function throughOidc(doors: SignInDoors, origin: SignInOrigin, profile: unknown) {
  try {
    return await doors.withOidc(OidcClaims.parse(profile), origin)
  } catch (error) {
    log.warn({ error }, 'single sign-on failed')
    return { refused: 'unavailable' as const }
  }
}

/** A next-auth user that carries nothing but the session made for it. */
function carrier(made: SessionToken): User & SessionToken {
  return { id: made.userId, ...made }
}

function tokenFrom(user: User): { sid: string; sub: string } {
  const { sessionId } = user as User & Partial<SessionToken>
  const userId = (user as Partial<SessionToken>).userId
  if (!sessionId || !userId) throw new Error('a sign-in without a session')
  return claimsOf({ sessionId, userId })
}

/** What the sign-in page is told: a code, and for a lock-out how many seconds it lasts. */
function failureCode(error: unknown): string {
  if (!isAppError(error)) {
    log.error({ error }, 'sign-in failed')
    return 'internal'
  }
  if (error.code === 'rate_limited') return `rate_limited.${error.retryAfterSeconds ?? 60}`
  return error.code
}

function reasonOf(detail: unknown): string {
  const inner = detail instanceof Error ? detail : (detail as { error?: unknown } | undefined)?.error
  return inner instanceof Error ? inner.message : 'unknown'
}
