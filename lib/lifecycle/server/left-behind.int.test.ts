import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createConnection } from '@/lib/connections/server/create-connection'
import { getSync } from '@/lib/connections/server/get-sync'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import type { Delivery } from '../delivery'
import type { RequestRevocationInput } from '../schema'
import { applyRun } from './apply-run'
import { getRun } from './get-run'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { requestRevocation } from './request-revocation'
import { requestRotation } from './request-rotation'
import { restoreRun } from './update-run'

let org: TestOrganization
let shop: ShopAccounts
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'left-'))
  org = await testOrganization()
  Object.assign(env(), { DELIVERY_FOLDERS: [folder], OUTBOUND_LOOPBACK: true })
  shop = await startShopAccounts(org, ['svc_left', 'svc_kept', 'svc_clustered', 'svc_removed', 'svc_by_hand'])
  await shop.onServer(`CREATE ROLE shop_readers NOLOGIN; GRANT shop_readers TO svc_left, svc_removed;
    CREATE TABLE till (id int); GRANT SELECT ON till TO svc_left`)
}, 120_000)
afterAll(async () => {
  await shop.stop()
  await closePool()
  await rm(folder, { recursive: true })
})

const targetOf = (name: string) => ({ identityId: shop.ids.get(name) ?? '', credentialId: null })

async function rotate(name: string, delivery: Delivery): Promise<void> {
  const targets = [targetOf(name)]
  const { listHash } = await previewRotation(org.as.security, { targets })
  const order = await requestRotation(org.as.security, {
    ...{ targets, listHash, reason: 'Due', overlapHours: 0, holdHours: 0, delivery },
  })
  await applyRun(org.job, { id: order.runs[0]?.id ?? '' })
}

async function revoke(name: string, more: Partial<RequestRevocationInput> = {}) {
  const targets = [targetOf(name)]
  const preview = await previewRevocation(org.as.security, { targets })
  const { listHash } = preview
  const order = await requestRevocation(org.as.security, { targets, listHash, reason: 'It leaked', ...more })
  const id = order.runs[0]?.id ?? ''
  await applyRun(org.job, { id })
  const hops = async () => new Map((await getRun(org.as.auditor, { id })).hops.map((hop) => [hop.hop, hop]))
  return { id, preview, hops }
}

async function sync() {
  const { rows } = await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1 AND name = 'Shop'`, [
    org.orgId,
  ])
  // A run that ended has asked for one by itself.
  const queued = await shop.db.query(`SELECT id FROM sync_run WHERE live_connection_id = $1 AND status = 'queued'`, [
    rows[0].id,
  ])
  const id = queued.rows[0]?.id ?? (await requestSync(org.as.admin, { id: rows[0].id })).id
  await syncConnection(org.job, { id })
  return getSync(org.as.auditor, { id })
}

describe('what a revocation leaves behind', () => {
  it('is asked of the source and of the file that the secret was put into, and counts again when it is restored', async () => {
    await sync()
    const file = path.join(folder, 'svc_left')
    await rotate('svc_left', { way: 'file', path: file })
    const secret = await readFile(file, 'utf8')
    expect(await shop.login('svc_left', secret)).toBe(true)
    const { id, preview, hops } = await revoke('svc_left', { secret })
    expect(preview.targets[0]).toMatchObject({
      granted: { groups: ['shop_readers'], groupCount: 1, rights: 1 },
      copies: [{ title: `The file ${file}`, isReadable: true }],
    })
    expect([...(await hops()).keys()]).toEqual(['source', 'sessions', 'grants', 'copy:01'])
    expect((await hops()).get('grants')).toMatchObject({
      ...{ state: 'dormant', evidence: 'source', provedAt: expect.any(String) },
      says: 'The source still shows it as member of shop_readers, with 1 right of its own. Nothing can use it while the account is off. It counts again when the account is switched on.',
    })
    expect((await hops()).get('copy:01')).toMatchObject({ state: 'dormant', evidence: 'place' })
    expect((await hops()).get('copy:01')?.says).toMatch(/^It holds a dead secret/)
    expect(await shop.login('svc_left', secret)).toBe(false)
    await restoreRun(org.as.security, { id, reason: 'It was the wrong one' })
    await applyRun(org.job, { id })
    expect((await hops()).get('grants')).toMatchObject({ state: 'source_says_on', provedAt: null })
    expect((await hops()).get('copy:01')).toMatchObject({ state: 'source_says_on', provedAt: null })
    // Somebody took the secret out of the file: the next revocation finds that.
    await writeFile(file, 'something else')
    const again = await revoke('svc_left', { secret })
    expect((await again.hops()).get('copy:01')).toMatchObject({ state: 'already_absent' })
    await rm(file)
    expect(await shop.login('svc_left', secret)).toBe(false)
  })

  it.each([
    { connector: 'vault', account: 'svc_kept', place: { folder: 'secret', name: 'apps/{id}', field: 'password' } },
    {
      connector: 'kubernetes',
      account: 'svc_clustered',
      place: { folder: 'shop', name: 'db-{id}', field: 'password' },
    },
  ])('is looked at in $connector, by recorded answers', async ({ connector, account, place }) => {
    const system = await systemsUnderTest.find((each) => each.connector === connector)?.start()
    if (!system || 'skipped' in system) throw new Error(`${connector} did not start`)
    try {
      const { id: connectionId } = await createConnection(org.as.admin, {
        ...{ connector, instance: connector, name: connector, intervalMinutes: null },
        config: system.config as Parameters<typeof createConnection>[1]['config'],
      })
      await rotate(account, { way: 'store', connectionId, ...place })
      const { hops } = await revoke(account)
      expect((await hops()).get('copy:01')).toMatchObject({ state: 'dormant', evidence: 'place' })
      expect((await hops()).get('grants')).toMatchObject({ state: 'already_absent' })
    } finally {
      await system.stop()
    }
  })

  it('says so where no place is known', async () => {
    const { hops } = await revoke('svc_removed', { restoreHours: 1 })
    expect((await hops()).get('copy:0')).toMatchObject({ state: 'not_testable', evidence: null, provedAt: null })
  })
})

describe('what we deleted at the source', () => {
  it('is granted nothing any more, and its going needs nobody’s consent at the next sync; what else went does', async () => {
    await sync()
    for (const name of ['svc_kept', 'svc_clustered', 'svc_removed']) {
      const open = await shop.db.query(`SELECT id FROM lifecycle_run WHERE identity_id = $1 AND ended_at IS NULL`, [
        shop.ids.get(name),
      ])
      for (const { id } of open.rows) {
        await restoreRun(org.as.security, { id, reason: 'To delete it' })
        await applyRun(org.job, { id })
      }
      const { id, hops } = await revoke(name, { removes: true, restoreHours: 0 })
      expect(await getRun(org.as.auditor, { id })).toMatchObject({ state: 'done', effect: 'absent' })
      expect((await hops()).get('grants')).toMatchObject({ state: 'already_absent', evidence: 'source' })
    }
    const run = await sync()
    const { rows } = await shop.db.query(
      `SELECT count(*) FILTER (WHERE deleted_at IS NOT NULL)::int AS gone, count(*)::int AS held FROM identity WHERE org_id = $1 AND external_id LIKE 'role:%'`,
      [org.orgId],
    )
    expect(run).toMatchObject({ status: 'applied' })
    expect(rows[0].gone).toBe(3)
    // More than a fifth: without what we deleted it would have waited for a person.
    expect(rows[0].gone / rows[0].held).toBeGreaterThan(0.2)
    await shop.onServer('DROP ROLE svc_by_hand; DROP OWNED BY svc_left; DROP ROLE svc_left')
    expect(await sync()).toMatchObject({ status: 'previewed' })
  })
})
