import { once } from 'node:events'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listIdentities } from '@/lib/identities/server/list-identities'
import { actingStatuses } from '@/lib/identities/values'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { startProgram } from '@/lib/platform/testing/programs'
import { watchThreads, whenBusy } from '@/lib/platform/testing/threads'
import { type ChainGraph, makeChainGraph } from '../../../prisma/factories/chain-graph'
import { makeCredential, makeEdge, makeIdentity, makeResource, makeRole } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { makeRandomGraph } from '../../../prisma/factories/random-graph'
import { findReach } from './find-reach'
import { getBlastSummary } from './get-blast-summary'
import { refreshScoresJob } from './jobs'
import { listChokePoints } from './list-choke-points'
import { refreshScores, sweepScores } from './refresh-scores'
import { askGraph, closeGraphs } from './serve-graph'
import { setSensitivity } from './set-sensitivity'

let db: pg.Client
let place: { orgId: string; sourceId: string }
let job: Context
let admin: Context
const id: Record<string, string> = {}

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

beforeEach(async () => {
  const orgId = await makeOrganization(db)
  place = { orgId, sourceId: await makeSource(db, orgId) }
  job = contextForJob(orgId, 'refresh-scores')
  admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Ada'))
  await warmUp(admin)
  id.agent = await makeIdentity(db, place, { name: 'agent' })
  id.idle = await makeIdentity(db, place, { name: 'idle' })
  id.gone = await makeIdentity(db, place, { name: 'gone', status: 'disabled' })
  id.role = await makeRole(db, place, 'writers')
  id.bucket = await makeResource(db, place, 'bucket')
  await makeCredential(db, place, { identity_id: id.agent, never_expires: true })
  await edge('member_of', ['identity', id.agent], ['role', id.role])
  id.grant = await edge('grants', ['role', id.role], ['resource', id.bucket], { privilege: 'write' })
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

type Node = [type: string, id: string | undefined]
const nodeOf = ([type, nodeId]: Node) => ({ type, id: nodeId ?? '' })
const edge = (kind: string, from: Node, to: Node, rest: Record<string, unknown> = {}) =>
  makeEdge(db, place, { kind, from: nodeOf(from), to: nodeOf(to), ...rest })

async function scores(): Promise<Record<string, number>> {
  const { rows } = await db.query<{ name: string; score: number }>(
    `SELECT i.name, s.score FROM identity_score s JOIN identity i USING (org_id) WHERE i.id = s.identity_id AND i.org_id = $1`,
    [place.orgId],
  )
  return Object.fromEntries(rows.map(({ name, score }) => [name, score]))
}

const one = async <T>(sql: string) => (await db.query(sql, [place.orgId])).rows[0] as T
const events = async () =>
  (
    await db.query<{ after: Record<string, unknown> }>(
      `SELECT after FROM audit_event WHERE org_id = $1 AND action = 'organization.score' ORDER BY seq`,
      [place.orgId],
    )
  ).rows.map(({ after }) => after)

describe('refreshing scores', () => {
  it('writes the figures of everybody, the day, and what lists sort by', async () => {
    expect(await refreshScores(job)).toEqual({ scored: 3, changed: 3, jewelChanges: 0 })
    const found = await scores()
    const reach = await findReach(tenantOf(place.orgId), id.agent ?? '')
    expect(found.agent).toBeCloseTo(reach?.answer.figures.score ?? -1, 3)
    expect(found.agent).toBeGreaterThan(0)
    expect(found).toMatchObject({ idle: 0, gone: 0 })
    const day = await one<Record<string, unknown>>(`SELECT * FROM score_day WHERE org_id = $1`)
    expect(day).toMatchObject({ scored: 2, critical: 0 })
    expect((day.distribution as number[]).reduce((sum, n) => sum + n)).toBe(2)
    const { items } = await listIdentities(admin, { sort: 'blast', dir: 'desc' })
    expect(items.map(({ name }) => name)[0]).toBe('agent')
    expect((await listIdentities(admin, { blast: '10' })).items.map(({ name }) => name)).toEqual(['agent'])
    expect(await events()).toMatchObject([{ scored: 3, changed: 3 }])
  })

  it('counts in each ten points exactly those that its list holds, and adds up as choke points do', async () => {
    for (let n = 0; n < 24; n += 1) {
      const other = await makeIdentity(db, place, { name: `other ${n}`, status: n % 8 === 0 ? 'unknown' : 'active' })
      await makeCredential(db, place, { identity_id: other, expires_at: new Date(Date.now() + (n + 1) * 86_400_000) })
      await edge('member_of', ['identity', other], ['role', id.role])
    }
    await refreshScores(job)
    const { distribution, scored, total, trend } = await getBlastSummary(admin)
    for (const [decade, count] of distribution.entries()) {
      const blast = `${decade * 10}-${decade * 10 + 10}`
      const { items } = await listIdentities(admin, { blast, status: [...actingStatuses], limit: 200 })
      expect(items, blast).toHaveLength(count)
    }
    expect(scored).toBe(26)
    expect(total).toBe((await listChokePoints(admin, { top: 1 })).total)
    expect(trend.at(-1)?.mean).toBeCloseTo(total / scored, 9)
  })

  it('does nothing when nothing has changed, and writes changed rows only', async () => {
    await refreshScores(job)
    expect(await refreshScores(job)).toEqual({ scored: 0, changed: 0, jewelChanges: 0 })
    await edge('grants', ['identity', id.idle], ['resource', id.bucket], { privilege: 'read' })
    expect(await refreshScores(job)).toEqual({ scored: 3, changed: 1, jewelChanges: 0 })
    expect((await scores()).idle).toBeGreaterThan(0)
    expect(await events()).toHaveLength(2)
  })

  it('scores only those whom one known change may touch', async () => {
    for (let n = 0; n < 12; n += 1) await makeIdentity(db, place, { name: `other ${n}` })
    await refreshScores(job)
    const before = await scores()
    await db.query(`SELECT set_config('app.current_org', $1, false)`, [place.orgId])
    await db.query(`UPDATE entitlement SET privilege = 'admin' WHERE org_id = $1 AND id = $2`, [place.orgId, id.grant])
    const outcome = await refreshScores(job, [id.role ?? ''])
    expect(outcome).toEqual({ scored: 1, changed: 1, jewelChanges: 0 })
    expect((await scores()).agent).toBeGreaterThan(before.agent ?? 100)
  })

  it('scores everybody when more has changed than the job knows of', async () => {
    await refreshScores(job)
    await edge('grants', ['identity', id.idle], ['resource', id.bucket], { privilege: 'read' })
    await edge('grants', ['role', id.role], ['resource', id.bucket], { privilege: 'admin' })
    expect(await refreshScores(job, [id.role ?? ''])).toMatchObject({ scored: 3, changed: 2 })
  })

  it('is asked for by what a person says of a resource', async () => {
    await refreshScores(job)
    await setSensitivity(admin, { id: id.bucket ?? '', sensitivity: 'restricted', reason: 'Card numbers' })
    const { n, data } = await one<{ n: number; data: { changed: string } }>(
      `SELECT count(*)::int AS n, (array_agg(data))[1] AS data FROM pgboss.job WHERE name = 'refresh-scores' AND data->>'orgId' = $1::text`,
    )
    expect({ n, changed: data.changed }).toEqual({ n: 1, changed: id.bucket })
    const before = await scores()
    expect(await refreshScores(job, data.changed.split(','))).toMatchObject({ changed: 1 })
    expect((await scores()).agent).toBeGreaterThan(before.agent ?? 100)
  })

  it('is the same by parts as at once, over random changes of random organizations', { timeout: 120_000 }, async () => {
    for (let seed = 400; seed < 412; seed += 1) {
      const orgId = await makeOrganization(db, `Random ${seed}`)
      await makeRandomGraph(db, orgId, seed)
      const ctx = contextForJob(orgId, 'refresh-scores')
      await refreshScores(ctx)
      for (let round = 0; round < 3; round += 1) {
        const { rows } = await db.query<{ id: string; from_id: string; to_id: string }>(
          `UPDATE entitlement SET deleted_at = now() WHERE id = (SELECT id FROM entitlement WHERE org_id = $1 AND deleted_at IS NULL
             AND effect = 'allow' AND from_id IS NOT NULL AND to_id IS NOT NULL ORDER BY id LIMIT 1) RETURNING id, from_id, to_id`,
          [orgId],
        )
        const [cut] = rows
        if (!cut) break
        await refreshScores(ctx, [cut.from_id, cut.to_id])
        const { rows: scored } = await db.query<{ id: string; cells: number[]; identities: number }>(
          `SELECT identity_id AS id, cells, identities FROM identity_score WHERE org_id = $1`,
          [orgId],
        )
        for (const { id: identityId, cells, identities } of scored) {
          const reach = await findReach(tenantOf(orgId), identityId)
          const { figures } = reach?.answer ?? {}
          expect({ cells, identities }, `seed ${seed}`).toEqual({
            cells: figures?.cells,
            identities: figures?.identities,
          })
        }
      }
    }
  })
})

describe('scoring that is killed', () => {
  const threads = watchThreads()
  let chain: ChainGraph
  let ofChain: Context
  const state = async () => {
    const { rows } = await db.query<Record<string, unknown>>(
      `SELECT (SELECT count(*)::int FROM identity_score WHERE org_id = $1) AS scores,
         (SELECT md5(string_agg(s::text, ',' ORDER BY s.identity_id)) FROM identity_score s WHERE org_id = $1) AS digest,
         (SELECT max(version)::text FROM score_day WHERE org_id = $1) AS version,
         (SELECT count(*)::int FROM identity_listing WHERE org_id = $1 AND score > 0) AS listed,
         (SELECT count(*)::int FROM jewel_reach WHERE org_id = $1) AS reaching,
         (SELECT count(*)::int FROM audit_event WHERE org_id = $1 AND action = 'organization.score') AS events`,
      [chain.orgId],
    )
    return rows[0]
  }
  const nothing = { scores: 0, digest: null, version: null, listed: 0, reaching: 0, events: 0 }
  const whole = { scores: 12_000, listed: 12_000, reaching: 20 }

  beforeAll(async () => {
    chain = await makeChainGraph(db, 12_000)
    ofChain = contextForJob(chain.orgId, 'refresh-scores')
    await db.query(
      `INSERT INTO crown_jewel (org_id, node_id, node_type, marked_by, marked_by_label) VALUES ($1, $2, 'resource', 'user:x', 'Ada')`,
      [chain.orgId, chain.resources[19]],
    )
  })
  afterAll(threads.stop)

  /** Kills the thread while it scores the chain, whose graph it has. */
  async function killed(scoring: () => Promise<unknown>): Promise<unknown> {
    await askGraph(ofChain, { op: 'exposed', startId: chain.identities[0] ?? '', at: 0, limit: 1 })
    const thread = threads.started.at(-1)
    if (!thread) throw new Error('no thread was started')
    const outcome = scoring().catch((error: unknown) => error)
    await whenBusy(thread, 100)
    await thread.terminate()
    return outcome
  }

  it('writes nothing when its thread ends, says so to the queue, and is made up for', {
    timeout: 120_000,
  }, async () => {
    expect(await killed(() => refreshScores(ofChain))).toMatchObject({ code: 'upstream_failed' })
    expect(await state()).toEqual(nothing)
    expect(await refreshScores(ofChain)).toMatchObject({ scored: 12_000, changed: 12_000 })
    const first = await state()
    expect(first).toMatchObject({ ...whole, events: 1 })
    // The next time, what was known before stays as it was, and is told to be of its own version.
    const { orgId } = chain
    await db.query(`UPDATE entitlement SET privilege = 'read' WHERE org_id = $1 AND kind = 'grants'`, [orgId])
    const data = { orgId, changed: '' }
    expect(await killed(() => refreshScoresJob.run(data, new AbortController().signal))).toMatchObject({
      code: 'upstream_failed',
    })
    expect(await state()).toEqual(first)
    await refreshScoresJob.run(data, new AbortController().signal)
    const second = await state()
    expect(second).toMatchObject({ ...whole, events: 2 })
    expect([second?.digest, second?.version]).not.toContain(first?.digest)
    expect(Number(second?.version)).toBeGreaterThan(Number(first?.version))
  })

  it('keeps no other organization from its scores', { timeout: 120_000 }, async () => {
    await db.query(`UPDATE entitlement SET privilege = 'write' WHERE org_id = $1 AND kind = 'grants'`, [chain.orgId])
    const before = await state()
    const behind = new Map<string, bigint>()
    // At the first look it is only noted who is behind.
    await sweepScores(behind)
    expect([...behind.keys()]).toEqual(expect.arrayContaining([chain.orgId, place.orgId]))
    expect(await scores()).toEqual({})
    // The older organization is looked at first.
    await killed(() => sweepScores(behind))
    expect(await state()).toEqual(before)
    expect(await scores()).toMatchObject({ idle: 0, gone: 0 })
    await sweepScores(behind)
    expect((await state())?.version).not.toBe(before?.version)
  })

  it('leaves no half of what it was writing when its process ends', { timeout: 120_000 }, async () => {
    // Everything is written but the audit event, without which nothing counts.
    await db.query('BEGIN; LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE')
    const child = await startProgram(
      'lib/access-graph/server/jobs.ts',
      'refreshScoresJob',
      `refreshScoresJob.run(${JSON.stringify({ orgId: place.orgId, changed: '' })})`,
    )
    const waits = () => db.query(`SELECT FROM pg_locks WHERE NOT granted AND relation = 'audit_event'::regclass`)
    await expect.poll(async () => (await waits()).rowCount, { timeout: 60_000 }).toBe(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await db.query('COMMIT')
    expect(await scores()).toEqual({})
    expect(await events()).toEqual([])
    expect(await refreshScores(job)).toEqual({ scored: 3, changed: 3, jewelChanges: 0 })
  })
})

describe('crown jewels', () => {
  beforeEach(async () => {
    await db.query(
      `INSERT INTO crown_jewel (org_id, node_id, node_type, marked_by, marked_by_label) VALUES ($1, $2, 'resource', 'user:x', 'Ada')`,
      [place.orgId, id.bucket],
    )
  })

  const changes = async () =>
    (
      await db.query<{ change: string; node_name: string; before: number; after: number; path: { name: string }[] }>(
        `SELECT change, node_name, before, after, path FROM jewel_change WHERE org_id = $1 ORDER BY id`,
        [place.orgId],
      )
    ).rows.map(({ path, ...row }) => ({ ...row, path: path.map(({ name }) => name).join(' > ') }))

  it('begin with who reaches them, and keep who comes, rises, falls and goes, with the way', async () => {
    await refreshScores(job)
    expect(await changes()).toEqual([])
    expect(await one(`SELECT count(*)::int AS n, max(level) AS level FROM jewel_reach WHERE org_id = $1`)).toEqual({
      n: 1,
      level: 3,
    })

    const came = await edge('member_of', ['identity', id.idle], ['role', id.role])
    await refreshScores(job)
    await db.query(`UPDATE entitlement SET privilege = 'read' WHERE id = $1`, [id.grant])
    await refreshScores(job)
    await db.query(`UPDATE entitlement SET deleted_at = now() WHERE id = $1`, [came])
    expect((await refreshScores(job)).jewelChanges).toBe(1)
    const [first, ...rest] = await changes()
    expect(first).toEqual({
      change: 'gained',
      node_name: 'idle',
      before: null,
      after: 3,
      path: 'idle > writers > bucket',
    })
    expect(
      rest
        .slice(0, 2)
        .map(({ change, node_name }) => `${node_name} ${change}`)
        .toSorted(),
    ).toEqual(['agent lowered', 'idle lowered'])
    expect(rest.at(-1)).toEqual({
      change: 'lost',
      node_name: 'idle',
      before: 2,
      after: null,
      path: 'idle > writers > bucket',
    })
    expect(await one(`SELECT count(*)::int AS n FROM jewel_reach WHERE org_id = $1`)).toEqual({ n: 1 })
  })

  it('keep the way that there is, without a change where the level stays', async () => {
    await refreshScores(job)
    const way = async () => {
      const { path } = await one<{ path: { name: string }[] }>(`SELECT path FROM jewel_reach WHERE org_id = $1`)
      return path.map(({ name }) => name).join(' > ')
    }
    expect(await way()).toBe('agent > writers > bucket')
    const other = await makeRole(db, place, 'deployers')
    await edge('member_of', ['identity', id.agent], ['role', other])
    await edge('grants', ['role', other], ['resource', id.bucket], { privilege: 'write' })
    await db.query(`UPDATE entitlement SET deleted_at = now() WHERE id = $1`, [id.grant])
    expect(await refreshScores(job)).toMatchObject({ jewelChanges: 0 })
    expect(await way()).toBe('agent > deployers > bucket')
    await db.query(`UPDATE role SET name = 'releasers' WHERE org_id = $1 AND id = $2`, [place.orgId, other])
    expect(await refreshScores(job)).toMatchObject({ jewelChanges: 0 })
    expect(await way()).toBe('agent > releasers > bucket')
    expect(await changes()).toEqual([])
  })

  it('take the event that changed the graph for the cause, and no other', async () => {
    const target = { kind: 'organization' as const, id: place.orgId, label: 'Acme', attr: {} }
    const permit = await job.authorize('score', target)
    const happened = async (action: string) => {
      await job.commit(permit, { action, target, after: {} }, async () => undefined)
      return (await one<{ seq: string }>(`SELECT max(seq)::text AS seq FROM audit_event WHERE org_id = $1`)).seq
    }
    const causes = async () =>
      (
        await db.query<{ cause: string | null }>(
          `SELECT cause::text AS cause FROM jewel_change WHERE org_id = $1 ORDER BY id`,
          [place.orgId],
        )
      ).rows.map(({ cause }) => cause)
    await happened('import.apply')
    await refreshScores(job)
    const seqs: (string | null)[] = []
    for (const action of ['connection.sync', 'import.apply', 'connection.delete', 'api_key.revoke']) {
      const level = seqs.length % 2 === 0 ? 'read' : 'write'
      await db.query(`UPDATE entitlement SET privilege = $2 WHERE id = $1`, [id.grant, level])
      seqs.push(await happened(action))
      // Neither what a sync did before it merged nor what was said of an owner changes who reaches what.
      await happened('identity.owner.assign')
      await happened('connection.sync.read')
      await refreshScores(job)
    }
    expect(await causes()).toEqual(seqs)
    // What changes without any of them has no cause: not the last one that there was.
    await db.query(`UPDATE entitlement SET expires_at = now() - interval '1 second' WHERE id = $1`, [id.grant])
    await happened('identity.owner.assign')
    await refreshScores(job)
    expect(await causes()).toEqual([...seqs, null])
  })
})
