import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listIdentityHistory } from '@/lib/identities/server/list-identity-history'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { type JobDefinition, startWorker } from '@/lib/platform/jobs/boss'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { refreshMade } from '@/prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource, makeTeam } from '@/prisma/factories/organization'
import type { OwnerChange, OwnerChangeRun } from '../schema'
import { applyOwnerBatches, giveUpOwnerChange } from './apply-owner-batches'
import { applyOwnerChange, previewOwnerChange } from './apply-owner-change'
import { cancelOwnerChange } from './cancel-owner-change'
import { createIdentitySelection } from './create-identity-selection'
import { expireOwnership } from './expire-ownership'
import { getOwnerChangeRun } from './get-owner-change-run'
import { ownerChangeJob } from './jobs'
import { listOwnerChangeRuns } from './list-owner-change-runs'
import { restoreOwners } from './restore-owners'

const size = 5000
let db: pg.Client
let orgId: string
let ids: string[]
let sam: MadeMember
let security: Context
let job: Context
let mia: MadeMember
let teamKey: string

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  orgId = await makeOrganization(db)
  sam = await makeMember(db, orgId, 'security', 'Sam')
  mia = await makeMember(db, orgId, 'member', 'Mia')
  security = contextOf(orgId, sam)
  job = contextForJob(orgId, 'test')
  teamKey = `team:${await makeTeam(db, orgId, 'Payments')}`
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO identity (org_id, source_id, external_id, kind, name, status)
     SELECT $1, $2, 'robot:' || n, 'bot', 'robot-' || n, 'active' FROM generate_series(1, $3::int) n RETURNING id`,
    [orgId, await makeSource(db, orgId), size],
  )
  ids = rows.map(({ id }) => id).sort()
  await refreshMade(db, orgId, 'all')
  await warmUp(security)
})
afterAll(async () => {
  await db.end()
  await closePool()
})

const isRun = (result: object): result is OwnerChangeRun => 'startedBy' in result

async function orderFor(ctx: Context): Promise<OwnerChange> {
  const { id } = await createIdentitySelection(ctx, { filter: { kind: ['bot'] } })
  return { change: 'assign', selectionId: id, ownerKey: teamKey, reason: 'they run it' }
}

async function beginRun(ctx = security): Promise<OwnerChangeRun> {
  const run = await applyOwnerChange(ctx, await orderFor(ctx))
  if (!isRun(run)) throw new Error('it was carried out at once')
  return run
}

const read = (id: string) => getOwnerChangeRun(security, { id })

/** How many identities have a live owner, and how many live ownerships there are. */
async function owned(): Promise<{ identities: number; ownerships: number; listed: number }> {
  const { rows } = await db.query(
    `SELECT count(DISTINCT identity_id)::int AS identities, count(*)::int AS ownerships,
       (SELECT count(*)::int FROM identity_listing WHERE org_id = $1 AND owner_key = $2) AS listed
     FROM ownership WHERE org_id = $1 AND ended_at IS NULL AND owner_key = $2`,
    [orgId, teamKey],
  )
  return rows[0]
}

async function events(): Promise<string[]> {
  const { rows } = await db.query(
    `SELECT action, actor->>'label' AS by FROM audit_event WHERE org_id = $1 AND action LIKE 'identity.owner%' ORDER BY seq`,
    [orgId],
  )
  return rows.map(({ action, by }) => `${action} by ${by}`)
}

/** Keeps the batch that holds the identity of that number waiting until the answer is called. */
async function holdAt(no: number): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query(`SELECT FROM identity WHERE org_id = $1 AND id = $2 FOR UPDATE`, [orgId, ids[no]])
  return async () => {
    await holder.query('ROLLBACK')
    await holder.end()
  }
}

/** Waits until the first batch is through and the second waits for what is held. */
async function secondBatch(id: string): Promise<void> {
  await expect.poll(async () => (await read(id)).done, { timeout: 20_000, interval: 50 }).toBe(2000)
  const waiting = async () => {
    const { rows } = await db.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()`,
    )
    return rows.length
  }
  await expect.poll(waiting, { timeout: 20_000, interval: 50 }).toBe(1)
}

describe('a change of more than 2,000', () => {
  it('is a run that does what its preview said, tells how far it is, and is taken back exactly', async () => {
    await db.query(
      `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state)
       SELECT $1, id, $2, 'Payments', 'technical', 'assigned' FROM unnest($3::uuid[]) id`,
      [orgId, teamKey, ids.slice(1990, 2010)],
    )
    const order = await orderFor(security)
    await db.query(`UPDATE identity_listing SET status = 'gone' WHERE org_id = $1 AND identity_id = ANY ($2)`, [
      orgId,
      ids.slice(0, 3),
    ])
    const preview = await previewOwnerChange(security, order)
    const asked = await applyOwnerChange(security, order)
    if (!isRun(asked)) throw new Error('it was carried out at once')
    const total = preview.changes.count + preview.already.count + preview.refused.reduce((n, each) => n + each.count, 0)
    expect([total, preview.already.count]).toEqual([size, 20])
    expect(asked).toMatchObject({ status: 'queued', total, done: 0, can: { cancel: true, undo: false } })
    expect((await listOwnerChangeRuns(security)).items).toMatchObject([{ id: asked.id }])
    await expect(restoreOwners(security, { id: asked.id })).rejects.toMatchObject({ code: 'conflict' })
    await applyOwnerBatches(job, { id: asked.id })
    const run = await read(asked.id)
    expect(run).toMatchObject({
      status: 'done',
      ownerLabel: 'Payments',
      done: total,
      changed: preview.changes.count,
      already: 20,
      refused: preview.refused.map(({ reason, count }) => ({ reason, count })),
      can: { cancel: false, undo: true },
    })
    expect(await owned()).toEqual({ identities: run.changed + 20, ownerships: run.changed + 20, listed: run.changed })
    expect(await events()).toEqual(['identity.owner.assign.request by Sam', 'identity.owner.assign by Sam'])
    // A second attempt finds nothing to do.
    await applyOwnerBatches(job, { id: asked.id })
    const { items } = await listIdentityHistory(security, { id: ids[100] ?? '' })
    expect(items.map(({ event, after }) => [event?.action, after])).toEqual([
      [
        'identity.owner.assign',
        { change: run.id, label: 'Payments', ownerKey: teamKey, duty: 'technical', validUntil: null },
      ],
    ])

    await db.query(`UPDATE ownership SET attested_at = now() WHERE org_id = $1 AND identity_id = $2`, [orgId, ids[100]])
    const undo = await restoreOwners(security, { id: run.id })
    if (!isRun(undo)) throw new Error('it was taken back at once')
    expect(undo).toMatchObject({ change: 'restore', total: run.changed, can: { cancel: false } })
    await expect(restoreOwners(security, { id: run.id })).rejects.toMatchObject({ code: 'conflict' })
    await applyOwnerBatches(job, { id: undo.id })
    expect(await read(undo.id)).toMatchObject({
      status: 'done',
      changed: run.changed - 1,
      refused: [{ count: 1, reason: 'Somebody has changed its owners since.' }],
    })
    expect(await owned()).toEqual({ identities: 21, ownerships: 21, listed: 1 })
    expect((await events()).slice(2)).toEqual([
      'identity.owner.restore.request by Sam',
      'identity.owner.restore by Sam',
    ])
    expect(await read(run.id)).toMatchObject({ undoneAt: expect.any(String), can: { undo: false } })
  })

  it('assigns until a day, and fails without a change when that passes in the queue', async () => {
    const validUntil = new Date(Date.now() + 86_400_000).toISOString()
    const { selectionId } = await orderFor(security)
    const order: OwnerChange = { change: 'assign', selectionId, ownerKey: teamKey, validUntil }
    const run = await applyOwnerChange(security, order)
    expect(run).toMatchObject({ status: 'queued', validUntil })
    await applyOwnerBatches(job, { id: isRun(run) ? run.id : '' })
    const { rows } = await db.query(
      `SELECT DISTINCT valid_until FROM ownership WHERE org_id = $1 AND owner_key = $2 AND ended_at IS NULL`,
      [orgId, teamKey],
    )
    expect(rows).toEqual([{ valid_until: new Date(validUntil) }])
    const { items } = await listIdentityHistory(security, { id: ids[4999] ?? '' })
    expect(items).toMatchObject([{ after: { validUntil } }])

    const late = await applyOwnerChange(security, { ...order, duty: 'business' })
    if (!isRun(late)) throw new Error('it was carried out at once')
    await db.query(`UPDATE bulk_change SET input = input || '{"validUntil":"2020-01-01T00:00:00Z"}' WHERE id = $1`, [
      late.id,
    ])
    await expect(applyOwnerBatches(job, { id: late.id })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await read(late.id)).toMatchObject({ status: 'failed', done: 0, error: expect.stringContaining('past') })
  })

  it('stops between batches when asked, keeps what it did, and that can be taken back', async () => {
    const run = await beginRun()
    const release = await holdAt(2500)
    const working = applyOwnerBatches(job, { id: run.id })
    await secondBatch(run.id)
    expect(await read(run.id)).toMatchObject({ status: 'running', changed: 2000, startedAt: expect.any(String) })
    expect(await cancelOwnerChange(security, { id: run.id })).toMatchObject({ isCancelling: true })
    await expect(cancelOwnerChange(security, { id: run.id })).rejects.toMatchObject({ code: 'conflict' })
    await release()
    await working
    expect(await read(run.id)).toMatchObject({ status: 'cancelled', done: 4000, changed: 4000, can: { undo: true } })
    expect(await owned()).toEqual({ identities: 4000, ownerships: 4000, listed: 4000 })
    const undo = await restoreOwners(security, { id: run.id })
    await applyOwnerBatches(job, { id: isRun(undo) ? undo.id : '' })
    expect(await owned()).toEqual({ identities: 0, ownerships: 0, listed: 0 })
  })

  it('never begins when it is stopped in the queue', async () => {
    const run = await beginRun()
    expect(await cancelOwnerChange(security, { id: run.id })).toMatchObject({ status: 'cancelled', done: 0 })
    await applyOwnerBatches(job, { id: run.id })
    expect((await owned()).ownerships).toBe(0)
  })

  it('goes on where it was when its worker died in the middle of a batch', async () => {
    const run = await beginRun()
    const release = await holdAt(2500)
    const dying = applyOwnerBatches(job, { id: run.id }).catch((error: unknown) => error)
    await secondBatch(run.id)
    await expect
      .poll(
        async () => {
          const { rows } = await db.query(
            `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
             WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()`,
          )
          return rows.length
        },
        { timeout: 20_000 },
      )
      .toBe(1)
    expect(await dying).toBeInstanceOf(Error)
    await release()
    expect(await read(run.id)).toMatchObject({ status: 'running', done: 2000, changed: 2000 })
    await applyOwnerBatches(job, { id: run.id })
    expect(await read(run.id)).toMatchObject({ status: 'done', done: size, changed: size })
    expect(await owned()).toEqual({ identities: size, ownerships: size, listed: size })
    expect(await events()).toEqual(['identity.owner.assign.request by Sam', 'identity.owner.assign by Sam'])
  })

  it('goes no further with rights that were taken away in between, and says so', async () => {
    const run = await beginRun()
    const release = await holdAt(2500)
    const working = applyOwnerBatches(job, { id: run.id }).catch((error: unknown) => error)
    await secondBatch(run.id)
    await db.query(`UPDATE membership SET status = 'disabled' WHERE org_id = $1 AND user_id = $2`, [orgId, sam.userId])
    await release()
    expect(await working).toMatchObject({ code: 'forbidden' })
    expect(await read(run.id)).toMatchObject({ status: 'failed', changed: 4000, error: expect.stringContaining('Sam') })
    expect(await events()).toEqual(['identity.owner.assign.request by Sam', 'identity.owner.assign by test'])
  })

  it('ends as failed when every attempt did', async () => {
    const run = await beginRun()
    await giveUpOwnerChange(job, { id: run.id })
    expect(await read(run.id)).toMatchObject({ status: 'failed', error: expect.stringContaining('every attempt') })
    await giveUpOwnerChange(job, { id: run.id })
    expect(await events()).toHaveLength(2)
  })

  it('is carried out by the worker, and keeps its selection until then', async () => {
    const run = await beginRun()
    await db.query(`UPDATE selection SET expires_at = now() WHERE org_id = $1`, [orgId])
    await expireOwnership(orgId)
    const stop = await startWorker([ownerChangeJob as JobDefinition])
    await expect.poll(async () => (await read(run.id)).status, { timeout: 60_000 }).toBe('done')
    await stop()
    expect((await owned()).ownerships).toBe(size)
    await expireOwnership(orgId)
    const { rows } = await db.query(`SELECT FROM selection WHERE org_id = $1`, [orgId])
    expect(rows).toHaveLength(0)
  })

  it('is nobody else’s but an administrator’s, and refused to whoever may change none', async () => {
    const run = await beginRun()
    expect(run).toMatchObject({ isYours: true, startedBy: 'Sam', stoppedBy: null })
    const other = await makeOrganization(db, 'Third')
    const strangers = [
      { ctx: contextOf(other, await makeMember(db, other, 'admin', 'Ada')), code: 'not_found', isOfAll: true },
      { ctx: contextOf(orgId, await makeMember(db, orgId, 'security', 'Sol')), code: 'forbidden', isOfAll: false },
      { ctx: contextOf(orgId, mia), code: 'forbidden', isOfAll: false },
    ]
    for (const { ctx, code, isOfAll } of strangers) {
      await expect(getOwnerChangeRun(ctx, { id: run.id })).rejects.toMatchObject({ code })
      await expect(cancelOwnerChange(ctx, { id: run.id })).rejects.toMatchObject({ code })
      expect(await listOwnerChangeRuns(ctx)).toEqual({ items: [], isOfAll })
    }
    const auditor = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
    for (const ctx of [auditor, contextOf(orgId, mia)]) {
      await expect(beginRun(ctx)).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  it('is followed and stopped by an administrator, who cannot take it back', async () => {
    const run = await beginRun()
    const admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Ada'))
    const release = await holdAt(2500)
    const working = applyOwnerBatches(job, { id: run.id })
    await secondBatch(run.id)
    const theirs = { id: run.id, startedBy: 'Sam', isYours: false }
    expect(await listOwnerChangeRuns(admin)).toMatchObject({
      isOfAll: true,
      items: [{ ...theirs, status: 'running', done: 2000, can: { cancel: true, undo: false } }],
    })
    expect(await cancelOwnerChange(admin, { id: run.id })).toMatchObject({ isCancelling: true, stoppedBy: 'Ada' })
    await release()
    await working
    expect((await listOwnerChangeRuns(admin)).items).toMatchObject([
      { ...theirs, status: 'cancelled', stoppedBy: 'Ada', changed: 4000, can: { cancel: false, undo: false } },
    ])
    expect(await events()).toContain('identity.owner.assign.cancel by Ada')
    await expect(restoreOwners(admin, { id: run.id })).rejects.toMatchObject({ code: 'not_found' })
    await db.query(`UPDATE bulk_change SET finished_at = now() - interval '3 minutes' WHERE id = $1`, [run.id])
    expect((await listOwnerChangeRuns(admin)).items).toEqual([])
    expect((await listOwnerChangeRuns(security)).items).toMatchObject([{ id: run.id, stoppedBy: 'Ada' }])
    expect(await read(run.id)).toMatchObject({ isYours: true, can: { undo: true } })
  })
})
