'use client'

import { useEffect, useReducer, useRef } from 'react'

/** New rows of one frame: as many as the machine draws without a jerk, within these bounds. */
const mostRows = 4
const leastRows = 2
/** What a frame with new rows may take from the beginning of its drawing until it is painted, ms. */
const frameMs = 24

/** How many new rows the next frame may have after one that drew `rows` of them in `tookMs`. */
export function nextBudget(budget: number, rows: number, tookMs: number): number {
  if (tookMs > frameMs) return Math.max(leastRows, Math.floor((rows * frameMs) / tookMs))
  // One with few rows says nothing about more.
  return rows < budget ? budget : Math.min(mostRows, budget + 1)
}

/**
 * In which order rows get their turn: those that the scroll brings first. At the end that it moves to they stay in view for
 * longest, and what it is leaving behind would be gone again by the next frame.
 */
export function drawingOrder(rows: readonly number[], isDown: boolean): readonly number[] {
  return isDown ? rows.toReversed() : rows
}

interface Drawing {
  /** The first row of it. */
  first: number
  isDown: boolean
  rows: ReadonlySet<number>
}

/**
 * Spreads rows that come all at once, as a page does that arrives in view, over some frames: fewer at a time where drawing is
 * slow. What is drawn stays drawn; the first view of a list is drawn whole.
 */
export function useRowBudget(listKey: string) {
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  const drawn = useRef<Drawing & { key: string }>(undefined)
  const next = useRef<Drawing & { isCut: boolean }>(undefined)
  const budget = useRef(mostRows)
  /** All drawings between two frames share what a frame may have. */
  const frame = useRef<{ added: number; beganAt: number }>(undefined)
  const waiting = useRef<number>(undefined)

  useEffect(() => {
    const now = next.current
    if (!now) return
    drawn.current = { ...now, key: listKey }
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

  /** To be called with its rows, and the first of the range, as the drawing begins: the order in which to ask of each that is here whether it is its turn. */
  const begin = (indexes: readonly number[], first: number) => {
    const before = drawn.current?.key === listKey ? drawn.current : undefined
    const isDown = before === undefined || first === before.first ? (before?.isDown ?? false) : first > before.first
    const now = { first, isDown, rows: new Set<number>(), isCut: false }
    next.current = now
    const mayDraw = (index: number): boolean => {
      if (before !== undefined && !before.rows.has(index)) {
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
    return { order: drawingOrder(indexes, isDown), mayDraw }
  }
  return { begin }
}
