import { describe, expect, it } from 'vitest'
import type { RunEvent } from '@/lib/lifecycle/schema'
import { appendEvent, mostEvents } from './append-event'

const event = (no: number): RunEvent => ({
  ...{ no, at: '2026-01-01T00:00:00.000Z', what: 'step', step: 'cut', attempt: 1, says: `line ${no}`, data: {} },
})
const held = (...numbers: number[]) =>
  numbers.reduce<readonly RunEvent[]>((events, no) => appendEvent(events, event(no)), []).map(({ no }) => no)

describe('the history of a run on the page', () => {
  it('goes on behind what is there', () => expect(held(1, 2, 3)).toEqual([1, 2, 3]))
  it('takes no line twice, when a stream that was cut sends it again', () =>
    expect(held(1, 2, 3, 2, 3, 4)).toEqual([1, 2, 3, 4]))
  it('puts a line that comes late where it belongs', () => expect(held(1, 3, 2)).toEqual([1, 2, 3]))
  it('keeps the same list when nothing is new, so that nothing is drawn anew', () => {
    const events = appendEvent([], event(1))
    expect(appendEvent(events, event(1))).toBe(events)
  })
  it('holds only the latest of very many', () => {
    const numbers = Array.from({ length: mostEvents + 5 }, (_, index) => index + 1)
    expect(held(...numbers)).toEqual(numbers.slice(5))
  })
})
