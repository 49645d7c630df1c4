import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acceptAsNewPerson } from '@/lib/organizations/server/accept-invitation'
import { createInvitation } from '@/lib/organizations/server/create-invitation'
import { switchOrganization } from '@/lib/organizations/server/switch-organization'
import { handleAuth } from '@/lib/platform/auth/next-auth'
import { contextFromRequest } from '@/lib/platform/auth/request-context'
import { closePool } from '@/lib/platform/db/pool'
import { AuthBrowser } from '@/lib/platform/testing/auth-browser'
import { type IdentityProvider, startIdentityProvider } from '@/lib/platform/testing/identity-provider'
import { TestPeople, type TestPerson, testPassword } from '@/lib/platform/testing/people'
import { makeFoundedOrganization } from '@/prisma/factories/membership'
import { resolveOidcUser } from './resolve-oidc-user'
import { signInDoors } from './sign-in'

const handler = (request: Request) => handleAuth(request, signInDoors)
let provider: IdentityProvider
let people: TestPeople
let orgId: string
let ana: TestPerson
let browser: AuthBrowser

beforeAll(async () => {
  provider = await startIdentityProvider()
  process.env.OIDC_ISSUER = provider.issuer
  process.env.OIDC_CLIENT_ID = provider.clientId
  process.env.OIDC_CLIENT_SECRET = provider.clientSecret
  people = await TestPeople.open()
  orgId = await people.organization()
})
afterAll(async () => {
  await people.close()
  await closePool()
  await provider.close()
})
beforeEach(async () => {
  ana = await people.person({ [orgId]: 'security' })
  browser = new AuthBrowser(handler)
})

/** A subject at the provider with these claims. */
function subject(claims: Record<string, unknown>): string {
  const name = randomUUID()
  provider.people.set(name, { sub: name, ...claims })
  return name
}

/** Begins at the product and gives the provider's address. */
async function begin(of: AuthBrowser, callbackUrl = '/'): Promise<string> {
  const form = { csrfToken: await of.csrfToken(), callbackUrl, json: 'true' }
  const answer = (await (await of.post('/api/auth/signin/oidc', form)).json()) as { url: string }
  return answer.url
}

async function come(of: AuthBrowser, who: string, callbackUrl = '/'): Promise<string | null> {
  const back = await provider.authorize(await begin(of, callbackUrl), who)
  return (await of.get(back.slice(of.site.length))).headers.get('location')
}

const whoami = async (of: AuthBrowser) => (await contextFromRequest(of.request('/api/v1/me'))).actor
const isOut = (of: AuthBrowser) => expect(whoami(of)).rejects.toMatchObject({ code: 'unauthenticated' })

describe('single sign-on', () => {
  it('asks with code, PKCE, state and nonce, and leads back to where the person wanted to go', async () => {
    const url = new URL(await begin(browser, '/inventory?kind=bot'))
    expect(url.origin).toBe(provider.issuer)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'bailiwick',
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{40,}$/),
      nonce: expect.stringMatching(/^[\w-]{40,}$/),
      redirect_uri: 'http://localhost:3000/api/auth/callback/oidc',
    })
    const who = subject({ email: ana.email, email_verified: true, name: 'Ana' })
    expect(await come(browser, who, '/inventory?kind=bot')).toBe('http://localhost:3000/inventory?kind=bot')
    expect(await whoami(browser)).toMatchObject({ id: ana.userId, role: 'security' })
    expect((await people.events(orgId)).at(-1)).toMatchObject({ action: 'session.create', after: { method: 'oidc' } })
  })

  it('takes an account over from whoever set its password: the password and its sessions end, once', async () => {
    const squatter = new AuthBrowser(handler)
    await squatter.signIn(ana.email, testPassword)
    const who = subject({ email: ana.email, email_verified: true })
    await come(browser, who)
    expect(await whoami(browser)).toMatchObject({ id: ana.userId })
    await isOut(squatter)
    expect((await squatter.signIn(ana.email, testPassword)).error).toBe('unauthenticated')
    expect((await people.events(orgId)).slice(-2)).toMatchObject([
      {
        action: 'user.oidc.link',
        actor_key: `user:${ana.userId}`,
        target_label: ana.email,
        after: { issuer: provider.issuer, passwordRemoved: true, endedSessions: 1 },
      },
      { action: 'session.create', after: { method: 'oidc' } },
    ])
    await come(new AuthBrowser(handler), who)
    expect((await people.events(orgId)).at(-2)).toMatchObject({ action: 'session.create' })
    expect(await whoami(browser)).toMatchObject({ id: ana.userId })
  })

  it('takes over an account that was squatted by invitation before its holder ever came', async () => {
    const email = `victim-${randomUUID()}@example.org`
    const mallory = await makeFoundedOrganization('Mallory')
    const { link } = await createInvitation(mallory.admin, { email, role: 'member' })
    const password = 'chosen by somebody else'
    await acceptAsNewPerson({ token: link.split('/').at(-1) ?? '', name: 'V', password }, { id: randomUUID() })
    const squatter = new AuthBrowser(handler)
    expect((await squatter.signIn(email, password)).error).toBeUndefined()
    const who = subject({ email, email_verified: true })
    await Promise.all([come(browser, who), come(new AuthBrowser(handler), who)])
    await isOut(squatter)
    expect((await squatter.signIn(email, password)).error).toBe('unauthenticated')
    expect((await people.events(mallory.id)).filter(({ action }) => action === 'user.oidc.link')).toHaveLength(1)
  })

  it('knows a person again by subject, though the address has changed', async () => {
    const who = subject({ email: ana.email, email_verified: true })
    await come(browser, who)
    provider.people.set(who, { sub: who, email: 'somebody.else@example.org', email_verified: false })
    const later = new AuthBrowser(handler)
    await come(later, who)
    expect(await whoami(later)).toMatchObject({ id: ana.userId })
  })

  it('does not take another subject with the address of a linked one for granted', async () => {
    const other = await people.person({ [orgId]: 'admin' })
    const who = subject({ email: other.email, email_verified: false })
    expect(await come(browser, who)).toBe('/sign-in/refused?reason=unverified')
    await isOut(browser)
  })

  it.each([
    ['an unknown person', 'unknown', () => ({ email: `${randomUUID()}@example.org`, email_verified: true })],
    ['an address that nobody verified', 'unverified', () => ({ email: ana.email, email_verified: false })],
    ['an address without a word on it', 'unverified', () => ({ email: ana.email })],
    ['no address', 'unverified', () => ({ email_verified: true })],
  ])('refuses %s with a page that says so', async (_what, reason, claims) => {
    expect(await come(browser, subject(claims()))).toBe(`/sign-in/refused?reason=${reason}`)
    await isOut(browser)
  })

  it('refuses a disabled person, linked or not', async () => {
    const who = subject({ email: ana.email, email_verified: true })
    await come(browser, who)
    await people.sql.query(`UPDATE user_account SET status = 'disabled' WHERE id = $1`, [ana.userId])
    const later = new AuthBrowser(handler)
    expect(await come(later, who)).toBe('/sign-in/refused?reason=disabled')
    expect(await come(later, subject({ email: ana.email, email_verified: true }))).toBe(
      '/sign-in/refused?reason=disabled',
    )
    await isOut(later)
  })

  it('refuses what another issuer says, whoever named it', async () => {
    const claims = { iss: 'https://evil.example', sub: 'x', email: ana.email, email_verified: true }
    expect(await resolveOidcUser(claims, { id: randomUUID() })).toEqual({ refused: 'issuer' })
    expect(await resolveOidcUser({ ...claims, iss: `${provider.issuer}/` }, { id: randomUUID() })).toMatchObject({
      id: ana.userId,
    })
  })

  it('makes an account for a person with an open invitation, and for no other', async () => {
    const email = `invited-${randomUUID()}@example.org`
    await people.sql.query(
      `INSERT INTO invitation (org_id, email, role, token_hash, invited_by, expires_at) VALUES ($1, $2, 'member', $3, 'Root', now() + interval '1 day')`,
      [orgId, email, randomUUID()],
    )
    expect(await come(browser, subject({ email, email_verified: true, name: 'Ivo' }), '/invitations/x')).toBe(
      'http://localhost:3000/invitations/x',
    )
    // In, but a member of nothing until the invitation is accepted.
    await expect(whoami(browser)).rejects.toMatchObject({ code: 'forbidden' })
    await people.sql.query('UPDATE invitation SET revoked_at = now() WHERE email = $1', [email])
    await people.sql.query('DELETE FROM user_account WHERE email = $1', [email])
    expect(await come(new AuthBrowser(handler), subject({ email, email_verified: true }))).toBe(
      '/sign-in/refused?reason=unknown',
    )
  })
})

describe('an answer of the provider', () => {
  const who = () => subject({ email: ana.email, email_verified: true })
  const failed = expect.stringContaining('error=OAuthCallback')
  const path = (url: string) => url.replace('http://localhost:3000', '')

  it('works once: code and state cannot be replayed, with the old cookies either', async () => {
    const url = await begin(browser)
    const before = new Map(browser.cookies)
    const back = path(await provider.authorize(url, who()))
    expect((await browser.get(back)).headers.get('location')).toBe('http://localhost:3000/')
    const again = await browser.get(back)
    expect(again.headers.get('location')).toEqual(failed)
    const thief = new AuthBrowser(handler)
    for (const [name, value] of before) thief.cookies.set(name, value)
    expect((await thief.get(back)).headers.get('location')).toEqual(failed)
    await isOut(thief)
  })

  it('is refused in a browser that did not ask (login CSRF)', async () => {
    const back = path(await provider.authorize(await begin(browser), who()))
    const victim = new AuthBrowser(handler)
    expect((await victim.get(back)).headers.get('location')).toEqual(failed)
    await begin(victim)
    expect((await victim.get(back)).headers.get('location')).toEqual(failed)
    await isOut(victim)
  })

  it('is refused with another state, another code, or none', async () => {
    const back = new URL(await provider.authorize(await begin(browser), who()))
    for (const change of [
      { state: 'x'.repeat(43) },
      { state: '' },
      { code: 'guessed' },
      { code: '' },
      { iss: 'https://evil.example' },
    ]) {
      const url = new URL(back)
      for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value)
      const same = new AuthBrowser(handler)
      for (const [name, value] of browser.cookies) same.cookies.set(name, value)
      expect((await same.get(url.pathname + url.search)).headers.get('location')).toMatch(/error=/)
      await isOut(same)
    }
  })

  it('that the person broke off leads back to the sign-in page', async () => {
    const url = new URL(await begin(browser))
    const state = url.searchParams.get('state') ?? ''
    const back = `/api/auth/callback/oidc?error=access_denied&error_description=${encodeURIComponent('<b>no</b>')}&state=${state}`
    const location = (await browser.get(back)).headers.get('location') ?? ''
    expect(location).toMatch(/^http:\/\/localhost:3000\/api\/auth\/error\?error=/)
    const shown = await browser.get(path(location))
    expect(shown.headers.get('location')).toMatch(/\/api\/auth\/signin\?error=|\/sign-in/)
    await isOut(browser)
  })
})

describe('an organization that insists on single sign-on', () => {
  it('does not admit a session that began with a password, from the next request on', async () => {
    await browser.signIn(ana.email, testPassword)
    expect(await whoami(browser)).toMatchObject({ id: ana.userId })
    await people.sql.query('UPDATE organization SET password_sign_in = false WHERE id = $1', [orgId])
    await expect(whoami(browser)).rejects.toMatchObject({ code: 'forbidden' })
    const other = new AuthBrowser(handler)
    await come(other, subject({ email: ana.email, email_verified: true }))
    expect(await whoami(other)).toMatchObject({ id: ana.userId })
    await people.sql.query('UPDATE organization SET password_sign_in = true WHERE id = $1', [orgId])
  })

  it('cannot be switched to by such a session, and nothing says that it was', async () => {
    const strict = await people.organization('Strict')
    const both = await people.person({ [orgId]: 'member', [strict]: 'member' })
    await people.sql.query('UPDATE organization SET password_sign_in = false WHERE id = $1', [strict])
    await browser.signIn(both.email, testPassword)
    const ctx = await contextFromRequest(browser.request('/api/v1/me'))
    expect(ctx.tenant.orgId).toBe(orgId)
    const before = await people.events(orgId)
    await expect(switchOrganization(ctx, { id: strict })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(await people.events(orgId)).toEqual(before)
    const other = new AuthBrowser(handler)
    await come(other, subject({ email: both.email, email_verified: true }))
    const theirs = await contextFromRequest(other.request('/api/v1/me'))
    expect(await switchOrganization(theirs, { id: strict })).toMatchObject({ id: strict, isCurrent: true })
    expect((await contextFromRequest(other.request('/api/v1/me'))).tenant.orgId).toBe(strict)
  })
})
