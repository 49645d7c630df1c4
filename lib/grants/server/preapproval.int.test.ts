import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { makeIncident } from '@/lib/platform/testing/world-grants'
import { makeIdentity, makeOwnership, makeResource } from '../../../prisma/factories/inventory'
import { makeSource } from '../../../prisma/factories/organization'
import { activateGrant } from './activate-grant'
import { previewGrant } from './preview-grant'
import { requestGrant } from './request-grant'

let org: TestOrganization
let db: pg.Client
let account: string
let bucket: string
let secret: string

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const place = { orgId: org.orgId, sourceId: await makeSource(db, org.orgId) }
  account = await makeIdentity(db, place, { name: 'reporter', environment: 'development' })
  await makeOwnership(db, org.orgId, account, { owner_key: `user:${org.users.member.userId}`, state: 'confirmed' })
  bucket = await makeResource(db, place, 'bucket', { sensitivity: 'internal' })
  secret = await makeResource(db, place, 'vault', { sensitivity: 'restricted' })
})

afterAll(async () => {
  await db.end()
  await closePool()
})

async function ask(
  ctx: Context,
  { seconds = 3600, ticket = 'OPS-7', nodeId = bucket, identityId = account as string | null } = {} as {
    seconds?: number
    ticket?: string | null
    nodeId?: string
    identityId?: string | null
  },
) {
  const wanted = { identityId, mode: 'runtime' as const, rights: [{ nodeId, scopes: ['read'] }] }
  const { listHash } = await previewGrant(ctx, wanted)
  return requestGrant(ctx, { ...wanted, task: 'Read the report', ticket, seconds, listHash })
}

describe('what a policy agrees to beforehand', () => {
  it('begins with nobody asked, and says by which decision', async () => {
    const wanted = { identityId: account, mode: 'runtime' as const, rights: [{ nodeId: bucket, scopes: ['read'] }] }
    expect(await previewGrant(org.as.member, wanted)).toMatchObject({ tier: 'ordinary', isPreapprovable: true })
    const grant = await ask(org.as.member)
    expect(grant).toMatchObject({ state: 'approved', approvals: [], can: { activate: true, approve: false } })
    expect(grant.preapproved).toMatch(/\S{8,}/)
    expect(grant.events.map(({ says }) => says).join()).toContain(`decision ${grant.preapproved}`)
    expect((await activateGrant(org.as.member, { id: grant.id })).state).toBe('active')
    const { rows } = await db.query(`SELECT after FROM audit_event WHERE org_id = $1 AND action = 'grant.request'`, [
      org.orgId,
    ])
    expect(rows[0].after).toMatchObject({ preapproved: grant.preapproved })
  })

  it.each([
    ['lasts longer', { seconds: 3601 }],
    ['has no ticket', { ticket: null }],
    ['weighs more', { nodeId: '' }],
    ['is for oneself', { identityId: null }],
  ])('is nothing that %s', async (_, more) => {
    const grant = await ask(org.as.member, 'nodeId' in more ? { nodeId: secret, seconds: 900 } : more)
    expect(grant).toMatchObject({ state: 'requested', preapproved: null })
  })

  it('is nothing for an account of somebody else, and nothing while an incident reaches it', async () => {
    expect(await ask(org.as.security)).toMatchObject({ state: 'requested', preapproved: null })
    await makeIncident(db, org.orgId, org.users.admin)
    expect(await ask(org.as.member)).toMatchObject({ state: 'requested', preapproved: null })
  })
})
