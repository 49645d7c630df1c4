import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Extent,
  moveTo,
  originOf,
  placeOf,
  rangeAt,
  revealRow,
  seenAt,
  spacerHeight,
  spacerLimit,
} from './scroll-scale'

const million: Extent = { count: 1_000_000, rowHeight: 36, viewHeight: 800 }
const endOf = (extent: Extent) => spacerHeight(extent) - extent.viewHeight

describe('a list longer than browsers can lay out', () => {
  it('stays within the limit of the browsers', () => {
    expect(spacerHeight(million)).toBe(spacerLimit)
    expect(spacerHeight({ ...million, count: 1_000 })).toBe(36_000)
  })

  it('shows the last row at the end of the scrollbar and the first at its start', () => {
    const end = moveTo(million, { scroll: 0, shift: 0 }, endOf(million))
    expect(seenAt(million, end.scroll + end.shift).end).toBe(1_000_000)
    const start = moveTo(million, end, 0)
    expect(start).toEqual({ scroll: 0, shift: 0 })
  })

  it('follows a wheel pixel for pixel and scales the scrollbar', () => {
    const middle = placeOf(million, 18_000_000)
    const wheeled = moveTo(million, middle, middle.scroll + 120)
    expect(wheeled.scroll + wheeled.shift).toBe(18_000_120)
    const dragged = moveTo(million, middle, middle.scroll + 100_000)
    expect(dragged.scroll + dragged.shift).toBeCloseTo(18_000_000 + 225_000, -3)
  })

  it('reaches both ends by small moves alone', () => {
    for (const direction of [1, -1]) {
      let place = placeOf(million, direction > 0 ? 36_000_000 - 60_000 : 60_000)
      for (let turn = 0; turn < 2_000; turn += 1) {
        place = moveTo(million, place, Math.min(Math.max(0, place.scroll + direction * 100), endOf(million)))
      }
      const list = place.scroll + place.shift
      expect(list).toBe(direction > 0 ? 36_000_000 - 800 : 0)
    }
  })

  it('never leaves the list, wherever the scrollbar goes', () => {
    const counts = fc.integer({ min: 0, max: 5_000_000 })
    const moves = fc.array(fc.double({ min: -40_000, max: 40_000, noNaN: true }), { maxLength: 40 })
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), moves, (count, share, steps) => {
        const extent = { count, rowHeight: 36, viewHeight: 700 }
        const most = Math.max(0, count * 36 - 700)
        let place = placeOf(extent, share * most)
        for (const move of steps) {
          place = moveTo(extent, place, Math.min(Math.max(0, place.scroll + move), Math.max(0, endOf(extent))))
          const list = place.scroll + place.shift
          expect(list).toBeGreaterThanOrEqual(0)
          expect(list).toBeLessThanOrEqual(most)
        }
      }),
    )
  })
})

describe('the rows that are drawn', () => {
  it('cover what is seen and are never more than 96', () => {
    const extents = fc.record({
      count: fc.integer({ min: 0, max: 2_000_000 }),
      rowHeight: fc.constantFrom(28, 36),
      viewHeight: fc.integer({ min: 0, max: 2_200 }),
    })
    fc.assert(
      fc.property(extents, fc.double({ min: 0, max: 1, noNaN: true }), (extent, share) => {
        const list = share * Math.max(0, extent.count * extent.rowHeight - extent.viewHeight)
        const drawn = rangeAt(extent, list)
        expect(drawn.end - drawn.first).toBeLessThanOrEqual(96)
        if (extent.count === 0 || extent.viewHeight === 0) return
        const seen = seenAt(extent, list)
        expect(drawn.first).toBeLessThanOrEqual(seen.first)
        expect(drawn.end).toBeGreaterThanOrEqual(seen.end)
      }),
    )
  })

  it('stand where the position in the list says, near an origin', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const { scroll, shift } = placeOf(million, share * (36_000_000 - 800))
        const drawn = rangeAt(million, scroll + shift)
        const { originTop, top } = originOf(million, drawn.first, shift)
        for (const index of [drawn.first, drawn.end - 1]) {
          expect(originTop + top(index) - scroll).toBeCloseTo(index * 36 - (scroll + shift), 3)
          expect(Math.abs(top(index))).toBeLessThan(200_000)
        }
        const far = originTop + top(share > 0.5 ? 0 : 999_999) - scroll
        expect(far < -36 || far > 800).toBe(true)
      }),
    )
  })

  it('come into view by the shortest way', () => {
    const extent = { count: 1_000, rowHeight: 36, viewHeight: 360 }
    expect(revealRow(extent, 720, 20)).toBe(720)
    expect(revealRow(extent, 720, 10)).toBe(360)
    expect(revealRow(extent, 720, 40)).toBe(41 * 36 - 360)
  })
})
