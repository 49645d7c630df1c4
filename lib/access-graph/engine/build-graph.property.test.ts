import { describe, expect, it } from 'vitest'
import { edgeKinds } from '@/lib/connectors/contract'
import { answerGraph } from './answer-graph'
import { buildGraph } from './build-graph'
import { rowsOf, sampleId, sampleOf } from './graph-samples'
import { reach, Scratch } from './reach'

describe('buildGraph, at sizes that nobody draws', () => {
  it('takes a node with a million edges', () => {
    const count = 1_000_000
    const rows = rowsOf(sampleOf({ identities: 1, roles: 0, resources: 0 }, []))
    const ids = new Uint8Array(count * 16)
    const words = new DataView(ids.buffer)
    for (let no = 0; no < count; no += 1) words.setUint32(no * 16 + 12, no + 1)
    const column = (value: number) => new Uint8Array(count).fill(value)
    const graph = buildGraph({
      ...rows,
      resourceIds: ids,
      resources: {
        sensitivity: column(4),
        system: new Uint16Array(count),
        kind: new Uint16Array(count),
        rank: Int32Array.from({ length: count }, (_, no) => no),
      },
      edges: {
        kind: column(edgeKinds.indexOf('grants')),
        from: new Int32Array(count),
        to: Int32Array.from({ length: count }, (_, no) => count - no),
        level: column(5),
        basis: column(0),
      },
    })
    const found = answerGraph(graph, { op: 'reach', startId: sampleId(0) })
    expect(found.figures).toMatchObject({ resources: count, systems: 1 })
    const page = answerGraph(graph, { op: 'reached', startId: sampleId(0), sort: 'name', dir: 'desc', at: 0, limit: 1 })
    expect(page.total).toBe(count)
    expect(answerGraph(graph, { op: 'picture', startId: sampleId(0), expand: [], cap: 300 })).toMatchObject({
      drawn: count + 1,
      nodes: [{ count: 1 }, { count }],
    })
  })

  it('follows a ring of fifty thousand to its end, and once', () => {
    const count = 50_000
    const ring = Array.from({ length: count }, (_, no): ['assumes', number, number] => [
      'assumes',
      no,
      (no + 1) % count,
    ])
    const sample = sampleOf({ identities: count, roles: 0, resources: 1 }, [...ring, ['grants', count - 1, count, 5]])
    const graph = buildGraph(rowsOf(sample))
    const scratch = new Scratch(graph)
    expect(reach(graph, 0, scratch)).toMatchObject({ identities: count - 1, systems: 1 })
    expect([scratch.levelOf(0), scratch.stepsTo(0), scratch.pathTo(0).length]).toEqual([5, count, count])
    const { ids, figures } = answerGraph(graph, { op: 'scores' })
    expect([ids.length, new Set(figures.score).size]).toEqual([count * 16, 1])
  })
})
