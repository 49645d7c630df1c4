import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '@/lib/connections/live'
import { createConnection } from '@/lib/connections/server/create-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { makeSecret } from '@/lib/connectors/secret'
import { listNotifications } from '@/lib/notifications/server/list-notifications'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import type { OrderTarget } from '../schema'
import { applyRun } from './apply-run'
import { findReappeared } from './find-reappeared'
import { getRun } from './get-run'
import { listReappearances, settleReappearance } from './list-reappearances'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { readRevealedSecret } from './read-revealed-secret'
import { requestRevocation } from './request-revocation'
import { requestRotation } from './request-rotation'
import { restoreRun } from './update-run'

let org: TestOrganization
let system: RunningSystem
let config: Config
let db: pg.Client

beforeAll(async () => {
  org = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'postgresql')?.start()
  if (!started || 'skipped' in started) throw new Error('the embedded PostgreSQL did not start')
  system = started
  config = system.config as Config
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

afterAll(async () => {
  await db.end()
  await system.stop()
  await closePool()
})

/** From outside: a plain login. */
async function login(user: string, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port: Number(config.port), database: 'postgres', user, password })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

/** Reads the source now; by the sync that the end of a run has asked for, if there is one. */
async function syncNow(liveId: string): Promise<void> {
  const queued = async () =>
    (await db.query(`SELECT id FROM sync_run WHERE live_connection_id = $1 AND status = 'queued'`, [liveId])).rows[0]
      ?.id
  const id = (await queued()) ?? (await requestSync(org.as.admin, { id: liveId })).id
  await syncConnection(org.job, { id })
}

let connectionId: string | undefined
async function account(name: string): Promise<{ target: OrderTarget; password: string }> {
  const secret = makeSecret()
  await system.createAccount(name, secret)
  if (connectionId === undefined) {
    const made = await createConnection(org.as.admin, {
      connector: 'postgresql',
      instance: 'shop',
      name: 'Shop',
      config,
      intervalMinutes: null,
    })
    connectionId = made.id
  }
  await syncNow(connectionId)
  const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
    org.orgId,
    `role:${name}`,
  ])
  return { target: { identityId: rows[0].id, credentialId: null }, password: secret.reveal() }
}

const secretsLeft = async (runId: string) =>
  (await db.query(`SELECT count(*)::int AS n FROM lifecycle_secret WHERE run_id = $1 AND sealed IS NOT NULL`, [runId]))
    .rows[0].n

describe('a revocation', () => {
  it('is shown as cut off when a login was refused, and can be taken back', async () => {
    const { target, password } = await account('svc_leaked')
    expect(await login('svc_leaked', password)).toBe(true)
    const session = await system.openSession?.('svc_leaked', makeSecret()).catch(() => undefined)
    await session?.close()
    const preview = await previewRevocation(org.as.security, { targets: [target] })
    expect(preview.targets[0]).toMatchObject({ problems: [], proof: 'login', sessions: { count: 0 } })
    const order = await requestRevocation(org.as.security, {
      ...{
        targets: [target],
        listHash: preview.listHash,
        reason: 'In a public repository',
        isEmergency: true,
        secret: password,
      },
    })
    expect(order).toMatchObject({ state: 'released', runs: [{ state: 'queued', effect: 'none' }] })
    const id = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id })
    const run = await getRun(org.as.auditor, { id })
    expect(run).toMatchObject({ state: 'waiting', effect: 'refused', tone: 'good' })
    expect(run.headline).toMatch(/^A login was tried and refused/)
    expect(run.hops).toMatchObject([
      { hop: 'sessions', state: 'source_says_off', evidence: 'session' },
      { hop: 'source', state: 'refused', evidence: 'login' },
    ])
    expect(await login('svc_leaked', password)).toBe(false)
    const detail = await getRun(org.as.security, { id })
    expect(detail.can).toMatchObject({ restore: true, cancel: false })
    await restoreRun(org.as.security, { id, reason: 'It was the wrong one' })
    await applyRun(org.job, { id })
    expect(await getRun(org.as.security, { id })).toMatchObject({ state: 'restored', effect: 'accepted' })
    expect(await login('svc_leaked', password)).toBe(true)
    expect(await secretsLeft(id)).toBe(0)
  })

  it('says that only the source says so when nobody gave the secret', async () => {
    const { target, password } = await account('svc_unknown')
    const { listHash } = await previewRevocation(org.as.security, { targets: [target] })
    const order = await requestRevocation(org.as.security, { targets: [target], listHash, reason: 'Left' })
    const id = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id })
    const run = await getRun(org.as.security, { id })
    expect(run).toMatchObject({ state: 'waiting', effect: 'source_says_off' })
    expect(run.headline).toMatch(/^The source says that it is off; no login was tried/)
    expect(await login('svc_unknown', password)).toBe(false)
  })
})

describe('what was cut off and is there again', () => {
  it('is raised once, when the inventory has seen it off and on, until a person settles it', async () => {
    const { target } = await account('svc_zombie')
    const { listHash } = await previewRevocation(org.as.security, { targets: [target] })
    const order = await requestRevocation(org.as.security, { targets: [target], listHash, reason: 'Left' })
    const id = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id })
    const ofIt = { identity: target.identityId }
    // The inventory has not been read since: it still shows the account as it was, which is no coming back.
    expect(await findReappeared(org.job)).toBe(0)
    await syncNow(connectionId ?? '')
    expect(await findReappeared(org.job)).toBe(0)
    const server = new pg.Client({
      ...{ host: '127.0.0.1', port: Number(config.port), database: 'postgres', user: 'postgres' },
      password: 'admin-of-the-tests',
    })
    await server.connect()
    await server.query('ALTER ROLE svc_zombie LOGIN')
    await server.end()
    await syncNow(connectionId ?? '')
    expect(await findReappeared(org.job)).toBe(1)
    expect(await findReappeared(org.job)).toBe(0)
    const [item] = (await listReappearances(org.as.auditor, ofIt)).items
    expect(item).toMatchObject({ runId: id, name: 'svc_zombie', as: 'account', can: { settle: false } })
    expect(item?.says).toMatch(/switched off on your order, and is on again/)
    const told = async () => (await listNotifications(org.as.admin)).items.find(({ kind }) => kind === 'reappeared')
    expect(await told()).toMatchObject({
      subject: 'svc_zombie was cut off, and is there again',
      times: 1,
      readAt: null,
    })
    expect((await listNotifications(org.as.member)).items).toEqual([])
    const settle = { id: item?.id ?? '', reason: 'Needed for a day' }
    await expect(settleReappearance(org.as.auditor, settle)).rejects.toMatchObject({ code: 'forbidden' })
    const stranger = await testOrganization()
    await expect(settleReappearance(stranger.as.security, settle)).rejects.toMatchObject({ code: 'not_found' })
    await settleReappearance(org.as.security, settle)
    expect((await told())?.readAt).not.toBeNull()
    expect((await listReappearances(org.as.security, ofIt)).items).toEqual([])
  })

  it('says nothing of what was brought back on order', async () => {
    const { target } = await account('svc_back')
    const { listHash } = await previewRevocation(org.as.security, { targets: [target] })
    const order = await requestRevocation(org.as.security, { targets: [target], listHash, reason: 'Left' })
    const id = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id })
    await syncNow(connectionId ?? '')
    await findReappeared(org.job)
    await restoreRun(org.as.security, { id, reason: 'It was the wrong one' })
    await applyRun(org.job, { id })
    expect(await getRun(org.as.security, { id })).toMatchObject({
      state: 'restored',
      effect: 'source_says_on',
      hops: expect.arrayContaining([expect.objectContaining({ hop: 'source', state: 'source_says_on' })]),
    })
    await syncNow(connectionId ?? '')
    expect(await findReappeared(org.job)).toBe(0)
  })
})

describe('a rotation', () => {
  it('sets a new secret, tries it, shows it to one person once, and ends the old one', async () => {
    const { target, password } = await account('svc_rotated')
    const preview = await previewRotation(org.as.security, { targets: [target] })
    expect(preview.targets[0]).toMatchObject({ mode: 'window', problems: [] })
    const order = await requestRotation(org.as.security, {
      ...{ targets: [target], listHash: preview.listHash, reason: 'Due', secret: password },
      delivery: { way: 'reveal', userId: org.users.member.userId },
      ...{ overlapHours: 0, holdHours: 0 },
    })
    const id = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id })
    const waiting = await getRun(org.as.member, { id })
    expect(waiting).toMatchObject({ state: 'waiting', effect: 'refused', link: { isMine: true, openedAt: null } })
    const link = { id: waiting.link?.id ?? '' }
    await expect(readRevealedSecret(org.as.admin, link)).rejects.toMatchObject({ code: 'not_found' })
    const { secret } = await readRevealedSecret(org.as.member, link)
    await expect(readRevealedSecret(org.as.member, link)).rejects.toMatchObject({ code: 'conflict' })
    expect([await login('svc_rotated', password), await login('svc_rotated', secret)]).toEqual([false, true])
    await applyRun(org.job, { id })
    const run = await getRun(org.as.security, { id })
    expect(run).toMatchObject({ state: 'done', effect: 'refused', held: [], verifiedSeconds: expect.any(Number) })
    expect(await secretsLeft(id)).toBe(0)
  })
})
