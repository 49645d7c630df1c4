import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameForFile, shortestRoutes } from './rules'

const edge = (id: string, fromId: string, toId: string | null) => ({ id, fromId, toId })

describe('shortestRoutes', () => {
  it('takes the shortest way and survives a circle', () => {
    const edges = [
      edge('1', 'a', 'b'),
      edge('2', 'b', 'c'),
      edge('3', 'c', 'a'),
      edge('4', 'a', 'c'),
      edge('5', 'c', null),
    ]
    const routes = shortestRoutes('a', edges)
    expect(routes.get('c')?.map(({ id }) => id)).toEqual(['4'])
    expect(routes.get('a')).toEqual([])
    expect(routes.size).toBe(3)
  })

  it('gives connected, shortest routes whatever the order of the edges', () => {
    const node = fc.integer({ min: 0, max: 7 }).map((n) => `n${n}`)
    const graph = fc
      .array(fc.tuple(node, node), { maxLength: 30 })
      .map((pairs) => pairs.map(([from, to], index) => edge(String(index).padStart(2, '0'), from, to)))
    fc.assert(
      fc.property(graph, fc.integer(), (edges, turn) => {
        const routes = shortestRoutes('n0', edges)
        const turned = edges.toSorted((a, b) => ((Number(a.id) * 31 + turn) % 7) - ((Number(b.id) * 31 + turn) % 7))
        expect(shortestRoutes('n0', turned)).toEqual(routes)
        for (const [node, route] of routes) {
          let at = 'n0'
          for (const step of route) {
            expect(step.fromId).toBe(at)
            at = step.toId ?? ''
          }
          expect(at).toBe(node)
        }
        for (const { fromId, toId } of edges) {
          const before = routes.get(fromId)
          if (before && toId) expect((routes.get(toId) ?? []).length).toBeLessThanOrEqual(before.length + 1)
        }
      }),
    )
  })
})

describe('the name of a file', () => {
  it('is of ASCII letters, digits and dashes, and short, whatever the name is', () => {
    expect(nameForFile('OverprivilegedEC2')).toBe('OverprivilegedEC2')
    expect(nameForFile('arn:aws:iam::1:user/Ünïcode_Ñame')).toBe('arn-aws-iam-1-user-Unicode-Name')
    expect(nameForFile('../..\\"; filename=evil.exe\r\nx: y')).toBe('filename-evil-exe-x-y')
    expect(nameForFile('部署')).toBe('')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        expect(nameForFile(name)).toMatch(/^([A-Za-z0-9]+(-[A-Za-z0-9]+)*)?$/)
        expect(nameForFile(name).length).toBeLessThanOrEqual(40)
      }),
    )
  })
})
