/**
 * A list of any length inside the height that browsers can lay out. A million rows of 36 px would be 36,000,000 px; Chromium
 * ends at 33,554,428 and Firefox at 17,895,697, so the spacer stops at 16,000,000 and the scroll position is scaled.
 *
 * Two positions: `scroll` is the browser's, `list` the one in the uncapped list; `shift = list - scroll`. Small moves (wheel,
 * keys, touch) keep the shift, so that rows move with the finger, pixel for pixel. Long ones (the scrollbar) are scaled.
 * Once the list stands still the shift is worked out anew, without any row moving on the screen. Pure; all in px.
 */

export const spacerLimit = 16_000_000

/** A move of the scroll position that is longer than this comes from the scrollbar. */
const farMove = 5_000

export interface Extent {
  count: number
  rowHeight: number
  /** The height in which rows are seen. */
  viewHeight: number
}

export interface Place {
  scroll: number
  shift: number
}

/** The height that the list takes in the page. */
export function spacerHeight({ count, rowHeight }: Extent): number {
  return Math.min(count * rowHeight, spacerLimit)
}

/** The last scroll position, and the last position in the list. */
function ends(extent: Extent): { scroll: number; list: number } {
  return {
    scroll: Math.max(0, spacerHeight(extent) - extent.viewHeight),
    list: Math.max(0, extent.count * extent.rowHeight - extent.viewHeight),
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most)
}

/** Where the scrollbar stands for a position in the list, and the shift that shows exactly that. */
export function placeOf(extent: Extent, list: number): Place {
  const end = ends(extent)
  const at = clamp(list, end.list)
  if (end.list === end.scroll) return { scroll: at, shift: 0 }
  const scroll = Math.round((at / end.list) * end.scroll)
  return { scroll, shift: at - scroll }
}

/** What a scroll event to `scroll` shows, from where the list stood. */
export function moveTo(extent: Extent, from: Place, scroll: number): Place {
  const end = ends(extent)
  if (end.list === end.scroll) return { scroll, shift: 0 }
  if (scroll <= 0) return edge(extent, from, { scroll: 0, list: 0 })
  if (scroll >= end.scroll) return edge(extent, from, end)
  const isFar = Math.abs(scroll - from.scroll) > farMove
  const list = isFar ? (scroll / end.scroll) * end.list : scroll + from.shift
  return { scroll, shift: clamp(list, end.list) - scroll }
}

/** An end of the scrollbar is that end of the list, unless a small move came there early: then room is made again. */
function edge(extent: Extent, from: Place, at: { scroll: number; list: number }): Place {
  const list = clamp(at.scroll + from.shift, ends(extent).list)
  const isFar = Math.abs(at.scroll - from.scroll) > farMove
  if (isFar || Math.abs(list - at.list) <= extent.rowHeight) return { scroll: at.scroll, shift: at.list - at.scroll }
  return placeOf(extent, list)
}

export interface RowRange {
  /** The first row to draw, and the one after the last. */
  first: number
  end: number
}

/** The most rows in the page at any time, the head and a focused row elsewhere aside. */
const mostRows = 96
/** Rows come and go in steps, so that many frames of a scroll change nothing and none much. */
const step = 4
/** Rows beyond the view, on each side. */
const beyond = 8

/** The rows to draw at a position in the list: those in view and some around them. */
export function rangeAt({ count, rowHeight, viewHeight }: Extent, list: number): RowRange {
  const seen = Math.ceil(viewHeight / rowHeight) + 1
  const around = Math.max(0, Math.min(beyond, Math.floor((mostRows - step - seen) / 2)))
  const first = Math.max(0, Math.floor((Math.floor(list / rowHeight) - around) / step) * step)
  return { first: Math.min(first, count), end: Math.min(count, first + Math.min(mostRows, seen + 2 * around + step)) }
}

/** The rows that are wholly or partly in view. */
export function seenAt({ count, rowHeight, viewHeight }: Extent, list: number): RowRange {
  const first = Math.min(Math.floor((list + 1) / rowHeight), Math.max(0, count - 1))
  return { first, end: Math.min(count, Math.max(first + 1, Math.ceil((list + viewHeight - 1) / rowHeight))) }
}

/** The nearest position in the list at which a row is wholly in view. */
export function revealRow({ rowHeight, viewHeight }: Extent, list: number, index: number): number {
  const top = index * rowHeight
  if (top < list) return top
  return Math.max(list, top + rowHeight - viewHeight)
}

/** Rows between two origins. */
const block = 4096

/**
 * Where rows are drawn: the origin's distance from the top of the spacer, and each row's from the origin. A new shift moves
 * the origin alone. A row far away, which is there for its focus, stays just outside.
 */
export function originOf(extent: Extent, first: number, shift: number) {
  const { rowHeight } = extent
  const origin = Math.floor(first / block) * block
  const originTop = origin * rowHeight - shift
  // Nothing may stand under the spacer: that would make the list longer.
  const lowest = spacerHeight(extent) - rowHeight - originTop
  const top = (index: number) => {
    const near = Math.min(Math.max(index - origin, -block), 2 * block) * rowHeight
    return Math.min(near, Math.max(lowest, (first - origin) * rowHeight))
  }
  return { originTop, top }
}
