import { createRemoteJWKSet, jwtVerify } from 'jose'

export interface TokenRules {
  issuer: string
  /** How tokens have to name this gateway (RFC 8707). */
  audience: string
  /** Where the issuer's keys lie. */
  jwksUrl: string
}

/** The token is missing, or is not one of this issuer for this server, now. */
export class TokenRefused extends Error {}

const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** Reads the claims of an access token (RFC 9068): signature, issuer, audience and time have to be right. */
export function tokenChecker({ issuer, audience, jwksUrl }: TokenRules) {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 3000 })
  return async (header: string | undefined): Promise<Record<string, unknown>> => {
    const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(header ?? '')?.[1]
    if (!token) throw new TokenRefused('There is no access token.')
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience, algorithms, clockTolerance: 5 },
        requiredClaims: ['exp', 'sub'],
      })
      return payload
    } catch {
      throw new TokenRefused('The access token is not valid here.')
    }
  }
}
