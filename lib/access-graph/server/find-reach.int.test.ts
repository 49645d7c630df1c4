import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeResource } from '../../../prisma/factories/inventory'
import { makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { putRows, randomRows } from '../../../prisma/factories/random-graph'
import { type PlainGraph, plainGraphOf } from '../../../prisma/factories/random-sample'
import { answerGraph } from '../engine/answer-graph'
import { buildGraph } from '../engine/build-graph'
import { uuidAt } from '../engine/ids'
import { naiveReach } from '../engine/naive-reach'
import { findNode } from '../engine/node-ids'
import type { GraphAnswers } from '../engine/requests'
import { levels } from '../score'
import { findReach, openReachSeries } from './find-reach'
import { loadGraphRows } from './load-graph'
import { coveredPairs } from './read-carrying'

let db: pg.Client

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const organizations = 100
const graphsOfEach = 100

/** What is compared of an answer, from whomever it comes. */
interface Figures {
  cells: ArrayLike<number>
  identities: number
  systems: number
  exposedTo: number
  isLive: boolean
  bySystem: Map<string, string>
  hours: number
  score: number
}

function figuresOf({ figures, bySystem, exposedTo, isLive }: GraphAnswers['reach']): Figures {
  const { cells, identities, systems, hours, isUnbounded, score } = figures
  const lasting = isUnbounded ? Number.POSITIVE_INFINITY : (hours ?? Number.NaN)
  const counts = new Map(bySystem.map((each) => [each.system, each.counts.join()]))
  return { cells, identities, systems, exposedTo, isLive, bySystem: counts, hours: lasting, score }
}

/** The same of every principal of a graph, as the definition says it. */
function plainFigures({ sample, systems }: PlainGraph): Figures[] {
  const named = sample.identities + sample.humans + sample.roles
  const reached = Array.from({ length: named }, (_, no) => naiveReach(sample, no))
  return reached.map(({ levels: found, cells, identities, systems: count, hours, score }, no) => {
    const bySystem = new Map<string, number[]>()
    for (const [resource, { level }] of found) {
      const system = systems[sample.system[resource - named] ?? 0] ?? ''
      const counts = bySystem.get(system) ?? levels.map(() => 0)
      counts[level - 1] = (counts[level - 1] ?? 0) + 1
      bySystem.set(system, counts)
    }
    const others = reached.slice(0, sample.identities)
    return {
      cells,
      identities,
      systems: count,
      exposedTo: others.filter(({ becomes }, other) => other !== no && becomes.has(no)).length,
      isLive: sample.dead[no] !== 1,
      bySystem: new Map([...bySystem].map(([system, counts]) => [system, counts.join()])),
      hours,
      score,
    }
  })
}

/** What two answers differ in. Lifetimes count from moments that are some seconds apart, and the score with them. */
function difference(one: Figures, other: Figures): string | undefined {
  if (Array.from(one.cells).join() !== Array.from(other.cells).join()) return 'cells'
  for (const name of ['identities', 'systems', 'exposedTo', 'isLive'] as const)
    if (one[name] !== other[name]) return `${name}: ${one[name]} and ${other[name]}`
  for (const system of new Set([...one.bySystem.keys(), ...other.bySystem.keys()]))
    if (one.bySystem.get(system) !== other.bySystem.get(system)) return `counts of ${system}`
  // A year is the most that is told of a known end.
  const [hours, others] = [Math.min(one.hours, 8760), Math.min(other.hours, 8760)]
  const isNear = Object.is(hours, others) || Math.abs(hours - others) < 0.1
  if (!isNear || Number.isFinite(one.hours) !== Number.isFinite(other.hours))
    return `hours: ${one.hours}, ${other.hours}`
  return Math.abs(one.score - other.score) > 0.15 ? `score: ${one.score}, ${other.score}` : undefined
}

describe('the engine, the database and the definition', () => {
  it('tell the same of every identity of 10,000 random graphs, and of people and roles', {
    timeout: 300_000,
  }, async () => {
    const seen = { compared: 0, reaching: 0, becoming: 0, unknown: 0 }
    for (let no = 0; no < organizations; no += 1) {
      const orgId = await makeOrganization(db, `Random ${no}`)
      const rows = Array.from({ length: graphsOfEach }, (_, place) => randomRows(no * graphsOfEach + place, place))
      await putRows(db, orgId, rows)
      await db.query(`ANALYZE entitlement, identity, credential, resource, role`)
      const plain = rows.map((each) => plainGraphOf(each, Date.now()))
      const expected = new Map(
        plain.flatMap((each) => plainFigures(each).map((figures, at) => [each.ids[at], figures])),
      )
      // Of every graph its identities, of every fifth its people and roles too.
      const asked = plain.flatMap(({ sample, ids }, place) =>
        ids.slice(0, place % 5 === 0 ? sample.identities + sample.humans + sample.roles : sample.identities),
      )
      const graph = buildGraph(await loadGraphRows(orgId))
      const series = await openReachSeries(tenantOf(orgId))
      const database = await series.findAll(asked)
      await series.close()
      for (const [at, startId] of asked.entries()) {
        const told = database[at]?.answer
        const where = () =>
          `graph ${no * graphsOfEach + plain.findIndex(({ ids }) => ids.includes(startId))}, ${startId}`
        const isKnown = findNode(graph, startId) !== undefined
        if (isKnown !== (told !== undefined)) expect(isKnown, where()).toBe(told !== undefined)
        const naive = expected.get(startId)
        if (!isKnown || !told || !naive) {
          // People and roles that are gone.
          seen.unknown += 1
          if (naive?.isLive !== false) expect(naive?.isLive, where()).toBe(false)
          continue
        }
        const engine = figuresOf(answerGraph(graph, { op: 'reach', startId }))
        const differs = difference(engine, figuresOf(told)) ?? difference(engine, naive)
        if (differs !== undefined) expect(differs, where()).toBeUndefined()
        seen.compared += 1
        if (engine.systems > 0) seen.reaching += 1
        if (engine.identities > 0) seen.becoming += 1
      }
    }
    expect(seen.compared).toBeGreaterThan(35_000)
    expect(seen.reaching).toBeGreaterThan(10_000)
    expect(seen.becoming).toBeGreaterThan(5000)
    expect(seen.unknown).toBeGreaterThan(200)
  })
})

describe('the score of rows', () => {
  /** What may only lower it, as the sources tell of it. */
  const lowering = {
    'edges taken away': `UPDATE entitlement SET deleted_at = now() WHERE org_id = $1 AND effect = 'allow' AND random() < 0.1`,
    'edges that end': `UPDATE entitlement SET expires_at = now() - interval '1 second' WHERE org_id = $1 AND effect = 'allow' AND random() < 0.1`,
    'privileges lowered': `UPDATE entitlement SET privilege = CASE privilege WHEN 'admin' THEN 'write' WHEN 'secret_read' THEN 'read' WHEN 'write' THEN 'read' END
      WHERE org_id = $1 AND kind = 'grants' AND effect = 'allow' AND random() < 0.2`,
    'lives shortened': `UPDATE credential SET never_expires = false, expires_at = now() + random() * interval '40 days'
      WHERE org_id = $1 AND (expires_at IS NULL OR expires_at > now() + interval '40 days') AND random() < 0.8`,
    'credentials ended': `UPDATE credential SET expires_at = now() - interval '1 second', never_expires = false WHERE org_id = $1 AND random() < 0.6`,
  }

  it.each(Object.entries(lowering))('never rises by %s', { timeout: 120_000 }, async (_name, sql) => {
    let [scored, fallen] = [0, 0]
    for (let no = 0; no < 4; no += 1) {
      const orgId = await makeOrganization(db, `Lowered ${no}`)
      const rows = Array.from({ length: graphsOfEach }, (_, place) => randomRows(50_000 + no * 100 + place, place))
      await putRows(db, orgId, rows)
      const scores = async () => {
        const { ids, figures } = answerGraph(buildGraph(await loadGraphRows(orgId)), { op: 'scores' })
        return new Map(Array.from(figures.score, (score, at) => [uuidAt(ids, at), score]))
      }
      const before = await scores()
      await db.query(sql, [orgId])
      for (const [id, score] of await scores()) {
        const was = before.get(id) ?? -1
        if (score > was) expect(score, `organization ${no}, ${id}`).toBeLessThanOrEqual(was)
        if (score < was) fallen += 1
        scored += 1
      }
    }
    expect(scored).toBeGreaterThan(1000)
    expect(fallen).toBeGreaterThan(10)
  })
})

describe('what carries', () => {
  it('is taken away by a refusal that is unconditional and of every scope, and by no other', async () => {
    const orgId = await makeOrganization(db)
    const place = { orgId, sourceId: await makeSource(db, orgId) }
    const make = async (given: string[], refused: string[], rest: Record<string, unknown> = {}) => {
      const name = `bucket ${Math.random()}`
      const to = { type: 'resource', id: await makeResource(db, place, name) }
      const grant = { kind: 'grants', from: { type: 'role', id: roleId }, to }
      await makeEdge(db, place, { ...grant, privilege: 'write', scopes: given, scope_count: given.length })
      await makeEdge(db, place, { ...grant, effect: 'deny', scopes: refused, scope_count: refused.length, ...rest })
      return to.id
    }
    const { rows } = await db.query<{ id: string }>(
      `INSERT INTO role (org_id, source_id, external_id, kind, name) VALUES ($1, $2, 'r', 'group', 'r') RETURNING id`,
      [orgId, place.sourceId],
    )
    const roleId = rows[0]?.id ?? ''
    const gone = [
      await make(['s3:GetObject'], ['s3:getobject']),
      await make(['s3:GetObject', 's3:PutObject'], ['s3:*']),
      await make(['s3:GetObject'], []),
      await make([], []),
    ]
    const kept = [
      await make(['s3:GetObject', 's3:PutObject'], ['s3:GetObject']),
      await make(['s3:GetObject'], ['s3:*'], { condition: 'mfa' }),
      await make(['s3:GetObject'], ['s3:*'], { not_evaluable: 'NotAction' }),
      await make(['s3:GetObject'], ['s3:*'], { expires_at: new Date(Date.now() - 1000) }),
      await make([], ['s3:GetObject']),
      await make(['s3:GetObject'], ['s3_GetObject']),
    ]
    const reached = await findReach(tenantOf(orgId), roleId)
    expect(reached?.answer.figures.resources).toBe(kept.length)
    expect(reached?.answer.resourceCount).toBe(gone.length + kept.length)
    const graph = buildGraph(await loadGraphRows(orgId))
    const page = answerGraph(graph, { op: 'reached', startId: roleId, sort: 'name', dir: 'asc', at: 0, limit: 50 })
    expect(page.items.map(({ id }) => id).toSorted()).toEqual(kept.toSorted())
  })
})

describe('what covers', () => {
  const pairs = async (instance: string, refs: string[]) => {
    const orgId = await makeOrganization(db)
    const { rows } = await db.query<{ id: string }>(
      `INSERT INTO source (org_id, system, instance, name) VALUES ($1, 'x', $2, 'x') RETURNING id`,
      [orgId, instance],
    )
    const place = { orgId, sourceId: rows[0]?.id ?? '' }
    for (const ref of refs) await makeResource(db, place, ref, { external_id: ref })
    const found = await db.query<{ parent: string; child: string }>(
      `SELECT p.external_id AS parent, c.external_id AS child FROM (${coveredPairs('$1::uuid')}) v
       JOIN resource p ON p.id = v.parent JOIN resource c ON c.id = v.child`,
      [orgId],
    )
    return found.rows.map(({ parent, child }) => `${parent} > ${child}`).toSorted()
  }

  it('is an account, a service, and a pattern of AWS', async () => {
    const [all, s3] = ['aws:1', 'aws:1:s3:*']
    const [bucket, prefix] = ['arn:aws:s3:::logs', 'arn:aws:s3:::lo*']
    const [far, secret] = ['arn:aws:sqs:eu-west-1:2:q', 'arn:aws:secretsmanager:eu-west-1:1:secret:a']
    expect(await pairs('1', [all, s3, bucket, prefix, far, secret])).toEqual(
      [
        `${all} > ${s3}`,
        `${all} > ${bucket}`,
        `${all} > ${prefix}`,
        `${all} > ${secret}`,
        `${s3} > ${bucket}`,
        `${s3} > ${prefix}`,
        `${prefix} > ${bucket}`,
      ].toSorted(),
    )
  })

  it('is a kind of Kubernetes objects, in one namespace or all', async () => {
    const [every, prod, one, other] = [
      'k8s:*:core/secrets',
      'k8s:prod:core/secrets',
      'secret:prod:db',
      'secret:test:db',
    ]
    expect(await pairs('c', [every, prod, one, other, 'k8s:prod:core/secretsish'])).toEqual(
      [`${every} > ${prod}`, `${every} > ${one}`, `${every} > ${other}`, `${prod} > ${one}`].toSorted(),
    )
  })

  it('takes the signs of a pattern language literally', async () => {
    expect(await pairs('c', ['a_b*', 'axb1', 'a_b1', '100%', '1000', 'a\\*', 'a\\c', 'ac'])).toEqual(
      ['a\\* > a\\c', 'a_b* > a_b1'].toSorted(),
    )
  })
})
