import { decode, encode } from 'next-auth/jwt'
import { z } from 'zod'
import { env } from '@/lib/platform/env'
import { cookieName, sessionLifetimeHours } from './settings'

/**
 * What the encrypted session cookie says: which session, whose. Nothing else, so that everything else (is it revoked,
 * is the person active, in which role) is read from the database at each request.
 */
export interface SessionToken {
  sessionId: string
  userId: string
}

const Payload = z.object({ sid: z.uuid(), sub: z.uuid() })

export function sessionCookieName(): string {
  return cookieName('session')
}

/** The claims as next-auth encrypts them. */
export function claimsOf(token: SessionToken): { sid: string; sub: string } {
  return { sid: token.sessionId, sub: token.userId }
}

/** Makes the value of the session cookie: a JWE (A256GCM, key derived from AUTH_SECRET) that ends with the session. */
export function encodeSessionToken(token: SessionToken): Promise<string> {
  return encode({ token: claimsOf(token), secret: env().AUTH_SECRET, maxAge: sessionLifetimeHours * 3600 })
}

/** Reads a session cookie; undefined for anything that this installation did not make or that has run out. */
export async function readSessionToken(value: string | undefined): Promise<SessionToken | undefined> {
  if (!value || value.length > 4096) return undefined
  const claims = await decode({ token: value, secret: env().AUTH_SECRET }).catch(() => null)
  const parsed = Payload.safeParse(claims)
  return parsed.success ? { sessionId: parsed.data.sid, userId: parsed.data.sub } : undefined
}
