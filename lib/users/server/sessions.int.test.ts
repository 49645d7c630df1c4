import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashApiKey } from '@/lib/platform/auth/api-key-actor'
import { handleAuth } from '@/lib/platform/auth/next-auth'
import { contextForJob, contextFromRequest } from '@/lib/platform/auth/request-context'
import { readSessionToken } from '@/lib/platform/auth/session-token'
import { closePool } from '@/lib/platform/db/pool'
import { AuthBrowser } from '@/lib/platform/testing/auth-browser'
import { TestPeople, type TestPerson, testPassword } from '@/lib/platform/testing/people'
import { expireSessions } from './expire-sessions'
import { listSessions } from './list-sessions'
import { revokeOtherSessions } from './revoke-other-sessions'
import { revokeSession } from './revoke-session'
import { signInDoors } from './sign-in'
import { updatePassword } from './update-password'
import { updateUserStatus } from './update-user-status'

const handler = (request: Request) => handleAuth(request, signInDoors)
let people: TestPeople
let orgId: string
let otherOrgId: string
let ana: TestPerson
let root: TestPerson

beforeAll(async () => {
  people = await TestPeople.open()
})
afterAll(async () => {
  await people.close()
  await closePool()
})
beforeEach(async () => {
  orgId = await people.organization('Acme')
  otherOrgId = await people.organization('Zeta')
  ana = await people.person({ [orgId]: 'member' })
  root = await people.person({ [orgId]: 'admin' })
})

async function signedIn(person: TestPerson, password = testPassword): Promise<AuthBrowser> {
  const browser = new AuthBrowser(handler)
  const { error } = await browser.signIn(person.email, password)
  expect(error).toBeUndefined()
  return browser
}
const contextOf = (browser: AuthBrowser) => contextFromRequest(browser.request('/api/v1/me'))
const sessionIdOf = async (browser: AuthBrowser) =>
  (await readSessionToken(browser.cookies.get('bailiwick.session')))?.sessionId ?? ''
const isOut = (browser: AuthBrowser) => expect(contextOf(browser)).rejects.toMatchObject({ code: 'unauthenticated' })

describe('a session', () => {
  it('ends at the next request after it was revoked, with requests under way too', async () => {
    const browser = await signedIn(ana)
    const flying = Array.from({ length: 20 }, () => contextOf(browser))
    await Promise.all(flying)
    await revokeSession(await contextOf(await signedIn(root)), { id: await sessionIdOf(browser) })
    await isOut(browser)
    const settled = await Promise.allSettled(Array.from({ length: 100 }, () => contextOf(browser)))
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
  })

  it('is removed a month after its end, and not before', async () => {
    const ids: string[] = []
    for (const change of [
      "expires_at = now() - interval '29 days'",
      "expires_at = now() - interval '31 days'",
      "revoked_at = now() - interval '29 days'",
      "revoked_at = now() - interval '31 days'",
    ]) {
      const id = await sessionIdOf(await signedIn(ana))
      await people.sql.query(`UPDATE session SET ${change} WHERE id = $1`, [id])
      ids.push(id)
    }
    const live = await signedIn(ana)
    expect(await expireSessions(new Date())).toBe(2)
    const { rows } = await people.sql.query('SELECT id FROM session WHERE user_id = $1', [ana.userId])
    expect(rows.map(({ id }) => id).sort()).toEqual([ids[0], ids[2], await sessionIdOf(live)].sort())
    await contextOf(live)
  })

  it.each([
    ['two hours without a request', `last_seen_at = now() - interval '121 minutes'`],
    ['twelve hours after sign-in', `expires_at = now() - interval '1 second'`],
  ])('ends %s', async (_when, change) => {
    const browser = await signedIn(ana)
    await people.sql.query(`UPDATE session SET ${change} WHERE user_id = $1`, [ana.userId])
    await isOut(browser)
  })

  it('lasts twelve hours at most and is noted once a minute', async () => {
    const browser = await signedIn(ana)
    const read = async () => {
      const sql = `SELECT last_seen_at, extract(epoch FROM expires_at - created_at)::int AS lifetime FROM session WHERE user_id = $1`
      return (await people.sql.query(sql, [ana.userId])).rows[0]
    }
    const before = await read()
    expect(before.lifetime).toBe(12 * 3600)
    await contextOf(browser)
    expect((await read()).last_seen_at).toEqual(before.last_seen_at)
    await people.sql.query(`UPDATE session SET last_seen_at = now() - interval '61 seconds' WHERE user_id = $1`, [
      ana.userId,
    ])
    await contextOf(browser)
    expect((await read()).last_seen_at.getTime()).toBeGreaterThanOrEqual(before.last_seen_at.getTime())
  })

  it('ends with the account and with the membership', async () => {
    const browser = await signedIn(ana)
    await people.sql.query(`UPDATE membership SET status = 'disabled' WHERE user_id = $1`, [ana.userId])
    await expect(contextOf(browser)).rejects.toMatchObject({ code: 'forbidden' })
    await people.sql.query(`UPDATE membership SET status = 'active' WHERE user_id = $1`, [ana.userId])
    expect((await contextOf(browser)).actor).toMatchObject({ role: 'member' })
    await people.sql.query(`UPDATE user_account SET status = 'disabled' WHERE id = $1`, [ana.userId])
    await isOut(browser)
  })

  it('has the role and the teams of this moment', async () => {
    const browser = await signedIn(ana)
    expect((await contextOf(browser)).actor).toMatchObject({ role: 'member', teamIds: [] })
    await people.sql.query(`UPDATE membership SET role = 'auditor' WHERE user_id = $1`, [ana.userId])
    const { rows } = await people.sql.query(`INSERT INTO team (org_id, name) VALUES ($1, 'Payments') RETURNING id`, [
      orgId,
    ])
    await people.sql.query('INSERT INTO team_member (org_id, team_id, membership_id) VALUES ($1, $2, $3)', [
      orgId,
      rows[0].id,
      ana.membershipId,
    ])
    expect((await contextOf(browser)).actor).toMatchObject({ role: 'auditor', teamIds: [rows[0].id] })
  })

  it('works in one organization at a time, and in another when that one is left', async () => {
    const both = await people.person({ [orgId]: 'member', [otherOrgId]: 'auditor' })
    const browser = await signedIn(both)
    expect(await contextOf(browser)).toMatchObject({ tenant: { orgId }, actor: { role: 'member' } })
    await people.sql.query('UPDATE session SET active_org_id = $2 WHERE user_id = $1', [both.userId, otherOrgId])
    expect(await contextOf(browser)).toMatchObject({ tenant: { orgId: otherOrgId }, actor: { role: 'auditor' } })
    await people.sql.query('DELETE FROM membership WHERE user_id = $1 AND org_id = $2', [both.userId, otherOrgId])
    expect(await contextOf(browser)).toMatchObject({ tenant: { orgId } })
    const strange = await people.organization('Strange')
    await people.sql.query('UPDATE session SET active_org_id = $2 WHERE user_id = $1', [both.userId, strange])
    expect(await contextOf(browser)).toMatchObject({ tenant: { orgId } })
  })
})

describe('listing and revoking', () => {
  it('shows people their own sessions and which one they are using', async () => {
    const [one, two] = [await signedIn(ana), await signedIn(ana)]
    const { items } = await listSessions(await contextOf(two))
    expect(items).toHaveLength(2)
    const current = items.find(({ isCurrent }) => isCurrent)
    expect(current).toMatchObject({
      id: await sessionIdOf(two),
      method: 'password',
      ip: two.address,
      device: 'Firefox on Linux',
      can: { delete: true },
    })
    expect(items.find(({ isCurrent }) => !isCurrent)?.id).toBe(await sessionIdOf(one))
  })

  it('shows an administrator those of a member that work here, and lets them end these', async () => {
    const both = await people.person({ [orgId]: 'member', [otherOrgId]: 'member' })
    const [here, there] = [await signedIn(both), await signedIn(both)]
    await people.sql.query('UPDATE session SET active_org_id = $2 WHERE id = $1', [
      await sessionIdOf(there),
      otherOrgId,
    ])
    const ctx = await contextOf(await signedIn(root))
    const { items } = await listSessions(ctx, { userId: both.userId })
    expect(items.map(({ id }) => id)).toEqual([await sessionIdOf(here)])
    await expect(revokeSession(ctx, { id: await sessionIdOf(there) })).rejects.toMatchObject({ code: 'not_found' })
    await revokeSession(ctx, { id: await sessionIdOf(here) })
    await isOut(here)
    expect((await contextOf(there)).actor).toMatchObject({ id: both.userId })
    await expect(revokeSession(ctx, { id: await sessionIdOf(here) })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('keeps people from those of others, and of strangers', async () => {
    const stranger = await people.person({ [otherOrgId]: 'admin' })
    const theirs = await signedIn(stranger)
    const admins = await signedIn(root)
    const mine = await contextOf(await signedIn(ana))
    await expect(revokeSession(mine, { id: await sessionIdOf(admins) })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(revokeSession(mine, { id: await sessionIdOf(theirs) })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listSessions(mine, { userId: stranger.userId })).rejects.toMatchObject({ code: 'not_found' })
    expect((await listSessions(mine, { userId: root.userId })).items).toEqual([])
    await expect(listSessions(contextForJob(orgId, 'sweep'))).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('ends all others at once and says how many', async () => {
    const [one, two, three] = [await signedIn(ana), await signedIn(ana), await signedIn(ana)]
    expect(await revokeOtherSessions(await contextOf(three))).toEqual({ ended: 2 })
    await isOut(one)
    await isOut(two)
    expect((await people.events(orgId)).at(-1)).toMatchObject({ action: 'session.revoke_others', after: { ended: 2 } })
  })
})

describe('changing the password', () => {
  const next = 'seven quiet lighthouses'

  it('needs the present one, ends all other sessions and keeps this one', async () => {
    const [here, elsewhere] = [await signedIn(ana), await signedIn(ana)]
    const ctx = await contextOf(here)
    await expect(updatePassword(ctx, { currentPassword: 'wrong one', newPassword: next })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { currentPassword: expect.any(String) },
    })
    expect(await updatePassword(ctx, { currentPassword: testPassword, newPassword: next })).toEqual({ ended: 1 })
    await isOut(elsewhere)
    expect((await contextOf(here)).actor).toMatchObject({ id: ana.userId })
    expect((await new AuthBrowser(handler).signIn(ana.email, testPassword)).error).toBe('unauthenticated')
    await signedIn(ana, next)
    expect((await people.events(orgId)).map(({ action }) => action)).toContain('user.password.update')
    expect(JSON.stringify(await people.events(orgId))).not.toContain(next)
  })

  it.each([
    ['too short', 'short'],
    ['the same', testPassword],
    ['one letter', 'aaaaaaaaaaaaaa'],
  ])('refuses a new one that is %s', async (_what, newPassword) => {
    const ctx = await contextOf(await signedIn(ana))
    await expect(updatePassword(ctx, { currentPassword: testPassword, newPassword })).rejects.toThrow()
    await signedIn(ana)
  })

  it('counts wrong ones as attempts to sign in', async () => {
    const ctx = await contextOf(await signedIn(ana))
    const attempt = () => updatePassword(ctx, { currentPassword: 'wrong one', newPassword: next })
    for (let n = 0; n < 5; n += 1) await expect(attempt()).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(attempt()).rejects.toMatchObject({ code: 'rate_limited' })
  })
})

describe('disabling an account', () => {
  it('ends every session of the person and can be undone', async () => {
    const browser = await signedIn(ana)
    const ctx = await contextOf(await signedIn(root))
    expect(await updateUserStatus(ctx, { id: ana.membershipId, status: 'disabled' })).toEqual({ endedSessions: 1 })
    await isOut(browser)
    await expect(updateUserStatus(ctx, { id: ana.membershipId, status: 'disabled' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await updateUserStatus(ctx, { id: ana.membershipId, status: 'active' })
    await isOut(browser)
    await signedIn(ana)
  })

  it('spares the last active administrator, also when two disable each other at once', async () => {
    const second = await people.person({ [orgId]: 'admin' })
    const [ctx, secondCtx] = [await contextOf(await signedIn(root)), await contextOf(await signedIn(second))]
    const settled = await Promise.allSettled([
      updateUserStatus(ctx, { id: second.membershipId, status: 'disabled' }),
      updateUserStatus(secondCtx, { id: root.membershipId, status: 'disabled' }),
    ])
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { rows } = await people.sql.query(
      `SELECT count(*)::int AS n FROM membership m JOIN user_account u ON u.id = m.user_id
       WHERE m.org_id = $1 AND m.role = 'admin' AND u.status = 'active'`,
      [orgId],
    )
    expect(rows[0].n).toBe(1)
  })

  it('is for administrators, and not for people of other organizations', async () => {
    const both = await people.person({ [otherOrgId]: 'admin', [orgId]: 'member' })
    const stranger = await people.person({ [otherOrgId]: 'member' })
    const ctx = await contextOf(await signedIn(root))
    await expect(updateUserStatus(ctx, { id: both.membershipId, status: 'disabled' })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    await expect(updateUserStatus(ctx, { id: stranger.membershipId, status: 'disabled' })).rejects.toMatchObject({
      code: 'not_found',
    })
    const mine = await contextOf(await signedIn(ana))
    await expect(updateUserStatus(mine, { id: root.membershipId, status: 'disabled' })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('an API key', () => {
  const token = () => `bwk_${crypto.randomUUID().replaceAll('-', '')}`
  async function keyOf(person: TestPerson, expires = `now() + interval '1 day'`): Promise<string> {
    const made = token()
    await people.sql.query(
      `INSERT INTO api_key (org_id, name, prefix, last_four, token_hash, scopes, owner_id, expires_at)
       VALUES ($1, 'ci', 'bwk_0000', '0000', $2, '{inventory:read}', $3, ${expires})`,
      [orgId, hashApiKey(made), person.membershipId],
    )
    return made
  }
  const by = (value: string) =>
    contextFromRequest(new Request('http://localhost:3000/api/v1/x', { headers: { authorization: `Bearer ${value}` } }))

  it('acts in the role that its owner has today, and its use is noted', async () => {
    const key = await keyOf(ana)
    expect(await by(key)).toMatchObject({
      tenant: { orgId },
      actor: { kind: 'api_key', name: 'ci', ownerId: ana.userId, role: 'member', scopes: ['inventory:read'] },
    })
    await people.sql.query(`UPDATE membership SET role = 'security' WHERE user_id = $1`, [ana.userId])
    expect((await by(key)).actor).toMatchObject({ role: 'security' })
    const { rows } = await people.sql.query('SELECT last_used_at FROM api_key WHERE token_hash = $1', [hashApiKey(key)])
    expect(rows[0].last_used_at).toBeInstanceOf(Date)
  })

  it.each([
    ['expired', `UPDATE api_key SET expires_at = now() - interval '1 second' WHERE owner_id = $1`],
    ['revoked', `UPDATE api_key SET revoked_at = now() WHERE owner_id = $1`],
    ['its owner’s membership is disabled', `UPDATE membership SET status = 'disabled' WHERE id = $1`],
    [
      'its owner’s account is disabled',
      `UPDATE user_account SET status = 'disabled' WHERE id = (SELECT user_id FROM membership WHERE id = $1)`,
    ],
  ])('is refused when %s', async (_what, sql) => {
    const key = await keyOf(ana)
    await people.sql.query(sql, [ana.membershipId])
    await expect(by(key)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('is refused when unknown, malformed or in another place than the header, and a cookie does not save it', async () => {
    const key = await keyOf(ana)
    for (const bad of [token(), 'bwk_', key.slice(0, -1), `${key}x`, `${key}' OR 1=1`, key.toUpperCase()]) {
      await expect(by(bad)).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    const query = new Request(`http://localhost:3000/api/v1/x?access_token=${key}&api_key=${key}`)
    await expect(contextFromRequest(query)).rejects.toMatchObject({ code: 'unauthenticated' })
    const browser = await signedIn(ana)
    const request = browser.request('/api/v1/x', { headers: { authorization: 'Bearer bwk_wrongwrongwrongwrongwrong' } })
    await expect(contextFromRequest(request)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('a change by cookie', () => {
  it('must come from a page of this site', async () => {
    const browser = await signedIn(ana)
    const post = (headers: Record<string, string>) =>
      contextFromRequest(browser.request('/api/v1/x', { method: 'POST', body: '{}', headers }))
    expect((await post({ origin: 'http://localhost:3000' })).actor).toMatchObject({ id: ana.userId })
    expect((await post({ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' })).actor).toMatchObject({
      id: ana.userId,
    })
    for (const headers of [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' },
    ]) {
      await expect(post(headers as Record<string, string>)).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})
