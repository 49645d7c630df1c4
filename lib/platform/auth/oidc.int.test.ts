import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { AuthBrowser } from '../testing/auth-browser'
import { testDatabase } from '../testing/database'
import { type Lie, LyingProvider } from '../testing/lying-provider'
import { handleAuth } from './next-auth'
import type { OidcClaims } from './oidc'
import type { SignInDoors } from './sign-in-doors'

const provider = new LyingProvider()
const admitted: OidcClaims[] = []

/** Lets everybody in whose claims arrive: whoever is refused here was refused by the plumbing. */
const doors: SignInDoors = {
  withPassword: () => Promise.reject(new Error('not asked')),
  signOut: async () => {},
  withOidc: async (claims) => {
    admitted.push(claims)
    return { sessionId: randomUUID(), userId: randomUUID() }
  },
}

beforeAll(async () => {
  await provider.start()
  process.env.OIDC_ISSUER = provider.issuer
  process.env.OIDC_CLIENT_ID = provider.clientId
  process.env.OIDC_CLIENT_SECRET = provider.clientSecret
  await testDatabase()
})

async function come(lie: Lie): Promise<{ location: string; isIn: boolean }> {
  const browser = new AuthBrowser((request) => handleAuth(request, doors))
  provider.lie = lie
  admitted.length = 0
  const form = { csrfToken: await browser.csrfToken(), json: 'true' }
  const { url } = (await (await browser.post('/api/auth/signin/oidc', form)).json()) as { url: string }
  const back = provider.authorize(url, { sub: 'ana', email: 'ana@example.org' })
  const location = (await browser.get(back)).headers.get('location') ?? ''
  return { location, isIn: browser.cookies.has('bailiwick.session') }
}

const now = () => Math.floor(Date.now() / 1000)

describe('an id token', () => {
  it('that is in order is taken, with the claims that it holds', async () => {
    expect(await come({})).toEqual({ location: 'http://localhost:3000/', isIn: true })
    expect(admitted).toEqual([
      { iss: provider.issuer, sub: 'ana', email: 'ana@example.org', email_verified: true, name: undefined },
    ])
  })

  it('outweighs what userinfo says of the same things', async () => {
    await come({ userinfo: { email: 'root@example.org', email_verified: true, name: 'Ana' } })
    expect(admitted[0]).toMatchObject({ email: 'ana@example.org', name: 'Ana' })
  })

  const lies: [string, Lie][] = [
    ['for another audience', { claims: (good) => ({ ...good, aud: 'another-client' }) }],
    [
      'for several audiences without saying who asked',
      { claims: (good) => ({ ...good, aud: ['bailiwick', 'other'] }) },
    ],
    ['that another client asked for', { claims: (good) => ({ ...good, azp: 'other' }) }],
    ['of another issuer', { claims: (good) => ({ ...good, iss: 'https://evil.example' }) }],
    ['that has expired', { claims: (good) => ({ ...good, iat: now() - 600, exp: now() - 60 }) }],
    ['that is not valid yet', { claims: (good) => ({ ...good, nbf: now() + 600 }) }],
    ['from the future', { claims: (good) => ({ ...good, iat: now() + 600, exp: now() + 900 }) }],
    ['that never expires', { claims: ({ exp: _, ...rest }) => rest }],
    ['with another nonce', { claims: (good) => ({ ...good, nonce: 'replayed' }) }],
    ['without a nonce', { claims: ({ nonce: _, ...rest }) => rest }],
    ['without a subject', { claims: ({ sub: _, ...rest }) => rest }],
    ['with algorithm none', { seal: 'none' }],
    ['whose signature is missing', { seal: 'no-signature' }],
    ['signed with the public key as a shared secret', { seal: 'hs256-public-key' }],
    ['signed with the client secret', { seal: 'hs256-secret' }],
    ['signed with a key that is not the provider’s', { seal: 'other-key' }],
    ['signed with a key of an unknown name', { seal: 'other-kid' }],
    ['that is missing', { withoutIdToken: true }],
    ['whose userinfo is of somebody else', { userinfo: { sub: 'root' } }],
  ]
  it.each(lies)('%s is refused', async (_what, lie) => {
    const { location, isIn } = await come(lie)
    expect(location).toMatch(/^http:\/\/localhost:3000\/api\/auth\/(error\?error=|signin)/)
    expect(isIn).toBe(false)
    expect(admitted).toEqual([])
  })
})

describe('a provider that cannot be reached', () => {
  it('leads back to the sign-in page', async () => {
    await provider.close()
    const browser = new AuthBrowser((request) => handleAuth(request, doors))
    const form = { csrfToken: await browser.csrfToken(), json: 'true' }
    const { url } = (await (await browser.post('/api/auth/signin/oidc', form)).json()) as { url: string }
    expect(url).toBe('http://localhost:3000/api/auth/error?error=OAuthSignin')
    const shown = await browser.get('/api/auth/error?error=OAuthSignin')
    expect(shown.headers.get('location')).toBe('http://localhost:3000/api/auth/signin?error=OAuthSignin')
    const page = await browser.get('/api/auth/signin?error=OAuthSignin')
    expect(page.headers.get('location')).toMatch(/^\/sign-in\?callbackUrl=.*&error=OAuthSignin$/)
  })
})
