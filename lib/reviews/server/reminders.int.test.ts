import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sendMail } from '@/lib/notifications/server/send-mail'
import { updateMailSettings } from '@/lib/notifications/server/update-mail-settings'
import { contextForJob } from '@/lib/platform/auth/request-context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeReviewers } from '@/lib/platform/testing/reviewers'
import { MailServer } from '@/lib/platform/testing/servers/mail-server'
import { makeIdentity, makeOwnership } from '@/prisma/factories/inventory'
import { makeMember } from '@/prisma/factories/organization'
import { getProgress } from './get-progress'
import { refreshCampaign } from './refresh-campaign'
import { remindReviewers } from './remind-reviewers'

// What became of a reminder decides what may become of an account: a real mail server takes those of one reviewer, and refuses the other's.

const login = { user: 'bailiwick', password: 'correct horse battery staple' }
const hour = 3_600_000
let db: pg.Client
let server: MailServer
beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  server = await MailServer.start({ tls: 'starttls', login })
})
afterAll(async () => {
  await server.stop()
  await db.end()
  await closePool()
})

it('silence revokes only what was asked of somebody whom two reminders have reached', async () => {
  const { orgId, sourceId, security, mia, noa, shared, launched } = await makeReviewers(db)
  const admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Ada'))
  await updateMailSettings(admin, server.settings('starttls', login))
  server.refusals.set(noa.email, { code: 550, says: 'No such user' })
  await shared('asked of Mia')
  const ofNoa = await makeIdentity(db, { orgId, sourceId }, { name: 'asked of Noa' })
  for (const [owner, label, ago] of [
    [noa, 'Noa', 2000],
    [mia, 'Mia', 1000],
  ] as const)
    await makeOwnership(db, orgId, ofNoa, {
      ...{ owner_key: `user:${owner.userId}`, label, state: 'confirmed', asserted_at: new Date(Date.now() - ago) },
    })
  const { id } = await launched({ silence: 'revoke' })
  const { rows } = await db.query(`SELECT deadline_at AS at FROM review_campaign WHERE id = $1`, [id])
  const left = (hours: number) => new Date(rows[0].at.getTime() - hours * hour)
  const worker = contextForJob(orgId, 'reviews')
  const postman = contextForJob(orgId, 'notifications')
  const sendAll = async () => {
    const mails = await db.query(`SELECT id FROM mail WHERE org_id = $1 AND ended_at IS NULL`, [orgId])
    for (const mail of mails.rows) await sendMail(postman, mail)
  }

  await remindReviewers(worker, left(200))
  await sendAll()
  await db.query(`UPDATE review_reminder SET sent_at = sent_at - interval '13 hours' WHERE campaign_id = $1`, [id])
  await remindReviewers(worker, left(40))
  await sendAll()
  await remindReviewers(worker, left(39))

  const told = await db.query(
    `SELECT v.key, m.kind, m.delivered_at IS NOT NULL AS arrived, m.failed_at IS NOT NULL AS failed
     FROM review_reminder m JOIN review_reviewer v ON v.campaign_id = m.campaign_id AND v.no = m.reviewer_no
     WHERE m.campaign_id = $1 ORDER BY v.key = $2, m.kind DESC`,
    [id, `user:${noa.userId}`],
  )
  const word = (userId: string, kind: string, arrived: boolean) => ({
    ...{ key: `user:${userId}`, kind, arrived, failed: !arrived },
  })
  expect(told.rows).toEqual([
    word(mia.userId, 'launch', true),
    word(mia.userId, '48h', true),
    word(noa.userId, 'launch', false),
    word(noa.userId, '48h', false),
  ])
  expect(server.received.map(({ to }) => to)).toEqual([[mia.email], [mia.email]])

  await refreshCampaign(worker, { id }, left(-1))
  expect(await getProgress(security, { id })).toMatchObject({ outcomes: { revoke: 1, keep: 1 } })
  const kept = await db.query(`SELECT name FROM review_item WHERE campaign_id = $1 AND outcome = 'keep'`, [id])
  expect(kept.rows).toEqual([{ name: 'asked of Noa' }])
})
