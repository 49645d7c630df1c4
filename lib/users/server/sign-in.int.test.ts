import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { handleAuth } from '@/lib/platform/auth/next-auth'
import { contextFromRequest } from '@/lib/platform/auth/request-context'
import { encodeSessionToken, readSessionToken } from '@/lib/platform/auth/session-token'
import { closePool } from '@/lib/platform/db/pool'
import { AuthBrowser } from '@/lib/platform/testing/auth-browser'
import { TestPeople, type TestPerson, testPassword } from '@/lib/platform/testing/people'
import { signInDoors } from './sign-in'

const handler = (request: Request) => handleAuth(request, signInDoors)

let people: TestPeople
let orgId: string
let ana: TestPerson
let browser: AuthBrowser

beforeAll(async () => {
  people = await TestPeople.open()
  orgId = await people.organization()
})
afterAll(async () => {
  await people.close()
  await closePool()
})
beforeEach(async () => {
  ana = await people.person({ [orgId]: 'security' })
  browser = new AuthBrowser(handler)
})

const whoami = async (of: AuthBrowser) => (await contextFromRequest(of.request('/api/v1/me'))).actor
const session = (of: AuthBrowser) => of.cookies.get('bailiwick.session')

describe('sign-in by password', () => {
  it('makes an actor with the role of the database, and an audit event', async () => {
    expect(await browser.signIn(ana.email, testPassword)).toEqual({ error: undefined, url: 'http://localhost:3000/' })
    expect(await whoami(browser)).toMatchObject({ kind: 'user', id: ana.userId, email: ana.email, role: 'security' })
    expect((await people.events(orgId)).at(-1)).toMatchObject({
      action: 'session.create',
      actor_key: `user:${ana.userId}`,
      target_label: ana.email,
      after: { method: 'password', ip: browser.address },
    })
  })

  it('takes the address in any case and with blanks around it', async () => {
    expect((await browser.signIn(` ${ana.email.toUpperCase()} `, testPassword)).error).toBeUndefined()
  })

  it.each([
    ['a wrong password', () => ana.email, 'not the password'],
    ['an unknown address', () => 'nobody@example.org', testPassword],
    ['an empty password', () => ana.email, ''],
    ['an address that is none', () => "' OR 1=1 --", testPassword],
  ])('refuses %s with one answer', async (_what, email, password) => {
    expect((await browser.signIn(email(), password)).error).toBe('unauthenticated')
    expect(session(browser)).toBeUndefined()
    await expect(whoami(browser)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('refuses a disabled person and one without a password with the same answer', async () => {
    await people.sql.query(`UPDATE user_account SET status = 'disabled' WHERE id = $1`, [ana.userId])
    expect((await browser.signIn(ana.email, testPassword)).error).toBe('unauthenticated')
    const bare = await people.person({ [orgId]: 'member' }, { password: null })
    expect((await browser.signIn(bare.email, testPassword)).error).toBe('unauthenticated')
  })

  it('does not tell a known address from an unknown one by time', async () => {
    const time = async (email: string) => {
      const one = new AuthBrowser(handler)
      const csrfToken = await one.csrfToken()
      const started = performance.now()
      await one.post('/api/auth/callback/credentials', { csrfToken, email, password: 'wrong', json: 'true' })
      return performance.now() - started
    }
    const known: number[] = []
    const unknown: number[] = []
    for (let n = 0; n < 11; n += 1) {
      // Each from an account of its own, so that none is locked.
      const { email } = await people.person({}, { password: testPassword })
      known.push(await time(email))
      unknown.push(await time(`nobody${n}@example.org`))
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[5] ?? 0
    expect(median(unknown) / median(known)).toBeGreaterThan(0.6)
    expect(median(unknown) / median(known)).toBeLessThan(1.7)
  })
})

describe('cookies', () => {
  it('are out of reach for scripts and other sites, and end', async () => {
    await browser.signIn(ana.email, testPassword)
    expect(browser.received.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bailiwick.session', 'next-auth.csrf-token', 'bailiwick.device']),
    )
    for (const { name, attributes } of browser.received) {
      expect(attributes, name).toMatchObject({ httponly: '', samesite: 'Lax', path: '/' })
      expect(attributes, name).not.toHaveProperty('domain')
    }
  })

  it('carry session and person, encrypted, and nothing else', async () => {
    await browser.signIn(ana.email, testPassword)
    const value = session(browser) ?? ''
    expect(value.split('.')).toHaveLength(5)
    expect(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString()).toBe('{"alg":"dir","enc":"A256GCM"}')
    expect(await readSessionToken(value)).toEqual({ sessionId: expect.any(String), userId: ana.userId })
  })

  it('are worth nothing when changed, made with another key or of the wrong form', async () => {
    await browser.signIn(ana.email, testPassword)
    const value = session(browser) ?? ''
    const flipped = value.slice(0, -6) + (value.at(-6) === 'A' ? 'B' : 'A') + value.slice(-5)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
      JSON.stringify({ sid: ana.userId, sub: ana.userId }),
    ).toString('base64url')}.`
    for (const bad of [flipped, none, 'x', '', 'a.b.c.d.e', 'A'.repeat(10_000)]) {
      browser.cookies.set('bailiwick.session', bad)
      await expect(whoami(browser)).rejects.toMatchObject({ code: 'unauthenticated' })
    }
  })

  it('do not mix persons and sessions', async () => {
    const bob = await people.person({ [orgId]: 'admin' })
    await browser.signIn(ana.email, testPassword)
    const token = await readSessionToken(session(browser))
    const mixed = await encodeSessionToken({ sessionId: token?.sessionId ?? '', userId: bob.userId })
    browser.cookies.set('bailiwick.session', mixed)
    await expect(whoami(browser)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('a session planted before sign-in', () => {
  it('is never the one after it, and ends', async () => {
    const mallory = await people.person({ [orgId]: 'member' })
    const attacker = new AuthBrowser(handler)
    await attacker.signIn(mallory.email, testPassword)
    const planted = session(attacker) ?? ''
    browser.cookies.set('bailiwick.session', planted)
    await browser.signIn(ana.email, testPassword)
    expect(session(browser)).not.toBe(planted)
    expect(await whoami(browser)).toMatchObject({ id: ana.userId })
    await expect(whoami(attacker)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('gets a new id at each sign-in', async () => {
    await browser.signIn(ana.email, testPassword)
    const first = (await readSessionToken(session(browser)))?.sessionId
    await browser.signIn(ana.email, testPassword)
    const second = (await readSessionToken(session(browser)))?.sessionId
    expect(second).not.toBe(first)
    const old = new AuthBrowser(handler)
    old.cookies.set('bailiwick.session', await encodeSessionToken({ sessionId: first ?? '', userId: ana.userId }))
    await expect(whoami(old)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('forged forms', () => {
  const form = async (extra: Record<string, string> = {}) => ({
    email: ana.email,
    password: testPassword,
    json: 'true',
    ...extra,
  })

  it('without the token, or with somebody else’s, sign nobody in', async () => {
    const stranger = new AuthBrowser(handler)
    const foreign = await stranger.csrfToken()
    await browser.csrfToken()
    for (const csrfToken of [undefined, '', foreign, 'a'.repeat(64)]) {
      const given = await form(csrfToken === undefined ? {} : { csrfToken })
      await browser.post('/api/auth/callback/credentials', given)
      expect(session(browser)).toBeUndefined()
    }
  })

  it.each(['https://evil.example', 'null', 'http://localhost:3001', 'http://localhost.evil.example:3000', ''])(
    'from origin %j are refused, with the right token too',
    async (origin) => {
      const given = await form({ csrfToken: await browser.csrfToken() })
      const response = await browser.post('/api/auth/callback/credentials', given, { origin })
      expect(response.status).toBe(403)
      expect(session(browser)).toBeUndefined()
    },
  )

  it('that a browser marks as cross-site are refused', async () => {
    const given = await form({ csrfToken: await browser.csrfToken() })
    const response = await browser.post('/api/auth/callback/credentials', given, { 'sec-fetch-site': 'cross-site' })
    expect(response.status).toBe(403)
  })

  it('that are no forms, or too big, are refused', async () => {
    const csrfToken = await browser.csrfToken()
    const json = browser.request('/api/auth/callback/credentials', {
      method: 'POST',
      body: JSON.stringify({ csrfToken }),
      headers: { origin: browser.site, 'content-type': 'application/json' },
    })
    expect((await handler(json)).status).toBe(415)
    expect(
      (await browser.post('/api/auth/callback/credentials', await form({ csrfToken, x: 'y'.repeat(20_000) }))).status,
    ).toBe(413)
  })

  it('cannot sign somebody out', async () => {
    await browser.signIn(ana.email, testPassword)
    await browser.post('/api/auth/signout', { csrfToken: 'wrong' })
    expect(await whoami(browser)).toMatchObject({ id: ana.userId })
  })
})

describe('ways in that next-auth offers and this product does not', () => {
  it.each(['session', 'providers', '_log', 'verify-request', 'nothing', ''])(
    'GET /api/auth/%s is not there',
    async (path) => {
      expect((await browser.get(`/api/auth/${path}`)).status).toBe(404)
    },
  )
  it('POST session and _log are not there', async () => {
    expect((await browser.post('/api/auth/session', {})).status).toBe(404)
    expect((await browser.post('/api/auth/_log', {})).status).toBe(404)
  })
})

describe('the way back after sign-in', () => {
  it('is the page that was asked for', async () => {
    const { url } = await browser.signIn(ana.email, testPassword, '/inventory?kind=bot')
    expect(url).toBe('http://localhost:3000/inventory?kind=bot')
  })

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    'http://localhost:3000@evil.example/',
    'http://localhost:3000.evil.example/',
    'http://localhost:3000//evil.example',
    'http://localhost:3000/\\evil.example',
    '/api/auth/signout',
    'data:text/html,x',
    '%',
    'http://[',
  ])('never leads away: %s', async (callbackUrl) => {
    const { url, error } = await browser.signIn(ana.email, testPassword, callbackUrl)
    expect(error).toBeUndefined()
    expect(url).toBe('http://localhost:3000/')
    const response = await browser.get(`/api/auth/signin?callbackUrl=${encodeURIComponent(callbackUrl)}`)
    const [location] = (response.headers.get('location') ?? '').split('?')
    expect(location).toBe('/sign-in')
    expect(response.headers.get('location')).not.toContain('evil')
  })

  it('is not taken from a planted cookie', async () => {
    browser.cookies.set('bailiwick.callback-url', 'https://evil.example/')
    const form = { csrfToken: await browser.csrfToken(), email: ana.email, password: testPassword, json: 'true' }
    const answer = await (await browser.post('/api/auth/callback/credentials', form)).json()
    expect(answer).toEqual({ url: 'http://localhost:3000/' })
  })
})

describe('sign-out', () => {
  it('ends the session in the database, not only the cookie', async () => {
    await browser.signIn(ana.email, testPassword)
    const kept = session(browser) ?? ''
    await browser.post('/api/auth/signout', { csrfToken: await browser.csrfToken(), json: 'true' })
    expect(session(browser)).toBeUndefined()
    browser.cookies.set('bailiwick.session', kept)
    await expect(whoami(browser)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await people.events(orgId)).at(-1)).toMatchObject({ action: 'session.revoke' })
  })
})
