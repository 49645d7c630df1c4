import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getIdentity } from '@/lib/identities/server/get-identity'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import type { Config, Connection } from '../live'
import { applyNow } from './apply-import'
import { cancelSync } from './cancel-sync'
import { createConnection } from './create-connection'
import { deleteConnection } from './delete-connection'
import { getConnection } from './get-connection'
import { getSync } from './get-sync'
import { listConnections } from './list-connections'
import { listImports } from './list-imports'
import { listSyncs } from './list-syncs'
import { listSystems } from './list-systems'
import { requestApply } from './request-apply'
import { requestDueSyncs } from './request-due-syncs'
import { requestSync } from './request-sync'
import { syncConnection } from './sync-connection'
import { updateConnection } from './update-connection'
import { verifyConnection, verifyNewConnection } from './verify-connection'

/** Fifteen accounts in all: one gone is few, four are too many to go by themselves. */
const accounts = Array.from({ length: 12 }, (_, no) => `service_${no}`)

let org: TestOrganization
let other: TestOrganization
let system: RunningSystem
let config: Config
let admin: pg.Client
let db: pg.Client
let made: Connection

beforeAll(async () => {
  org = await testOrganization()
  other = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'postgresql')?.start()
  if (!started || 'skipped' in started) throw new Error('the embedded PostgreSQL did not start')
  system = started
  config = system.config as Config
  admin = new pg.Client({
    ...{ host: '127.0.0.1', port: Number(config.port), database: 'postgres' },
    ...{ user: 'postgres', password: 'admin-of-the-tests' },
  })
  await admin.connect()
  for (const name of accounts) await admin.query(`CREATE ROLE ${name} LOGIN`)
  await admin.query(`CREATE DATABASE apart`)
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

afterAll(async () => {
  await admin.end()
  await db.end()
  await system.stop()
  await closePool()
})

const password = () => String(config.password)

/** Asks for a sync and does the worker's part. */
async function sync(ctx: Context = org.as.security) {
  const { id } = await requestSync(ctx, { id: made.id })
  await syncConnection(org.job, { id })
  return getSync(org.as.auditor, { id })
}

async function statusOf(name: string): Promise<string | undefined> {
  const { rows } = await db.query(`SELECT status FROM identity WHERE org_id = $1 AND external_id = $2`, [
    org.orgId,
    `role:${name}`,
  ])
  return rows[0]?.status
}

/** Tables of a database, and who owns or may use them, that are not gone. */
async function heldIn(database: string): Promise<{ tables: number; grants: number }> {
  const { rows } = await db.query(
    `SELECT (SELECT count(*)::int FROM resource WHERE org_id = $1 AND deleted_at IS NULL AND starts_with(external_id, $2)) AS tables,
       (SELECT count(*)::int FROM entitlement WHERE org_id = $1 AND deleted_at IS NULL AND starts_with(to_ref, $2)) AS grants`,
    [org.orgId, `table:${database}.`],
  )
  return rows[0]
}

async function goneCount(): Promise<number> {
  const { rows } = await db.query(
    `SELECT count(*)::int AS n FROM identity WHERE org_id = $1 AND deleted_at IS NOT NULL`,
    [org.orgId],
  )
  return rows[0].n
}

describe('a connection', () => {
  it('is tried before it is stored, and says what it may do', async () => {
    const result = await verifyNewConnection(org.as.security, { connector: 'postgresql', config })
    expect(result).toMatchObject({ ok: true, rights: { account: 'bailiwick' }, problem: null })
    expect(result.selfIds).toContain('role:bailiwick')
    const refused = await verifyNewConnection(org.as.security, {
      connector: 'postgresql',
      config: { ...config, password: 'not-the-password' },
    })
    expect(refused).toMatchObject({ ok: false, rights: null, problem: { code: 'login_refused' } })
  })

  it('names the fields that are wrong, and not what was in them', async () => {
    const { password: _left, ...without } = config
    const create = (given: Config) =>
      createConnection(org.as.admin, { connector: 'postgresql', instance: 'orders', name: 'Orders', config: given })
    await expect(create(without)).rejects.toMatchObject({ fields: { 'config.password': 'is needed' } })
    await expect(create({ ...config, passwort: 'x' })).rejects.toMatchObject({
      fields: { 'config.passwort': 'is no field of this system' },
    })
    await expect(create({ ...config, port: 'hunter2' })).rejects.not.toThrow(/hunter2/)
  })

  it('is stored without giving its secret away', async () => {
    made = await createConnection(org.as.security, {
      ...{ connector: 'postgresql', instance: 'orders', name: 'Orders', config },
      ...{ environment: 'staging', ownerKey: `user:${org.users.admin.userId}` },
    })
    expect(made).toMatchObject({
      status: 'active',
      secretFields: ['password'],
      owner: { label: org.users.admin.name },
      asOf: null,
      lastRun: null,
    })
    expect(JSON.stringify(made)).not.toContain(password())
    await expect(
      createConnection(org.as.admin, { connector: 'postgresql', instance: 'Orders', name: 'Again', config }),
    ).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is for those who may', async () => {
    for (const role of ['reviewer', 'auditor', 'member'] as const)
      await expect(
        createConnection(org.as[role], { connector: 'postgresql', instance: 'x', name: 'X', config }),
        role,
      ).rejects.toMatchObject({ code: 'forbidden' })
    expect((await listConnections(org.as.auditor)).items).toHaveLength(1)
    await expect(listConnections(org.as.member)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listSystems(org.as.member)).rejects.toMatchObject({ code: 'forbidden' })
    for (const act of [getConnection, requestSync, verifyConnection])
      await expect(act(other.as.admin, { id: made.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keeps its secret when another thing changes, and asks for it when it would be sent elsewhere', async () => {
    const renamed = await updateConnection(org.as.security, { id: made.id, name: 'Orders of the shop' })
    expect(renamed.name).toBe('Orders of the shop')
    await expect(
      updateConnection(org.as.security, { id: made.id, config: { host: 'db.attacker.example' } }),
    ).rejects.toMatchObject({ fields: { 'config.password': expect.stringMatching(/again/) } })
    await expect(verifyConnection(org.as.security, { id: made.id, config: { port: 6000 } })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    expect(await verifyConnection(org.as.security, { id: made.id })).toMatchObject({ ok: true })
    expect((await getConnection(org.as.admin, { id: made.id })).rights).toMatchObject({ account: 'bailiwick' })
  })
})

describe('a sync', () => {
  it('brings the inventory in, with what may be done to each identity', async () => {
    const run = await sync()
    expect(run).toMatchObject({ status: 'applied', error: null, isPartial: false, progress: null })
    expect(run.changes.identity?.new).toBeGreaterThanOrEqual(accounts.length)
    expect(await statusOf('service_0')).toBe('active')
    const shown = await getConnection(org.as.reviewer, { id: made.id })
    expect(shown.asOf).toBe(run.startedAt)
    expect(shown.nextSyncAt).not.toBeNull()
    const { rows } = await db.query(`SELECT * FROM live_right WHERE org_id = $1`, [org.orgId])
    expect(rows.length).toBeGreaterThanOrEqual(accounts.length)
    const { rows: ids } = await db.query(`SELECT id, name FROM identity WHERE org_id = $1 AND name = ANY ($2)`, [
      org.orgId,
      ['bailiwick', 'service_0'],
    ])
    for (const { id, name } of ids)
      expect((await getIdentity(org.as.reviewer, { id })).liveRights).toMatchObject([
        {
          connectionName: 'Orders of the shop',
          see: 'yes',
          ...(name === 'bailiwick' ? { rotate: 'no', revoke: 'no' } : {}),
        },
      ])
    // Runs of connections have a history of their own.
    expect((await listImports(org.as.admin, { limit: 10 })).items).toEqual([])
  })

  it('changes nothing when nothing has changed', async () => {
    const run = await sync()
    expect(run.status).toBe('applied')
    for (const [kind, { new: added, changed, gone, samples }] of Object.entries(run.changes)) {
      expect([kind, added, gone]).toEqual([kind, 0, 0])
      // But for those who are signed in meanwhile: their last use is now.
      expect(samples.changed.filter((name) => !['bailiwick', 'postgres'].includes(name))).toEqual([])
      expect(changed).toBe(samples.changed.length)
    }
  })

  it('runs one at a time, and can be cancelled before it begins', async () => {
    const { id } = await requestSync(org.as.admin, { id: made.id })
    await expect(requestSync(org.as.admin, { id: made.id })).rejects.toMatchObject({ code: 'conflict' })
    await expect(cancelSync(org.as.auditor, { id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(cancelSync(other.as.admin, { id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await cancelSync(org.as.admin, { id })).toMatchObject({ status: 'cancelled' })
    await syncConnection(org.job, { id })
    expect(await getSync(org.as.admin, { id })).toMatchObject({ status: 'cancelled' })
    await expect(cancelSync(org.as.admin, { id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is cancelled while it reads, though the source does not answer', async () => {
    await admin.query('BEGIN; LOCK TABLE pg_auth_members IN ACCESS EXCLUSIVE MODE')
    const { id } = await requestSync(org.as.admin, { id: made.id })
    const work = syncConnection(org.job, { id })
    await expect.poll(async () => (await getSync(org.as.admin, { id })).status, { timeout: 10_000 }).toBe('reading')
    expect(await cancelSync(org.as.admin, { id })).toMatchObject({ isCancelling: true })
    await work
    await admin.query('ROLLBACK')
    expect(await getSync(org.as.admin, { id })).toMatchObject({ status: 'cancelled', changes: {} })
  })

  it('marks gone what is gone', async () => {
    await admin.query(`DROP ROLE service_11`)
    const run = await sync()
    expect(run).toMatchObject({ status: 'applied', isPartial: false })
    expect(run.changes.identity).toMatchObject({ gone: 1 })
    expect(await goneCount()).toBe(1)
  })

  it('marks nothing gone where it may not look, says so, and goes on with the rest', async () => {
    const inside = new pg.Client({
      ...{ host: '127.0.0.1', port: Number(config.port), database: 'apart' },
      ...{ user: 'postgres', password: 'admin-of-the-tests' },
    })
    await inside.connect()
    await inside.query(`CREATE TABLE ledger (id int); GRANT SELECT ON ledger TO service_9`)
    await sync()
    expect(await heldIn('apart')).toMatchObject({ tables: 1, grants: 2 })
    await admin.query(`REVOKE CONNECT ON DATABASE apart FROM PUBLIC`)
    await admin.query(`DROP ROLE service_10`)
    const run = await sync()
    expect(run).toMatchObject({ status: 'applied', isPartial: false })
    expect(run.skipped).toEqual([{ scope: 'database apart', reason: expect.stringMatching(/GRANT CONNECT/) }])
    expect(run.changes.identity).toMatchObject({ gone: 1 })
    expect(run.changes.resource?.gone ?? 0).toBe(0)
    expect(await heldIn('apart')).toMatchObject({ tables: 1, grants: 2 })
    expect(await goneCount()).toBe(2)
    // Looked into again, what is no longer there goes.
    await inside.query(`DROP TABLE ledger`)
    await inside.end()
    await admin.query(`GRANT CONNECT ON DATABASE apart TO PUBLIC`)
    expect((await sync()).skipped).toEqual([])
    expect(await heldIn('apart')).toMatchObject({ tables: 0, grants: 0 })
  })

  it('reads the databases that its settings name, without asking for the secret again', async () => {
    await updateConnection(org.as.admin, { id: made.id, config: { databases: 'postgres, nowhere' } })
    const run = await sync()
    expect(run).toMatchObject({ status: 'applied', isPartial: false })
    expect(run.skipped).toEqual([
      { scope: 'database apart', reason: expect.stringMatching(/left out by/) },
      { scope: 'database nowhere', reason: expect.stringMatching(/no such database/) },
    ])
    await updateConnection(org.as.admin, { id: made.id, config: { databases: '' } })
    expect((await sync()).skipped).toEqual([])
  })

  it('marks nothing gone after a read in part', async () => {
    await admin.query(`ALTER DATABASE apart CONNECTION LIMIT 0`)
    await admin.query(`DROP ROLE service_9`)
    const run = await sync()
    expect(run).toMatchObject({ status: 'applied', isPartial: true, error: expect.stringMatching(/no login now/) })
    expect(await goneCount()).toBe(2)
    await admin.query(`ALTER DATABASE apart CONNECTION LIMIT -1`)
    expect((await sync()).changes.identity).toMatchObject({ gone: 1 })
    expect(await goneCount()).toBe(3)
  })

  it('waits for a person when more than a fifth would be gone', async () => {
    for (const name of accounts.slice(0, 6)) await admin.query(`DROP ROLE ${name}`)
    const held = await sync()
    expect(held).toMatchObject({ status: 'previewed', finishedAt: null })
    expect(held.changes.identity?.gone).toBe(6)
    expect(await goneCount()).toBe(3)
    await expect(requestApply(org.as.admin, { id: held.id })).rejects.toMatchObject({ code: 'precondition_failed' })
    // A later one takes its place, and waits as well.
    const later = await sync()
    expect(await getSync(org.as.admin, { id: held.id })).toMatchObject({ status: 'discarded' })
    await applyNow(org.as.admin, { id: later.id, acceptVanished: true })
    expect(await goneCount()).toBe(9)
    expect(await getSync(org.as.admin, { id: later.id })).toMatchObject({ status: 'applied' })
  })

  it('fails with the reason when the password is wrong, and touches nothing', async () => {
    await updateConnection(org.as.admin, { id: made.id, config: { password: 'outdated-password' } })
    const run = await sync()
    expect(run).toMatchObject({ status: 'failed' })
    expect(run.error).not.toContain('outdated-password')
    expect(await goneCount()).toBe(9)
    await updateConnection(org.as.admin, { id: made.id, config: { password: password() } })
  })

  it('comes by itself when it is due, and not while paused', async () => {
    await updateConnection(org.as.admin, { id: made.id, intervalMinutes: 5 })
    expect(await requestDueSyncs(org.job, new Date())).toBe(1)
    expect(await requestDueSyncs(org.job, new Date())).toBe(0)
    const [run] = (await listSyncs(org.as.auditor, { id: made.id, limit: 1 })).items
    expect(run).toMatchObject({ status: 'queued', startedBy: 'the schedule' })
    await cancelSync(org.as.admin, { id: run?.id ?? '' })
    await updateConnection(org.as.admin, { id: made.id, status: 'paused' })
    expect(await requestDueSyncs(org.job, new Date(Date.now() + 3_600_000))).toBe(0)
  })
})

describe('the secrets', () => {
  it('stand nowhere in the database, in the queue or in the audit trail', async () => {
    const { rows: tables } = await db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')`,
    )
    expect(tables.length).toBeGreaterThan(20)
    for (const { name } of tables) {
      const { rows } = await db.query(
        `SELECT count(*)::int AS n FROM ${name} t WHERE t::text LIKE ANY ($1) OR t::text LIKE ANY ($2)`,
        [
          [`%${password()}%`, '%outdated-password%', '%not-the-password%'],
          [`%${Buffer.from(password()).toString('hex')}%`],
        ],
      )
      expect([name, rows[0].n]).toEqual([name, 0])
    }
  })
})

describe('removing a connection', () => {
  it('destroys its secrets, keeps its history, and does with its records as told', async () => {
    const { id } = await requestSync(org.as.admin, { id: made.id })
    await expect(deleteConnection(org.as.admin, { id: made.id, records: 'keep' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await cancelSync(org.as.admin, { id })
    await expect(deleteConnection(org.as.auditor, { id: made.id, records: 'keep' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await deleteConnection(org.as.admin, { id: made.id, records: 'mark_gone' })
    await expect(getConnection(org.as.admin, { id: made.id })).rejects.toMatchObject({ code: 'not_found' })
    const { rows } = await db.query(`SELECT secrets, config FROM live_connection WHERE id = $1`, [made.id])
    expect(rows).toEqual([{ secrets: null, config: {} }])
    const { rows: left } = await db.query(
      `SELECT count(*)::int AS n FROM identity WHERE org_id = $1 AND deleted_at IS NULL AND external_id LIKE 'role:%'`,
      [org.orgId],
    )
    expect(left[0].n).toBe(0)
  })
})
