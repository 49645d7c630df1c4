import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeCredential, makeIdentity, makeOwnership } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { searchNames } from './search-names'

let db: pg.Client
let security: Context
let member: Context
let foreign: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const orgId = await makeOrganization(db)
  const place = { orgId, sourceId: await makeSource(db, orgId) }
  const mia = await makeMember(db, orgId, 'member', 'Mia')
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  member = contextOf(orgId, mia)
  const owned = await makeIdentity(db, place, { name: 'shipping-orders' })
  const other = await makeIdentity(db, place, { name: 'shipping-labels' })
  await makeOwnership(db, orgId, owned, { owner_key: `user:${mia.userId}`, label: 'Mia', state: 'confirmed' })
  await makeCredential(db, place, { identity_id: other, name: 'shipping-key' })
  const elsewhere = await makeOrganization(db, 'Other')
  foreign = contextOf(elsewhere, await makeMember(db, elsewhere, 'admin', 'Zed'))
  await warmUp(security)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const names = (found: Awaited<ReturnType<typeof searchNames>>) => ({
  identities: found.identities.map(({ name }) => name).sort(),
  credentials: found.credentials.map(({ name }) => name),
})

describe('a name that somebody remembers', () => {
  it('finds identities and credentials that are called so', async () => {
    expect(names(await searchNames(security, { text: ' shipping ' }))).toEqual({
      identities: ['shipping-labels', 'shipping-orders'],
      credentials: ['shipping-key'],
    })
  })

  it('finds for each what they may see, and nothing of another organization', async () => {
    expect(names(await searchNames(member, { text: 'shipping' })).identities).toEqual(['shipping-orders'])
    expect(names(await searchNames(foreign, { text: 'shipping' }))).toEqual({ identities: [], credentials: [] })
  })

  it('is refused when it looks like a secret, without repeating it', async () => {
    const text = `ghp_${'aB3dE5fG7hJ9kL1m'.repeat(2)}`
    const refusal = await searchNames(security, { text }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Error)
    expect(String(refusal)).not.toContain(text)
  })
})
