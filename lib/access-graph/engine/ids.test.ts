import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { compareIds, IdNumbers, idBlock, placeOf, putUuid, uuidAt } from './ids'

describe('ids', () => {
  const uuids = Array.from({ length: 3000 }, () => randomUUID()).toSorted()
  const ids = idBlock(uuids)

  it('are the same again after being bytes, and found by halving and by hash', () => {
    const numbers = new IdNumbers([ids.subarray(0, 16 * 1000), ids.subarray(16 * 1000)])
    const words = new Int32Array(ids.buffer)
    for (const [place, uuid] of uuids.entries()) {
      expect(uuidAt(ids, place)).toBe(uuid)
      expect(placeOf(ids, idBlock([uuid]), 0, uuids.length)).toBe(place)
      expect(numbers.numberAt(words, place * 4)).toBe(place)
      if (place > 0) expect(compareIds(ids, place - 1, ids, place)).toBeLessThan(0)
    }
  })

  it('are not found where they are not', () => {
    const other = idBlock([randomUUID()])
    expect(placeOf(ids, other, 0, uuids.length)).toBe(-1)
    expect(placeOf(ids, idBlock([uuids[5] ?? '']), 6, uuids.length)).toBe(-1)
    expect(new IdNumbers([ids]).numberAt(new Int32Array(other.buffer), 0)).toBe(-1)
    expect(new IdNumbers([]).numberAt(new Int32Array(4), 0)).toBe(-1)
    expect(() => putUuid(new Uint8Array(16), 0, 'nonsense')).toThrow(RangeError)
  })
})
