import { describe, expect, it } from 'vitest'
import { edgeKinds } from '@/lib/connectors/contract'
import { answerGraph, answerInTurns } from './answer-graph'
import { buildGraph } from './build-graph'
import type { AccessGraph } from './contract'
import { diffReachers, reachersById } from './diff'
import { randomSample, rowsOf, type Sample, sampleId, sampleOf } from './graph-samples'
import { naiveReach } from './naive-reach'
import { UnknownNodeError } from './node-ids'

const page = { at: 0, limit: 100 }

/** Identities 0 to 2, roles 3 and 4, resources 5 to 8, a credential 9 of identity 2 that resource 6 stores. */
const sample = sampleOf(
  { identities: 3, roles: 2, resources: 4 },
  [
    ['member_of', 0, 3],
    ['assumes', 3, 4],
    ['grants', 3, 5, 2],
    ['grants', 4, 6, 4],
    ['grants', 2, 7, 5],
    ['stores', 6, 9],
    ['grants', 1, 6, 2],
    ['grants', 2, 5, 3],
  ],
  {
    credentialHolder: [2],
    sensitivity: [1, 2, 4, 0],
    system: [0, 1, 1, 2],
    hours: [10, 20, Number.POSITIVE_INFINITY, 0, 0],
  },
)
const graph = buildGraph(rowsOf(sample))
const id = sampleId

describe('answerGraph', () => {
  it('tells figures, systems and exposure', () => {
    const { figures, ...rest } = answerGraph(graph, { op: 'reach', startId: id(0) })
    expect(figures).toMatchObject({ resources: 3, systems: 2, identities: 1, hours: 8760, isUnbounded: true })
    expect(rest).toMatchObject({ isLive: true, exposedTo: 0, identityCount: 3, resourceCount: 4 })
    expect(rest.bySystem).toEqual([
      { system: 'one', counts: [0, 0, 1, 0, 0] },
      { system: 'two', counts: [0, 0, 0, 1, 1] },
    ])
    expect(answerGraph(graph, { op: 'reach', startId: id(2) }).exposedTo).toBe(1)
  })

  it('tells the steps between rows, with holdings as their resource', () => {
    const { items, total } = answerGraph(graph, { op: 'reached', startId: id(0), sort: 'level', dir: 'desc', ...page })
    expect(total).toBe(3)
    expect(items[0]).toEqual({
      id: id(7),
      level: 5,
      path: [
        { kind: 'member_of', fromId: id(0), toId: id(3), level: 0, basis: 0 },
        { kind: 'assumes', fromId: id(3), toId: id(4), level: 0, basis: 0 },
        { kind: 'grants', fromId: id(4), toId: id(6), level: 4, basis: 0 },
        { kind: 'stores', fromId: id(6), toId: id(2), level: 0, basis: 0 },
        { kind: 'grants', fromId: id(2), toId: id(7), level: 5, basis: 0 },
      ],
    })
  })

  it('filters and sorts what is reached', () => {
    const reached = (wish: object) =>
      answerGraph(graph, { op: 'reached', startId: id(0), sort: 'name', dir: 'asc', ...page, ...wish }).items.map(
        (item) => item.id,
      )
    // Names of the samples run against their numbers.
    expect(reached({})).toEqual([id(7), id(6), id(5)])
    expect(reached({ dir: 'desc' })).toEqual([id(5), id(6), id(7)])
    expect(reached({ sort: 'sensitivity', dir: 'asc' })).toEqual([id(5), id(6), id(7)])
    expect(reached({ sort: 'hops', dir: 'asc' })).toEqual([id(6), id(7), id(5)])
    expect(reached({ sort: 'system', dir: 'desc' })).toEqual([id(7), id(6), id(5)])
    expect(reached({ system: 'two' })).toEqual([id(7), id(6)])
    expect(reached({ system: 'none' })).toEqual([])
    expect(reached({ level: 4 })).toEqual([id(6)])
    expect(reached({ sensitivity: 4 })).toEqual([id(7)])
    expect(reached({ onlyIds: [id(5), id(8), 'nonsense'] })).toEqual([id(5)])
    expect(reached({ at: 1, limit: 1 })).toEqual([id(6)])
    const { ids, levels } = answerGraph(graph, { op: 'reachedAll', startId: id(0) })
    expect([ids.length, [...levels]]).toEqual([48, [5, 4, 3]])
  })

  it('tells who can become whom, both ways, and who reaches a resource', () => {
    const becomes = answerGraph(graph, { op: 'becomes', startId: id(0), ...page })
    const exposed = answerGraph(graph, { op: 'exposed', startId: id(2), ...page })
    expect(becomes.items).toMatchObject([{ id: id(2) }])
    expect(exposed.items).toMatchObject([{ id: id(0) }])
    expect(exposed.items[0]?.path).toEqual(becomes.items[0]?.path)
    const reachers = answerGraph(graph, { op: 'reachers', resourceId: id(5), ...page })
    expect(reachers).toMatchObject({ total: 2, counts: [0, 0, 2, 0, 0], items: [{ id: id(2) }, { id: id(0) }] })
    expect(answerGraph(graph, { op: 'reachers', resourceId: id(5), level: 2, ...page }).total).toBe(0)
    expect(answerGraph(graph, { op: 'reachers', resourceId: id(5), onlyIds: [id(0)], ...page }).total).toBe(1)
  })

  it('ranks who reaches a resource by privilege, then by score as far as it is told, by fewest steps and by name', () => {
    // Names run against the numbers: 3 comes before 2 before 1 before 0.
    const ranked = sampleOf({ identities: 4, roles: 2, resources: 1 }, [
      ['grants', 0, 6, 2],
      ['grants', 1, 6, 5],
      ['member_of', 2, 4],
      ['assumes', 3, 5],
      ['assumes', 5, 4],
      ['grants', 4, 6, 5],
    ])
    const ask = (other: Sample, request: typeof page & { scores?: Float32Array } = page) =>
      answerGraph(buildGraph(rowsOf(other)), { op: 'reachers', resourceId: id(6), ...request }).items.map(
        (item) => item.id,
      )
    expect(ask(ranked)).toEqual([1, 2, 3, 0].map(id))
    expect(ask(ranked, { at: 1, limit: 2 })).toEqual([2, 3].map(id))
    // 0 has the highest score and the lowest privilege; nobody has scored 1 yet.
    const scores = Float32Array.of(90, -1, 40.5, 40.5)
    expect(ask(ranked, { ...page, scores })).toEqual([2, 3, 1, 0].map(id))
    expect(ask(ranked, { at: 2, limit: 1, scores })).toEqual([id(1)])
    expect(
      ask({ ...ranked, edges: ranked.edges.map((edge) => ({ ...edge, from: edge.from === 5 ? 3 : edge.from })) }),
    ).toEqual([1, 3, 2, 0].map(id))
  })

  it('finds paths between any two, also from a resource', () => {
    const between = (fromId: string, toId: string) => answerGraph(graph, { op: 'paths', fromId, toId, k: 3 })
    expect(between(id(0), id(5)).paths.map(({ steps, level }) => [steps.length, level])).toEqual([
      [2, 2],
      [5, 3],
    ])
    expect(between(id(6), id(7)).paths).toMatchObject([{ steps: [{ fromId: id(6), toId: id(2) }, { toId: id(7) }] }])
    expect(between(id(8), id(7))).toEqual({ paths: [], hasMore: false })
  })

  it('says what a cut credential changes, and for whom', () => {
    const change = { lane: 'hop', fromId: id(6), toId: id(2), kind: 'stores', isKept: false } as const
    const limits = { lostLimit: 10, losersLimit: 10 }
    const found = answerGraph(graph, { op: 'whatIf', startId: id(1), changes: [change], ...limits })
    expect(found).toMatchObject({ lost: [], losers: [{ id: id(0), lostResources: 2 }], areLosersComplete: true })
    const own = answerGraph(graph, { op: 'whatIf', startId: id(0), changes: [change], ...limits })
    expect(own.lost).toEqual([
      { id: id(7), before: 5, after: 0 },
      { id: id(5), before: 3, after: 2 },
    ])
    expect(own.after).toMatchObject({ resources: 2, identities: 0, hours: 10, isUnbounded: false })
  })

  it('refuses ids that it does not have', () => {
    for (const startId of [id(99), id(5), '', 'nonsense'])
      expect(() => answerGraph(graph, { op: 'reach', startId })).toThrow(UnknownNodeError)
    expect(() => answerGraph(graph, { op: 'reachers', resourceId: id(0), ...page })).toThrow(UnknownNodeError)
  })

  it('scores all, and those near to a change as all', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const other = buildGraph(rowsOf(randomSample(seed)))
      const all = answerGraph(other, { op: 'scores' })
      const near = answerGraph(other, { op: 'scoresNear', changedIds: [id(seed % 20)] })
      for (let at = 0; at < near.ids.length; at += 16) {
        const place = all.ids.findIndex((_, no) => no % 16 === 0 && near.ids[at + 15] === all.ids[no + 15]) / 16
        expect(near.figures.score[at / 16]).toBe(all.figures.score[place])
      }
    }
  })

  it('draws what is reached, in groups as far as there is no room', () => {
    const whole = answerGraph(graph, { op: 'picture', startId: id(0), expand: [], cap: 300 })
    expect(whole).toMatchObject({ drawn: 7, total: 7 })
    expect(whole.nodes.map(({ key }) => key).toSorted()).toEqual([0, 2, 3, 4, 5, 6, 7].map(id))
    expect(whole.edges).toContainEqual({ from: id(6), to: id(2), kind: 'stores', isUsed: false, level: 0, count: 1 })
    expect(whole.edges).toHaveLength(7)
    for (let cap = 1; cap < 8; cap += 1) {
      const { nodes, drawn, edges } = answerGraph(graph, {
        op: 'picture',
        startId: id(0),
        expand: ['group:role:one:any'],
        cap,
      })
      expect(nodes.length).toBeLessThanOrEqual(Math.max(cap, 2))
      expect(nodes.reduce((sum, { count }) => sum + count, 0)).toBe(drawn)
      for (const { from, to } of edges) expect(nodes.filter(({ key }) => key === from || key === to)).toHaveLength(2)
    }
  })
})

describe('choke points', () => {
  it('are the edges whose removal lowers the total most, exactly', () => {
    let compared = 0
    for (let seed = 0; seed < 300; seed += 1) {
      const random = randomSample(seed)
      const { items, total } = answerGraph(buildGraph(rowsOf(random)), { op: 'chokePoints', top: 100, candidates: 100 })
      const totalOf = (other: Sample) =>
        Array.from({ length: other.identities }, (_, no) => naiveReach(other, no).score).reduce(
          (sum, score) => sum + score,
          0,
        )
      expect(total).toBeCloseTo(totalOf(random), 3)
      for (const { step, effect } of items) {
        const named = random.identities + random.humans + random.roles
        const isSame = ({ kind, from, to }: Sample['edges'][number]) => {
          const end = step.kind === 'stores' ? (random.credentialHolder[to - named - random.resources] ?? -1) : to
          return edgeKinds[kind] === step.kind && id(from) === step.fromId && end >= 0 && id(end) === step.toId
        }
        const without = { ...random, edges: random.edges.filter((edge) => !isSame(edge)) }
        expect(effect, `graph ${seed}, ${JSON.stringify(step)}`).toBeCloseTo(total - totalOf(without), 1)
        compared += 1
      }
      expect(items.map(({ effect }) => effect)).toEqual(items.map(({ effect }) => effect).toSorted((a, b) => b - a))
    }
    expect(compared).toBeGreaterThan(300)
  })
})

describe('what is answered in turns', () => {
  it('is the same when other questions about the graph come between', () => {
    let turns = 0
    for (let seed = 0; seed < 300; seed += 1) {
      const rows = rowsOf(randomSample(seed))
      const graph = buildGraph(rows)
      const work = answerInTurns(graph, { op: 'chokePoints', top: 100, candidates: 100 })
      let turn = work.next()
      for (; !turn.done; turn = work.next()) {
        turns += 1
        const startId = id(turns % (rows.identityIds.length / 16))
        answerGraph(graph, { op: 'reach', startId })
        answerGraph(graph, { op: 'exposed', startId, ...page })
        answerGraph(graph, { op: 'whatIf', startId, changes: [], lostLimit: 5, losersLimit: 5 })
      }
      expect(turn.value, `graph ${seed}`).toEqual(
        answerGraph(buildGraph(rows), { op: 'chokePoints', top: 100, candidates: 100 }),
      )
    }
    expect(turns).toBeGreaterThan(1000)
  })
})

describe('diff', () => {
  it('tells who gained and lost reach, and whose was raised or lowered', () => {
    const of = (edges: Sample['edges'], target = id(5)): [AccessGraph, string] => [
      buildGraph(rowsOf({ ...sample, edges })),
      target,
    ]
    const before = reachersById(...of(sample.edges.slice(0, 6)))
    const after = reachersById(...of(sample.edges.slice(1)))
    expect(diffReachers(before, after)).toEqual({
      gained: [{ id: id(2), level: 3 }],
      lost: [{ id: id(0), level: 2 }],
      raised: [],
      lowered: [],
    })
    const raised = reachersById(...of(sample.edges))
    expect(diffReachers(before, raised).raised).toEqual([{ id: id(0), before: 2, after: 3 }])
    expect(diffReachers(raised, before).lowered).toEqual([{ id: id(0), before: 3, after: 2 }])
    expect(diffReachers(raised, raised)).toEqual({ gained: [], lost: [], raised: [], lowered: [] })
  })
})
