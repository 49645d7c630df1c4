import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '@/lib/connections/live'
import { createConnection } from '@/lib/connections/server/create-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { makeSecret } from '@/lib/connectors/secret'
import { listNotifications } from '@/lib/notifications/server/list-notifications'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { makeEdge, makeResource } from '@/prisma/factories/inventory'
import { applyRun } from './apply-run'
import { approveOrder } from './approve-order'
import { expireOrders } from './expire-orders'
import { getRun } from './get-run'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { requestRevocation } from './request-revocation'
import { requestRotation } from './request-rotation'
import { cancelRun, resolveRun } from './update-run'
import { updateSettings } from './update-settings'

const names = [
  'svc_twice',
  'svc_gone',
  'svc_rights',
  'svc_score',
  'svc_lapse',
  'svc_race',
  'svc_cancel',
  'break_glass_admin',
  'svc_away',
]
let org: TestOrganization
let system: RunningSystem
let db: pg.Client
let source: pg.Client
let liveId: string
const ids: Record<string, string> = {}
const passwords: Record<string, string> = {}

beforeAll(async () => {
  org = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'postgresql')?.start()
  if (!started || 'skipped' in started) throw new Error('the embedded PostgreSQL did not start')
  system = started
  const config = system.config as Config
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  source = new pg.Client({
    host: '127.0.0.1',
    port: Number(config.port),
    database: 'postgres',
    user: 'postgres',
    password: 'admin-of-the-tests',
  })
  await source.connect()
  for (const name of names) {
    const secret = makeSecret()
    passwords[name] = secret.reveal()
    await system.createAccount(name, secret)
  }
  const made = await createConnection(org.as.admin, {
    connector: 'postgresql',
    instance: 'shop',
    name: 'Shop',
    config,
    intervalMinutes: null,
  })
  liveId = made.id
  const { id } = await requestSync(org.as.admin, { id: liveId })
  await syncConnection(org.job, { id })
  const { rows } = await db.query<{ id: string; name: string }>(`SELECT id, name FROM identity WHERE org_id = $1`, [
    org.orgId,
  ])
  for (const row of rows) ids[row.name] = row.id
}, 120_000)

afterAll(async () => {
  await source.end()
  await db.end()
  await system.stop()
  await closePool()
})

const targetOf = (name: string) => ({ identityId: ids[name] ?? '', credentialId: null })

async function revoke(name: string, more: object = {}) {
  const targets = [targetOf(name)]
  const { listHash } = await previewRevocation(org.as.security, { targets })
  return requestRevocation(org.as.security, { targets, listHash, reason: 'leaked', ...more })
}
async function rotate(name: string, more: object = {}) {
  const targets = [targetOf(name)]
  const { listHash } = await previewRotation(org.as.security, { targets })
  const delivery = { way: 'reveal' as const, userId: org.users.member.userId }
  return requestRotation(org.as.security, {
    targets,
    listHash,
    reason: 'due',
    delivery,
    overlapHours: 0,
    holdHours: 0,
    ...more,
  })
}
/** What somebody was told that leads to a page. */
const toldOf = async (ctx: Context, path: string) =>
  (await listNotifications(ctx)).items.filter((item) => item.path === path)
const runOf = ({ runs }: { runs: { id: string }[] }) => ({ id: runs[0]?.id ?? '' })

describe('the normal path refuses', () => {
  it("a connection's own account", async () => {
    await expect(revoke('bailiwick')).rejects.toMatchObject({
      code: 'precondition_failed',
      message: /itself signs in as bailiwick/,
    })
  })

  it('break-glass accounts', async () => {
    await expect(revoke('break_glass_admin')).rejects.toMatchObject({
      code: 'precondition_failed',
      message: /break-glass/,
    })
  })

  it('the last administrator of a source', async () => {
    await db.query(
      `UPDATE identity_listing SET privilege_rank = CASE WHEN identity_id = $2 THEN 4 ELSE 0 END WHERE org_id = $1`,
      [org.orgId, ids.svc_rights],
    )
    await expect(revoke('svc_rights')).rejects.toMatchObject({
      code: 'precondition_failed',
      message: /last administrator/,
    })
    await db.query(`UPDATE identity_listing SET privilege_rank = 0 WHERE org_id = $1`, [org.orgId])
  })

  it('a list that is not the one that was looked at', async () => {
    const { listHash } = await previewRevocation(org.as.security, { targets: [targetOf('svc_twice')] })
    const input = { targets: [targetOf('svc_score')], listHash, reason: 'leaked' }
    await expect(requestRevocation(org.as.security, input)).rejects.toMatchObject({ code: 'precondition_failed' })
  })
})

describe('a second person', () => {
  it('agrees to one exact list, and is neither the one who asked nor who answers for it', async () => {
    await updateSettings(org.as.admin, { secondPersonScore: 0 })
    await db.query(`UPDATE identity_listing SET score = 40 WHERE org_id = $1 AND identity_id = $2`, [
      org.orgId,
      ids.svc_score,
    ])
    const order = await revoke('svc_score')
    expect(order).toMatchObject({ state: 'waiting', runs: [{ state: 'queued', effect: 'none' }] })
    const waits = { kind: 'order_waits', subject: 'Revocation of svc_score waits for a second person', readAt: null }
    expect(await toldOf(org.as.admin, `/orders/${order.id}`)).toMatchObject([waits])
    for (const ctx of [org.as.security, org.as.auditor, org.as.member])
      expect(await toldOf(ctx, `/orders/${order.id}`)).toEqual([])
    await applyRun(org.job, runOf(order))
    expect(await getRun(org.as.auditor, runOf(order))).toMatchObject({
      state: 'queued',
      effect: 'none',
      firstActSeconds: null,
    })
    const agree = { id: order.id, listHash: order.listHash, verdict: 'approved' as const }
    await expect(approveOrder(org.as.security, agree)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(approveOrder(org.as.auditor, agree)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(approveOrder(org.as.admin, { ...agree, listHash: 'another' })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    // Something new keeps its password: more would break than was seen. A score that moves in between says nothing of the kind.
    const { rows } = await db.query<{ id: string; source_id: string }>(
      `SELECT id, source_id FROM credential WHERE org_id = $1 AND identity_id = $2`,
      [org.orgId, ids.svc_score],
    )
    const [held] = rows
    const place = { orgId: org.orgId, sourceId: held?.source_id ?? '' }
    const vault = { type: 'resource', id: await makeResource(db, place, 'vault', { kind: 'secret_store' }) }
    await makeEdge(db, place, { kind: 'stores', from: vault, to: { type: 'credential', id: held?.id ?? '' } })
    await expect(approveOrder(org.as.admin, agree)).rejects.toMatchObject({
      code: 'precondition_failed',
      message: /has changed since/,
    })
    await db.query(`DELETE FROM entitlement WHERE org_id = $1 AND from_id = $2`, [org.orgId, vault.id])
    await db.query(`UPDATE identity_listing SET score = 55 WHERE org_id = $1 AND identity_id = $2`, [
      org.orgId,
      ids.svc_score,
    ])
    expect(await approveOrder(org.as.admin, agree)).toMatchObject({ state: 'released' })
    expect(await toldOf(org.as.admin, `/orders/${order.id}`)).toMatchObject([{ readAt: expect.any(String) }])
    const agreed = { kind: 'order_decided', subject: `Revocation of svc_score: ${org.users.admin.name} agreed` }
    expect(await toldOf(org.as.security, `/orders/${order.id}`)).toMatchObject([agreed])
    await applyRun(org.job, runOf(order))
    expect(await getRun(org.as.auditor, runOf(order))).toMatchObject({ effect: 'source_says_off' })
    await updateSettings(org.as.admin, { secondPersonScore: 75 })
  })

  it('who does not come in time lets the order lapse, and the account is free again', async () => {
    await updateSettings(org.as.admin, { secondPersonScore: 0 })
    await db.query(`UPDATE identity_listing SET score = 40 WHERE org_id = $1 AND identity_id = $2`, [
      org.orgId,
      ids.svc_lapse,
    ])
    const order = await revoke('svc_lapse')
    expect(await expireOrders(org.job, new Date())).toBe(0)
    await expect(revoke('svc_lapse')).rejects.toMatchObject({ code: 'conflict' })
    expect(await expireOrders(org.job, new Date(Date.now() + 25 * 3_600_000))).toBe(1)
    expect(await getRun(org.as.auditor, runOf(order))).toMatchObject({ state: 'cancelled', effect: 'none' })
    const [told] = await toldOf(org.as.security, `/orders/${order.id}`)
    expect(told?.subject).toBe('Revocation of svc_lapse: nobody agreed in time')
    expect(await revoke('svc_lapse')).toMatchObject({ state: 'waiting' })
    await updateSettings(org.as.admin, { secondPersonScore: 75 })
  })
})

describe('what goes wrong at the source', () => {
  it('two people who rotate the same account: the second is told', async () => {
    const first = await rotate('svc_twice')
    await expect(rotate('svc_twice')).rejects.toMatchObject({ code: 'conflict', message: /under way/ })
    await cancelRun(org.as.security, { ...runOf(first), reason: 'not now' })
    await applyRun(org.job, runOf(first))
    expect(await getRun(org.as.security, runOf(first))).toMatchObject({
      state: 'cancelled',
      headline: 'Cancelled before anything was done.',
    })
  })

  it('an account that was deleted at the source meanwhile is already absent', async () => {
    const order = await revoke('svc_gone', { restoreHours: 0 })
    await source.query('DROP ROLE svc_gone')
    await applyRun(org.job, runOf(order))
    const run = await getRun(org.as.security, runOf(order))
    expect(run).toMatchObject({ state: 'done', effect: 'absent' })
    expect(run.hops.find(({ hop }) => hop === 'source')).toMatchObject({ state: 'already_absent', evidence: 'source' })
  })

  it('a connection whose rights were taken half way: a person is asked, and access is not called ended', async () => {
    const order = await revoke('svc_rights')
    await source.query('REVOKE svc_rights FROM bailiwick')
    await applyRun(org.job, runOf(order))
    const parked = await getRun(org.as.security, runOf(order))
    expect(parked).toMatchObject({
      state: 'parked',
      effect: 'none',
      needs: { why: 'refused', step: 'cut' },
      can: { resolve: true },
    })
    const [told] = await toldOf(org.as.security, `/runs/${runOf(order).id}`)
    expect(told).toMatchObject({
      kind: 'run_needs_person',
      subject: 'The revocation of svc_rights needs a person',
      readAt: null,
    })
    expect(told?.facts[0]).toMatchObject({ label: 'What happened', value: parked.needs?.says })
    expect(await toldOf(org.as.admin, `/runs/${runOf(order).id}`)).toEqual([])
    await source.query('GRANT svc_rights TO bailiwick WITH ADMIN OPTION, INHERIT FALSE, SET FALSE')
    await resolveRun(org.as.security, { ...runOf(order), choice: 'retry', reason: 'the right is back' })
    expect((await toldOf(org.as.security, `/runs/${runOf(order).id}`))[0]?.readAt).not.toBeNull()
    await applyRun(org.job, runOf(order))
    expect(await getRun(org.as.security, runOf(order))).toMatchObject({ effect: 'source_says_off' })
  })

  it('a revocation comes before a rotation that is under way, and nothing is resurrected', async () => {
    const rotation = await rotate('svc_race', { secret: passwords.svc_race })
    await applyRun(org.job, runOf(rotation))
    expect(await getRun(org.as.security, runOf(rotation))).toMatchObject({ state: 'waiting', link: { openedAt: null } })
    const revocation = await revoke('svc_race')
    await applyRun(org.job, runOf(revocation))
    await applyRun(org.job, runOf(rotation))
    await applyRun(org.job, runOf(revocation))
    expect(await getRun(org.as.security, runOf(rotation))).toMatchObject({ state: 'overruled', held: [] })
    const run = await getRun(org.as.security, runOf(revocation))
    expect(run.steps.map(({ step }) => step)).toContain('cut_again')
    expect(run.effect).toBe('source_says_off')
    const { rows } = await source.query(`SELECT rolcanlogin FROM pg_roles WHERE rolname = 'svc_race'`)
    expect(rows).toEqual([{ rolcanlogin: false }])
    await expect(rotate('svc_race')).rejects.toMatchObject({ code: 'precondition_failed', message: /being revoked/ })
  })

  it('a source that is away: the run waits, says so, and goes on when it is back', async () => {
    await db.query(
      `UPDATE live_connection SET config = jsonb_set(config, '{port}', '9') WHERE org_id = $1 AND id = $2`,
      [org.orgId, liveId],
    )
    const targets = [targetOf('svc_away')]
    const { listHash, targets: seen } = await previewRevocation(org.as.security, { targets })
    expect(seen[0]).toMatchObject({ sessions: null, sessionsSay: expect.stringMatching(/did not say/) })
    const order = await requestRevocation(org.as.security, { targets, listHash, reason: 'leaked', isEmergency: true })
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 2500)
    await applyRun(org.job, runOf(order), stop.signal)
    const away = await getRun(org.as.security, runOf(order))
    expect(away.effect).toBe('none')
    expect(away.steps[0]).toMatchObject({ step: 'cut', state: 'failed' })
    expect(away.steps[0]?.attempts.length).toBeGreaterThan(1)
    const port = Number((system.config as Config).port)
    await db.query(
      `UPDATE live_connection SET config = jsonb_set(config, '{port}', $3) WHERE org_id = $1 AND id = $2`,
      [org.orgId, liveId, String(port)],
    )
    for (let tries = 0; tries < 20; tries += 1) {
      await applyRun(org.job, runOf(order))
      if ((await getRun(org.as.security, runOf(order))).effect === 'source_says_off') break
    }
    expect(await getRun(org.as.security, runOf(order))).toMatchObject({ effect: 'source_says_off', isEmergency: true })
  }, 60_000)
})

it('keeps no secret in its tables, events or audit trail', async () => {
  for (const secret of Object.values(passwords)) {
    const { rows } = await db.query(
      `SELECT count(*)::int AS n FROM (SELECT r::text AS t FROM lifecycle_run r UNION ALL SELECT e::text FROM lifecycle_event e UNION ALL SELECT s::text FROM lifecycle_step s
         UNION ALL SELECT o::text FROM lifecycle_order o UNION ALL SELECT a::text FROM audit_event a UNION ALL SELECT k::text FROM lifecycle_secret k) x WHERE position($1 in t) > 0`,
      [secret],
    )
    expect(rows[0].n).toBe(0)
  }
})
