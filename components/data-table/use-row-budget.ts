'use client'

import { useEffect, useReducer, useRef } from 'react'

/** New rows of one frame: drawing more of them at once is felt as a jerk. */
const newRowsAtOnce = 14

/**
 * Spreads rows that come all at once, as a page does that arrives in view, over some frames. What is drawn stays drawn; the
 * first view of a list is drawn whole.
 */
export function useRowBudget(listKey: string) {
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  const drawn = useRef<{ key: string; rows: ReadonlySet<number> }>(undefined)
  const next = useRef<{ rows: Set<number>; isCut: boolean }>(undefined)

  useEffect(() => {
    if (!next.current) return
    drawn.current = { key: listKey, rows: next.current.rows }
    if (!next.current.isCut) return
    const frame = requestAnimationFrame(() => drawAgain())
    return () => cancelAnimationFrame(frame)
  })

  /** To be called as the drawing begins; says of each row that is here whether it is its turn. */
  const begin = () => {
    const before = drawn.current?.key === listKey ? drawn.current.rows : undefined
    const now = { rows: new Set<number>(), isCut: false }
    let left = newRowsAtOnce
    next.current = now
    return (index: number): boolean => {
      const isKnown = before === undefined || before.has(index)
      if (!isKnown && left === 0) now.isCut = true
      if (!isKnown && left === 0) return false
      if (!isKnown) left -= 1
      now.rows.add(index)
      return true
    }
  }
  return { begin }
}
