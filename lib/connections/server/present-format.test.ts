import { expect, test } from 'vitest'
import { connectors } from '@/lib/connectors/registry'
import { FormatGuide } from '../schema'
import { describeFormats } from './list-formats'
import { systemOf } from './present-format'

test('every format says what it yields, what it leaves out and how its file is made', () => {
  const guides = describeFormats()
  expect(guides.map(({ id }) => id)).toEqual(connectors.map(({ id }) => id))
  for (const guide of guides) {
    expect(FormatGuide.parse(guide), guide.id).toEqual(guide)
    expect(guide.omits, guide.id).not.toBeNull()
    expect(guide.production.length, guide.id).toBeGreaterThan(0)
    for (const { from, steps, rights } of guide.production)
      expect([from, rights, ...steps].every((text) => text.trim() !== '') && steps.length > 0, guide.id).toBe(true)
  }
})

test('a format belongs to the system whose name its id begins with, the longest first', () => {
  expect(systemOf('aws-authorization-details')).toBe('aws')
  expect(systemOf('google-workspace-tokens')).toBe('google-workspace')
  expect(systemOf('csv')).toBe('csv')
  expect(systemOf('unheard-of')).toBe('unheard-of')
})
