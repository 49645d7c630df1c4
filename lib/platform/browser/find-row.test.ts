import { QueryClient } from '@tanstack/react-query'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findBeginning, findRow, parseJump } from './find-row'
import { beginningOf, type ListSource, listPageQuery, pageRows } from './list-pages'

interface Row {
  name: string
}

/** A list of names behind cursors and anchors, as the server keeps it: a cursor is the number of rows before. */
function listOf(names: string[], every: number): ListSource<{ items: Row[]; nextCursor: string | null }> {
  const asked = { key: ['list', names.length, every, Math.random()] }
  return {
    ...asked,
    page: async ({ cursor = '0', skip = 0, limit }) => {
      const from = Number(cursor) + skip
      const items = names.slice(from, from + limit).map((name) => ({ name }))
      return { items, nextCursor: from + limit < names.length ? String(from + limit) : null }
    },
    anchors: async () => ({
      total: names.length,
      every,
      anchors: names.flatMap((label, index) => (index % every === 0 ? [{ cursor: String(index), label }] : [])),
    }),
  }
}

describe('a page of a long list', () => {
  it('begins at the nearest anchor before it', () => {
    const anchors = { total: 10_000, every: 1_000, anchors: ['', 'b', 'c'].map((cursor) => ({ cursor, label: '' })) }
    expect(beginningOf(anchors, 0)).toEqual({})
    expect(beginningOf(anchors, 7)).toEqual({ skip: 700 })
    expect(beginningOf(anchors, 13)).toEqual({ cursor: 'b', skip: 300 })
    expect(beginningOf(anchors, 20)).toEqual({ cursor: 'c' })
  })

  it('holds the same rows whichever way it is reached', async () => {
    const names = Array.from({ length: 2_345 }, (_, index) => `n${String(index).padStart(5, '0')}`)
    const source = listOf(names, 400)
    const jumped = await new QueryClient().fetchQuery(listPageQuery(source, 17))
    const client = new QueryClient()
    for (let page = 0; page < 17; page += 1) await client.fetchQuery(listPageQuery(source, page))
    expect(await client.fetchQuery(listPageQuery(source, 17))).toEqual(jumped)
    expect(jumped.items[0]).toEqual({ name: names[17 * pageRows] })
  })
})

describe('jumping', () => {
  it('reads shares, rows and names', () => {
    expect(parseJump(' 50% ')).toEqual({ kind: 'share', share: 0.5 })
    expect(parseJump('12,5 %')).toEqual({ kind: 'share', share: 0.125 })
    expect(parseJump('900%')).toEqual({ kind: 'share', share: 1 })
    expect(parseJump('#12,000')).toEqual({ kind: 'row', row: 12_000 })
    expect(parseJump('pay-100%-x')).toEqual({ kind: 'text', text: 'pay-100%-x' })
    expect(parseJump('  ')).toBeUndefined()
  })

  it('finds the first row of a beginning, in both directions', async () => {
    const word = fc.stringMatching(/^[a-c]{1,5}$/)
    const lists = fc.array(word, { minLength: 1, maxLength: 700 })
    await fc.assert(
      fc.asyncProperty(
        lists,
        word,
        fc.constantFrom('asc' as const, 'desc' as const),
        async (words, text, direction) => {
          const names = words.toSorted()
          if (direction === 'desc') names.reverse()
          const expected = names.findIndex((name) =>
            direction === 'asc' ? name >= text : name < text || name.startsWith(text),
          )
          const order = { direction, textOf: (row: Row) => row.name }
          const found = await findRow(new QueryClient(), listOf(names, 150), order, text)
          expect(found).toBe(expected < 0 ? names.length - 1 : expected)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('tells a beginning that there is from the nearest row', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `n${String(index).padStart(3, '0')}`)
    const order = { direction: 'asc' as const, textOf: (row: Row) => row.name }
    const find = (text: string) => findBeginning(new QueryClient(), listOf(names, 150), order, text)
    expect(await find('N25')).toEqual({ row: 250, begins: true })
    expect(await find('n2505')).toEqual({ row: 251, begins: false })
    expect(await find('zz')).toEqual({ row: 399, begins: false })
    expect(await find('a')).toEqual({ row: 0, begins: false })
    expect(await findBeginning(new QueryClient(), listOf([], 150), order, 'a')).toEqual({ row: 0, begins: false })
  })
})
