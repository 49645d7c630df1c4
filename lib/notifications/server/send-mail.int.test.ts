import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { startWorker } from '@/lib/platform/jobs/boss'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { startProgram } from '@/lib/platform/testing/programs'
import { MailServer } from '@/lib/platform/testing/servers/mail-server'
import { sendMailJob } from './jobs'
import { getUnreadCount, listNotifications } from './list-notifications'
import { listUndelivered } from './list-undelivered'
import { type Notice, notify } from './notify-people'
import { requestDueMails } from './request-due-mails'
import { messageIdOf, sendMail } from './send-mail'
import { updateMailSettings } from './update-mail-settings'

let org: TestOrganization
let db: pg.Client
let server: MailServer
const login = { user: 'bailiwick', password: 'correct horse battery staple' }

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  server = await MailServer.start({ tls: 'starttls', login })
})
beforeEach(async () => {
  org = await testOrganization()
  await updateMailSettings(org.as.admin, server.settings('starttls', login))
  server.received.length = 0
  server.refusals.clear()
  server.onArrival = () => undefined
})
afterAll(async () => {
  await server.stop()
  await db.end()
  await closePool()
})

async function tell(notice: Partial<Notice> = {}): Promise<string> {
  const target = { kind: 'team' as const, id: 'new', label: 'a change', attr: {} }
  const permit = await org.as.admin.authorize('create', target)
  const to = [org.users.security.userId]
  await org.as.admin.commit(permit, { action: 'team.create', target }, (tx) =>
    notify(tx, org.orgId, { kind: 'order_waits', to, subject: 'An order waits', path: '/orders/1', ...notice }),
  )
  return (await rows())[0]?.id ?? ''
}

async function rows() {
  const { rows: found } = await db.query(`SELECT * FROM mail WHERE org_id = $1 ORDER BY created_at DESC, id DESC`, [
    org.orgId,
  ])
  return found
}
const only = async () => (await rows())[0]
const actions = async () =>
  (
    await db.query(`SELECT action FROM audit_event WHERE org_id = $1 AND action LIKE 'mail.%' ORDER BY seq`, [
      org.orgId,
    ])
  ).rows.map(({ action }) => action)

describe('an e-mail', () => {
  it('arrives encrypted, from the account, as text and as HTML, with links that only lead to pages', async () => {
    const id = await tell({ facts: [{ label: 'Reason given', value: 'leaked' }] })
    await sendMail(org.job, { id })
    const [got] = server.received
    expect(got).toMatchObject({
      to: [org.users.security.email],
      from: 'bailiwick@example.org',
      isSecure: true,
      user: 'bailiwick',
    })
    expect(got?.mail).toMatchObject({
      subject: 'An order waits',
      messageId: messageIdOf(id),
      from: { name: 'Bailiwick of the tests', address: 'bailiwick@example.org' },
    })
    expect(got?.mail.text).toContain('Reason given: leaked')
    expect(got?.mail.text).toContain('http://localhost:3000/orders/1')
    expect(got?.mail.html).toContain('href="http://localhost:3000/orders/1"')
    const links = [...(got?.mail.html ?? '').matchAll(/href="([^"]+)"/g)].map(
      ([, href]) => new URL(href ?? '').pathname,
    )
    expect(links).toEqual(['/orders/1', '/settings/notifications'])
    expect(await only()).toMatchObject({ state: 'sent', attempts: 1, next_at: null })
    expect(await actions()).toEqual(['mail.settings.update', 'mail.send'])
  })

  it('is sent by the worker on its own, once', async () => {
    const stop = await startWorker([sendMailJob as never])
    await tell()
    await expect.poll(async () => (await only())?.state, { timeout: 20_000 }).toBe('sent')
    await requestDueMails()
    await sleep(1500)
    await stop()
    expect(server.received).toHaveLength(1)
  })

  it('carries names from outside as text: no header, no markup, no link of theirs', async () => {
    const evil = '<img src=x onerror=alert(1)> https://evil.example/x\r\nBcc: evil@example.org\u202e www.evil.example'
    const id = await tell({ subject: `The rotation of ${evil} stopped`, facts: [{ label: evil, value: evil }] })
    await sendMail(org.job, { id })
    const [got] = server.received
    expect(got?.to).toEqual([org.users.security.email])
    expect(got?.mail.bcc).toBeUndefined()
    expect(got?.raw).not.toMatch(/^Bcc:/im)
    expect(got?.mail.html).not.toContain('<img')
    for (const body of [got?.mail.html ?? '', got?.mail.text ?? '', got?.mail.subject ?? '']) {
      expect(body).not.toContain('https://evil')
      expect(body).not.toContain('www.evil')
      expect(body).not.toContain('\u202e')
    }
  })
})

describe('a server that refuses', () => {
  it('an address for good is not asked again: the next person is told, and administrators see it', async () => {
    server.refusals.set(org.users.security.email, { code: 550, says: 'No such user here' })
    const id = await tell({ fallback: [org.users.reviewer.userId, org.users.auditor.userId], dedupeKey: 'order:1' })
    await sendMail(org.job, { id })
    const [next, first] = await rows()
    expect(first).toMatchObject({
      state: 'undelivered',
      attempts: 1,
      code: 'address',
      told_instead: org.users.reviewer.name,
    })
    expect(first.says).toContain('No such user here')
    expect(next).toMatchObject({ user_id: org.users.reviewer.userId, state: 'queued' })
    const [told] = (await listNotifications(org.as.reviewer)).items
    expect(told?.facts).toEqual([
      { label: 'Meant for', value: org.users.security.name },
      { label: 'Why you', value: `An e-mail to ${org.users.security.name} did not arrive.` },
    ])
    const problems = await listUndelivered(org.as.admin)
    expect(problems.items).toMatchObject([{ id, state: 'undelivered', toldInstead: org.users.reviewer.name }])
    expect((await listNotifications(org.as.admin)).items).toMatchObject([
      { kind: 'mail_undelivered', path: '/settings/mail' },
    ])
    await expect(listUndelivered(org.as.member)).rejects.toMatchObject({ code: 'forbidden' })

    // The next one's mailbox is gone as well.
    server.refusals.set(org.users.reviewer.email, { code: 553, says: 'Closed' })
    await sendMail(org.job, { id: next.id })
    expect(await getUnreadCount(org.as.auditor)).toEqual({ unread: 1 })
    const [last] = await rows()
    await sendMail(org.job, { id: last.id })
    expect(server.received.map(({ to }) => to)).toEqual([[org.users.auditor.email]])
    expect(await actions()).toEqual(['mail.settings.update', 'mail.undelivered', 'mail.undelivered', 'mail.send'])
  })

  it('for now is asked again later, with the same Message-ID, until it takes it', async () => {
    server.refusals.set(org.users.security.email, { code: 451, says: 'Greylisted, come back' })
    const id = await tell()
    await sendMail(org.job, { id })
    expect(await only()).toMatchObject({ state: 'queued', attempts: 1, code: 'later' })
    expect((await listUndelivered(org.as.admin)).items).toMatchObject([{ state: 'retrying', attempts: 1 }])
    expect((await only()).next_at.getTime()).toBeGreaterThan(Date.now() + 50_000)
    server.refusals.clear()
    await db.query(`UPDATE mail SET next_at = now() WHERE id = $1`, [id])
    await sendMail(org.job, { id })
    expect(await only()).toMatchObject({ state: 'sent', attempts: 2, says: null })
    expect(server.received.map(({ mail }) => mail.messageId)).toEqual([messageIdOf(id)])
    expect((await listUndelivered(org.as.admin)).items).toEqual([])
  })

  it('again and again is given up after six tries, and the next person is told', async () => {
    server.refusals.set(org.users.security.email, { code: 452, says: 'Mailbox full' })
    const id = await tell({ fallback: [org.users.reviewer.userId] })
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await db.query(`UPDATE mail SET next_at = now() WHERE id = $1 AND next_at IS NOT NULL`, [id])
      await sendMail(org.job, { id })
    }
    const first = (await rows()).find((row) => row.id === id)
    expect(first).toMatchObject({ state: 'undelivered', attempts: 6, told_instead: org.users.reviewer.name })
    expect(await getUnreadCount(org.as.reviewer)).toEqual({ unread: 1 })
    expect(server.received).toEqual([])
  })

  it('is not asked for somebody who has left meanwhile', async () => {
    const id = await tell({ fallback: [org.users.reviewer.userId] })
    await db.query(`UPDATE membership SET status = 'disabled' WHERE org_id = $1 AND user_id = $2`, [
      org.orgId,
      org.users.security.userId,
    ])
    await sendMail(org.job, { id })
    expect(server.received).toEqual([])
    expect(await getUnreadCount(org.as.reviewer)).toEqual({ unread: 1 })
  })

  it('nobody is told of twice by one outage, however many e-mails it costs', async () => {
    server.refusals.set(org.users.security.email, { code: 550, says: 'No' })
    for (const dedupeKey of ['a', 'b', 'c']) await sendMail(org.job, { id: await tell({ dedupeKey }) })
    expect((await listNotifications(org.as.admin)).items).toMatchObject([{ kind: 'mail_undelivered', times: 3 }])
  })
})

describe('a worker', () => {
  it('that is killed between the server’s word and its own note leaves a mail that comes again under the same Message-ID', async () => {
    const id = await tell()
    let kill = () => {}
    const arrived = new Promise<void>((resolve) => {
      server.onArrival = async () => {
        // The message is here, and the sender does not hear of it any more.
        kill()
        await sleep(300)
        resolve()
      }
    })
    const call = `sendMailJob.run(${JSON.stringify({ orgId: org.orgId, mailId: id })})`
    const child = await startProgram('lib/notifications/server/jobs.ts', 'sendMailJob', call)
    const gone = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
    kill = () => void child.kill('SIGKILL')
    await arrived
    expect(await gone).toBe('SIGKILL')
    expect(await only()).toMatchObject({ state: 'sending', attempts: 1 })

    // While its hold lasts, nobody else sends it.
    server.onArrival = () => undefined
    await sendMail(org.job, { id })
    expect(server.received).toHaveLength(1)

    await db.query(`UPDATE mail SET next_at = now() WHERE id = $1`, [id])
    const stop = await startWorker([sendMailJob as never])
    await requestDueMails()
    await expect.poll(async () => (await only())?.state, { timeout: 20_000 }).toBe('sent')
    await stop()
    // Mails of the tests before, which are due as well, are of other organizations.
    const own = server.received.filter(({ to }) => to.includes(org.users.security.email))
    expect(own.map(({ mail }) => mail.messageId)).toEqual([messageIdOf(id), messageIdOf(id)])
  })

  it('of several takes a mail alone', async () => {
    const id = await tell()
    await Promise.all(Array.from({ length: 6 }, () => sendMail(org.job, { id })))
    expect(server.received).toHaveLength(1)
  })

  it('does nothing for a mail that there is not', async () => {
    await sendMail(org.job, { id: randomUUID() })
    expect(server.received).toEqual([])
  })
})
