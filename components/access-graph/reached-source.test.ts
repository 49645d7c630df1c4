import { describe, expect, it } from 'vitest'
import { beginningOf, pageRows } from '@/lib/platform/browser/list-pages'
import { reachedSource } from './reached-source'
import { tableHeight } from './reached-table'

const rows = Array.from({ length: 250 }, (_, index) => index)
const source = reachedSource(['list'], async ({ at, limit }) => ({
  items: rows.slice(at, at + limit),
  total: rows.length,
  at,
}))
const { signal } = new AbortController()

describe('reachedSource', () => {
  it('goes from page to page by its cursor, and ends', async () => {
    const first = await source.page({ limit: pageRows }, signal)
    expect(first.nextCursor).toBe('100')
    const last = await source.page({ cursor: '200', limit: pageRows }, signal)
    expect(last).toEqual({ items: rows.slice(200), nextCursor: null })
  })

  it('begins at any page without the one before', async () => {
    const begin = beginningOf(await source.anchors(signal), 2)
    expect((await source.page({ ...begin, limit: pageRows }, signal)).items[0]).toBe(200)
  })

  it('ends where the server has no more rows', async () => {
    const empty = reachedSource(['none'], async ({ at }) => ({ items: [], total: 9, at }))
    expect(await empty.page({ limit: pageRows }, signal)).toEqual({ items: [], nextCursor: null })
  })
})

it('gives a table the height of its rows, and never most of the window', () => {
  expect(tableHeight(2)).toBe('min(72dvh, 9.5rem)')
  expect(tableHeight(undefined)).toMatch(/^min\(72dvh, /)
})
