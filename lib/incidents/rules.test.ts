import { describe, expect, it } from 'vitest'
import { type OpenScope, reaches, severityAt, worstAt } from './rules'

const everywhere = { sourceIds: [], environments: [] }
const shop = 'a0000000-0000-4000-8000-000000000001'
const other = 'a0000000-0000-4000-8000-000000000002'
const scope = (id: string, severity: OpenScope['severity'], more: Partial<OpenScope> = {}): OpenScope => ({
  ...{ id, title: id, severity, sourceIds: [], environments: [] },
  ...more,
})

describe('reaches', () => {
  it.each([
    ['the whole organization, something in the catalogue', everywhere, shop, 'production', true],
    ['the whole organization, something that no system is known of', everywhere, null, null, true],
    ['one system, the same', { sourceIds: [shop], environments: [] }, shop, 'staging', true],
    ['one system, another', { sourceIds: [shop], environments: [] }, other, 'production', false],
    ['one system, nobody knows which', { sourceIds: [shop], environments: [] }, null, 'production', false],
    ['one environment, the same', { sourceIds: [], environments: ['production'] }, other, 'production', true],
    ['one environment, another', { sourceIds: [], environments: ['production'] }, other, 'staging', false],
    ['one environment, nobody knows which', { sourceIds: [], environments: ['production'] }, other, null, true],
    ['both, only the system fits', { sourceIds: [shop], environments: ['production'] }, shop, 'staging', false],
    [
      'both, only the environment fits',
      { sourceIds: [shop], environments: ['production'] },
      other,
      'production',
      false,
    ],
    ['both fit', { sourceIds: [shop], environments: ['production'] }, shop, 'production', true],
  ])('%s', (_, of, sourceId, environment, isReached) => {
    expect(reaches(of, { sourceId, environment })).toBe(isReached)
  })
})

describe('of several', () => {
  const open = [
    scope('watched', 'sev4'),
    scope('shop', 'sev2', { sourceIds: [shop] }),
    scope('production', 'sev1', { environments: ['production'] }),
  ]
  it('the worst that reaches the place counts', () => {
    expect(severityAt(open, [{ sourceId: other, environment: 'staging' }])).toBe('sev4')
    expect(severityAt(open, [{ sourceId: shop, environment: 'staging' }])).toBe('sev2')
    expect(severityAt(open, [{ sourceId: shop, environment: 'production' }])).toBe('sev1')
  })
  it('one place of several is enough', () => {
    const places = [
      { sourceId: other, environment: 'staging' },
      { sourceId: shop, environment: 'staging' },
    ]
    expect(worstAt(open, places)?.id).toBe('shop')
  })
  it('without one that reaches it there is none', () => {
    expect(severityAt([], [{ sourceId: null, environment: null }])).toBe('none')
    expect(severityAt(open.slice(1), [{ sourceId: other, environment: 'staging' }])).toBe('none')
  })
})
