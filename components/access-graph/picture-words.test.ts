import { describe, expect, it } from 'vitest'
import type { PictureEdge, PictureNode } from '@/lib/access-graph/blast-radius'
import { columnWord, pictureColumns } from './picture-columns'
import { drawnSentence, fitText, nodeLabel, spokenNode } from './picture-words'

const node = (part: Partial<PictureNode> & Pick<PictureNode, 'id' | 'layer'>): PictureNode => ({
  depth: 0,
  name: part.id,
  kind: null,
  system: null,
  sensitivity: null,
  count: 1,
  level: null,
  ...part,
})
const edge = (from: string, to: string): PictureEdge => ({
  from,
  to,
  kind: 'grants',
  isUsed: false,
  level: 'read',
  count: 1,
})

const nodes = [
  node({ id: 'key', layer: 'credential' }),
  node({ id: 'bot', layer: 'identity', kind: 'bot', system: 'aws' }),
  node({ id: 'role', layer: 'role', depth: 1 }),
  node({
    id: 'vault',
    layer: 'resource',
    depth: 2,
    kind: 'secret',
    system: 'aws',
    level: 'secret_read',
    sensitivity: 'restricted',
  }),
  node({ id: 'other', layer: 'identity', depth: 3 }),
  node({
    id: 'group:resource:aws:s3_bucket',
    layer: 'resource',
    depth: 2,
    kind: 's3_bucket',
    system: 'aws',
    count: 1112,
    level: 'admin',
  }),
]
const edges = [
  edge('key', 'bot'),
  edge('bot', 'role'),
  edge('role', 'vault'),
  edge('vault', 'other'),
  edge('role', 'group:resource:aws:s3_bucket'),
]

describe('the columns of the picture', () => {
  it('run from credentials to resources; a resource that leads on stands among the steps', () => {
    const columns = pictureColumns(nodes, edges)
    expect(nodes.map(({ id }) => columnWord(columns.get(id) ?? 0))).toEqual([
      'Credentials',
      'Identity',
      'One step away',
      '2 steps away',
      '3 steps away',
      'Resources',
    ])
    expect(columns.get('vault')).toBeLessThan(columns.get('other') ?? 0)
  })
})

describe('the words of the picture', () => {
  it('tell a node, and many that are drawn as one', () => {
    const [, bot, , vault, , group] = nodes
    expect(bot && spokenNode(bot, edges)).toBe('bot, Bot in aws, 1 line in, 1 out')
    expect(vault && spokenNode(vault, edges)).toBe('vault, secret in aws, secret read, restricted, 1 line in, 1 out')
    expect(group && nodeLabel(group)).toBe('1,112 × s3 bucket')
    expect(group && spokenNode(group, edges)).toBe('1,112 × s3 bucket, in aws, at most admin, 1 line in, 0 out')
  })

  it('keep the start and the end of a long name', () => {
    expect(fitText('short', 10)).toBe('short')
    expect(fitText('arn:aws:s3:::a-very-long-bucket-name', 16)).toBe('arn:aws:s…t-name')
    expect(Array.from(fitText('arn:aws:s3:::a-very-long-bucket-name', 16))).toHaveLength(16)
  })

  it('say how much is drawn', () => {
    expect(drawnSentence(40, 40, 40)).toBe('All 40 nodes are drawn.')
    expect(drawnSentence(1204, 1204, 31)).toBe('All 1,204 nodes are drawn, in 31 shapes.')
    expect(drawnSentence(300, 1204, 300)).toBe('300 of 1,204 nodes are drawn.')
  })
})
