'use client'

import { useEffect, useReducer, useRef } from 'react'

/** New rows of one frame: as many as the machine draws without a jerk, within these bounds. */
const mostRows = 14
const leastRows = 3
/** What a frame with new rows may take from the beginning of its drawing until it is painted, ms. */
const frameMs = 34

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
  const next = useRef<{ rows: Set<number>; added: number; isCut: boolean; beganAt: number }>(undefined)
  const budget = useRef(mostRows)

  useEffect(() => {
    const now = next.current
    if (!now) return
    drawn.current = { key: listKey, rows: now.rows }
    if (now.added === 0) return
    const frame = requestAnimationFrame(() => {
      // A task of its own comes after the frame has been painted.
      setTimeout(() => {
        budget.current = nextBudget(budget.current, now.added, performance.now() - now.beganAt)
      })
      if (now.isCut) drawAgain()
    })
    return () => cancelAnimationFrame(frame)
  })

  /** To be called as the drawing begins; says of each row that is here whether it is its turn. */
  const begin = () => {
    const before = drawn.current?.key === listKey ? drawn.current.rows : undefined
    const now = { rows: new Set<number>(), added: 0, isCut: false, beganAt: performance.now() }
    next.current = now
    return (index: number): boolean => {
      const isKnown = before === undefined || before.has(index)
      if (!isKnown && now.added >= budget.current) {
        now.isCut = true
        return false
      }
      if (!isKnown) now.added += 1
      now.rows.add(index)
      return true
    }
  }
  return { begin }
}
