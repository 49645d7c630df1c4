import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesSource } from './byte-source'
import { defaultLimits } from './limits'
import { openLarge } from './open-large'
import { readUpload, type UploadedFile } from './read-file'

/** A source that gives a few bytes at a time, so that every token is cut somewhere. */
const dripping = (bytes: Uint8Array, size: number) => ({
  *chunks() {
    for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
  },
})
const open = (text: string | Uint8Array, size = 7, name = 'f.json') =>
  openLarge(name, dripping(typeof text === 'string' ? new TextEncoder().encode(text) : text, size), defaultLimits)
const valuesOf = (file: UploadedFile | undefined) => (file?.kind === 'json' ? file.value : undefined)

describe('openLarge', () => {
  test('gives the lists that are asked for in pieces, and the rest with each', () => {
    const value = {
      Users: [{ a: 1 }, 'x', 7, null, [2]],
      deep: { items: [1], n: 2 },
      Policies: [{ p: '[{"' }],
      z: true,
    }
    const file = open(JSON.stringify(value, null, 1))
    expect(valuesOf(file?.sample)).toEqual(value)
    const pieces = [...(file?.pieces(['Users', 'deep.items']) ?? [])]
    expect(pieces.map(({ list, from, file: piece }) => [list, from, valuesOf(piece)])).toEqual([
      ['Users', 0, { ...value, deep: { items: [], n: 2 } }],
      ['deep.items', 0, { ...value, Users: [] }],
    ])
  })

  test('reads any JSON as it is, however it is cut', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (inner, size, isList) => {
          const value = isList ? [inner, inner] : { list: [inner, inner], m: { k: [inner] }, '"q\\': inner }
          const text = JSON.stringify(value, null, size % 3)
          let whole: unknown
          try {
            whole = valuesOf(readUpload('f.json', new TextEncoder().encode(text)))
          } catch {
            return
          }
          const file = open(text, size)
          const lists = isList ? [''] : ['list', 'm.k']
          const gathered: Record<string, unknown[]> = {}
          for (const piece of file?.pieces(lists) ?? []) {
            const at = valuesOf(piece.file) as Record<string, unknown> & unknown[]
            const found = piece.list === '' ? at : piece.list === 'list' ? at.list : (at.m as { k: unknown[] }).k
            gathered[piece.list] = [...(gathered[piece.list] ?? []), ...(found as unknown[])]
          }
          const expected = whole as { list: unknown[]; m: { k: unknown[] } }
          expect(gathered).toEqual(isList ? { '': whole } : { list: expected.list, 'm.k': expected.m.k })
        },
      ),
      { numRuns: 150 },
    )
  })

  test('JSON Lines, with CR LF, a mark and UTF-16', () => {
    const text = '\uFEFF{"a":1}\r\n\r\n{"a":"ä"}\r\n'
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
      const file = open(bytes, 1000)
      expect(valuesOf(file?.sample)).toEqual([{ a: 1 }, { a: 'ä' }])
      expect([...(file?.pieces(['']) ?? [])].map((piece) => valuesOf(piece.file))).toEqual([[{ a: 1 }, { a: 'ä' }]])
    }
  })

  test('the sample has entries from all over an outermost list, however the file is cut', () => {
    const entries = Array.from({ length: 5_000 }, (_, no) => ({
      no,
      tags: Array.from({ length: 60 }, (_, tag) => tag),
    }))
    for (const [text, name] of [
      [JSON.stringify({ list: entries, z: [1] }), 'f.json'],
      [JSON.stringify(entries, null, 1), 'f.json'],
      [entries.map((entry) => JSON.stringify(entry)).join('\n'), 'f.jsonl'],
    ] as const) {
      const sample = valuesOf(open(text, 4_999, name)?.sample) as { list: typeof entries; z: number[] } | typeof entries
      const kept = Array.isArray(sample) ? sample : sample.list
      if (!Array.isArray(sample)) expect(sample.z).toEqual([1])
      const numbers = kept.map(({ no }) => no)
      expect(numbers.slice(0, 21)).toEqual([...Array(20).keys(), 20])
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
      for (let from = 16; from < 4_096; from *= 2)
        expect(numbers.filter((no) => no >= from && no < 2 * from).length, `from ${from}`).toBeGreaterThanOrEqual(8)
      expect(numbers.length).toBeLessThan(100)
      expect(numbers.at(-1)).toBeGreaterThan(4_500)
      // Lists in lists keep their first entries only; lines are kept whole.
      expect(kept.at(-1)?.tags).toHaveLength(name === 'f.json' ? 20 : 60)
    }
  })

  test('large entries are not added to the sample from all over the list', () => {
    const entries = Array.from({ length: 3_000 }, (_, no) => ({ no, text: 'x'.repeat(no < 20 ? 300_000 : 10_000) }))
    const sample = valuesOf(open(JSON.stringify(entries), 65_536)?.sample) as { no: number }[]
    expect(sample.map(({ no }) => no)).toEqual([...Array(20).keys()])
  })

  test.each([
    ['{"a":[{"b":1},{"b":', 'truncated'],
    ['{"a":[{"b":1} {"b":2}]}', 'comma is missing in $.a[1]'],
    ['{"a":[{"b":1},]}', 'comma too many in $.a[1]'],
    ['{"a":[{"b":1,"b":2}]}', 'twice in one object'],
    ['{"a":[{"b":1}]}}', 'something after the end'],
    ['{"a":1}\n{"a":}\n', '(line 2, column 6)'],
  ])('%s is refused with the place', (text, reason) => {
    const read = () => [...(open(text, 1000)?.pieces(['a']) ?? [])]
    expect(read).toThrow(reason)
  })

  test('CSV of any cut reads as at once', { timeout: 60_000 }, () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é'), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (cells, size) => {
        const bytes = new TextEncoder().encode(`name,kind\n${cells.join(',')}`)
        const whole = readUpload('f.csv', bytes)
        const parts = [...(open(bytes, size, 'f.csv')?.pieces(['']) ?? [])].map(({ file }) => file)
        if (whole.kind !== 'csv') throw new Error(whole.kind)
        const lists = parts.map((part) => (part.kind === 'csv' ? part : undefined))
        expect(lists.flatMap((part) => part?.rows ?? [])).toEqual(whole.rows)
        expect(lists.flatMap((part) => part?.malformed ?? [])).toEqual(whole.malformed)
      }),
      { numRuns: 150 },
    )
  })

  test('a row of very many cells is left out before all of it is read', () => {
    const text = `a,b\n${'1,'.repeat(4_000_000)}\n3,4\n`
    const [piece] = [...(open(text, 65_536, 'f.csv')?.pieces(['']) ?? [])]
    expect(piece?.file).toMatchObject({
      rows: [{ line: 3, cells: { a: '3', b: '4' } }],
      malformed: [{ at: 'line 2', reason: 'has more than 1,000 cells' }],
    })
  })

  test('what is neither is left to be read at once', () => {
    expect(openLarge('f', bytesSource(new TextEncoder().encode('kind: Pod\n')), defaultLimits)).toBeUndefined()
  })
})
