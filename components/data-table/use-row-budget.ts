'use client'

import { useEffect, useReducer, useRef } from 'react'

/** New rows of one frame: as many as the machine draws without a jerk, within these bounds. */
const mostRows = 5
const leastRows = 2
/** What a frame with new rows may take from the beginning of its drawing until it is painted, ms. */
const frameMs = 30

/** How many new rows the next frame may have after one that drew `rows` of them in `tookMs`. */
export function nextBudget(budget: number, rows: number, tookMs: number): number {
  if (tookMs > frameMs) return Math.max(leastRows, Math.floor((rows * frameMs) / tookMs))
  // One with few rows says nothing about more.
  return rows < budget ? budget : Math.min(mostRows, budget + 1)
}

/**
 * Spreads rows that come all at once, as a page does that arrives in view, over some frames: fewer at a time where drawing is
 * slow. What is drawn stays drawn; the first view of a list is drawn whole.
 */
export function useRowBudget(listKey: string) {
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  const drawn = useRef<{ key: string; rows: ReadonlySet<number> }>(undefined)
  const next = useRef<{ rows: Set<number>; isCut: boolean }>(undefined)
  const budget = useRef(mostRows)
  /** All drawings between two frames share what a frame may have. */
  const frame = useRef<{ added: number; beganAt: number }>(undefined)
  const waiting = useRef<number>(undefined)

  useEffect(() => {
    const now = next.current
    if (!now) return
    drawn.current = { key: listKey, rows: now.rows }
    if (!frame.current || waiting.current !== undefined) return
    waiting.current = requestAnimationFrame(() => {
      const done = frame.current
      waiting.current = undefined
      frame.current = undefined
      // A task of its own comes after the frame has been painted.
      setTimeout(() => {
        if (done) budget.current = nextBudget(budget.current, done.added, performance.now() - done.beganAt)
      })
      if (next.current?.isCut) drawAgain()
    })
  })
  useEffect(
    () => () => {
      cancelAnimationFrame(waiting.current ?? 0)
      waiting.current = undefined
      frame.current = undefined
    },
    [],
  )

  /** To be called as the drawing begins; says of each row that is here whether it is its turn. */
  const begin = () => {
    const before = drawn.current?.key === listKey ? drawn.current.rows : undefined
    const now = { rows: new Set<number>(), isCut: false }
    next.current = now
    return (index: number): boolean => {
      if (before !== undefined && !before.has(index)) {
        frame.current ??= { added: 0, beganAt: performance.now() }
        if (frame.current.added >= budget.current) {
          now.isCut = true
          return false
        }
        frame.current.added += 1
      }
      now.rows.add(index)
      return true
    }
  }
  return { begin }
}
