import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { applyGrant } from '@/lib/grants/server/apply-grant'
import { releaseGrant } from '@/lib/grants/server/end-grant'
import { previewGrant } from '@/lib/grants/server/preview-grant'
import { declareIncident } from '@/lib/incidents/server/create-incident'
import { refreshGrants } from '@/lib/incidents/server/refresh-grants'
import { hashPassword } from '@/lib/platform/crypto/password'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import { confirmSession } from '@/lib/users/server/confirm-session'
import { confirmationWords } from '../values'
import { invokeBreakGlass } from './create-use'
import { getUse } from './list-uses'
import { previewUse } from './preview-use'
import { refreshUse } from './refresh-uses'
import { settleSecret } from './update-secret'

// On a real PostgreSQL server, looked at from outside: signed in as the account itself.

const password = 'correct horse battery staple'
const account = 'svc_emergency'
let org: TestOrganization
let shop: ShopAccounts
let readers: string

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  shop = await startShopAccounts(org, [account])
  const roles = await shop.db.query(`SELECT id FROM role WHERE org_id = $1 AND external_id = 'role:readers'`, [
    org.orgId,
  ])
  readers = roles.rows[0].id
  const lives = await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1`, [org.orgId])
  await syncConnection(org.job, { id: (await requestSync(org.as.admin, { id: lives.rows[0].id })).id })
  await shop.db.query(`UPDATE user_account SET password_hash = $2 WHERE id = $1`, [
    org.users.security.userId,
    await hashPassword(password),
  ])
})

afterAll(async () => {
  await shop.stop()
  await closePool()
})

const may = () => shop.may(account, shop.passwords.get(account) ?? '', 'SET ROLE readers')

describe('break-glass at a source', () => {
  it('gives it at once to an account, keeps it in the worst incident, and shows that it is gone', async () => {
    const { security, admin } = org.as
    const identityId = shop.ids.get(account) ?? ''
    const wanted = { identityId, rights: [{ nodeId: readers }] }
    expect((await previewGrant(security, wanted)).problem).toBeNull()
    const { listHash, problem } = await previewUse(security, wanted)
    expect(problem).toBeNull()
    await confirmSession(security, { password })
    const { id } = await invokeBreakGlass(security, {
      ...{ ...wanted, reason: 'The orders have to be looked at now.', reference: 'OPS-78', seconds: 900, listHash },
      ...{ confirmation: confirmationWords, secret: shop.passwords.get(account) ?? '' },
    })
    expect(await getUse(admin, { id })).toMatchObject({ state: 'invoked' })
    expect(await may()).toBe(false)
    await applyGrant(org.job, { id })
    expect(await getUse(admin, { id })).toMatchObject({ state: 'active' })
    expect(await may()).toBe(true)

    const incident = await declareIncident(admin, { title: 'Keys are leaking', severity: 'sev1' })
    await refreshGrants(org.job, { id: incident.id })
    await applyGrant(org.job, { id })
    expect([(await getUse(admin, { id })).state, await may()]).toEqual(['active', true])

    await releaseGrant(security, { id, reason: 'looked at' })
    await applyGrant(org.job, { id })
    await refreshUse(org.job, { id })
    expect(await may()).toBe(false)
    const over = await getUse(admin, { id })
    expect(over).toMatchObject({ state: 'to_review', grant: { proof: 'refused_attempt' } })

    // What the account signs in with is to be made anew, until the inventory shows that it was.
    expect(over.secrets).toMatchObject([{ identityId, state: 'due' }])
    expect(over.secretsDue).toBe(1)
    await expect(settleSecret(org.as.auditor, { id, no: 1, state: 'left', says: 'not now' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await shop.db.query(`UPDATE credential SET rotated_at = clock_timestamp() WHERE org_id = $1 AND id = $2`, [
      org.orgId,
      over.secrets[0]?.credentialId,
    ])
    expect(await getUse(admin, { id })).toMatchObject({ secretsDue: 0, secrets: [{ state: 'rotated' }] })
    await expect(settleSecret(admin, { id, no: 1, state: 'left', says: 'not now' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})
