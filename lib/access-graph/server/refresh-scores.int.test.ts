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
import { makeCredential, makeEdge, makeIdentity, makeResource, makeRole } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { makeRandomGraph } from '../../../prisma/factories/random-graph'
import { findReach } from './find-reach'
import { getBlastSummary } from './get-blast-summary'
import { listChokePoints } from './list-choke-points'
import { refreshScores } from './refresh-scores'
import { closeGraphs } from './serve-graph'
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
