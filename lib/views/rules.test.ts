import { describe, expect, it } from 'vitest'
import { freeName, personOf, sortViews } from './rules'

const view = (id: string, name: string, origin: 'builtin' | 'personal' | 'shared') => ({ id, name, origin })

describe('the order of views', () => {
  const views = [
    view('all', 'All', 'builtin'),
    view('admins', 'Admins', 'builtin'),
    view('2', 'Zebra', 'personal'),
    view('1', 'Apple', 'shared'),
  ]

  it('has saved ones by name, then those of the product as they are', () => {
    expect(sortViews(views, []).map(({ id }) => id)).toEqual(['1', '2', 'all', 'admins'])
  })

  it('follows the person, and knows nothing of what is gone', () => {
    expect(sortViews(views, ['admins', 'gone', '2']).map(({ id }) => id)).toEqual(['admins', '2', '1', 'all'])
  })
})

describe('a free name', () => {
  it('gets the first number that nobody has', () => {
    expect(freeName('Old', new Set())).toBe('Old')
    expect(freeName('Old', new Set(['old', 'old 2']))).toBe('Old 3')
    expect(freeName('x'.repeat(80), new Set(['x'.repeat(80)])).length).toBeLessThanOrEqual(80)
  })
})

it('acts for the owner of a key, and for nobody in a job', () => {
  expect(personOf({ kind: 'user', id: 'u' })).toBe('u')
  expect(personOf({ kind: 'api_key', id: 'k', ownerId: 'u' })).toBe('u')
  expect(personOf({ kind: 'job', id: 'j' })).toBe('')
})
