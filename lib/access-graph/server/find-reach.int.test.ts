import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeResource } from '../../../prisma/factories/inventory'
import { makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { makeRandomGraph } from '../../../prisma/factories/random-graph'
import { answerGraph } from '../engine/answer-graph'
import { buildGraph } from '../engine/build-graph'
import type { AccessGraph } from '../engine/contract'
import { findNode } from '../engine/node-ids'
import type { GraphAnswers } from '../engine/requests'
import { findReach } from './find-reach'
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

function reachOf(graph: AccessGraph, startId: string): GraphAnswers['reach'] | null {
  return findNode(graph, startId) ? answerGraph(graph, { op: 'reach', startId }) : null
}

/** Lifetimes count from two moments that are some milliseconds apart. */
function comparable(reach: GraphAnswers['reach']) {
  const { hours, score, factors, ...figures } = reach.figures
  return {
    ...reach,
    bySystem: reach.bySystem.toSorted((a, b) => (a.system < b.system ? -1 : 1)),
    figures: {
      ...figures,
      hours: hours === null ? null : Math.round(hours * 10),
      score: Math.round(score * 5),
      factors: Object.values(factors).map((factor) => factor.toFixed(3)),
    },
  }
}

describe('the engine and the database', () => {
  it('tell the same of every identity, person and role of 100 random organizations', { timeout: 300_000 }, async () => {
    let compared = 0
    let reaching = 0
    let becoming = 0
    for (let seed = 1; seed <= 100; seed += 1) {
      const orgId = await makeOrganization(db, `Random ${seed}`)
      const { identities, humans, roles } = await makeRandomGraph(db, orgId, seed)
      const graph = buildGraph(await loadGraphRows(orgId))
      for (const id of [...identities, ...humans.slice(0, 1), ...roles.slice(0, 1)]) {
        const engine = reachOf(graph, id)
        const database = await findReach(tenantOf(orgId), id)
        expect(engine === null, `seed ${seed}, ${id}`).toBe(database === null)
        if (engine === null || database === null) continue
        expect(comparable(engine), `seed ${seed}, ${id}`).toEqual(comparable(database.answer))
        compared += 1
        if (engine.figures.resources > 0) reaching += 1
        if (engine.figures.identities > 0) becoming += 1
      }
    }
    expect(compared).toBeGreaterThan(350)
    expect(reaching).toBeGreaterThan(100)
    expect(becoming).toBeGreaterThan(50)
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
