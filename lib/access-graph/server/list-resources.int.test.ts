import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeResource } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import type { ResourceQuery } from '../filters'
import { listResources } from './list-resources'

let db: pg.Client
let ctx: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const orgId = await makeOrganization(db)
  const place = { orgId, sourceId: await makeSource(db, orgId) }
  ctx = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
  await warmUp(ctx)
  await makeResource(db, place, 'vault', { sensitivity: 'restricted', kind: 'vault' })
  await makeResource(db, place, 'bucket a', { sensitivity: 'internal', kind: 'bucket' })
  const told = await makeResource(db, place, 'bucket b', { sensitivity: 'public', kind: 'bucket' })
  await makeResource(db, place, 'queue', { kind: 'queue' })
  await makeResource(db, place, 'bucket gone', { kind: 'bucket' })
  await db.query(`UPDATE resource SET deleted_at = now() WHERE name = 'bucket gone'`)
  await db.query(`UPDATE resource SET set_sensitivity = 'confidential', sensitivity_by = 'hand' WHERE id = $1`, [told])
  const other = await makeOrganization(db, 'Other')
  await makeResource(db, { orgId: other, sourceId: await makeSource(db, other) }, 'bucket of others', {})
})

afterAll(async () => {
  await db.end()
  await closePool()
})

/** The names of all rows, read in pages of two. */
async function names(query: ResourceQuery): Promise<string[]> {
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await listResources(ctx, { ...query, limit: 2, cursor })
    found.push(...page.items.map(({ name }) => name))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return found
}

describe('the list of resources', () => {
  it('is in the order that is asked for, without a row lost between pages', async () => {
    expect(await names({})).toEqual(['bucket a', 'bucket b', 'queue', 'vault'])
    expect(await names({ sort: 'name', dir: 'desc' })).toEqual(['vault', 'queue', 'bucket b', 'bucket a'])
    expect(await names({ sort: 'sensitivity' })).toEqual(['vault', 'bucket b', 'bucket a', 'queue'])
    expect(await names({ sort: 'sensitivity', dir: 'asc' })).toEqual(['queue', 'bucket a', 'bucket b', 'vault'])
    expect((await names({ sort: 'kind' })).at(-1)).toBe('vault')
  })

  it('keeps to its filters, by what is in force and not by what the source says', async () => {
    expect(await names({ sensitivity: ['confidential', 'unknown'] })).toEqual(['bucket b', 'queue'])
    expect(await names({ sensitivity: ['public'] })).toEqual([])
    expect(await names({ kind: ['bucket'], q: 'A' })).toEqual(['bucket a'])
    expect(await names({ system: ['no such system'] })).toEqual([])
  })

  it('counts with the first page what each filter would leave, beside the others', async () => {
    const page = await listResources(ctx, { kind: ['bucket'] })
    expect(page.total).toBe(2)
    expect(page.facets?.kind).toEqual([
      { value: 'bucket', count: 2 },
      { value: 'queue', count: 1 },
      { value: 'vault', count: 1 },
    ])
    expect(page.facets?.system.map(({ count }) => count)).toEqual([2])
    expect(page.facets?.sensitivity.toSorted((a, b) => (a.value < b.value ? -1 : 1))).toEqual([
      { value: 'confidential', count: 1 },
      { value: 'internal', count: 1 },
    ])
    const next = await listResources(ctx, { limit: 1 })
    expect(await listResources(ctx, { limit: 1, cursor: next.nextCursor ?? '' })).toMatchObject({
      total: null,
      facets: null,
    })
  })
})
