import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeIdentity, makeResource } from '../../../prisma/factories/inventory'
import { makeMember } from '../../../prisma/factories/organization'
import { makeSmallGraph, type SmallGraph } from '../../../prisma/factories/small-graph'
import { ExportReachedQuery } from '../filters'
import { unseenName } from '../rules'
import { exportReached } from './export-reached'
import { closeGraphs } from './serve-graph'

let db: pg.Client
let graph: SmallGraph
let security: Context
let owner: Context
let stranger: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  graph = await makeSmallGraph(db)
  security = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'security', 'Sam'))
  owner = contextOf(graph.orgId, graph.owner)
  stranger = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'member', 'Nia'))
  await db.query(`UPDATE resource SET name = '=HYPERLINK("http://x")' WHERE org_id = $1 AND id = $2`, [
    graph.orgId,
    graph.resources.logs,
  ])
  await warmUp(security)
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

const get = (query: object, ctx = security) =>
  exportReached(ctx, { ...ExportReachedQuery.parse(query), id: graph.identities.deployer })

async function lastEvent() {
  const { rows } = await db.query(
    `SELECT action, target_id, after FROM audit_event WHERE org_id = $1 ORDER BY seq DESC LIMIT 1`,
    [graph.orgId],
  )
  return rows[0]
}

describe('the export of what an identity reaches', () => {
  it('is a CSV that no spreadsheet runs, with the filter and the count in the trail', async () => {
    const response = await get({ sort: 'name', dir: 'asc', bom: 'yes' })
    expect(response.headers.get('content-type')).toContain('text/csv')
    expect(response.headers.get('x-total-count')).toBe('4')
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="bailiwick-blast-radius-deployer-\d{4}-\d\d-\d\d\.csv"$/,
    )
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer())
    expect(text.startsWith('\uFEFFname,externalId,kind,system')).toBe(true)
    expect(text).toContain(`"'=HYPERLINK(""http://x"")"`)
    expect(text).toContain('deployer —grants→ vault —stores→ stored —authenticates_as→ database —grants→ orders')
    expect(text.trim().split('\r\n')).toHaveLength(5)
    expect(await lastEvent()).toMatchObject({
      action: 'identity.export',
      target_id: graph.identities.deployer,
      after: { list: 'reached', format: 'csv', rows: 4, isComplete: true, filter: { sort: 'name', dir: 'asc' } },
    })
  })

  it('is JSON of the same rows', async () => {
    const items = JSON.parse(await (await get({ format: 'json', level: 'admin' })).text())
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ name: 'orders', privilege: 'admin', path: expect.any(Array) })
  })

  it('is the nodes and edges of all paths as OpenGraph, each once', async () => {
    const { graph: file, metadata } = JSON.parse(await (await get({ format: 'opengraph' })).text())
    expect(metadata.source_kind).toBe('Bailiwick')
    const ids = file.nodes.map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    // Three identities, a role, four resources, a credential.
    expect(ids).toHaveLength(9)
    expect(file.edges).toHaveLength(8)
    const ends = file.edges.flatMap(({ start, end }: Record<string, { value: string }>) => [start?.value, end?.value])
    expect(ends.filter((id: string) => !ids.includes(id))).toEqual([])
    expect(await lastEvent()).toMatchObject({ after: { format: 'opengraph', rows: 4, isComplete: true } })
  })

  it('is connected as OpenGraph, also where a resource is reached through one that covers it', async () => {
    const { rows } = await db.query<{ source_id: string }>(
      `SELECT source_id FROM identity WHERE org_id = $1 AND id = $2`,
      [graph.orgId, graph.identities.deployer],
    )
    const place = { orgId: graph.orgId, sourceId: rows[0]?.source_id ?? '' }
    const reader = await makeIdentity(db, place, { name: 'reader of all' })
    const every = await makeResource(db, place, 'every', { external_id: 'covered*' })
    const covered = [1, 2, 3].map((no) => makeResource(db, place, `covered ${no}`, { external_id: `covered${no}` }))
    const ids = [every, ...(await Promise.all(covered))]
    await makeEdge(db, place, {
      kind: 'grants',
      from: { type: 'identity', id: reader },
      to: { type: 'resource', id: every },
      privilege: 'read',
    })
    const response = await exportReached(security, { ...ExportReachedQuery.parse({ format: 'opengraph' }), id: reader })
    const { graph: file } = JSON.parse(await response.text())
    const told = file.nodes.map(({ id }: { id: string }) => id)
    expect(told.toSorted()).toEqual([reader, ...ids].toSorted())
    const steps: [string, string][] = file.edges.map(({ start, end }: Record<string, { value: string }>) => [
      start?.value,
      end?.value,
    ])
    const connected = new Set([reader])
    for (const _ of told) for (const [start, end] of steps) if (connected.has(start)) connected.add(end)
    expect(told.filter((id: string) => !connected.has(id))).toEqual([])
    expect(file.edges.filter(({ kind }: { kind: string }) => kind === 'BW_Covers')).toHaveLength(3)
  })

  it('says when it was broken off', async () => {
    const response = await get({})
    await response.body?.cancel()
    expect(await lastEvent()).toMatchObject({ after: { isComplete: false } })
  })

  it('holds back names that the caller may not know, and whole rows with them', async () => {
    const text = await (await get({}, owner)).text()
    expect(text).toContain(unseenName)
    expect(text).not.toMatch(/ext:database|resource:orders/)
    await expect(get({ format: 'opengraph' }, owner)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(get({}, stranger)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is of one state of the graph: it breaks off when another one arrives meanwhile', async () => {
    const { deployer } = graph.identities
    await db.query(
      `WITH made AS (
         INSERT INTO resource (org_id, source_id, external_id, kind, name)
         SELECT org_id, source_id, 'many:' || n, 'bucket', 'many ' || n FROM identity, generate_series(1, 16000) n
         WHERE org_id = $1 AND id = $2 RETURNING org_id, source_id, id, external_id
       )
       INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_ref, from_id, to_type, to_ref, to_id, effect, basis, privilege)
       SELECT org_id, source_id, external_id, 'grants', 'identity', 'deployer', $2, 'resource', external_id, id, 'allow', 'entitlement', 'read'
       FROM made`,
      [graph.orgId, deployer],
    )
    const whole = await (await get({ format: 'json' })).text()
    expect(JSON.parse(whole)).toHaveLength(16_004)
    const reader = (await get({ format: 'json' })).body?.getReader()
    await reader?.read()
    await db.query(`UPDATE resource SET name = 'renamed' WHERE org_id = $1 AND id = $2`, [
      graph.orgId,
      graph.resources.old,
    ])
    const readOn = async () => {
      while ((await reader?.read())?.done === false);
    }
    await expect(readOn()).rejects.toMatchObject({ code: 'conflict' })
    expect(await lastEvent()).toMatchObject({ action: 'identity.export', after: { isComplete: false } })
  })
})
