import { describe, expect, it } from 'vitest'
import type { PictureEdge, PictureNode } from '@/lib/access-graph/blast-radius'
import { pictureThought, thoughtSentence } from './picture-thought'
import { noChanges } from './what-if-address'

const node = (id: string, layer: PictureNode['layer'], count = 1): PictureNode => ({
  ...{ id, layer, count, depth: 0, name: id, kind: null, system: 'aws', sensitivity: null, level: null },
})
const edge = (from: string, to: string, kind: PictureEdge['kind'], count = 1): PictureEdge => ({
  ...{ from, to, kind, count, isUsed: false, level: kind === 'grants' ? 'admin' : null },
})
const buckets = 'group:resource:aws:bucket'
const picture = {
  nodes: [
    node('key', 'credential'),
    node('bot', 'identity'),
    node('deployers', 'role'),
    node('readers', 'role'),
    node('vault', 'resource'),
    node(buckets, 'resource', 3),
  ],
  edges: [
    edge('key', 'bot', 'authenticates_as'),
    edge('bot', 'deployers', 'member_of'),
    edge('deployers', 'readers', 'member_of'),
    edge('readers', 'vault', 'grants'),
    edge('readers', buckets, 'grants', 3),
  ],
  drawn: 8,
  total: 8,
}
const row = (id: string, group = `group:role:aws:${id}`) => ({ id, group })
const lost = (id: string, kind: string, after: 'read' | null) =>
  ({ resource: { id, kind, system: 'aws' }, before: 'admin', after, lastUsedAt: null }) as never
const none = { ways: [], gone: [], lost: [], lostTotal: 0 }
const think = (answer: object, changes: object = {}, drawn = picture) =>
  pictureThought(drawn, 'bot', { ...noChanges, ...changes }, { ...none, ...answer })

describe('what changes would do to a picture', () => {
  it('ends a line between two nodes, and loses what is behind it alone', () => {
    const ways = [{ from: row('bot'), to: row('deployers'), kind: 'member_of', level: null }]
    const gone = [lost('vault', 'secret', null), ...['a', 'b', 'c'].map((id) => lost(id, 'bucket', null))]
    const thought = think({ ways, lost: gone, lostTotal: 4 })
    expect([...thought.edges]).toEqual([[1, 'cut']])
    expect([...thought.nodes].map(([id, { isLost }]) => [id, isLost])).toEqual([
      ['vault', true],
      [buckets, true],
      ['deployers', true],
      ['readers', true],
    ])
    expect(thoughtSentence(thought)).toBe('With the changes thought of: 1 line ends, 4 of what is drawn would be lost.')
  })

  it('says no more than it knows of a picture that is not whole', () => {
    const ways = [{ from: row('bot'), to: row('deployers'), kind: 'member_of', level: null }]
    expect(think({ ways }, {}, { ...picture, total: 9 }).nodes.size).toBe(0)
  })

  it('counts within groups', () => {
    const ways = ['a', 'b'].map((id) => ({ from: row('readers'), to: row(id, buckets), kind: 'grants', level: null }))
    const some = think({ ways, lost: [lost('a', 'bucket', null), lost('b', 'bucket', null)], lostTotal: 2 })
    expect([...some.edges]).toEqual([[4, 'less']])
    expect(some.nodes.get(buckets)).toEqual({ words: '2 of 3 lost', isLost: false })
    const third = { from: row('readers'), to: row('c', buckets), kind: 'grants', level: null }
    expect([...think({ ways: [...ways, third] }).edges]).toEqual([[4, 'cut']])
    expect(think({ lost: [lost('a', 'bucket', null)], lostTotal: 300 }).nodes.get(buckets)?.words).toBe(
      'at least 1 of 3 lost',
    )
  })

  it('tells a lower privilege from an end', () => {
    const ways = [{ from: row('readers'), to: row('vault'), kind: 'grants', level: 'read' }]
    const thought = think({ ways, lost: [lost('vault', 'secret', 'read')], lostTotal: 1 })
    expect([...thought.edges]).toEqual([[3, 'less']])
    expect(thought.nodes.get('vault')).toEqual({ words: 'only read left', isLost: false })
  })

  it('marks credentials, except those that are gone already', () => {
    const cut = think({}, { cutCredentials: ['key'] })
    expect([...cut.edges]).toEqual([[0, 'cut']])
    expect(cut.nodes.get('key')).toEqual({ words: 'would be revoked', isLost: true })
    expect(think({ gone: ['key'] }, { cutCredentials: ['key'] }).edges.size).toBe(0)
    const sooner = think({}, { shorten: [{ credentialId: 'key', expiresAt: '2026-12-01T00:00:00.000Z' }] })
    expect(sooner.nodes.get('key')).toEqual({ words: 'would end sooner', isLost: false })
    expect(thoughtSentence(think({}))).toBe('The changes thought of show nowhere here.')
  })
})
