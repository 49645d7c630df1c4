import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeRole } from '../../../prisma/factories/inventory'
import { makeMember } from '../../../prisma/factories/organization'
import { makeSmallGraph, type SmallGraph } from '../../../prisma/factories/small-graph'
import { PathsQuery, PictureQuery, ReachedQuery, ReachersQuery } from '../blast-radius'
import { ReachedIdentitiesQuery } from '../filters'
import { unseenName } from '../rules'
import { factorsOf, levels, scoreOf, sensitivityClasses } from '../score'
import { findPaths } from './find-paths'
import { getBlastRadius } from './get-blast-radius'
import { getBlastSummary } from './get-blast-summary'
import { getPicture } from './get-picture'
import { listBecomes } from './list-becomes'
import { listChokePoints } from './list-choke-points'
import { listExposed } from './list-exposed'
import { listReached } from './list-reached'
import { listReachers } from './list-reachers'
import { refreshScores } from './refresh-scores'
import { searchNodes } from './search-nodes'
import { closeGraphs } from './serve-graph'

let db: pg.Client
let graph: SmallGraph
let security: Context
let owner: Context
let stranger: Context
let foreign: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  graph = await makeSmallGraph(db)
  const { orgId } = graph
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  owner = contextOf(orgId, graph.owner)
  stranger = contextOf(orgId, await makeMember(db, orgId, 'member', 'Nia'))
  const other = await makeSmallGraph(db)
  foreign = contextOf(other.orgId, await makeMember(db, other.orgId, 'admin', 'Zed'))
  await warmUp(security)
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

const reached = (query: object = {}, ctx = security, id = graph.identities.deployer) =>
  listReached(ctx, { ...ReachedQuery.parse(query), id })
const names = (items: readonly { name: string }[]) => items.map(({ name }) => name)
const told = (path: { kind: string; to: { name: string } }[]) => path.map(({ kind, to }) => `${kind} ${to.name}`)
const cell = (sensitivity: string, level: string) =>
  sensitivityClasses.indexOf(sensitivity as never) * levels.length + levels.indexOf(level as never)

describe('the way that is told', () => {
  it('is the certain one of two that are equally short, and so is the edge of two that lead the same way', async () => {
    const { orgId, identities, resources, role } = await makeSmallGraph(db)
    const member = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sue'))
    const { logs } = resources
    const { rows } = await db.query<{ source_id: string }>('SELECT source_id FROM role WHERE id = $1', [role])
    const place = { orgId, sourceId: rows[0]?.source_id ?? '' }
    const read = (from: string, more = {}) => {
      const ends = { from: { type: 'role', id: from }, to: { type: 'resource', id: logs } }
      return makeEdge(db, place, { kind: 'grants', ...ends, privilege: 'read', ...more })
    }
    const ways = async () => {
      const page = await listReached(member, { ...ReachedQuery.parse({ q: 'logs' }), id: identities.deployer })
      const back = await listReachers(member, { ...ReachersQuery.parse({ q: 'deployer' }), id: logs })
      const paths = [page.items[0]?.path, back.items[0]?.path]
      return paths.map((path) => path?.map(({ to, condition, notEvaluable }) => [to.name, condition ?? notEvaluable]))
    }
    const onCondition = [
      ['readers', null],
      ['logs', 'only from the office'],
    ]
    expect(await ways()).toEqual([onCondition, onCondition])
    const auditors = await makeRole(db, place, 'auditors')
    const [from, to] = [
      { type: 'identity', id: identities.deployer },
      { type: 'role', id: auditors },
    ]
    await makeEdge(db, place, { kind: 'member_of', from, to })
    const partly = await read(auditors, { not_evaluable: 'a policy of its own' })
    expect(await ways()).toEqual([onCondition, onCondition])
    await db.query('UPDATE entitlement SET deleted_at = now() WHERE id = $1', [partly])
    const certain = await read(auditors)
    const byAuditors = [
      ['auditors', null],
      ['logs', null],
    ]
    expect(await ways()).toEqual([byAuditors, byAuditors])
    await db.query('UPDATE entitlement SET deleted_at = now() WHERE id = $1', [certain])
    // Beside the edge on a condition, lately used, one without any.
    await db.query(
      `UPDATE entitlement SET last_used_at = now() WHERE org_id = $1 AND condition = 'only from the office'`,
      [orgId],
    )
    await read(role)
    const byReaders = [
      ['readers', null],
      ['logs', null],
    ]
    expect(await ways()).toEqual([byReaders, byReaders])
  })
})

describe('the blast radius of an identity', () => {
  it('counts what it reaches by its roles, by stored secrets and by whom it can become, and for how long', async () => {
    const { figures, ...blast } = await getBlastRadius(security, { id: graph.identities.deployer })
    const expected = new Array(25).fill(0)
    for (const [sensitivity, level] of [
      ['internal', 'read'],
      ['confidential', 'secret_read'],
      ['restricted', 'admin'],
      ['unknown', 'write'],
    ])
      expected[cell(String(sensitivity), String(level))] = 1
    expect(figures.cells).toEqual(expected)
    expect(figures).toMatchObject({ resources: 4, systems: 2, identities: 2 })
    // A stored secret of the database never expires: the end is not that of one of its own credentials.
    expect(figures.persistence).toEqual({ hours: 8760, isUnbounded: true, credential: null })
    const inputs = { cells: figures.cells, identities: figures.identities, hours: figures.persistence.hours }
    expect(figures.score).toBe(scoreOf(inputs))
    expect(figures.factors.alter).toBeCloseTo(factorsOf(inputs).alter, 5)
    expect(blast).toMatchObject({
      isLive: true,
      identity: { id: graph.identities.deployer, name: 'deployer' },
      impact: 4 / 6,
      exposedTo: 1,
      exposure: 1 / 4,
      truncated: false,
    })
    expect(blast.matrix.toSorted((a, b) => a.system.localeCompare(b.system))).toEqual([
      { system: 'aws', counts: [0, 1, 1, 1, 0], total: 3 },
      { system: 'kubernetes', counts: [0, 0, 0, 0, 1], total: 1 },
    ])
    expect(blast.caveats).toEqual([
      { kind: 'deny', count: 1 },
      { kind: 'condition', count: 1 },
    ])
  })

  it('knows no end where no credential is known', async () => {
    const { figures } = await getBlastRadius(security, { id: graph.identities.idle })
    expect(figures).toMatchObject({ score: 0, resources: 0, persistence: { hours: null, credential: null } })
  })

  it('reaches nothing while it is disabled', async () => {
    const blast = await getBlastRadius(security, { id: graph.identities.retired })
    expect(blast).toMatchObject({ isLive: false, impact: 0, figures: { score: 0, resources: 0, identities: 0 } })
  })

  it('is for whoever may read the identity', async () => {
    const { deployer } = graph.identities
    await expect(getBlastRadius(owner, { id: deployer })).resolves.toMatchObject({ figures: { resources: 4 } })
    await expect(getBlastRadius(stranger, { id: deployer })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(getBlastRadius(foreign, { id: deployer })).rejects.toMatchObject({ code: 'not_found' })
    await expect(getBlastRadius(security, { id: randomUUID() })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('what it reaches, one by one', () => {
  it('tells each resource at its highest privilege with the shortest path, edge by edge', async () => {
    const { items, total } = await reached()
    expect(total).toBe(4)
    expect(items.map(({ name, privilege }) => [name, privilege])).toEqual([
      ['orders', 'admin'],
      ['vault', 'secret_read'],
      ['artifacts', 'write'],
      ['logs', 'read'],
    ])
    const [orders, vault, artifacts, logs] = items.map(({ path }) => path)
    expect(told(orders ?? [])).toEqual(['grants vault', 'stores stored', 'authenticates_as database', 'grants orders'])
    expect(orders?.map(({ edgeId }) => edgeId)).toEqual([
      graph.edges.secrets,
      graph.edges.stores,
      null,
      graph.edges.orders,
    ])
    expect(told(vault ?? [])).toEqual(['grants vault'])
    expect(vault?.[0]).toMatchObject({ level: 'secret_read', source: { system: 'aws', name: 'cloud' } })
    expect(vault?.[0]?.lastUsedAt).not.toBeNull()
    expect(artifacts?.map(({ edgeId, basis }) => [edgeId, basis])).toEqual([
      [graph.edges.become, 'entitlement'],
      [graph.edges.write, 'observed'],
    ])
    expect(told(logs ?? [])).toEqual(['member_of readers', 'grants logs'])
    expect(logs?.[1]?.condition).toBe('only from the office')
  })

  it('filters, sorts and begins at any row', async () => {
    expect(names((await reached({ system: 'kubernetes' })).items)).toEqual(['orders'])
    expect(names((await reached({ level: 'write' })).items)).toEqual(['artifacts'])
    expect(names((await reached({ sensitivity: 'confidential' })).items)).toEqual(['vault'])
    expect((await reached({ q: 'RESOURCE:' })).total).toBe(4)
    expect(names((await reached({ q: 'artif' })).items)).toEqual(['artifacts'])
    expect((await reached({ q: '%' })).total).toBe(0)
    expect(names((await reached({ sort: 'name', dir: 'asc' })).items)).toEqual(['artifacts', 'logs', 'orders', 'vault'])
    const page = await reached({ sort: 'name', dir: 'asc', at: '1', limit: '2' })
    expect([names(page.items), page.total, page.at]).toEqual([['logs', 'orders'], 4, 1])
  })

  it('names nothing of a source that the caller may not read', async () => {
    const { items } = await reached({}, owner)
    expect(names(items)).toEqual([unseenName, 'vault', 'artifacts', 'logs'])
    const [orders] = items
    expect(orders).toMatchObject({ externalId: '', system: 'kubernetes', privilege: 'admin' })
    expect(told(orders?.path ?? [])).toEqual([
      'grants vault',
      `stores ${unseenName}`,
      `authenticates_as ${unseenName}`,
      `grants ${unseenName}`,
    ])
    expect(orders?.path.at(-1)).toMatchObject({ edgeId: null, source: null, to: { id: null } })
    expect((await reached({ q: 'orders' }, owner)).total).toBe(0)
    expect(JSON.stringify(items)).not.toMatch(/ext:database|resource:orders/)
  })

  it('tells whom it can become and who can become it', async () => {
    const query = (more = {}) => ({ ...ReachedIdentitiesQuery.parse(more), id: graph.identities.deployer })
    const becomes = await listBecomes(security, query())
    expect(becomes.items.map(({ node }) => node.name).toSorted()).toEqual(['builder', 'database'])
    expect((await listBecomes(security, query({ q: 'data' }))).items.map(({ path }) => told(path))).toEqual([
      ['grants vault', 'stores stored', 'authenticates_as database'],
    ])
    const exposed = await listExposed(security, query())
    expect(exposed.items.map(({ node, path }) => [node.name, told(path)])).toEqual([
      ['builder', ['impersonates deployer']],
    ])
    expect((await listBecomes(owner, query())).items.map(({ node }) => node.name).toSorted()).toEqual([
      unseenName,
      'builder',
    ])
  })

  it('draws it from its credentials to resources', async () => {
    const picture = await getPicture(security, { ...PictureQuery.parse({}), id: graph.identities.deployer })
    const inLayer = (name: string) => picture.nodes.filter(({ layer }) => layer === name)
    expect(
      inLayer('credential')
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['later', 'soon'])
    expect(inLayer('resource').reduce((sum, { count }) => sum + count, 0)).toBe(4)
    expect(picture.drawn).toBe(picture.total)
    const ids = new Set(picture.nodes.map(({ id }) => id))
    expect(picture.edges.filter(({ from, to }) => !(ids.has(from) && ids.has(to)))).toEqual([])
    expect(picture.edges.filter(({ kind }) => kind === 'authenticates_as')).toHaveLength(2)
  })
})

describe('the other way round', () => {
  it('tells who reaches a resource, by which route', async () => {
    const page = await listReachers(security, { ...ReachersQuery.parse({}), id: graph.resources.orders })
    expect(page.items.map(({ node, privilege }) => [node.name, privilege])).toEqual([
      ['database', 'admin'],
      ['auditor', 'admin'],
      ['deployer', 'admin'],
      ['builder', 'admin'],
    ])
    expect([page.counts, page.total, page.exposure]).toEqual([[0, 0, 0, 0, 4], 4, 4 / 5])
    expect(told(page.items[1]?.path ?? [])).toEqual([
      'grants vault',
      'stores stored',
      'authenticates_as database',
      'grants orders',
    ])
    const asked = (query: object) =>
      listReachers(security, { ...ReachersQuery.parse(query), id: graph.resources.vault })
    expect((await asked({ q: 'audi' })).items.map(({ node }) => node.name)).toEqual(['auditor'])
    expect((await asked({ level: 'admin' })).total).toBe(0)
    const ask = (ctx: Context) => listReachers(ctx, { ...ReachersQuery.parse({}), id: graph.resources.orders })
    await expect(ask(owner)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(ask(foreign)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('finds paths between two nodes, by the kinds that are asked for', async () => {
    const { deployer } = graph.identities
    const ask = (query: object, ctx = security) => findPaths(ctx, PathsQuery.parse(query))
    const { paths, from, to } = await ask({ from: deployer, to: graph.resources.artifacts })
    expect([from.name, to.name]).toEqual(['deployer', 'artifacts'])
    expect(paths[0]).toMatchObject({ level: 'write' })
    expect(told(paths[0]?.steps ?? [])).toEqual(['impersonates builder', 'grants artifacts'])
    const without = await ask({ from: deployer, to: graph.resources.artifacts, kinds: 'member_of,grants' })
    expect(without.paths).toEqual([])
    const person = await ask({ from: deployer, to: graph.identities.database })
    expect(told(person.paths[0]?.steps ?? [])).toEqual(['grants vault', 'stores stored', 'authenticates_as database'])
    await expect(ask({ from: deployer, to: deployer })).rejects.toMatchObject({ fields: { to: expect.any(String) } })
    await expect(ask({ from: deployer, to: graph.role, kinds: 'magic' })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { kinds: expect.any(String) },
    })
    const opened = await ask({ from: graph.resources.vault, to: graph.resources.orders })
    expect(told(opened.paths[0]?.steps ?? [])).toEqual(['stores stored', 'authenticates_as database', 'grants orders'])
    const { soon } = graph.credentials
    await expect(ask({ from: soon, to: deployer })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(ask({ from: deployer, to: graph.resources.logs }, foreign)).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(ask({ from: deployer, to: graph.resources.orders }, owner)).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('finds nodes that the caller may know by name', async () => {
    const found = async (ctx: Context, q: string) =>
      (await searchNodes(ctx, { q })).items.map(({ type, name }) => `${type} ${name}`)
    expect(await found(security, 'or')).toEqual(['resource orders', 'identity auditor'])
    expect(await found(security, 'ORDERS')).toEqual(['resource orders'])
    expect(await found(owner, 'r')).toEqual(['identity deployer'])
    expect(await found(foreign, graph.identities.deployer)).toEqual([])
  })

  it('tells choke points and the summary to who may see all of it', async () => {
    const { items, total } = await listChokePoints(security, { top: 10 })
    expect(total).toBeGreaterThan(0)
    expect(items.map(({ effect }) => effect)).toEqual(items.map(({ effect }) => effect).toSorted((a, b) => b - a))
    expect(items[0]?.step.from.name).toBeDefined()
    for (const { step, mostAffected } of items)
      if (step.from.type === 'identity') expect(mostAffected?.id).toBe(step.from.id)
    await expect(listChokePoints(owner, { top: 10 })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(getBlastSummary(owner)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await getBlastSummary(security)).toMatchObject({ trend: expect.any(Array), asOf: null })
  })

  it('sums up the scores that were worked out, and shows them beside names', async () => {
    await refreshScores(contextForJob(graph.orgId, 'refresh-scores'))
    const { distribution, scored, total, top, trend, asOf } = await getBlastSummary(security)
    expect(distribution.reduce((sum, count) => sum + count, 0)).toBe(scored)
    expect(trend).toMatchObject([{ scored, critical: 0 }])
    expect(trend[0]?.total).toBeCloseTo(total, 5)
    expect(asOf).not.toBeNull()
    const scores = top.map(({ figures }) => figures.score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    const deployer = top.find(({ node }) => node.name === 'deployer')
    const { figures } = await getBlastRadius(security, { id: graph.identities.deployer })
    expect(deployer).toMatchObject({ ownerLabel: 'Mia', figures: { score: figures.score, cells: figures.cells } })
    expect(deployer?.figures.factors.reach).toBeCloseTo(figures.factors.reach, 5)
    const ask = (query: object = {}) =>
      listReachers(security, { ...ReachersQuery.parse(query), id: graph.resources.orders })
    const page = await ask()
    expect(page.items.find(({ node }) => node.name === 'deployer')?.score).toBe(figures.score)
    // All administer it: the furthest reaching first, not those of the fewest steps as before anything was scored.
    const ranked = page.items.map(({ node, score }) => [node.name, score ?? -1] as const)
    expect(ranked).toHaveLength(4)
    expect(ranked.map(([, score]) => score)).toEqual(ranked.map(([, score]) => score).toSorted((a, b) => b - a))
    expect(names(ranked.map(([name]) => ({ name })))).not.toEqual(['database', 'auditor', 'deployer', 'builder'])
    expect((await ask({ at: 1, limit: 2 })).items.map(({ node }) => node.name)).toEqual(
      ranked.slice(1, 3).map(([name]) => name),
    )
    // The next scoring is followed, though the graph stays as it is.
    await db.query(
      `UPDATE identity_score SET score = CASE identity_id WHEN $2::uuid THEN 99 ELSE 1 END WHERE org_id = $1`,
      [graph.orgId, graph.identities.auditor],
    )
    await db.query(`UPDATE score_day SET scored_at = scored_at + interval '1 second' WHERE org_id = $1`, [graph.orgId])
    expect((await ask()).items.map(({ node, score }) => [node.name, score])).toEqual([
      ['auditor', 99],
      ['database', 1],
      ['deployer', 1],
      ['builder', 1],
    ])
  })
})
