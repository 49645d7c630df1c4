import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import { StandingQuery } from '@/lib/standing/schema'
import { getStanding, listStanding } from '@/lib/standing/server/list-standing'
import { refreshStanding } from '@/lib/standing/server/refresh-standing'
import type { RequestGrantInput } from '../schema'
import { activateGrant } from './activate-grant'
import { applyGrant } from './apply-grant'
import { decideGrant } from './approve-grant'
import { getGrant } from './list-grants'
import { previewGrant } from './preview-grant'
import { requestGrant } from './request-grant'

let org: TestOrganization
let shop: ShopAccounts
let liveId: string
const roles = new Map<string, string>()
const names = ['svc_both', 'svc_runtime', 'svc_waits', 'svc_more']

const sync = async () => syncConnection(org.job, { id: (await requestSync(org.as.admin, { id: liveId })).id })

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  shop = await startShopAccounts(org, names)
  await shop.onServer(`SET ROLE bailiwick; CREATE ROLE keepers; GRANT readers, keepers TO ${names.join(', ')}`)
  const lives = await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1`, [org.orgId])
  liveId = lives.rows[0].id
  await sync()
  const { rows } = await shop.db.query(`SELECT id, name FROM role WHERE org_id = $1`, [org.orgId])
  for (const { id, name } of rows) roles.set(name, id)
  await refreshStanding(org.job)
})

afterAll(async () => {
  await shop.stop()
  await closePool()
})

const idOf = (name: string) => shop.ids.get(name) ?? ''
const roleId = (name: string) => roles.get(name) ?? ''
const may = (name: string, role: string) => shop.may(name, shop.passwords.get(name) ?? '', `SET ROLE ${role}`)
const apply = (id: string) => applyGrant(org.job, { id })
const rightsOf = async (name: string) => (await getStanding(org.as.auditor, { id: idOf(name) })).rights
const isListed = async (name: string) => {
  await refreshStanding(org.job)
  const { items } = await listStanding(org.as.auditor, StandingQuery.parse({ kind: 'identity', limit: 100 }))
  return items.some(({ id }) => id === idOf(name))
}

async function agreed(name: string, wanted: Pick<RequestGrantInput, 'mode' | 'rights'>): Promise<string> {
  const replaces = (await rightsOf(name)).map(({ entitlementId }) => entitlementId)
  const input = { identityId: idOf(name), ...wanted, replaces }
  const { listHash, problem } = await previewGrant(org.as.security, input)
  expect(problem).toBeNull()
  const task = 'Have it only while it is needed'
  const { id } = await requestGrant(org.as.security, { ...input, task, seconds: 900, listHash })
  await decideGrant(org.as.admin, { id, listHash, verdict: 'approved' })
  return id
}

describe('a grant in the place of what has no end', () => {
  it('keeps what was asked for without a gap, takes the rest away at once, and all of it at its end', async () => {
    expect((await rightsOf('svc_both')).map(({ name, hindrance }) => [name, hindrance]).toSorted()).toEqual([
      ['keepers', null],
      ['readers', null],
    ])
    const wanted = { mode: 'provisioned' as const, rights: [{ nodeId: roleId('readers') }] }
    const replaces = (await rightsOf('svc_both')).map(({ entitlementId }) => entitlementId)
    const preview = await previewGrant(org.as.security, { identityId: idOf('svc_both'), ...wanted, replaces })
    expect(preview.rights).toMatchObject([{ verdict: 'gets' }])
    expect(preview.replaces.map(({ name, isKept }) => [name, isKept]).toSorted()).toEqual([
      ['keepers', false],
      ['readers', true],
    ])
    const id = await agreed('svc_both', wanted)
    // Nothing happens before it begins.
    expect([await may('svc_both', 'readers'), await may('svc_both', 'keepers')]).toEqual([true, true])
    await activateGrant(org.as.security, { id, secret: shop.passwords.get('svc_both') ?? '' })
    await apply(id)
    const begun = await getGrant(org.as.auditor, { id })
    expect(begun).toMatchObject({ state: 'active', rights: [{ state: 'held' }] })
    expect(begun.replaces.map(({ name, state }) => [name, state]).toSorted()).toEqual([
      ['keepers', 'gone'],
      ['readers', 'taken_over'],
    ])
    expect([await may('svc_both', 'readers'), await may('svc_both', 'keepers')]).toEqual([true, false])
    expect(await isListed('svc_both')).toBe(false)
    await sync()
    expect(await isListed('svc_both')).toBe(false)
    await shop.db.query(
      `UPDATE access_grant SET started_at = now() - interval '901 seconds', ends_at = now() - interval '1 second', wake_at = now() WHERE id = $1`,
      [id],
    )
    await apply(id)
    const ended = await getGrant(org.as.auditor, { id })
    expect(ended).toMatchObject({ state: 'ended', proof: 'refused_attempt', rights: [{ state: 'gone' }] })
    expect([await may('svc_both', 'readers'), await may('svc_both', 'keepers')]).toEqual([false, false])
    expect(await isListed('svc_both')).toBe(false)
    await sync()
    expect(await isListed('svc_both')).toBe(false)
    // Given again by hand, it is there again.
    await shop.onServer('SET ROLE bailiwick; GRANT keepers TO svc_both')
    await sync()
    expect(await isListed('svc_both')).toBe(true)
  })

  it('takes all of it at the source when only the decision point is to look at it', async () => {
    const id = await agreed('svc_runtime', { mode: 'runtime', rights: [{ nodeId: roleId('readers') }] })
    expect((await activateGrant(org.as.security, { id })).state).toBe('activating')
    expect(await may('svc_runtime', 'readers')).toBe(true)
    await apply(id)
    const begun = await getGrant(org.as.auditor, { id })
    expect(begun.state).toBe('active')
    expect(begun.replaces.map(({ state }) => state)).toEqual(['gone', 'gone'])
    expect([await may('svc_runtime', 'readers'), await may('svc_runtime', 'keepers')]).toEqual([false, false])
    expect(begun.events.filter(({ what }) => what === 'replace_gone')).toHaveLength(2)
  })

  it('leaves everything as it was when it never begins', async () => {
    const id = await agreed('svc_waits', { mode: 'provisioned', rights: [{ nodeId: roleId('readers') }] })
    await decideGrant(org.as.admin, {
      id,
      listHash: (await getGrant(org.as.admin, { id })).listHash,
      verdict: 'denied',
    }).catch(() => undefined)
    await shop.db.query(
      `UPDATE access_grant SET lapses_at = now(), wake_at = now() WHERE id = $1 AND state = 'approved'`,
      [id],
    )
    await apply(id)
    expect([await may('svc_waits', 'readers'), await may('svc_waits', 'keepers')]).toEqual([true, true])
    expect(await isListed('svc_waits')).toBe(true)
  })

  it('refuses what is not held without an end, or belongs to another account', async () => {
    const [right] = await rightsOf('svc_more')
    const input = { mode: 'provisioned' as const, rights: [{ nodeId: roleId('readers') }] }
    await expect(
      previewGrant(org.as.security, {
        ...{ ...input, identityId: idOf('svc_waits'), replaces: [right?.entitlementId ?? ''] },
      }),
    ).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      previewGrant(org.as.security, { mode: 'runtime', rights: input.rights, replaces: [right?.entitlementId ?? ''] }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
