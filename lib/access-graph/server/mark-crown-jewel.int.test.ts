import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeMember } from '../../../prisma/factories/organization'
import { makeSmallGraph, type SmallGraph } from '../../../prisma/factories/small-graph'
import { deleteCrownJewel } from './delete-crown-jewel'
import { listCrownJewels } from './list-crown-jewels'
import { listJewelChanges } from './list-jewel-changes'
import { markCrownJewel } from './mark-crown-jewel'
import { closeGraphs } from './serve-graph'

let db: pg.Client
let graph: SmallGraph
let other: SmallGraph
let security: Context
let reviewer: Context
let member: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  graph = await makeSmallGraph(db)
  other = await makeSmallGraph(db)
  security = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'security', 'Sam'))
  reviewer = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'reviewer', 'Rae'))
  member = contextOf(graph.orgId, graph.owner)
  await warmUp(security)
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

describe('crown jewels', () => {
  it('are resources and identities, each with how many reach it', async () => {
    const orders = await markCrownJewel(security, { nodeId: graph.resources.orders, note: 'Every order' })
    expect(orders).toMatchObject({
      node: { type: 'resource', name: 'orders' },
      note: 'Every order',
      markedBy: 'Sam',
      reachers: 4,
    })
    const database = await markCrownJewel(security, { nodeId: graph.identities.database })
    expect(database).toMatchObject({ node: { type: 'identity' }, note: null, reachers: 3 })
    const { items, can } = await listCrownJewels(security)
    expect(items.map(({ node }) => node.name)).toEqual(['database', 'orders'])
    expect(can).toEqual({ mark: true })
    expect((await listCrownJewels(reviewer)).can).toEqual({ mark: false })
    const { rows } = await db.query(`SELECT action, after FROM audit_event WHERE org_id = $1 ORDER BY seq`, [
      graph.orgId,
    ])
    expect(rows[0]).toMatchObject({ action: 'crown_jewel.mark', after: { nodeId: graph.resources.orders } })
  })

  it('are marked once, by who may, and nothing else is', async () => {
    const mark = (nodeId: string, ctx = security) => markCrownJewel(ctx, { nodeId })
    await expect(mark(graph.resources.orders)).rejects.toMatchObject({ code: 'conflict' })
    await expect(mark(graph.role)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { nodeId: expect.any(String) },
    })
    await expect(mark(other.resources.orders)).rejects.toMatchObject({ code: 'not_found' })
    await expect(mark(graph.resources.logs, reviewer)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(mark(graph.identities.deployer, member)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listCrownJewels(member)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('keep who has come to reach them and who no longer does, in pages, latest first', async () => {
    const jewel = (await listCrownJewels(security)).items.find(({ node }) => node.name === 'orders')
    if (!jewel) throw new Error('there is no crown jewel')
    const path = [{ kind: 'grants', name: 'orders' }]
    for (const [change, before, after] of [
      ['gained', null, 2],
      ['raised', 2, 5],
      ['lost', 5, null],
    ])
      await db.query(
        `INSERT INTO jewel_change (org_id, jewel_id, change, node_id, node_name, before, after, path, cause)
         VALUES ($1, $2, $3, $4, 'auditor', $5, $6, $7, 12)`,
        [graph.orgId, jewel.id, change, graph.identities.auditor, before, after, JSON.stringify(path)],
      )
    const first = await listJewelChanges(security, { id: jewel.id, limit: 2 })
    expect(first.items.map(({ change, before, after }) => [change, before, after])).toEqual([
      ['lost', 'admin', null],
      ['raised', 'read', 'admin'],
    ])
    expect(first.items[0]).toMatchObject({ node: { name: 'auditor' }, path, cause: '12' })
    const rest = await listJewelChanges(security, { id: jewel.id, limit: 2, cursor: String(first.nextCursor) })
    expect([rest.items.map(({ change }) => change), rest.nextCursor]).toEqual([['gained'], null])
    await expect(listJewelChanges(security, { id: jewel.id, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('lose their mark', async () => {
    const { items } = await listCrownJewels(security)
    const [first] = items
    if (!first) throw new Error('there is no crown jewel')
    await expect(deleteCrownJewel(reviewer, { id: first.id })).rejects.toMatchObject({ code: 'forbidden' })
    await deleteCrownJewel(security, { id: first.id })
    expect((await listCrownJewels(security)).items).toHaveLength(items.length - 1)
    await expect(deleteCrownJewel(security, { id: first.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keep their changes without their mark, and go on with them when they are marked again', async () => {
    const jewel = (await listCrownJewels(security)).items.find(({ node }) => node.name === 'orders')
    if (!jewel) throw new Error('there is no crown jewel')
    await db.query(
      `INSERT INTO jewel_reach (org_id, jewel_id, identity_id, level) VALUES ($1, $2, $3, 2)
       ON CONFLICT DO NOTHING`,
      [graph.orgId, jewel.id, graph.identities.auditor],
    )
    await deleteCrownJewel(security, { id: jewel.id })
    const { items, past } = await listCrownJewels(security)
    expect(items.map(({ id }) => id)).not.toContain(jewel.id)
    expect(past[0]).toMatchObject({ id: jewel.id, node: { name: 'orders' }, unmarkedAt: expect.any(String) })
    const kept = await listJewelChanges(security, { id: jewel.id })
    expect(kept.items).toHaveLength(3)
    expect(kept.jewel.unmarkedAt).toEqual(past[0]?.unmarkedAt)
    const { rows } = await db.query(`SELECT count(*)::int AS n FROM jewel_reach WHERE jewel_id = $1`, [jewel.id])
    expect(rows[0].n).toBe(0)
    const again = await markCrownJewel(security, { nodeId: graph.resources.orders, note: 'Once more' })
    expect(again).toMatchObject({ id: jewel.id, unmarkedAt: null, note: 'Once more', markedBy: 'Sam' })
    expect((await listJewelChanges(security, { id: again.id })).items).toHaveLength(3)
    expect((await listCrownJewels(security)).past.map(({ id }) => id)).not.toContain(jewel.id)
  })
})
