import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import { PolicyRules } from '../policies'
import { applyRun } from './apply-run'
import { createPolicy } from './create-policy'
import { getRun } from './get-run'
import { listDue } from './list-due'
import { getOrder, listOrders } from './list-orders'
import { getPolicy } from './list-policies'
import { previewPolicy } from './preview-policy'
import { refreshDue } from './refresh-due'
import { requestDueRotations } from './request-due-rotations'
import { deletePolicy, resumePolicy, updatePolicy } from './update-policy'

let org: TestOrganization
let shop: ShopAccounts
let folder: string
const names = ['svc_a', 'svc_b', 'svc_c', 'svc_d', 'svc_e', 'svc_f']

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deliveries-'))
  org = await testOrganization()
  Object.assign(env(), { DELIVERY_FOLDERS: [folder], OUTBOUND_LOOPBACK: true })
  shop = await startShopAccounts(org, names)
}, 120_000)

afterAll(async () => {
  await shop.stop()
  await closePool()
  await rm(folder, { recursive: true })
})

/** Every account was seen first so long ago, and nothing of the tests before is left. */
async function age(days: Record<string, number>): Promise<void> {
  await shop.db.query(`DELETE FROM lifecycle_order WHERE org_id = $1`, [org.orgId])
  await shop.db.query(`DELETE FROM rotation_policy WHERE org_id = $1`, [org.orgId])
  await shop.db.query(`DELETE FROM rotation_due_state WHERE org_id = $1`, [org.orgId])
  await shop.db.query(
    `UPDATE credential SET issued_at = NULL, rotated_at = NULL, first_seen_at = now() WHERE org_id = $1`,
    [org.orgId],
  )
  for (const [name, ago] of Object.entries(days))
    await shop.db.query(
      `UPDATE credential SET first_seen_at = now() - make_interval(days => $3) WHERE org_id = $1 AND identity_id = $2`,
      [org.orgId, shop.ids.get(name), ago],
    )
}

const rules = (more: object = {}) =>
  PolicyRules.parse({
    ...{ intervalDays: 90, maxAgeDays: 120, overlapHours: 0, holdHours: 0, atOnce: 2, isAutomatic: true },
    delivery: { way: 'file', path: path.join(folder, '{identity}-{id}') },
    ...more,
  })
const filter = { q: 'svc_' }
const policy = (name: string, more: object = {}) =>
  createPolicy(org.as.security, { name, filter, rules: rules(more), isActive: true })

async function openRuns(): Promise<string[]> {
  const { rows } = await shop.db.query(
    `SELECT id FROM lifecycle_run WHERE org_id = $1 AND ended_at IS NULL ORDER BY id`,
    [org.orgId],
  )
  return rows.map(({ id }) => id)
}
async function carryOut(): Promise<void> {
  for (const id of await openRuns()) await applyRun(org.job, { id })
}
const board = async (query: object = {}) =>
  (await listDue(org.as.auditor, { limit: 50, ...query })).items.map(
    ({ identity, state }) => `${identity.name} ${state}`,
  )
const fileOf = (name: string) => path.join(folder, `${name}-${shop.ids.get(name)}`)

describe('a rotation policy', () => {
  beforeEach(() => age({ svc_a: 200, svc_b: 100, svc_c: 80, svc_d: 10 }))

  it('says before it is saved what it would do and when, and then the board says the same', async () => {
    const draft = {
      filter,
      rules: rules({ window: { timeZone: 'Europe/Berlin', days: [6], from: '02:00', to: '04:00' } }),
    }
    const preview = await previewPolicy(org.as.security, draft)
    expect(preview).toMatchObject({
      covered: 6,
      overdue: 1,
      due: 1,
      soon: 1,
      later: 3,
      byHand: 0,
      ageUnknown: 6,
      elsewhere: 0,
    })
    expect(preview.first.slice(0, 3).map(({ identity }) => identity.name)).toEqual(['svc_a', 'svc_b', 'svc_c'])
    expect(new Date(preview.firstBegins ?? '').getUTCDay()).toBe(6)
    expect(preview.weeks[0]?.count).toBe(2)
    expect((await listDue(org.as.security, { limit: 50 })).items).toEqual([])
    const made = await createPolicy(org.as.security, { name: 'Passwords', ...draft, isActive: true })
    await refreshDue(org.job)
    expect(await board()).toEqual(['svc_a overdue', 'svc_b due', 'svc_c soon'])
    expect(await board({ state: 'due' })).toEqual(['svc_b due'])
    const page = await listDue(org.as.auditor, { limit: 2 })
    expect(page).toMatchObject({
      counts: { overdue: 1, due: 1, soon: 1, rotating: 0 },
      policies: 1,
      can: { rotate: false },
    })
    const rest = await listDue(org.as.auditor, { limit: 2, cursor: page.nextCursor ?? '' })
    expect(rest.items.map(({ identity }) => identity.name)).toEqual(['svc_c'])
    await expect(listDue(org.as.member, { limit: 2 })).rejects.toMatchObject({ code: 'forbidden' })
    // Its window is closed but on Saturdays.
    expect(await requestDueRotations(org.job, new Date('2026-06-03T01:00:00Z'))).toBe(0)
    const { version, versions } = await updatePolicy(org.as.admin, { id: made.id, version: 1, isActive: false })
    expect([version, versions.map((each) => [each.version, each.isActive])]).toEqual([
      2,
      [
        [2, false],
        [1, true],
      ],
    ])
    await expect(updatePolicy(org.as.admin, { id: made.id, version: 1, isActive: true })).rejects.toMatchObject({
      code: 'conflict',
    })
    await refreshDue(org.job)
    expect(await board()).toEqual([])
    await deletePolicy(org.as.admin, { id: made.id })
    await expect(getPolicy(org.as.admin, { id: made.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('begins what is due once, however many workers look, and each begins its time anew', async () => {
    await policy('Passwords')
    await refreshDue(org.job)
    const now = new Date()
    const begun = await Promise.all([1, 2, 3].map(() => requestDueRotations(org.job, now)))
    expect(begun.reduce((sum, n) => sum + n, 0)).toBe(2)
    expect(await board({ state: 'rotating' })).toEqual(['svc_a rotating', 'svc_b rotating'])
    expect(await requestDueRotations(org.job, now)).toBe(0)
    await carryOut()
    expect(await openRuns()).toEqual([])
    expect(await board()).toEqual(['svc_c soon'])
    for (const name of ['svc_a', 'svc_b']) {
      const secret = await readFile(fileOf(name), 'utf8')
      expect([await shop.login(name, shop.passwords.get(name) ?? ''), await shop.login(name, secret)]).toEqual([
        false,
        true,
      ])
      expect((await stat(fileOf(name))).mode & 0o777).toBe(0o600)
      shop.passwords.set(name, secret)
    }
    // Only the files themselves are left, nothing half written.
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
    await refreshDue(org.job)
    expect(await requestDueRotations(org.job, now)).toBe(0)
    const { items } = await listOrders(org.as.auditor, { limit: 10 })
    expect(items).toMatchObject([{ requestedBy: 'the policy “Passwords”', targetCount: 2, state: 'done' }])
    // Three looked, one order was written, with its line in the audit trail.
    const audit = await shop.db.query(
      `SELECT count(*)::int AS n FROM audit_event WHERE org_id = $1 AND action = 'lifecycle.order.request' AND actor->>'kind' = 'job'`,
      [org.orgId],
    )
    expect(audit.rows[0].n).toBe(1)
  })

  it('begins nothing more after one that did not end well, until somebody has looked', async () => {
    await policy('Passwords', { atOnce: 1, delivery: { way: 'file', path: path.join(folder, 'closed', '{id}') } })
    await mkdir(path.join(folder, 'closed'))
    await symlink('/etc', path.join(folder, 'out'))
    await refreshDue(org.job)
    const { rows } = await shop.db.query(`SELECT id, version FROM rotation_policy WHERE org_id = $1`, [org.orgId])
    const [{ id }] = rows
    // The folder leads out of what is open: nothing is changed at the source.
    await updatePolicy(org.as.security, {
      id,
      version: 1,
      rules: rules({ atOnce: 1, delivery: { way: 'file', path: path.join(folder, 'out', '{id}') } }),
    })
    await refreshDue(org.job)
    expect(await requestDueRotations(org.job, new Date())).toBe(1)
    const [run] = await openRuns()
    await applyRun(org.job, { id: run ?? '' })
    const told = await getRun(org.as.security, { id: run ?? '' })
    expect(told.steps.find(({ step }) => step === 'prepare')?.attempts[0]?.says).toMatch(/^Nothing was changed/)
    expect(told.state).toBe('waiting')
    // What may pass is tried again and again; here a person gives it up.
    await shop.db.query(`UPDATE lifecycle_run SET is_cancel_asked = true, wake_at = now() WHERE id = $1`, [run])
    await applyRun(org.job, { id: run ?? '' })
    expect(await shop.login('svc_a', shop.passwords.get('svc_a') ?? '')).toBe(true)
    expect(await board({ state: 'stopped' })).toEqual(['svc_a stopped'])
    // One that a person cancelled holds up nobody but itself; one that failed holds up the policy.
    await shop.db.query(`UPDATE rotation_due SET failed_at = now() WHERE org_id = $1 AND failed_run_id IS NOT NULL`, [
      org.orgId,
    ])
    expect(await requestDueRotations(org.job, new Date())).toBe(0)
    expect((await getPolicy(org.as.security, { id })).halted).toMatchObject({ runId: run, name: 'svc_a' })
    await updatePolicy(org.as.security, { id, version: 2, rules: rules({ atOnce: 1 }) })
    await refreshDue(org.job)
    const resumed = await resumePolicy(org.as.security, { id })
    expect(resumed.halted).toBeNull()
    expect(await requestDueRotations(org.job, new Date())).toBe(1)
    await carryOut()
    shop.passwords.set('svc_a', await readFile(fileOf('svc_a'), 'utf8'))
    expect(await shop.login('svc_a', shop.passwords.get('svc_a') ?? '')).toBe(true)
  })

  it('asks for a second person who is not its author, and leaves exceptions and links to people alone', async () => {
    await policy('Passwords', { approvalScore: 0, atOnce: 5 })
    await shop.db.query(
      `UPDATE identity SET exclusions = jsonb_build_array(jsonb_build_object('rule', 'rotation', 'until', now() + interval '9 days', 'reason', 'x'))
       WHERE org_id = $1 AND id = $2`,
      [org.orgId, shop.ids.get('svc_b')],
    )
    await refreshDue(org.job)
    expect(await board({ state: 'excepted' })).toEqual(['svc_b excepted'])
    expect(await requestDueRotations(org.job, new Date())).toBe(1)
    const { items } = await listOrders(org.as.security, { limit: 10 })
    expect(items).toMatchObject([{ state: 'waiting', can: { approve: false } }])
    expect((await getOrder(org.as.admin, { id: items[0]?.id ?? '' })).can.approve).toBe(true)
    await shop.db.query(`UPDATE identity SET exclusions = '[]' WHERE org_id = $1 AND id = $2`, [
      org.orgId,
      shop.ids.get('svc_b'),
    ])
    expect(await board({ state: 'overdue' })).toEqual([])
    expect(await board({ state: 'due' })).toEqual(['svc_b due'])
    await age({ svc_e: 300 })
    await policy('By link', { delivery: { way: 'reveal', userId: org.users.member.userId } })
    await refreshDue(org.job)
    expect(await requestDueRotations(org.job, new Date())).toBe(0)
    const [line] = (await listDue(org.as.security, { limit: 5 })).items
    expect(line).toMatchObject({ identity: { name: 'svc_e' }, state: 'overdue' })
    expect(line?.hindrance).toMatch(/^Only one secret works at a time here/)
  })

  it('does what is asked by hand outside of its window only when that opens', async () => {
    const now = new Date()
    const closed = ((now.getUTCDay() + 3) % 7) + 1
    await policy('Passwords', { window: { timeZone: 'UTC', days: [closed], from: '00:00', to: '00:00' } })
    await refreshDue(org.job)
    const then = new Date(now.getTime())
    while (((then.getUTCDay() + 6) % 7) + 1 !== closed) then.setUTCDate(then.getUTCDate() + 1)
    expect(await requestDueRotations(org.job, now)).toBe(0)
    // A worker that takes the run when the window is closed again changes nothing.
    expect(await requestDueRotations(org.job, then)).toBe(2)
    const [run] = await openRuns()
    await applyRun(org.job, { id: run ?? '' })
    const told = await getRun(org.as.security, { id: run ?? '' })
    expect(told).toMatchObject({ state: 'waiting', firstActSeconds: null })
    expect(Date.parse(told.wakeAt ?? '')).toBeGreaterThan(Date.now())
  })
})
