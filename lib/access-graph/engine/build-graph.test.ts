import { describe, expect, it } from 'vitest'
import { answerGraph } from './answer-graph'
import { buildGraph } from './build-graph'
import type { AccessGraph } from './contract'
import { rowsOf, type Sample, sampleId, sampleOf } from './graph-samples'
import { reach, Scratch } from './reach'

function edgeCount({ hopTo, grantTo }: AccessGraph): [hops: number, grants: number] {
  return [hopTo.length, grantTo.length]
}

describe('buildGraph', () => {
  it('lets one edge stand for parallel ones, and drops those to itself, to nothing and to who is disabled', () => {
    const sample = sampleOf({ identities: 3, roles: 1, resources: 1 }, [
      ['member_of', 0, 3],
      ['member_of', 0, 3],
      ['assumes', 0, 3],
      ['assumes', 0, 0],
      ['assumes', 0, -1],
      ['assumes', -1, 1],
      ['assumes', 0, 2],
      ['assumes', 2, 0],
      ['grants', 0, 1],
      ['grants', 3, 4, 2],
      ['grants', 3, 4, 4],
      ['grants', 3, 4, 3],
    ])
    sample.dead[2] = 1
    const [, , , , , , , , , last] = sample.edges
    if (last) last.basis = 1
    const graph = buildGraph(rowsOf(sample))
    expect(edgeCount(graph)).toEqual([2, 1])
    expect([...graph.grantLevel, ...graph.grantBasis]).toEqual([4, 1])
  })

  it('makes a holding where a level that somebody holds opens something, through what is covered too', () => {
    // Resource 3 covers 4 and 5; 4 stores a credential of identity 1. Identity 0 may read secrets in 3, identity 2 may read it.
    const sample = sampleOf(
      { identities: 3, roles: 0, resources: 3 },
      [
        ['grants', 0, 3, 4],
        ['grants', 2, 3, 2],
        ['stores', 4, 6],
      ],
      {
        covers: [
          [3, 4],
          [3, 5],
          [4, 3],
        ],
        credentialHolder: [1],
      },
    )
    const graph = buildGraph(rowsOf(sample))
    const holdings = [...graph.holdingOf].flatMap((resource, no) =>
      resource < 0 ? [] : `${resource} ${graph.holdingLevel[no]}`,
    )
    expect(holdings.toSorted()).toEqual(['0 2', '0 4', '1 2', '1 4'])
    const scratch = new Scratch(graph)
    expect(reach(graph, 0, scratch)).toMatchObject({ identities: 1 })
    expect(reach(graph, 2, scratch)).toMatchObject({ identities: 0 })
    expect([0, 1, 2].map((resource) => scratch.levelOf(resource))).toEqual([2, 2, 2])
  })

  it('survives an organization without anything and one without edges', () => {
    const nothing: Sample = sampleOf({ identities: 0, roles: 0, resources: 0 }, [])
    expect(answerGraph(buildGraph(rowsOf(nothing)), { op: 'scores' }).ids).toHaveLength(0)
    const graph = buildGraph(rowsOf(sampleOf({ identities: 2, roles: 1, resources: 2 }, [])))
    expect(answerGraph(graph, { op: 'reach', startId: sampleId(0) })).toMatchObject({
      figures: { resources: 0, score: 0 },
    })
    expect(answerGraph(graph, { op: 'chokePoints', top: 5, candidates: 5 })).toMatchObject({ total: 0, items: [] })
    expect(answerGraph(graph, { op: 'picture', startId: sampleId(0), expand: [], cap: 300 })).toMatchObject({
      total: 1,
    })
  })

  it('refuses columns that do not fit together', () => {
    const rows = rowsOf(sampleOf({ identities: 2, roles: 0, resources: 1 }, [['grants', 0, 2, 2]]))
    expect(() => buildGraph({ ...rows, identityIds: new Uint8Array(16) })).toThrow(RangeError)
    expect(() => buildGraph({ ...rows, edges: { ...rows.edges, to: new Int32Array(0) } })).toThrow(RangeError)
    expect(() => buildGraph({ ...rows, credentialHolder: new Int32Array(3) })).toThrow(RangeError)
    const twice = { ...rows.principals, rank: Int32Array.of(0, 0) }
    expect(() => buildGraph({ ...rows, principals: twice })).toThrow(RangeError)
  })
})
