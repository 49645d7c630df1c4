import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from '@/lib/platform/testing/database'
import { watchThreads, whenBusy } from '@/lib/platform/testing/threads'
import { type ChainGraph, makeChainGraph } from '../../../prisma/factories/chain-graph'
import { makeEdge, makeIdentity, makeResource } from '../../../prisma/factories/inventory'
import { makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { askGraph, closeGraphs, readGraphVersion } from './serve-graph'

let db: pg.Client
let place: { orgId: string; sourceId: string }
let identity: string
const ctx = () => ({ tenant: tenantOf(place.orgId) })

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

beforeEach(async () => {
  const orgId = await makeOrganization(db)
  place = { orgId, sourceId: await makeSource(db, orgId) }
  identity = await makeIdentity(db, place, { name: 'agent' })
  await grant('first')
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

async function grant(name: string, columns: Record<string, unknown> = {}): Promise<string> {
  const to = { type: 'resource', id: await makeResource(db, place, name, columns) }
  return makeEdge(db, place, { kind: 'grants', from: { type: 'identity', id: identity }, to, privilege: 'write' })
}

const resourcesOf = async () => (await askGraph(ctx(), { op: 'reached', startId: identity, ...byName })).answer.total
const byName = { sort: 'name', dir: 'asc', at: 0, limit: 10 } as const

describe('asking the graph', () => {
  it('is answered by the engine, with the version that the database has', async () => {
    const told = await askGraph(ctx(), { op: 'reached', startId: identity, ...byName })
    expect(told).toMatchObject({ by: 'engine', version: String(await readGraphVersion(tenantOf(place.orgId))) })
    expect(told.answer.items).toHaveLength(1)
  })

  it('never answers from before a change that was committed', async () => {
    expect(await resourcesOf()).toBe(1)
    await grant('second')
    expect(await resourcesOf()).toBe(2)
    await db.query(`UPDATE entitlement SET deleted_at = now() WHERE org_id = $1`, [place.orgId])
    expect(await resourcesOf()).toBe(0)
  })

  it('gives all who ask at once one build, and each the state that it asked for or a later one', async () => {
    const [first, , later] = await Promise.all([resourcesOf(), resourcesOf(), grant('second').then(resourcesOf)])
    expect(first).toBeGreaterThanOrEqual(1)
    expect(later).toBe(2)
  })

  it('lets an edge that has ended since go, though nothing was written', async () => {
    await grant('short', {})
    await db.query(
      `UPDATE entitlement SET expires_at = now() + interval '1.5 seconds' WHERE org_id = $1 AND id = (SELECT max(id::text)::uuid FROM entitlement WHERE org_id = $1)`,
      [place.orgId],
    )
    expect(await resourcesOf()).toBe(2)
    await new Promise((done) => setTimeout(done, 1700))
    expect(await resourcesOf()).toBe(1)
  })

  it('knows nothing of another organization', async () => {
    const other = await makeOrganization(db, 'Other')
    const foreign = askGraph({ tenant: tenantOf(other) }, { op: 'reach', startId: identity })
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' })
    await expect(askGraph(ctx(), { op: 'reached', startId: other, ...byName })).rejects.toMatchObject({
      code: 'not_found',
    })
    const version = await readGraphVersion(tenantOf(other))
    await grant('second')
    expect(await readGraphVersion(tenantOf(place.orgId))).toBeGreaterThan(version)
  })

  it('answers for an organization without anything', async () => {
    const orgId = await makeOrganization(db, 'Empty')
    const { answer } = await askGraph({ tenant: tenantOf(orgId) }, { op: 'scores' })
    expect(answer.figures.score).toHaveLength(0)
  })
})

/** Until somebody waits for a table who asks so. */
async function waitsFor(asking: string): Promise<void> {
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ${asking}`
  await expect.poll(async () => (await db.query(waiting)).rowCount, { timeout: 10_000 }).toBeGreaterThan(0)
}
/** Until the thread, and nobody else, waits in the middle of loading: questions to the database itself are recursive. */
const loadingWaits = () => waitsFor(`NOT LIKE 'WITH RECURSIVE%'`)

describe('a graph that takes long to load', () => {
  // What fails here must not hold its lock on the tests behind it.
  afterEach(() => db.query('ROLLBACK'))

  it('leaves the reach of an identity to the database meanwhile, when that is sooner', async () => {
    // Much to load behind the table that is waited for, of which what is asked about needs nothing.
    const big = await makeChainGraph(db, 2500)
    const lone = await makeIdentity(db, big, { name: 'lone' })
    const inBig = { tenant: tenantOf(big.orgId) }
    const version = await readGraphVersion(inBig.tenant)
    await db.query('BEGIN; LOCK TABLE credential IN ACCESS EXCLUSIVE MODE')
    const reached = askGraph(inBig, { op: 'reached', startId: lone, ...byName })
    const reach = askGraph(inBig, { op: 'reach', startId: lone })
    await new Promise((done) => setTimeout(done, 1500))
    await db.query('COMMIT')
    expect(await reach).toMatchObject({
      by: 'database',
      version: String(version),
      answer: { figures: { resources: 0 }, isLive: true, identityCount: 2501 },
    })
    expect(await reached).toMatchObject({ by: 'engine', answer: { total: 0 } })
  })

  it('tells the graph’s answer when the database takes longer', async () => {
    // The recursive query walks tens of thousands of steps, one after the other; of the graph, only the edges are still to be read.
    const deep = await makeChainGraph(db, 50_000)
    const inDeep = { tenant: tenantOf(deep.orgId) }
    await db.query('BEGIN; LOCK TABLE entitlement IN ACCESS EXCLUSIVE MODE')
    const reach = askGraph(inDeep, { op: 'reach', startId: deep.identities[0] ?? '' })
    await loadingWaits()
    // By then the database has been asked too.
    await new Promise((done) => setTimeout(done, 1500))
    await db.query('COMMIT')
    expect(await reach).toMatchObject({ by: 'engine', answer: { figures: { resources: 50_000 } } })
  })
})

describe('a thread that ends during a question', () => {
  it('leaves the reach of an identity to the database and fails clearly otherwise; the next question starts another', async () => {
    // The thread waits for this table in the middle of loading.
    await db.query('BEGIN; LOCK TABLE credential IN ACCESS EXCLUSIVE MODE')
    const reach = askGraph(ctx(), { op: 'reach', startId: identity })
    const reached = askGraph(ctx(), { op: 'reached', startId: identity, ...byName })
    const ending = expect(reached).rejects.toMatchObject({ code: 'upstream_failed' })
    await loadingWaits()
    await closeGraphs()
    await db.query('COMMIT')
    expect(await reach).toMatchObject({ by: 'database', answer: { figures: { resources: 1 }, isLive: true } })
    await ending
    expect(await askGraph(ctx(), { op: 'reach', startId: identity })).toMatchObject({
      by: 'engine',
      answer: { figures: { resources: 1 } },
    })
  })
})

describe('a thread that is killed in the middle of a search', () => {
  const threads = watchThreads()
  let chain: ChainGraph
  const inChain = () => ({ tenant: tenantOf(chain.orgId) })
  const near = () => chain.identities.at(-4) ?? ''
  const reachOf = (startId: string) => askGraph(inChain(), { op: 'reach', startId })
  /** Lifetimes count from when the graph was read. */
  const told = ({ answer, version }: Awaited<ReturnType<typeof reachOf>>) => ({ answer, version })

  beforeAll(async () => {
    chain = await makeChainGraph(db, 2500)
  })
  afterAll(threads.stop)

  /** Asks what takes seconds of a graph that is loaded, and waits until the thread is at it. */
  async function searching() {
    const before = await reachOf(near())
    expect(before).toMatchObject({ by: 'engine', answer: { figures: { resources: 4 }, exposedTo: 2496 } })
    const thread = threads.started.at(-1)
    if (!thread) throw new Error('no thread was started')
    let isSettled = false
    const search = askGraph(inChain(), { op: 'chokePoints', top: 5, candidates: 100 })
    const failing = expect(
      search.finally(() => {
        isSettled = true
      }),
    ).rejects.toMatchObject({ code: 'upstream_failed', retryAfterSeconds: 2 })
    await whenBusy(thread)
    expect(isSettled).toBe(false)
    return { before, thread, failing }
  }

  it('tells nothing of it, leaves reach to the database, and the next question starts another', async () => {
    const { before, thread, failing } = await searching()
    // A second search beside it, and a question whose graph the thread waits for.
    const second = expect(askGraph(inChain(), { op: 'chokePoints', top: 5, candidates: 90 })).rejects.toMatchObject({
      code: 'upstream_failed',
    })
    await db.query('BEGIN; LOCK TABLE credential IN ACCESS EXCLUSIVE MODE')
    const waiting = expect(askGraph(ctx(), { op: 'reached', startId: identity, ...byName })).rejects.toMatchObject({
      code: 'upstream_failed',
    })
    const waitingReach = askGraph(ctx(), { op: 'reach', startId: identity })
    await loadingWaits()
    const ended = thread.terminate()
    // Asked of a thread that is ending.
    const late = reachOf(near())
    await db.query('COMMIT')
    await Promise.all([failing, second, waiting, ended])
    expect(await waitingReach).toMatchObject({ by: 'database', answer: { figures: { resources: 1 } } })
    expect(told(await late)).toEqual(told(before))
    const [again, all] = await Promise.all([reachOf(near()), askGraph(inChain(), { op: 'scores' })])
    // Whichever had it first.
    expect(told(again)).toEqual(told(before))
    expect(all.answer.figures.score).toHaveLength(2500)
    expect(await reachOf(near())).toMatchObject({ by: 'engine' })
    expect(threads.started.at(-1)).not.toBe(thread)
  })

  it('answers others meanwhile as long as it lives', async () => {
    const { thread, failing } = await searching()
    expect(await askGraph(ctx(), { op: 'reached', startId: identity, ...byName })).toMatchObject({
      by: 'engine',
      answer: { total: 1 },
    })
    expect(await reachOf(chain.identities[0] ?? '')).toMatchObject({
      by: 'engine',
      answer: { figures: { resources: 2500 } },
    })
    await thread.terminate()
    await failing
  })

  it('fails as clearly when it breaks by itself', async () => {
    const before = await reachOf(near())
    const thread = threads.started.at(-1)
    // Not a question: nothing in the thread can catch what comes of it.
    thread?.postMessage(null)
    const [reach, reached] = [reachOf(near()), askGraph(inChain(), { op: 'reached', startId: near(), ...byName })]
    await expect(reached).rejects.toMatchObject({ code: 'upstream_failed' })
    expect(await reach).toMatchObject({ by: 'database', answer: before.answer })
    expect(await askGraph(inChain(), { op: 'reached', startId: near(), ...byName })).toMatchObject({
      by: 'engine',
      answer: { total: 4 },
    })
  })
})
