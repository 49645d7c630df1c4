import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handleAuth } from '@/lib/platform/auth/next-auth'
import { contextFromRequest } from '@/lib/platform/auth/request-context'
import { closePool } from '@/lib/platform/db/pool'
import { AuthBrowser } from '@/lib/platform/testing/auth-browser'
import { testDatabase } from '@/lib/platform/testing/database'
import { createDatabase, withClient } from '../../../scripts/lib/database.mjs'
import { onDatabase, prefixOf } from '../../../scripts/lib/test-services.mjs'
import { createFirstAdministrator, isInstallationEmpty } from './create-first-administrator'
import { createUser } from './create-user'
import { signInDoors } from './sign-in'

const given = {
  name: 'Root',
  email: 'Root@Example.org ',
  password: 'seven quiet lighthouses',
  organizationName: 'Acme Bank',
}
const request = { id: '00000000-0000-4000-8000-000000000000' }
let superuserUrl: string

/** This needs tables that nobody has written to, so it makes a database of its own. */
beforeAll(async () => {
  const database = await testDatabase()
  const { adminUrl, template, run } = JSON.parse(process.env.TEST_SERVICES ?? '{}')
  const name = `${prefixOf(run)}empty_${process.pid}`
  await withClient(adminUrl, (superuser) => createDatabase(superuser, name, template))
  process.env.DATABASE_URL = onDatabase(database.appUrl, name)
  superuserUrl = onDatabase(adminUrl, name)
})
afterAll(closePool)

const ask = (sql: string) => withClient(superuserUrl, async (client) => (await client.query(sql)).rows)

describe('the set-up of an empty installation', () => {
  it('refuses a password that gives itself away and leaves the installation empty', async () => {
    await expect(createFirstAdministrator({ ...given, password: 'acme-bank-root' }, request)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { password: expect.any(String) },
    })
    await expect(createFirstAdministrator({ ...given, organizationName: ' ' }, request)).rejects.toThrow()
    expect(await isInstallationEmpty()).toBe(true)
    expect(await ask('SELECT count(*)::int AS n FROM user_account')).toEqual([{ n: 0 }])
  })

  it('goes on after one that was interrupted, lets one of many at once through, and closes for good', async () => {
    await createUser({ email: given.email, name: 'Left over', password: 'nine loud lighthouses' })
    const settled = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) => createFirstAdministrator({ ...given, name: `Root ${n}` }, request)),
    )
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of settled) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' })
    }
    expect(await ask('SELECT count(*)::int AS n FROM user_account')).toEqual([{ n: 1 }])
    expect(await ask('SELECT name, slug FROM organization')).toEqual([{ name: 'Acme Bank', slug: 'acme-bank' }])
    expect(await isInstallationEmpty()).toBe(false)
    const again = createFirstAdministrator({ ...given, email: 'mallory@example.org' }, request)
    await expect(again).rejects.toMatchObject({ code: 'conflict' })
  })

  it('begins the audit chain and makes an administrator who can sign in', async () => {
    const events = await ask('SELECT seq::int, action, prev_hash FROM audit_event ORDER BY seq')
    expect(events).toEqual([{ seq: 1, action: 'organization.create', prev_hash: '0'.repeat(64) }])
    const browser = new AuthBrowser((one) => handleAuth(one, signInDoors))
    expect((await browser.signIn('root@example.org', given.password)).error).toBeUndefined()
    expect((await contextFromRequest(browser.request('/api/v1/me'))).actor).toMatchObject({ role: 'admin' })
  })
})

describe('createUser', () => {
  it('refuses a second account for one address, in any case', async () => {
    await createUser({ email: 'twice@example.org', name: 'One' })
    await expect(createUser({ email: 'TWICE@example.org', name: 'Two' })).rejects.toMatchObject({
      code: 'conflict',
      fields: { email: expect.any(String) },
    })
  })

  it('lets exactly one of many at once through', async () => {
    const settled = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => createUser({ email: 'race@example.org', name: `Number ${n}` })),
    )
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
