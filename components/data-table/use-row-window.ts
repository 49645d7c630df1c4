'use client'

import {
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Extent, moveTo, type Place, placeOf, type RowRange, rangeAt, revealRow, seenAt } from './scroll-scale'

/** Before the browser has measured it, on the server too: enough rows for most windows. */
const assumedView = 820
/** Longer than between two turns of a wheel: the address changes when the list stands still, not at each of its stops. */
const idleMs = 500

interface RowWindowOptions {
  /** The element that scrolls: the head, then the rows. */
  container: RefObject<HTMLElement | null>
  count: number
  rowHeight: number
  /** Above the rows, and always in sight. */
  headHeight: number
  /** The row to begin with, and again whenever `listKey` changes. */
  start: number
  listKey: string
  /** The scroll has come to rest, with this row at the top. */
  onRest: (first: number) => void
}

interface Drawn extends RowRange {
  shift: number
}

/** Follows the scroll position and says which rows to draw where. Reads no layout but the position itself. */
export function useRowWindow({ container, count, rowHeight, headHeight, start, listKey, onRest }: RowWindowOptions) {
  const [viewHeight, setViewHeight] = useState(assumedView)
  const extent = useMemo<Extent>(() => ({ count, rowHeight, viewHeight }), [count, rowHeight, viewHeight])
  // The server paints the row at the top of the page; the scrollbar takes its place once there is one.
  const place = useRef<Place>({ scroll: 0, shift: start * rowHeight })
  const [drawn, setDrawn] = useState<Drawn>(() => ({
    ...rangeAt(extent, start * rowHeight),
    shift: start * rowHeight,
  }))
  const [seen] = useState(() => createSeenRows(seenAt(extent, start * rowHeight)))

  const draw = useCallback(
    (now: Extent) => {
      const { scroll, shift } = place.current
      const range = rangeAt(now, scroll + shift)
      seen.set(seenAt(now, scroll + shift))
      setDrawn((last) =>
        last.first === range.first && last.end === range.end && last.shift === shift ? last : { ...range, shift },
      )
    },
    [seen],
  )

  const goTo = useCallback(
    (now: Extent, next: Place) => {
      const element = container.current
      if (element && Math.abs(element.scrollTop - next.scroll) >= 0.5) element.scrollTop = next.scroll
      place.current = next
      draw(now)
    },
    [container, draw],
  )

  const begun = useRef<{ key: string; isPlaced: boolean; extent: Extent }>(undefined)
  useLayoutEffect(() => {
    const last = begun.current
    const isNew = last?.key !== listKey || !last.isPlaced
    begun.current = { key: listKey, isPlaced: !isNew || extent.count > 0, extent }
    if (isNew) return goTo(extent, placeOf(extent, start * extent.rowHeight))
    // What changes while somebody scrolls must not take the list out of their hands.
    if (last.extent === extent || !container.current) return
    if (last.extent.rowHeight === extent.rowHeight) {
      return goTo(extent, moveTo(extent, place.current, container.current.scrollTop))
    }
    const list = place.current.scroll + place.current.shift
    goTo(extent, placeOf(extent, (list / last.extent.rowHeight) * extent.rowHeight))
  }, [extent, listKey, start, goTo, container])

  const idle = useRef<ReturnType<typeof setTimeout>>(undefined)
  const rest = useEffectEvent(() => {
    const list = place.current.scroll + place.current.shift
    const even = placeOf(extent, list)
    if (even.scroll !== place.current.scroll) goTo(extent, even)
    onRest(seenAt(extent, list).first)
  })
  const follow = useEffectEvent((element: HTMLElement) => {
    const next = moveTo(extent, place.current, element.scrollTop)
    goTo(extent, next)
    clearTimeout(idle.current)
    idle.current = setTimeout(() => restNow(), idleMs)
  })
  // Leaving the page by a link must not come before the position is kept, not even before the browser tells of the scroll. Kept
  // again when it was already: the router may have brought an earlier address back meanwhile.
  const restNow = useEffectEvent(() => {
    clearTimeout(idle.current)
    idle.current = undefined
    rest()
  })
  const measure = useEffectEvent((element: HTMLElement) =>
    setViewHeight(Math.max(0, element.clientHeight - headHeight)),
  )

  useEffect(() => {
    const element = container.current
    if (!element) return
    const onScroll = () => follow(element)
    const onClick = (event: MouseEvent) => {
      const isWithin = event.target instanceof Node && element.contains(event.target)
      if (isWithin || idle.current !== undefined) restNow()
    }
    // Keys lead away as well; those that move in the list have names.
    const onKey = (event: KeyboardEvent) => {
      if (idle.current !== undefined && (event.key.length === 1 || event.key === 'Enter')) restNow()
    }
    const observer = new ResizeObserver(() => measure(element))
    observer.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    document.addEventListener('click', onClick, { capture: true })
    document.addEventListener('keydown', onKey, { capture: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
      document.removeEventListener('click', onClick, { capture: true })
      document.removeEventListener('keydown', onKey, { capture: true })
      clearTimeout(idle.current)
    }
  }, [container])

  /** Brings a row into view: by the shortest way, or to the top. */
  const showRow = useCallback(
    (index: number, at: 'nearest' | 'top' = 'nearest') => {
      const list = place.current.scroll + place.current.shift
      const target = at === 'top' ? index * extent.rowHeight : revealRow(extent, list, index)
      if (target === list) return
      const isNear = Math.abs(target - list) < extent.viewHeight * 2
      const near = isNear ? moveTo(extent, place.current, place.current.scroll + target - list) : undefined
      const isThere = near && Math.abs(near.scroll + near.shift - target) < 1
      goTo(extent, isThere ? near : placeOf(extent, target))
    },
    [extent, goTo],
  )

  return { drawn, extent, seen, showRow }
}

export interface SeenRows {
  get: () => RowRange
  subscribe: (listener: () => void) => () => void
}

/** The rows in view, for what shows them in words: it changes with every row, and only its readers draw again. */
function createSeenRows(initial: RowRange): SeenRows & { set: (range: RowRange) => void } {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set: (range) => {
      if (range.first === current.first && range.end === current.end) return
      current = range
      for (const notify of listeners) notify()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
