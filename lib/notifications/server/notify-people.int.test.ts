import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { MailServer } from '@/lib/platform/testing/servers/mail-server'
import { expireNotifications } from './expire-notifications'
import { findAble } from './find-able'
import { getPreferences } from './get-preferences'
import { getUnreadCount, listNotifications } from './list-notifications'
import { markAllRead, markRead } from './mark-read'
import { markSettled } from './mark-settled'
import { type Notice, notify } from './notify-people'
import { requestDueDigests } from './request-due-mails'
import { sendMail } from './send-mail'
import { updateMailSettings } from './update-mail-settings'
import { updatePreferences } from './update-preferences'

let org: TestOrganization
let db: pg.Client
let server: MailServer

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  server = await MailServer.start({ tls: 'off' })
})
beforeEach(async () => {
  org = await testOrganization()
  await updateMailSettings(org.as.admin, server.settings('off'))
  server.received.length = 0
})
afterAll(async () => {
  await server.stop()
  await db.end()
  await closePool()
})

const idOf = (role: keyof TestOrganization['users']) => org.users[role].userId

/** As another noun would: inside the transaction of a change of its own. */
async function tell(notice: Partial<Notice> & Pick<Notice, 'to'>): Promise<string[]> {
  const target = { kind: 'team' as const, id: 'new', label: 'a change', attr: {} }
  const permit = await org.as.admin.authorize('create', target)
  return org.as.admin.commit(permit, { action: 'team.create', target }, (tx) =>
    notify(tx, org.orgId, { kind: 'order_waits', subject: 'An order waits', path: '/orders', ...notice }),
  )
}

const mails = async () =>
  (await db.query(`SELECT * FROM mail WHERE org_id = $1 ORDER BY created_at, id`, [org.orgId])).rows
const sendAll = async () => {
  for (const { id, state } of await mails()) if (state === 'queued') await sendMail(org.job, { id })
}

describe('somebody who is told', () => {
  it('finds it at once, with one e-mail on its way, in the transaction of the change', async () => {
    const told = await tell({ to: [idOf('security')], facts: [{ label: 'Asked for by', value: 'Ada' }] })
    expect(told).toEqual([idOf('security')])
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 1 })
    const { items } = await listNotifications(org.as.security)
    expect(items).toMatchObject([
      { kind: 'order_waits', subject: 'An order waits', path: '/orders', isWaiting: true, times: 1, readAt: null },
    ])
    expect(await mails()).toMatchObject([{ user_id: idOf('security'), state: 'queued', kind: 'at_once' }])
    expect(await getUnreadCount(org.as.admin)).toEqual({ unread: 0 })
  })

  it('is told nothing of a change that did not come about', async () => {
    const target = { kind: 'team' as const, id: 'new', label: 'a change', attr: {} }
    const permit = await org.as.admin.authorize('create', target)
    const change = org.as.admin.commit(permit, { action: 'team.create', target }, async (tx) => {
      await notify(tx, org.orgId, { kind: 'order_waits', to: [idOf('security')], subject: 'x', path: '/orders' })
      throw new Error('it failed after all')
    })
    await expect(change).rejects.toThrow('after all')
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 0 })
    expect(await mails()).toEqual([])
  })

  it('is told of one event once, however often it is told, and is not written to again', async () => {
    for (let time = 0; time < 3; time += 1) await tell({ to: [idOf('security')], dedupeKey: 'order:1' })
    const { items } = await listNotifications(org.as.security)
    expect(items).toMatchObject([{ times: 3 }])
    expect(await mails()).toHaveLength(1)
    await tell({ to: [idOf('security')], dedupeKey: 'order:2' })
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 2 })
  })

  it('hears nothing more when it waits for nobody any more, and the e-mail is not sent', async () => {
    await tell({ to: [idOf('security'), idOf('reviewer')], dedupeKey: 'order:1' })
    await org.as.admin.commit(
      await org.as.admin.authorize('create', { kind: 'team', id: 'n', label: 'n', attr: {} }),
      { action: 'team.create', target: { kind: 'team', id: 'n', label: 'n' } },
      (tx) => markSettled(tx, org.orgId, 'order:1'),
    )
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 0 })
    await sendAll()
    expect(server.received).toEqual([])
    expect((await mails()).map(({ state }) => state)).toEqual(['needless', 'needless'])
  })

  it('is somebody who is still here: else the next one, with the reason', async () => {
    await db.query(`UPDATE membership SET status = 'disabled' WHERE org_id = $1 AND user_id = $2`, [
      org.orgId,
      idOf('security'),
    ])
    const told = await tell({ to: [idOf('security')], fallback: [idOf('security'), idOf('reviewer')] })
    expect(told).toEqual([idOf('reviewer')])
    const { items } = await listNotifications(org.as.reviewer)
    expect(items[0]?.facts).toContainEqual({ label: 'Meant for', value: org.users.security.name })
  })

  it('is led to a page of this site and nowhere else', async () => {
    for (const path of ['https://evil.example', '//evil.example', '/\\evil.example', 'orders', '/api/v1/me', ''])
      await expect(tell({ to: [idOf('security')], path })).rejects.toThrow('page of this site')
    await expect(
      db.query(
        `INSERT INTO notification (org_id, user_id, kind, subject, path, dedupe_key) VALUES ($1, $2, 'order_waits', 'x', '//evil', 'x')`,
        [org.orgId, idOf('security')],
      ),
    ).rejects.toThrow('notification_path_check')
  })

  it('does not get a secret that stands in a name', async () => {
    const secret = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4'.repeat(2)}`
    await tell({
      to: [idOf('security')],
      subject: `The rotation of ${secret} stopped`,
      facts: [{ label: 'Name', value: secret }],
    })
    await sendAll()
    expect(server.received).toHaveLength(1)
    expect(JSON.stringify(server.received[0])).not.toContain(secret)
    expect(JSON.stringify((await listNotifications(org.as.security)).items)).not.toContain(secret)
  })
})

describe('reading', () => {
  it('is for oneself alone', async () => {
    await tell({ to: [idOf('security')] })
    const [mine] = (await listNotifications(org.as.security)).items
    const id = mine?.id ?? ''
    expect((await listNotifications(org.as.admin)).items).toEqual([])
    await expect(markRead(org.as.admin, { id })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await markRead(org.as.security, { id })).toMatchObject({ readAt: expect.any(String) })
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 0 })
    expect(await markRead(org.as.security, { id, isRead: false })).toMatchObject({ readAt: null })
  })

  it('marks all as read that were seen, and leaves what came after', async () => {
    await tell({ to: [idOf('security')], dedupeKey: 'a' })
    const until = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 5))
    await tell({ to: [idOf('security')], dedupeKey: 'b' })
    expect(await markAllRead(org.as.security, { until })).toEqual({ marked: 1 })
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 1 })
  })

  it('pages unread first, newest first, without losing or repeating any', async () => {
    for (let no = 0; no < 12; no += 1) await tell({ to: [idOf('security')], dedupeKey: `n${no}`, subject: `No ${no}` })
    const all = (await listNotifications(org.as.security)).items
    for (const { id } of all.slice(0, 5)) await markRead(org.as.security, { id })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listNotifications(org.as.security, { limit: 5, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual([...all.slice(5), ...all.slice(0, 5)].map(({ id }) => id))
    expect((await listNotifications(org.as.security, { unread: 'true' })).items).toHaveLength(7)
  })
})

describe('choices', () => {
  it('are kept by kind, and what waits for oneself cannot be switched off', async () => {
    const off = updatePreferences(org.as.security, { ways: { order_waits: 'off' } })
    await expect(off).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'ways.order_waits': expect.any(String) },
    })
    await expect(updatePreferences(org.as.security, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      fields: { timeZone: expect.any(String) },
    })
    const chosen = await updatePreferences(org.as.security, {
      ways: { order_waits: 'in_app', order_decided: 'off' },
      hour: 7,
    })
    expect(chosen).toMatchObject({ hour: 7, isChosen: true, ways: { order_waits: 'in_app', reappeared: 'at_once' } })
    await tell({ to: [idOf('security')] })
    await tell({ to: [idOf('security')], kind: 'order_decided' })
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 1 })
    expect(await mails()).toEqual([])
    expect((await getPreferences(org.as.admin)).ways.order_waits).toBe('at_once')
  })

  it('put what is told into one e-mail of the day, without what was read by then', async () => {
    await updatePreferences(org.as.security, { ways: { order_waits: 'daily' }, timeZone: 'Europe/Oslo', hour: 8 })
    for (const no of [1, 2, 3])
      await tell({ to: [idOf('security')], dedupeKey: `d${no}`, subject: `Order ${no} waits` })
    expect(await mails()).toEqual([])
    const [newest] = (await listNotifications(org.as.security)).items
    await markRead(org.as.security, { id: newest?.id ?? '' })
    expect(await requestDueDigests()).toBe(0)
    const { rows } = await db.query(`SELECT DISTINCT digest_at FROM notification WHERE org_id = $1`, [org.orgId])
    expect(rows).toEqual([{ digest_at: new Date((await getPreferences(org.as.security)).nextDaily) }])
    await db.query(`UPDATE notification SET digest_at = now() WHERE org_id = $1`, [org.orgId])
    expect(await requestDueDigests()).toBe(1)
    expect(await requestDueDigests()).toBe(0)
    await sendAll()
    const [mail] = server.received
    expect(mail?.mail.subject).toContain('2 notifications of the day')
    expect(mail?.mail.text).toContain('Order 1 waits')
    expect(mail?.mail.text).toContain('Order 2 waits')
    expect(mail?.mail.text).not.toContain('Order 3 waits')
  })

  it('take what waits for a digest along', async () => {
    await updatePreferences(org.as.security, { ways: { order_waits: 'weekly' } })
    await tell({ to: [idOf('security')] })
    await updatePreferences(org.as.security, { ways: { order_waits: 'in_app' } })
    const { rows } = await db.query(`SELECT digest, digest_at FROM notification WHERE org_id = $1`, [org.orgId])
    expect(rows).toEqual([{ digest: null, digest_at: null }])
  })

  it('make no e-mail where the organization sends none', async () => {
    await updateMailSettings(org.as.admin, { way: 'off' })
    await tell({ to: [idOf('security')] })
    expect(await getUnreadCount(org.as.security)).toEqual({ unread: 1 })
    expect(await mails()).toEqual([])
    expect((await getPreferences(org.as.security)).isMailOn).toBe(false)
  })
})

it('removes what was read half a year ago, and keeps the rest', async () => {
  for (const dedupeKey of ['old', 'new', 'unread']) await tell({ to: [idOf('security')], dedupeKey })
  await sendAll()
  await db.query(
    `UPDATE notification SET read_at = now() - make_interval(days => CASE dedupe_key WHEN 'old' THEN 181 ELSE 1 END)
     WHERE org_id = $1 AND dedupe_key <> 'unread'`,
    [org.orgId],
  )
  await expireNotifications()
  const { rows } = await db.query(`SELECT dedupe_key FROM notification WHERE org_id = $1 ORDER BY 1`, [org.orgId])
  expect(rows.map((row) => row.dedupe_key)).toEqual(['new', 'unread'])
  expect(await mails()).toHaveLength(3)
})

describe('who can do something', () => {
  it('is asked of the policies, for each person', async () => {
    const order = (requestedBy: string) => ({
      ...{ kind: 'lifecycle_order' as const, id: randomUUID(), label: 'an order' },
      attr: { kind: 'revocation', requestedBy, ownerKeys: [] },
    })
    const able = (ctx: Context, by: string) => findAble(ctx, 'approve', order(by))
    expect((await able(org.job, idOf('security'))).toSorted()).toEqual([idOf('admin')])
    expect((await able(org.job, 'nobody')).toSorted()).toEqual([idOf('admin'), idOf('security')].toSorted())
  })
})
