import type { OidcClaims } from './oidc'
import type { SessionToken } from './session-token'

/** Where a sign-in comes from. */
export interface SignInOrigin {
  requestId: string
  ip: string | undefined
  userAgent: string | undefined
  /** The value of the device cookie, unchecked. */
  deviceCookie: string | undefined
  /** The session that this browser already has: it ends when another begins. */
  previous: SessionToken | undefined
}

/** Why a person whom the identity provider vouches for does not come in. */
export const refusalReasons = ['unknown', 'disabled', 'unverified', 'issuer', 'unavailable'] as const
export type RefusalReason = (typeof refusalReasons)[number]

/**
 * What signing in means to the product, given to the plumbing by `lib/users`. A failure is an AppError; its code goes to
 * the sign-in page.
 */
export interface SignInDoors {
  withPassword: (given: { email: string; password: string }, origin: SignInOrigin) => Promise<SessionToken>
  withOidc: (claims: OidcClaims, origin: SignInOrigin) => Promise<SessionToken | { refused: RefusalReason }>
  signOut: (token: SessionToken, origin: SignInOrigin) => Promise<void>
}
