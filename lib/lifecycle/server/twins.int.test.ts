import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import { PolicyRules } from '../policies'
import { applyRun } from './apply-run'
import { createPolicy } from './create-policy'
import { getRun } from './get-run'
import { getRunUse } from './get-run-use'
import { getTwin } from './get-twin'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { previewTwin } from './preview-twin'
import { readRevealedSecret } from './read-revealed-secret'
import { refreshDue } from './refresh-due'
import { requestDueRotations } from './request-due-rotations'
import { requestRevocation } from './request-revocation'
import { requestRotation } from './request-rotation'
import { deleteTwin, setTwin } from './set-twin'
import { cancelRun } from './update-run'

let org: TestOrganization
let shop: ShopAccounts
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'twins-'))
  org = await testOrganization()
  Object.assign(env(), { DELIVERY_FOLDERS: [folder], OUTBOUND_LOOPBACK: true })
  shop = await startShopAccounts(org, ['app_a', 'app_b', 'app_c', 'due_a', 'due_b', 'cut_a', 'cut_b'])
}, 120_000)
afterAll(async () => {
  await shop.stop()
  await closePool()
  await rm(folder, { recursive: true })
})

const idOf = (name: string) => shop.ids.get(name) ?? ''
const onServer = (statement: string) => shop.onServer(statement)

async function sync(): Promise<void> {
  const { rows } = await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1`, [org.orgId])
  // A run that ended has asked for one by itself.
  const queued = await shop.db.query(`SELECT id FROM sync_run WHERE live_connection_id = $1 AND status = 'queued'`, [
    rows[0].id,
  ])
  const id = queued.rows[0]?.id ?? (await requestSync(org.as.admin, { id: rows[0].id })).id
  await syncConnection(org.job, { id })
}

const pairOf = (first: string, second: string) => ({ identityId: idOf(first), twinId: idOf(second) })

async function rotate(name: string, more: Partial<Parameters<typeof requestRotation>[1]> = {}): Promise<string> {
  const targets = [{ identityId: idOf(name), credentialId: null }]
  const { listHash } = await previewRotation(org.as.security, { targets })
  const order = await requestRotation(org.as.security, {
    ...{ targets, listHash, reason: 'Due', overlapHours: 0, holdHours: 0 },
    delivery: { way: 'file', path: path.join(folder, '{identity}-{id}') },
    ...more,
  })
  return order.runs[0]?.id ?? ''
}

const placeOf = (first: string) => path.join(folder, `${first}-${idOf(first)}`)
const heldAt = async (first: string) => JSON.parse(await readFile(placeOf(first), 'utf8'))
const limitOf = async (name: string) => {
  const client = await asServer()
  const found = await client.query(
    'SELECT rolcanlogin AS login, rolconnlimit AS most FROM pg_roles WHERE rolname = $1',
    [name],
  )
  await client.end()
  return found.rows[0]
}
async function asServer(): Promise<pg.Client> {
  const { rows } = await shop.db.query(`SELECT config FROM live_connection WHERE org_id = $1`, [org.orgId])
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port: Number(rows[0].config.port), database: 'postgres' },
    ...{ user: 'postgres', password: 'admin-of-the-tests' },
  })
  await client.connect()
  return client
}

/** A session that stays open, as a service keeps one. */
async function openSession(user: string, password: string): Promise<pg.Client> {
  const { rows } = await shop.db.query(`SELECT config FROM live_connection WHERE org_id = $1`, [org.orgId])
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port: Number(rows[0].config.port), database: 'postgres', user, password },
    application_name: `orders of ${user}`,
  })
  client.on('error', () => {})
  await client.connect()
  return client
}

describe('making two accounts twins', () => {
  it('is refused while they are granted differently, and shows what', async () => {
    await onServer('CREATE ROLE app_readers NOLOGIN; GRANT app_readers TO app_a; ALTER ROLE app_b CONNECTION LIMIT 7')
    await sync()
    const preview = await previewTwin(org.as.security, pairOf('app_a', 'app_b'))
    expect(preview).toMatchObject({
      problems: ['They are not granted the same.'],
      differences: ['Only app_a has: membership of app_readers. app_b does not.'],
      can: { set: true },
    })
    const set = { ...pairOf('app_a', 'app_b'), inUseId: idOf('app_a'), reason: 'One program' }
    await expect(setTwin(org.as.security, set)).rejects.toMatchObject({ code: 'precondition_failed' })
    await onServer('GRANT app_readers TO app_b')
    await sync()
    expect(await previewTwin(org.as.security, pairOf('app_a', 'app_b'))).toMatchObject({
      problems: [],
      differences: [],
    })
  })

  it('is for those who may rotate both, of one connection, and never the connection’s own account', async () => {
    const set = { ...pairOf('app_a', 'app_b'), inUseId: idOf('app_a'), reason: 'One program' }
    await expect(setTwin(org.as.auditor, set)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(setTwin(org.as.member, set)).rejects.toMatchObject({ code: 'forbidden' })
    const stranger = await testOrganization()
    await expect(setTwin(stranger.as.security, set)).rejects.toMatchObject({ code: 'not_found' })
    const { rows } = await shop.db.query(
      `SELECT id FROM identity WHERE org_id = $1 AND external_id = 'role:bailiwick'`,
      [org.orgId],
    )
    const own = await previewTwin(org.as.security, { identityId: idOf('app_a'), twinId: rows[0].id })
    expect(own.problems.join(' ')).toContain('itself signs in as bailiwick')
    const made = await setTwin(org.as.security, set)
    expect(made.pair?.sides).toMatchObject([
      { name: 'app_a', isInUse: true },
      { name: 'app_b', isInUse: false },
    ])
    const third = { ...pairOf('app_c', 'app_b'), inUseId: idOf('app_c'), reason: 'Another program' }
    await expect(setTwin(org.as.security, third)).rejects.toMatchObject({ code: 'precondition_failed' })
    const audit = await shop.db.query(
      `SELECT action FROM audit_event WHERE org_id = $1 AND action = 'lifecycle.twin.set'`,
      [org.orgId],
    )
    expect(audit.rows).toHaveLength(1)
  })
})

describe('a rotation of two accounts in turn', () => {
  it('has both work, shows who uses which, and then refuses the former', async () => {
    const old = shop.passwords.get('app_a') ?? ''
    const targets = [{ identityId: idOf('app_a'), credentialId: null }]
    expect((await previewRotation(org.as.security, { targets })).targets[0]).toMatchObject({
      ...{ mode: 'overlap', problems: [], canRestore: true, twin: { name: 'app_b', isInUse: false } },
    })
    // The idle one is rotated with the one in use, not by itself.
    const idle = [{ identityId: idOf('app_b'), credentialId: null }]
    expect((await previewRotation(org.as.security, { targets: idle })).targets[0]?.problems).toMatchObject([
      { kind: 'cannot', says: expect.stringContaining('is the idle twin of app_a') },
    ])
    const id = await rotate('app_a', { overlapHours: 1, holdHours: 1, secret: old })
    await applyRun(org.job, { id })
    expect(await getRun(org.as.security, { id })).toMatchObject({
      state: 'waiting',
      effect: 'accepted',
      overlaps: true,
    })
    const { account, secret } = await heldAt('app_a')
    expect(account).toBe('app_b')
    expect([await shop.login('app_a', old), await shop.login('app_b', secret)]).toEqual([true, true])
    // What the idle one signed in with before is dead.
    expect(await shop.login('app_b', shop.passwords.get('app_b') ?? '')).toBe(false)
    const sessions = [await openSession('app_a', old), await openSession('app_b', secret)]
    const use = await getRunUse(org.as.security, { id })
    expect(use.sides).toMatchObject([
      {
        side: 'old',
        account: 'app_a',
        sessions: { count: 1, shown: [{ program: 'orders of app_a' }] },
        lastUse: 'known',
      },
      {
        side: 'new',
        account: 'app_b',
        sessions: { count: 1, shown: [{ program: 'orders of app_b' }] },
        lastUse: 'known',
      },
    ])
    for (const session of sessions) await session.end()
    // Asked again within ten seconds, the source is left alone.
    expect(await getRunUse(org.as.auditor, { id })).toEqual(use)
    await shop.db.query(
      `UPDATE lifecycle_step SET intended_at = intended_at - interval '2 hours', ended_at = ended_at - interval '2 hours' WHERE run_id = $1`,
      [id],
    )
    await applyRun(org.job, { id })
    const run = await getRun(org.as.security, { id })
    expect(run).toMatchObject({ state: 'waiting', effect: 'refused', overlaps: false })
    expect([await shop.login('app_a', old), await shop.login('app_b', secret)]).toEqual([false, true])
    expect((await getTwin(org.as.auditor, { id: idOf('app_a') })).pair?.sides).toMatchObject([
      { name: 'app_a', isInUse: false },
      { name: 'app_b', isInUse: true },
    ])
    // Within its time the former one comes back, and the new secret opens nothing.
    await cancelRun(org.as.security, { id, reason: 'The program cannot read it' })
    await applyRun(org.job, { id })
    expect(await getRun(org.as.security, { id })).toMatchObject({ state: 'rolled_back', effect: 'accepted' })
    expect([await shop.login('app_a', old), await shop.login('app_b', secret)]).toEqual([true, false])
    expect((await getTwin(org.as.auditor, { id: idOf('app_a') })).pair?.sides).toMatchObject([
      { name: 'app_a', isInUse: true },
      { name: 'app_b', isInUse: false },
    ])
    expect(await limitOf('app_b')).toEqual({ login: false, most: 0 })
  })

  it('goes back and forth in one place, by one person’s link too, and gives each its limit again', async () => {
    await sync()
    const first = await rotate('app_a')
    await applyRun(org.job, { id: first })
    expect(await getRun(org.as.security, { id: first })).toMatchObject({ state: 'done', effect: 'source_says_off' })
    const there = await heldAt('app_a')
    expect(there.account).toBe('app_b')
    expect(await limitOf('app_b')).toEqual({ login: true, most: 7 })
    expect([
      await shop.login('app_b', there.secret),
      await shop.login('app_a', shop.passwords.get('app_a') ?? ''),
    ]).toEqual([true, false])
    const second = await rotate('app_b', {
      delivery: { way: 'reveal', userId: org.users.member.userId },
      secret: there.secret,
    })
    await applyRun(org.job, { id: second })
    const link = (await getRun(org.as.member, { id: second })).link?.id ?? ''
    const shown = await readRevealedSecret(org.as.member, { id: link })
    expect(shown.identity).toBe('app_a')
    await applyRun(org.job, { id: second })
    expect(await getRun(org.as.security, { id: second })).toMatchObject({ state: 'done', effect: 'refused' })
    expect([await shop.login('app_a', shown.secret), await shop.login('app_b', there.secret)]).toEqual([true, false])
    expect(await limitOf('app_a')).toEqual({ login: true, most: -1 })
    // Only what switches the idle one on is kept, and it opens nothing.
    const { rows } = await shop.db.query(
      `SELECT run_id AS run, purpose FROM lifecycle_secret WHERE org_id = $1 AND sealed IS NOT NULL`,
      [org.orgId],
    )
    expect(rows).toEqual([{ run: second, purpose: 'disabled' }])
  })

  it('is begun by a policy, for the one in use alone', async () => {
    await setTwin(org.as.security, { ...pairOf('due_a', 'due_b'), inUseId: idOf('due_b'), reason: 'One program' })
    await shop.db.query(
      `UPDATE credential SET issued_at = NULL, rotated_at = NULL, first_seen_at = now() - interval '200 days' WHERE org_id = $1`,
      [org.orgId],
    )
    const rules = PolicyRules.parse({
      ...{
        intervalDays: 90,
        maxAgeDays: 120,
        overlapHours: 0,
        quietHours: 0,
        holdHours: 0,
        atOnce: 5,
        isAutomatic: true,
      },
      delivery: { way: 'reveal', userId: org.users.member.userId },
    })
    await createPolicy(org.as.security, { name: 'In turn', filter: { q: 'due_' }, rules, isActive: true })
    await refreshDue(org.job)
    expect(await requestDueRotations(org.job, new Date())).toBe(1)
    const { rows } = await shop.db.query(
      `SELECT id, identity_name AS name FROM lifecycle_run WHERE org_id = $1 ORDER BY id DESC LIMIT 1`,
      [org.orgId],
    )
    expect(rows[0].name).toBe('due_b')
    // Where only one works at a time this would wait for a person to begin it.
    const { id } = rows[0]
    await applyRun(org.job, { id })
    const shown = await readRevealedSecret(org.as.member, { id: (await getRun(org.as.member, { id })).link?.id ?? '' })
    await applyRun(org.job, { id })
    expect(await getRun(org.as.security, { id })).toMatchObject({ state: 'done' })
    expect([
      await shop.login('due_a', shown.secret),
      await shop.login('due_b', shop.passwords.get('due_b') ?? ''),
    ]).toEqual([true, false])
    await refreshDue(org.job)
    const due = await shop.db.query(
      `SELECT i.name, d.since_kind AS since FROM rotation_due d JOIN identity i ON i.id = d.identity_id WHERE d.org_id = $1 AND i.name LIKE 'due_%'`,
      [org.orgId],
    )
    expect(due.rows).toEqual([{ name: 'due_a', since: 'here' }])
  })

  it('gives way to a revocation of either of the two, and leaves no new secret that nobody has', async () => {
    await setTwin(org.as.security, { ...pairOf('cut_a', 'cut_b'), inUseId: idOf('cut_a'), reason: 'One program' })
    const rotation = await rotate('cut_a', { delivery: { way: 'reveal', userId: org.users.member.userId } })
    await applyRun(org.job, { id: rotation })
    expect(await limitOf('cut_b')).toMatchObject({ login: true })
    const targets = [{ identityId: idOf('cut_b'), credentialId: null }]
    const { listHash } = await previewRevocation(org.as.security, { targets })
    const order = await requestRevocation(org.as.security, { targets, listHash, reason: 'It leaked' })
    await applyRun(org.job, { id: rotation })
    expect(await getRun(org.as.security, { id: rotation })).toMatchObject({ state: 'overruled' })
    await applyRun(org.job, { id: order.runs[0]?.id ?? '' })
    expect(await limitOf('cut_b')).toEqual({ login: false, most: 0 })
    expect(await shop.login('cut_a', shop.passwords.get('cut_a') ?? '')).toBe(true)
  })

  it('waits for nobody when the pair is ended, and is not ended under way', async () => {
    await deleteTwin(org.as.security, { id: idOf('cut_a') })
    expect(await getTwin(org.as.security, { id: idOf('cut_a') })).toMatchObject({ pair: null, isOfUse: true })
    const open = await rotate('app_a', { overlapHours: 1 })
    await expect(deleteTwin(org.as.security, { id: idOf('app_b') })).rejects.toMatchObject({ code: 'conflict' })
    await cancelRun(org.as.security, { id: open, reason: 'Not now' })
    await applyRun(org.job, { id: open })
    await deleteTwin(org.as.security, { id: idOf('app_b') })
  })
})
