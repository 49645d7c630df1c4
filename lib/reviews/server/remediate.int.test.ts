import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { applyRun } from '@/lib/lifecycle/server/apply-run'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import type { DecideInput } from '../items'
import { CreateCampaignInput } from '../schema'
import { closeCampaign } from './close-campaign'
import { createCampaign } from './create-campaign'
import { decideItems } from './decide-items'
import { getCampaign } from './get-campaign'
import { launchCampaign } from './launch-campaign'
import { listRemedies } from './list-remedies'
import { refreshCampaign } from './refresh-campaign'
import { remediateItems } from './remediate-items'
import { previewSignOff, signOff } from './sign-off'
import { updateRemedy } from './update-remedy'

let org: TestOrganization
let shop: ShopAccounts
let liveId: string

const cuts = 12
const crowd = 52
const names = ['svc_old', 'svc_task', 'svc_wide', 'svc_twice', 'svc_killed', 'svc_half', 'svc_told']

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  shop = await startShopAccounts(org, names)
  liveId = (await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1`, [org.orgId])).rows[0].id
  await asConnection('CREATE ROLE writers NOLOGIN')
  for (const name of ['svc_wide', 'svc_half', 'svc_told']) await asConnection(`GRANT readers, writers TO ${name}`)
  for (let at = 0; at < cuts; at += 1)
    await asConnection(`CREATE ROLE svc_cut_${at} LOGIN PASSWORD 'x'; GRANT readers TO svc_cut_${at}`)
  for (let at = 0; at < crowd; at += 1) await asConnection(`CREATE ROLE svc_crowd_${at} LOGIN PASSWORD 'x'`)
  await syncNow()
  const { rows } = await shop.db.query(`SELECT id, name FROM identity WHERE org_id = $1`, [org.orgId])
  for (const { id, name } of rows) shop.ids.set(name, id)
})

afterAll(async () => {
  await shop.stop()
  await closePool()
})

async function syncNow(): Promise<void> {
  const queued = await shop.db.query(`SELECT id FROM sync_run WHERE live_connection_id = $1 AND status = 'queued'`, [
    liveId,
  ])
  await syncConnection(org.job, { id: queued.rows[0]?.id ?? (await requestSync(org.as.admin, { id: liveId })).id })
}

/** By the account of the connection, which then administers what it made and granted. */
const asConnection = (statement: string) => shop.onServer(`SET ROLE bailiwick; ${statement}`)

const idOf = (name: string): string => {
  const id = shop.ids.get(name)
  if (id === undefined) throw new Error(`${name} was not read`)
  return id
}

/** A campaign over accounts, launched, with security as its reviewer. */
async function launched(accounts: readonly string[]): Promise<string> {
  const { id, version } = await createCampaign(
    org.as.admin,
    CreateCampaignInput.parse({
      name: `Review of ${accounts[0]} and ${accounts.length}`,
      scope: { kind: 'ids', ids: accounts.map(idOf) },
      rules: {
        stages: [{ reviewers: ['named'], named: [`user:${org.users.security.userId}`] }],
        fallback: `user:${org.users.reviewer.userId}`,
        noteFor: [],
        noteFromScore: null,
        aloneFromScore: null,
      },
    }),
  )
  await launchCampaign(org.as.admin, { id, version, previewHash: null, startsAt: null })
  return id
}

async function decided(id: string, items: number[], input: Omit<DecideInput, 'id' | 'what'>): Promise<void> {
  for (const item of items) {
    const { refusals } = await decideItems(org.as.security, { id, what: { items: [item] }, ...input })
    expect(refusals).toEqual([])
  }
  const { draftHash } = await previewSignOff(org.as.security, { id })
  await signOff(org.as.security, { id, draftHash })
  await refreshCampaign(org.job, { id })
}

const remediesOf = (id: string) => listRemedies(org.as.auditor, { id, limit: 100 })
const runOf = async (id: string) => (await remediesOf(id)).items.flatMap(({ runId }) => runId ?? [])
/** Every lease is over. */
const wake = () => shop.db.query(`UPDATE review_remedy SET wake_at = now() WHERE org_id = $1`, [org.orgId])
const rightsOf = async (name: string) => {
  const { rows } = await shop.db.query(
    `SELECT id, to_ref AS "to" FROM entitlement WHERE org_id = $1 AND from_id = $2 AND deleted_at IS NULL AND basis = 'entitlement' ORDER BY to_ref`,
    [org.orgId, idOf(name)],
  )
  return rows as { id: string; to: string }[]
}

describe('a decision to revoke', () => {
  it('is carried out by a run like any other, and the campaign is effective when a proof is there', async () => {
    const password = shop.passwords.get('svc_old') ?? ''
    expect(await shop.login('svc_old', password)).toBe(true)
    const id = await launched(['svc_old'])
    await decided(id, [1], { decision: 'revoke' })
    expect((await remediesOf(id)).items).toMatchObject([{ state: 'planned' }])
    await remediateItems(org.job)
    expect((await remediesOf(id)).items).toMatchObject([{ state: 'running', way: 'run' }])
    expect(await getCampaign(org.as.auditor, { id })).toMatchObject({ state: 'remediating' })
    const [runId = ''] = await runOf(id)
    await applyRun(org.job, { id: runId })
    expect(await shop.login('svc_old', password)).toBe(false)
    await remediateItems(org.job)
    expect((await remediesOf(id)).items).toMatchObject([
      { state: 'verified', says: 'The source says that it is off; no login was tried.' },
    ])
    expect(await getCampaign(org.as.auditor, { id })).toMatchObject({ state: 'closed_effective' })
    const { rows } = await shop.db.query(`SELECT requested_key FROM lifecycle_order WHERE org_id = $1`, [org.orgId])
    expect(rows).toEqual([{ requested_key: `user:${org.users.security.userId}` }])
  })

  it('becomes a task where the connection lives on the account, and closes with an exception that somebody answers for', async () => {
    const own = (await shop.db.query(`SELECT self_ids FROM live_connection WHERE id = $1`, [liveId])).rows[0]
      .self_ids as string[]
    const { rows } = await shop.db.query(`SELECT name FROM identity WHERE org_id = $1 AND external_id = ANY ($2)`, [
      org.orgId,
      own,
    ])
    const id = await launched([rows[0].name])
    await decided(id, [1], { decision: 'revoke' })
    await remediateItems(org.job)
    const [task] = (await remediesOf(id)).items
    expect(task).toMatchObject({ state: 'open', way: 'task', ownerKey: `user:${org.users.reviewer.userId}` })
    // By name, though the fallback reviews nothing here.
    expect(task?.ownerName).not.toBe(null)
    expect(task?.ownerName).not.toContain('user:')
    expect(task?.says).toMatch(/itself signs in as/)
    expect(Date.parse(task?.dueAt ?? '')).toBeGreaterThan(Date.now())
    await expect(closeCampaign(org.as.admin, { id, withExceptions: true, reason: 'Enough' })).rejects.toMatchObject({
      code: 'conflict',
    })
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString()
    const except = { id, item: 1, act: 'except' as const, reason: 'Needed until the new one is there' }
    await expect(
      updateRemedy(org.as.auditor, { ...except, ownerKey: `user:${org.users.admin.userId}`, dueAt: until }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await expect(
      updateRemedy(org.as.admin, { ...except, ownerKey: `user:${org.orgId}`, dueAt: until }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
    await updateRemedy(org.as.admin, { ...except, ownerKey: `user:${org.users.admin.userId}`, dueAt: until })
    await remediateItems(org.job)
    expect(await getCampaign(org.as.auditor, { id })).toMatchObject({ state: 'verifying' })
    await closeCampaign(org.as.admin, { id, withExceptions: true, reason: 'The account of the connection' })
    expect(await getCampaign(org.as.auditor, { id })).toMatchObject({ state: 'closed_with_exceptions' })
  })

  it('is asked for once by two workers, and after one that was killed', async () => {
    const id = await launched(['svc_twice', 'svc_killed'])
    await decided(id, [1, 2], { decision: 'revoke' })
    await Promise.all([remediateItems(org.job), remediateItems(org.job)])
    await wake()
    await remediateItems(org.job)
    const runs = await runOf(id)
    expect(new Set(runs).size).toBe(2)
    const { rows } = await shop.db.query(
      `SELECT count(*)::int AS n FROM lifecycle_run WHERE org_id = $1 AND identity_id = ANY ($2::uuid[])`,
      [org.orgId, [idOf('svc_twice'), idOf('svc_killed')]],
    )
    expect(rows[0].n).toBe(2)
  })

  it('waits for a second person above the bound, also when it is signed off in parts', async () => {
    const id = await launched(Array.from({ length: crowd }, (_, at) => `svc_crowd_${at}`))
    const items = Array.from({ length: crowd }, (_, at) => at + 1)
    await decided(id, items.slice(0, 30), { decision: 'revoke' })
    await remediateItems(org.job)
    expect((await remediesOf(id)).items.filter(({ state }) => state === 'running')).toHaveLength(30)
    await decided(id, items.slice(30), { decision: 'revoke' })
    await remediateItems(org.job)
    const waiting = (await remediesOf(id)).items.filter(({ state }) => state === 'waiting')
    expect(waiting).toHaveLength(crowd - 30)
    const { rows } = await shop.db.query(
      `SELECT options ->> 'secondPerson' AS why FROM lifecycle_order WHERE org_id = $1 AND id = $2`,
      [org.orgId, waiting[0]?.orderId],
    )
    expect(rows[0].why).toMatch(/revokes 52 so far; more than 50 need a second person/)
  })
})

describe('a decision to reduce', () => {
  it('takes single rights away at the source, and is proved by what the source says afterwards', async () => {
    const [readers, writers] = await rightsOf('svc_wide')
    expect([readers?.to, writers?.to]).toEqual(['role:readers', 'role:writers'])
    const id = await launched(['svc_wide'])
    const keep = [{ entitlementId: readers?.id ?? '', scopes: [] }]
    await decided(id, [1], { decision: 'reduce', reduction: { to: 'chosen', keep } })
    await remediateItems(org.job)
    expect((await remediesOf(id)).items).toMatchObject([
      { state: 'verified', says: 'The right was taken away; the source, read afterwards, does not list it.' },
    ])
    await syncNow()
    expect(await rightsOf('svc_wide')).toEqual([readers])
    expect(await getCampaign(org.as.auditor, { id })).toMatchObject({ state: 'closed_effective' })
  })

  it('becomes a task where the source does not say what was used', async () => {
    const id = await launched(['svc_half'])
    await decided(id, [1], { decision: 'reduce' })
    await remediateItems(org.job)
    const [task] = (await remediesOf(id)).items
    expect(task).toMatchObject({ state: 'open', way: 'task' })
    expect(task?.says).toMatch(/The source does not say whether 2 of its rights were used/)
  })

  it('looks before it acts again when a worker was killed after the source had heard', async () => {
    const id = await launched(['svc_told'])
    await decided(id, [1], { decision: 'reduce', reduction: { to: 'chosen', keep: [] } })
    // Killed as the source is about to hear of the first: the source did it, and nobody wrote that down.
    const dying = dyingAt(org.job, id, 3, 'after')
    await expect(remediateItems(dying)).rejects.toThrow('killed')
    await asConnection('REVOKE readers FROM svc_told; REVOKE writers FROM svc_told')
    // From now on somebody would see a second order.
    await wake()
    await remediateItems(org.job)
    const { rows } = await shop.db.query(
      `SELECT told, state FROM review_withdrawal WHERE campaign_id = $1 ORDER BY told DESC`,
      [id],
    )
    expect(rows[0]).toEqual({ told: 1, state: 'gone' })
    expect((await remediesOf(id)).items).toMatchObject([{ state: 'verified' }])
  })
})

/** A worker that dies at so manieth write for a campaign: before it, or when it is done and nobody has heard. */
function dyingAt(ctx: Context, campaignId: string, write: number, when: 'before' | 'after'): Context {
  let [isIts, writes] = [false, 0]
  const deadly = <Write extends (...given: never[]) => Promise<unknown>>(work: Write) =>
    (async (...given: Parameters<Write>) => {
      if (isIts) writes += 1
      const dies = isIts && writes === write
      if (dies && when === 'before') throw new Error('killed')
      const result = await work(...given)
      if (dies) throw new Error('killed')
      return result
    }) as unknown as Write
  return {
    ...ctx,
    authorize: (action, target) => {
      if (action === 'carry_on') isIts = target.id === campaignId
      return ctx.authorize(action, target)
    },
    commit: deadly(ctx.commit as never) as Context['commit'],
    commitBulk: deadly(ctx.commitBulk as never) as Context['commitBulk'],
    commitPart: deadly(ctx.commitPart as never) as Context['commitPart'],
  }
}

describe('a worker that is killed at any write', () => {
  it('leaves nothing undone and nothing done twice', async () => {
    for (let at = 0; at < cuts; at += 1) {
      const name = `svc_cut_${at}`
      const id = await launched([name])
      const isReduction = at % 2 === 1
      await decided(
        id,
        [1],
        isReduction ? { decision: 'reduce', reduction: { to: 'chosen', keep: [] } } : { decision: 'revoke' },
      )
      const dying = dyingAt(org.job, id, 1 + Math.floor(at / 2), at % 4 < 2 ? 'before' : 'after')
      await remediateItems(dying).catch((error: Error) => expect(error.message).toBe('killed'))
      for (let look = 0; look < 3; look += 1) {
        await wake()
        await remediateItems(org.job)
        for (const runId of await runOf(id)) await applyRun(org.job, { id: runId })
      }
      await remediateItems(org.job)
      expect((await remediesOf(id)).items, name).toMatchObject([{ state: 'verified' }])
      expect(await getCampaign(org.as.auditor, { id }), name).toMatchObject({ state: 'closed_effective' })
      const { rows } = await shop.db.query(
        `SELECT count(*)::int AS n FROM lifecycle_run WHERE org_id = $1 AND identity_id = $2`,
        [org.orgId, idOf(name)],
      )
      expect(rows[0].n, name).toBe(isReduction ? 0 : 1)
      const told = await shop.db.query(`SELECT max(told)::int AS told FROM review_withdrawal WHERE campaign_id = $1`, [
        id,
      ])
      // Told twice only where it was still there when it was looked at.
      expect(told.rows[0].told ?? 0, name).toBeLessThanOrEqual(2)
    }
  })
})
