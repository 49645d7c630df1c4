import type { OAuthConfig } from 'next-auth/providers/oauth'
import { z } from 'zod'
import { env } from '@/lib/platform/env'

/** What the identity provider says of a person, after its signature, audience, times and nonce were checked. */
export const OidcClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  name: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
})
export type OidcClaims = z.infer<typeof OidcClaims>

const clockToleranceSeconds = 60

const trim = (url: string) => url.replace(/\/+$/, '')

/** Whether the claims come from the configured issuer and not from another one that its discovery document named. */
export function isOwnIssuer(issuer: string): boolean {
  return trim(issuer) === trim(env().OIDC_ISSUER ?? '')
}

/** The configured OpenID Connect provider; undefined without one. Authorization code with PKCE, state and nonce. */
export function oidcProvider(): OAuthConfig<OidcClaims> | undefined {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = env()
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) return undefined
  return {
    id: 'oidc',
    name: 'Single sign-on',
    type: 'oauth',
    wellKnown: `${trim(OIDC_ISSUER)}/.well-known/openid-configuration`,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    httpOptions: { timeout: 5000 },
    userinfo: {
      // Many providers put the e-mail address into the userinfo answer alone. `sub` of both is compared by the client.
      async request({ tokens, client }) {
        const claims = client.issuer.metadata.userinfo_endpoint
          ? {
              ...(await client.userinfo(tokens as Parameters<typeof client.userinfo>[0])),
              ...idClaims(tokens.id_token),
            }
          : idClaims(tokens.id_token)
        return claims as OidcClaims & { sub: string }
      },
    },
    profile(claims) {
      const { sub, name, email } = OidcClaims.parse(claims)
      return { id: sub, name: name ?? null, email: email ?? null }
    },
  }
}

/** The claims of an id token that the client has verified already. */
function idClaims(idToken: string | undefined): Record<string, unknown> {
  const payload = idToken?.split('.')[1]
  if (!payload) throw new Error('the provider sent no id token')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
  // The client checks `exp` and `nbf`, but takes a token that is yet to be issued.
  if (Number(claims.iat) > Date.now() / 1000 + clockToleranceSeconds) throw new Error('the id token is from the future')
  return claims
}
