import { NextRequest } from 'next/server'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeSessionToken } from '@/lib/platform/auth/session-token'
import { config, proxy } from './proxy'

const uuid = '0198c0de-0000-7000-8000-000000000000'

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgresql://app:x@db:5432/bailiwick',
    CERBOS_ADDRESS: 'cerbos:3593',
    AUTH_SECRET: 'a'.repeat(32),
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    AUDIT_SIGNING_KEY: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g',
  })
})

const ask = (path: string, init: { method?: string; headers?: Record<string, string> } = {}) =>
  proxy(new NextRequest(`http://localhost:3000${path}`, init))

describe('proxy', () => {
  it.each([
    ['/', 'http://localhost:3000/sign-in'],
    ['/inventory?kind=bot&_rsc=1abc', 'http://localhost:3000/sign-in?callbackUrl=%2Finventory%3Fkind%3Dbot'],
    ['/settings/members', 'http://localhost:3000/sign-in?callbackUrl=%2Fsettings%2Fmembers'],
    ['//evil.example', 'http://localhost:3000/sign-in'],
  ])('leads from %s to the sign-in page', async (path, location) => {
    const response = await ask(path)
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toBe(location)
    expect(response.headers.get('content-security-policy')).toContain('nonce-')
  })

  it.each([
    '/sign-in',
    '/sign-in/refused',
    '/setup',
    '/signed-out',
    '/invitations/abc',
    '/api/v1/identities',
    '/icon.svg',
  ])('leaves %s open', async (path) => {
    expect((await ask(path)).headers.get('location')).toBeNull()
  })

  it.each(['/sign-input', '/apis', '/setups', '/x-api/', '/%61pi/../inventory'])(
    'does not take %s for an open page',
    async (path) => {
      expect((await ask(path)).status).toBe(307)
    },
  )

  it('lets a session through, by its cookie alone', async () => {
    const value = await encodeSessionToken({ sessionId: uuid, userId: uuid })
    expect(
      (await ask('/inventory', { headers: { cookie: `bailiwick.session=${value}` } })).headers.get('location'),
    ).toBeNull()
    for (const forged of ['x', value.slice(0, -3), '']) {
      expect((await ask('/inventory', { headers: { cookie: `bailiwick.session=${forged}` } })).status).toBe(307)
    }
    expect((await ask('/inventory', { headers: { authorization: `Bearer ${value}` } })).status).toBe(307)
    expect((await ask('/inventory', { headers: { 'x-middleware-subrequest': 'proxy:proxy:proxy' } })).status).toBe(307)
  })

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a frame without origin', { origin: 'null' }],
    ['nowhere', {}],
    ['another site that lies', { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }],
  ])('refuses a server action from %s', async (_where, from) => {
    const value = await encodeSessionToken({ sessionId: uuid, userId: uuid })
    const cookie = `bailiwick.session=${value}`
    const headers = { cookie, host: 'localhost:3000', 'next-action': '00'.repeat(21), ...from }
    const response = await ask('/settings/members', { method: 'POST', headers })
    expect(response.status).toBe(403)
    expect(response.headers.get('x-middleware-next')).toBeNull()
    const own = { ...headers, origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }
    const passed = await ask('/settings/members', { method: 'POST', headers: own })
    expect(passed.headers.get('x-middleware-next')).toBe('1')
  })

  it('leaves changes by the API to its own door', async () => {
    const response = await ask('/api/v1/teams', { method: 'POST', headers: { authorization: 'Bearer bwk_x' } })
    expect(response.headers.get('x-middleware-next')).toBe('1')
  })

  it('takes every request but files of the build and uploads, whose bodies it would cut', () => {
    const matcher = new RegExp(`^${config.matcher}$`)
    const taken = [
      '/',
      '/import',
      '/api/v1/imports/1/apply',
      '/api/v1/imports-x',
      '/api/v1/x/api/v1/imports',
      '/_next/data',
    ]
    expect(taken.filter((path) => !matcher.test(path))).toEqual([])
    expect(['/_next/static/a.js', '/_next/image', '/api/v1/imports'].filter((path) => matcher.test(path))).toEqual([])
  })

  it('draws a nonce and an id for each request, over what the client sent', async () => {
    const headers = { 'x-nonce': 'planted', 'x-request-id': 'planted', 'x-bailiwick-path': '//evil.example' }
    const passed = async () => {
      const response = await ask('/sign-in?a=1', { headers })
      return {
        nonce: response.headers.get('x-middleware-request-x-nonce'),
        id: response.headers.get('x-middleware-request-x-request-id'),
        path: response.headers.get('x-middleware-request-x-bailiwick-path'),
        policy: response.headers.get('content-security-policy'),
      }
    }
    const [one, two] = [await passed(), await passed()]
    expect(one.nonce).toMatch(/^[\w+/]{22}==$/)
    expect(one.policy).toContain(`'nonce-${one.nonce}'`)
    expect(one.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(one.path).toBe('/sign-in?a=1')
    expect(two.nonce).not.toBe(one.nonce)
    expect(two.id).not.toBe(one.id)
  })
})
