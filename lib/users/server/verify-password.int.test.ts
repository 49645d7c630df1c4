import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clientAddress } from '@/lib/platform/auth/client-address'
import { handleAuth } from '@/lib/platform/auth/next-auth'
import { accountKey } from '@/lib/platform/auth/sign-in-limits'
import { hashPassword } from '@/lib/platform/crypto/password'
import { closePool } from '@/lib/platform/db/pool'
import { AuthBrowser } from '@/lib/platform/testing/auth-browser'
import { TestPeople, type TestPerson, testPassword } from '@/lib/platform/testing/people'
import { signInDoors } from './sign-in'

const handler = (request: Request) => handleAuth(request, signInDoors)
let people: TestPeople
let orgId: string
let ana: TestPerson

beforeAll(async () => {
  people = await TestPeople.open()
  orgId = await people.organization()
})
afterAll(async () => {
  await people.close()
  await closePool()
})
beforeEach(async () => {
  ana = await people.person({ [orgId]: 'member' })
})

async function guess(from: AuthBrowser, email: string, times: number): Promise<(string | undefined)[]> {
  const errors: (string | undefined)[] = []
  for (let n = 0; n < times; n += 1) errors.push((await from.signIn(email, `guess ${n}`)).error)
  return errors
}

describe('guessing', () => {
  it('stops at the account after five wrong passwords, from whatever addresses', async () => {
    for (let n = 0; n < 5; n += 1)
      expect(await guess(new AuthBrowser(handler), ana.email, 1)).toEqual(['unauthenticated'])
    const late = await new AuthBrowser(handler).signIn(ana.email, testPassword)
    expect(late.error).toMatch(/^rate_limited\.\d+$/)
    const seconds = Number(late.error?.split('.')[1])
    expect(seconds).toBeGreaterThan(800)
    expect(seconds).toBeLessThanOrEqual(900)
  })

  it('stops for an unknown address just the same', async () => {
    const errors = await guess(new AuthBrowser(handler), `nobody-${ana.userId}@example.org`, 6)
    expect(errors.slice(0, 5)).toEqual(Array(5).fill('unauthenticated'))
    expect(errors[5]).toMatch(/^rate_limited/)
  })

  it('does not slip through by asking many times at once', async () => {
    const browser = new AuthBrowser(handler)
    await browser.csrfToken()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => browser.signIn(ana.email, `guess ${n}`)))
    expect(answers.filter(({ error }) => error === 'unauthenticated')).toHaveLength(5)
    expect(answers.filter(({ error }) => error?.startsWith('rate_limited'))).toHaveLength(15)
  })

  it('stops at the address after fifty wrong passwords over many accounts', async () => {
    const browser = new AuthBrowser(handler)
    for (let n = 0; n < 50; n += 1)
      expect(await guess(browser, `n${n}-${ana.userId}@example.org`, 1)).toEqual(['unauthenticated'])
    expect((await browser.signIn(ana.email, testPassword)).error).toMatch(/^rate_limited/)
    expect((await new AuthBrowser(handler).signIn(ana.email, testPassword)).error).toBeUndefined()
  }, 60_000)

  it('is not helped by a forged X-Forwarded-For', async () => {
    const browser = new AuthBrowser(handler)
    for (let n = 0; n < 50; n += 1) {
      browser.headers = {
        'x-forwarded-for': `198.51.100.${n}`,
        'x-real-ip': `198.51.100.${n}`,
        forwarded: `for=198.51.100.${n}`,
      }
      await guess(browser, `f${n}-${ana.userId}@example.org`, 1)
    }
    browser.headers = { 'x-forwarded-for': '198.51.100.200' }
    expect((await browser.signIn(ana.email, testPassword)).error).toMatch(/^rate_limited/)
  }, 60_000)

  it('forgets its failures after a success', async () => {
    const browser = new AuthBrowser(handler)
    await guess(browser, ana.email, 4)
    expect((await browser.signIn(ana.email, testPassword)).error).toBeUndefined()
    expect(await guess(new AuthBrowser(handler), ana.email, 4)).toEqual(Array(4).fill('unauthenticated'))
  })

  it('counts no attempt whose password was not looked at, as too many were looked at already', async () => {
    const own = new AuthBrowser(handler)
    await own.csrfToken()
    const busy = Promise.allSettled(Array.from({ length: 60 }, () => hashPassword('nothing in particular')))
    const { error } = await own.signIn(ana.email, 'guess')
    expect(error).toMatch(/^rate_limited/)
    await busy
    const { rows } = await people.sql.query(`SELECT points FROM rate_limit WHERE key = $1`, [
      `sign-in-account:${accountKey(ana.email)}`,
    ])
    expect(rows).toEqual([{ points: 0 }])
    expect(await guess(new AuthBrowser(handler), ana.email, 5)).toEqual(Array(5).fill('unauthenticated'))
  })

  it('does not shut out the owner on a device that has signed in before', async () => {
    const own = new AuthBrowser(handler)
    await own.signIn(ana.email, testPassword)
    const attacker = new AuthBrowser(handler)
    await guess(attacker, ana.email, 6)
    expect((await new AuthBrowser(handler).signIn(ana.email, testPassword)).error).toMatch(/^rate_limited/)
    expect((await own.signIn(ana.email, testPassword)).error).toBeUndefined()
  })

  it('gets no second counter from a forged or foreign device cookie', async () => {
    const other = await people.person({ [orgId]: 'member' })
    const foreign = new AuthBrowser(handler)
    await foreign.signIn(other.email, testPassword)
    await guess(foreign, ana.email, 6)
    const [, device, mac] = (foreign.cookies.get('bailiwick.device') ?? '').split('.')
    const attacker = new AuthBrowser(handler)
    for (const forged of [
      `${'0'.repeat(32)}.${device}.${mac}`,
      'x.y.z',
      '..',
      foreign.cookies.get('bailiwick.device') ?? '',
    ]) {
      attacker.cookies.set('bailiwick.device', forged)
      expect((await attacker.signIn(ana.email, testPassword)).error).toMatch(/^rate_limited/)
    }
  })
})

describe('behind a proxy that is trusted', () => {
  it('counts the address that the proxy saw', async () => {
    const browser = new AuthBrowser(handler)
    browser.headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.77' }
    expect(clientAddress(browser.request('/').headers, 1)).toBe('203.0.113.77')
  })
})
