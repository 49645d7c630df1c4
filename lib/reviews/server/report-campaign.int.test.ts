import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyChain } from '@/lib/audit/server/verify-chain'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeIdentity, makeOwnership } from '@/prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '@/prisma/factories/organization'
import { CreateCampaignInput } from '../schema'
import { createCampaign } from './create-campaign'
import { decideItems } from './decide-items'
import { getQuality } from './get-quality'
import { launchCampaign } from './launch-campaign'
import { recordSecondLook } from './record-second-look'
import { refreshCampaign } from './refresh-campaign'
import { remediateItems } from './remediate-items'
import { remindReviewers } from './remind-reviewers'
import { reportCampaign } from './report-campaign'
import { scoreQuality } from './score-quality'
import { previewSignOff, signOff } from './sign-off'
import { updateRemedy } from './update-remedy'
import { verifyReport } from './verify-report'

let db: pg.Client
let orgId: string
let security: Context
let auditor: Context
let asMia: Context
let asNoa: Context
let job: Context
let id: string
let bytes: Buffer

const hostile = ['=HYPERLINK("http://x","y")', '@SUM(1)', 'a\r\n+1', 'Ива\u202eнов "quoted", 日本', "-2+3' \\u0000"]
const count = 30

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  const sourceId = await makeSource(db, orgId)
  const mia = await makeMember(db, orgId, 'member', 'Mia')
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  asNoa = contextOf(orgId, await makeMember(db, orgId, 'security', 'Noa'))
  auditor = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
  asMia = contextOf(orgId, mia)
  job = contextForJob(orgId, 'reviews')
  await warmUp(security)
  for (let at = 0; at < count; at += 1) {
    const name = hostile[at] ?? `svc-${at}`
    const identity = await makeIdentity(db, { orgId, sourceId }, { name })
    await makeOwnership(db, orgId, identity, { owner_key: `user:${mia.userId}`, label: 'Mia', state: 'confirmed' })
    await makeOwnership(db, orgId, identity, {
      owner_key: `user:${security.actor.id}`,
      label: 'Sam',
      state: 'confirmed',
    })
  }
  const draft = await createCampaign(
    security,
    CreateCampaignInput.parse({
      name: '=Autumn, “all” of it',
      scope: { kind: 'identities', filter: {} },
      rules: {
        stages: [{ reviewers: ['named'], named: [`user:${mia.userId}`], days: 1 }],
        ...{ silence: 'keep', noteFor: [], noteFromScore: null, aloneFromScore: null },
        quality: { leastItems: 10 },
      },
    }),
  )
  id = draft.id
  await launchCampaign(security, { id, version: draft.version, previewHash: null, startsAt: null })
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const reportOf = async (format: 'json' | 'csv' | 'pdf', ctx = auditor) =>
  Buffer.from(await (await reportCampaign(ctx, { id, format })).arrayBuffer())
const verify = (report: Buffer, key?: string) => verifyReport([report], key)

describe('reminders', () => {
  it('go to those who are not done, once of each kind', async () => {
    const kinds = async () =>
      (await db.query(`SELECT kind FROM review_reminder WHERE campaign_id = $1 ORDER BY sent_at, kind`, [id])).rows.map(
        ({ kind }) => kind,
      )
    const { rows } = await db.query(`SELECT deadline_at FROM review_campaign WHERE id = $1`, [id])
    const at = (hours: number) => new Date(rows[0].deadline_at.getTime() - hours * 3_600_000)
    expect(await remindReviewers(job, at(20))).toBe(1)
    expect(await remindReviewers(job, at(20))).toBe(0)
    expect(await kinds()).toEqual(['launch'])
    await db.query(`UPDATE review_reminder SET sent_at = now() - interval '13 hours' WHERE campaign_id = $1`, [id])
    expect(await remindReviewers(job, at(11))).toBe(1)
    expect(await remindReviewers(job, at(10))).toBe(0)
    expect(await kinds()).toEqual(['launch', '12h'])
    const told = await db.query(`SELECT kind, path FROM notification WHERE org_id = $1 AND user_id = $2 ORDER BY id`, [
      orgId,
      asMia.actor.id,
    ])
    expect(told.rows).toEqual([
      { kind: 'review_assigned', path: `/reviews/${id}/decide` },
      { kind: 'review_reminder', path: `/reviews/${id}/decide` },
    ])
    const arrived = () =>
      db.query(`SELECT count(delivered_at)::int AS n FROM review_reminder WHERE campaign_id = $1`, [id])
    expect((await arrived()).rows[0].n).toBe(0)
    await db.query(`UPDATE notification SET read_at = now() WHERE org_id = $1 AND kind = 'review_reminder'`, [orgId])
    await remindReviewers(job, at(9))
    expect((await arrived()).rows[0].n).toBe(1)
  })
})

describe('the report', () => {
  it('is not made while something is open', async () => {
    await expect(reportCampaign(auditor, { id, format: 'json' })).rejects.toMatchObject({ code: 'conflict' })
    await expect(reportCampaign(asMia, { id, format: 'json' })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is whole, and verified by its bytes alone', async () => {
    for (let item = 1; item <= count; item += 1) {
      const decision = item === 3 ? ('revoke' as const) : ('certify' as const)
      const looked = [{ item, seconds: 1 + item / 100, opened: item % 10 === 0 }]
      const note = item <= 6 ? 'ok' : undefined
      await decideItems(asMia, { id, what: { items: [item] }, decision, looked, ...(note ? { note } : {}) })
    }
    const { draftHash } = await previewSignOff(asMia, { id })
    await signOff(asMia, { id, draftHash, statement: 'As far as I know' })
    await refreshCampaign(job, { id })
    await remediateItems(job)
    const dueAt = new Date(Date.now() + 86_400_000).toISOString()
    await updateRemedy(security, {
      id,
      item: 3,
      act: 'except',
      ownerKey: `user:${security.actor.id}`,
      dueAt,
      reason: 'By hand',
    })
    await scoreQuality(job)
    bytes = await reportOf('json')
    const verdict = await verify(bytes)
    expect(verdict).toMatchObject({ isIntact: true, problems: [], items: count, campaign: '=Autumn, “all” of it' })
    expect(await verify(bytes, verdict.keyFingerprint ?? '')).toMatchObject({ isIntact: true })
    expect((await verify(bytes, '0'.repeat(64))).problems).toEqual([
      'It is signed by another key than the one that was given.',
    ])
    // Whoever reads it with any other program finds JSON.
    const report = JSON.parse(bytes.toString('utf8'))
    expect(report.items).toHaveLength(count)
    expect(report.totals).toMatchObject({ outcomes: { certify: count - 1, revoke: 1 }, remedies: { excepted: 1 } })
    expect(report.exceptions).toMatchObject([{ no: 3, state: 'excepted', owner: 'Sam' }])
    expect(report.signOffs).toMatchObject([{ by: 'Mia', items: count, statement: 'As far as I know' }])
    expect(await verifyChain(security)).toMatchObject({ isIntact: true })
  })

  it('is found broken after any one byte was changed', async () => {
    // The same bytes each time: a failure can be looked at.
    let state = 7
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % below
    }
    const seal = bytes.lastIndexOf('"seal":')
    const places = [
      ...Array.from({ length: 1500 }, () => random(bytes.length)),
      ...Array.from({ length: bytes.length - seal }, (_, at) => seal + at),
    ]
    const missed: string[] = []
    for (const at of places) {
      const changed = Buffer.from(bytes)
      changed[at] = ((changed[at] ?? 0) ^ (1 << random(8))) & 0xff
      const { isIntact } = await verify(changed)
      if (isIntact) missed.push(`${at}: ${JSON.stringify(bytes.subarray(at - 20, at + 20).toString())}`)
    }
    expect(missed).toEqual([])
  }, 240_000)

  it('says what is broken, also when whoever changed it wrote every hash anew that they can', async () => {
    const text = bytes.toString('utf8')
    const problemsOf = async (from: string | RegExp, to: string) => {
      const changed = text.replace(from, to)
      expect(changed).not.toBe(text)
      return (await verify(Buffer.from(changed))).problems.join(' ')
    }
    expect(await problemsOf(/("action":"review\.sign_off".*?)"after":/, '$1"before_":')).toContain(
      'are not as a report has',
    )
    expect(await problemsOf('"events":[', '"events":7,"x":[')).toContain('are not as a report has')
    expect(await problemsOf('"signOffs":[', '"signOffs":{},"x":[')).toContain('are not as a report has')
    expect(await problemsOf('"outcome" : "revoke"', '"outcome" : "certify"')).toMatch(
      /counts are not those of its items/,
    )
    expect(await problemsOf('"decision" : "revoke"', '"decision" : "certify"')).toMatch(
      /What Mia signed off is not what the items say/,
    )
    expect(await problemsOf('service_account', 'service_accounT')).toMatch(
      /The evidence of item \d+ is not what was frozen/,
    )
    // Chained anew by somebody without the key.
    const lines = text.replace('"outcome" : "revoke"', '"outcome" : "reduce"').split('\n').slice(0, -2)
    let head = '0'.repeat(64)
    for (const line of lines) head = createHash('sha256').update(head).update('\n').update(line).digest('hex')
    const seal = JSON.parse(text.slice(text.lastIndexOf('"seal":') + 7, -2))
    const forged = `${lines.join('\n')}\n"seal":${JSON.stringify({ ...seal, head })}}\n`
    expect((await verify(Buffer.from(forged))).problems).toContain(
      'The audit event of its seal is about something else.',
    )
    const cutOff = bytes.subarray(0, bytes.lastIndexOf('"seal":'))
    expect((await verify(cutOff)).problems).toEqual([expect.stringMatching(/no seal/)])
    expect((await verify(Buffer.from('nonsense\n\n'))).isIntact).toBe(false)
    expect((await verify(Buffer.alloc(0))).isIntact).toBe(false)
  })

  it('as CSV runs no formula, and as PDF is one', async () => {
    const csv = (await reportOf('csv')).toString('utf8')
    expect(csv.split('\r\n')[0]).toMatch(/^item,identity_id,name/)
    expect(csv).toContain(`"'=HYPERLINK(""http://x"",""y"")"`)
    expect(csv).toContain(`'@SUM(1)`)
    expect(csv).not.toMatch(/(^|,|\n)"?[=+@]/m)
    const pdf = await reportOf('pdf')
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.length).toBeGreaterThan(5000)
    const { rows } = await db.query(`SELECT count(*)::int AS n FROM review_report WHERE campaign_id = $1`, [id])
    expect(rows[0].n).toBeGreaterThanOrEqual(2)
  })
})

describe('quality', () => {
  it('measures, flags a batch, and lets somebody else look who then decides again', async () => {
    const quality = await getQuality(auditor, { id })
    expect(quality.can.look).toBe(false)
    expect(quality.all).toMatchObject({
      decisions: count,
      bulkDecisions: 0,
      notes: 6,
      identicalNotesPercent: 100,
      openedPercent: 10,
    })
    expect(quality.all.medianSeconds).toBeCloseTo(1.155, 2)
    const [batch] = quality.reviewers
    expect(batch).toMatchObject({ name: 'Mia', stage: 1, secondLook: { state: 'wanted' } })
    expect(batch?.flags.map(({ flag }) => flag).toSorted()).toEqual(
      expect.arrayContaining(['approves_all', 'evidence_unopened', 'identical_notes', 'too_fast']),
    )
    const look = { id, reviewer: batch?.reviewer ?? 0, stage: 1, note: 'Much too fast' }
    await expect(recordSecondLook(auditor, { ...look, verdict: 'stands' })).rejects.toMatchObject({ code: 'forbidden' })
    const after = await recordSecondLook(asNoa, { ...look, verdict: 'repeat' })
    expect(after.reviewers[0]?.secondLook).toMatchObject({ state: 'done', by: 'Noa', verdict: 'repeat' })
    await expect(recordSecondLook(security, { ...look, verdict: 'stands' })).rejects.toMatchObject({ code: 'conflict' })
    const { rows } = await db.query(
      `SELECT state, scope, rules FROM review_campaign WHERE org_id = $1 AND name LIKE 'Second look%'`,
      [orgId],
    )
    expect(rows).toMatchObject([{ state: 'draft', scope: { kind: 'ids' } }])
    expect(rows[0].scope.ids).toHaveLength(count)
    expect(rows[0].rules.stages[0].named).toEqual([`user:${asNoa.actor.id}`])
  })
})
