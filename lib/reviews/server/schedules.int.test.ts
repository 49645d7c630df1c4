import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeIdentity, makeOwnership, makeResource } from '@/prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource } from '@/prisma/factories/organization'
import { CreateTemplateInput } from '../templates'
import { createTemplate } from './create-template'
import { launchDue } from './launch-due'
import { launchTriggered } from './launch-triggered'
import { remindReviewers } from './remind-reviewers'

let db: pg.Client
let orgId: string
let sourceId: string
let security: Context
let job: Context
let mia: MadeMember

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  orgId = await makeOrganization(db)
  sourceId = await makeSource(db, orgId)
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  mia = await makeMember(db, orgId, 'member', 'Mia')
  job = contextForJob(orgId, 'reviews')
  await warmUp(security)
})
afterAll(async () => {
  await db.end()
  await closePool()
})

const day = 86_400_000
async function owned(name: string) {
  const id = await makeIdentity(db, { orgId, sourceId }, { name, first_seen_at: new Date(Date.now() - 90 * day) })
  await makeOwnership(db, orgId, id, { owner_key: `user:${mia.userId}`, label: 'Mia', state: 'confirmed' })
  return id
}
const template = (over: object) =>
  createTemplate(
    security,
    CreateTemplateInput.parse({
      ...{ name: 'Quarterly', scope: { kind: 'identities', filter: {} } },
      rules: { silence: 'keep', fallback: `user:${security.actor.id}`, timeZone: 'Europe/Berlin' },
      ...over,
    }),
  )
const campaigns = async () =>
  (await db.query(`SELECT id, name, state, trigger, scope FROM review_campaign WHERE org_id = $1 ORDER BY id`, [orgId]))
    .rows

describe('a template with a recurrence', () => {
  it('begins once for each time, by any number of workers, also after one that was killed', async () => {
    await owned('a')
    const { id } = await template({ recurrence: { everyMonths: 3, nextOn: '2026-01-31' } })
    const now = new Date()
    await Promise.all([launchDue(job, now), launchDue(job, now), launchDue(job, now)])
    expect(await campaigns()).toMatchObject([{ name: 'Quarterly 2026-01-31', state: 'active' }])
    const { rows } = await db.query(
      `SELECT next_at, recurrence, problem, last_campaign_id FROM review_template WHERE id = $1`,
      [id],
    )
    expect(rows[0].next_at.getTime()).toBeGreaterThan(now.getTime())
    expect(rows[0]).toMatchObject({ problem: null, last_campaign_id: (await campaigns())[0].id })
    // As a worker that was killed after the launch left it.
    await db.query(
      `UPDATE review_template SET next_at = now() - interval '1 minute', recurrence = jsonb_set(recurrence, '{nextOn}', '"2026-01-31"') WHERE id = $1`,
      [id],
    )
    await launchDue(job, new Date())
    expect(await campaigns()).toHaveLength(1)
  })

  it('says on the template why nothing was begun', async () => {
    const { id } = await template({ recurrence: { everyMonths: 1, nextOn: '2026-01-31' } })
    expect(await launchDue(job, new Date())).toBe(0)
    const { rows } = await db.query(`SELECT problem, next_at > now() AS later FROM review_template WHERE id = $1`, [id])
    expect(rows).toEqual([{ problem: expect.stringMatching(/Nothing matches/), later: true }])
  })
})

describe('events', () => {
  it('begin one small campaign over what happened, and nothing twice', async () => {
    const [left, widened, quiet] = [await owned('left'), await owned('widened'), await owned('quiet')]
    await template({ name: 'By events', events: ['owner_left', 'scope_widened'] })
    // What was before nobody waited for.
    expect(await launchTriggered(job)).toBe(0)
    await db.query(
      `UPDATE review_watch SET began_at = now() - interval '1 hour', seen_until = now() - interval '1 hour' WHERE org_id = $1`,
      [orgId],
    )
    await db.query(
      `UPDATE ownership SET ended_at = now(), ended_reason = 'left' WHERE org_id = $1 AND identity_id = $2`,
      [orgId, left],
    )
    const to = await makeResource(db, { orgId, sourceId }, 'orders')
    await makeEdge(
      db,
      { orgId, sourceId },
      { kind: 'grants', from: { type: 'identity', id: widened }, to: { type: 'resource', id: to }, privilege: 'write' },
    )
    await Promise.allSettled([launchTriggered(job), launchTriggered(job)])
    await launchTriggered(job)
    const made = await campaigns()
    expect(made).toHaveLength(2)
    expect(made.map(({ state }) => state)).toEqual(['active', 'active'])
    expect(made.map(({ trigger }) => trigger.event).toSorted()).toEqual(['owner_left', 'scope_widened'])
    expect(made.flatMap(({ scope }) => scope.ids).toSorted()).toEqual([left, widened].toSorted())
    expect(made.flatMap(({ scope }) => scope.ids)).not.toContain(quiet)
    // The same thing again while it is under review.
    await db.query(
      `UPDATE ownership SET ended_at = now() + interval '1 second' WHERE org_id = $1 AND identity_id = $2`,
      [orgId, left],
    )
    await launchTriggered(job)
    expect(await campaigns()).toHaveLength(2)
    const { rows } = await db.query(
      `SELECT count(*)::int AS n FROM review_trigger WHERE org_id = $1 AND taken_at IS NULL`,
      [orgId],
    )
    expect(rows[0].n).toBe(0)
  })
})

describe('escalation', () => {
  it('lets the fallback review beside whoever has not begun, once', async () => {
    const noa = await makeMember(db, orgId, 'member', 'Noa')
    for (const name of ['a', 'b'])
      await makeOwnership(db, orgId, await owned(name), {
        owner_key: `user:${noa.userId}`,
        label: 'Noa',
        state: 'confirmed',
      })
    await template({
      recurrence: { everyMonths: 1, nextOn: '2026-01-31' },
      rules: {
        silence: 'keep',
        fallback: `user:${security.actor.id}`,
        escalateHours: 24,
        stages: [{ reviewers: ['named'], named: [`user:${mia.userId}`], days: 2 }],
      },
    })
    await launchDue(job, new Date())
    const { rows: of } = await db.query(`SELECT deadline_at FROM review_campaign WHERE org_id = $1`, [orgId])
    const ways = async () =>
      (
        await db.query(
          `SELECT way, count(*)::int AS n FROM review_assignment WHERE org_id = $1 GROUP BY way ORDER BY way`,
          [orgId],
        )
      ).rows
    const before = await ways()
    expect(before).toEqual([{ way: 'named', n: 2 }])
    expect(before.map(({ way }) => way)).not.toContain('escalated')
    await remindReviewers(job, new Date(of[0].deadline_at.getTime() - 25 * 3_600_000))
    expect(await ways()).toEqual(before)
    await remindReviewers(job, new Date(of[0].deadline_at.getTime() - 23 * 3_600_000))
    await remindReviewers(job, new Date(of[0].deadline_at.getTime() - 22 * 3_600_000))
    expect(await ways()).toEqual([{ way: 'escalated', n: 2 }, ...before])
    const { rows } = await db.query(
      `SELECT sum(count)::int AS tallied, (SELECT count(*)::int FROM review_assignment WHERE org_id = $1 AND state = 'open') AS open
       FROM review_tally WHERE org_id = $1 AND state = 'open'`,
      [orgId],
    )
    expect(rows[0].tallied).toBe(rows[0].open)
  })
})
