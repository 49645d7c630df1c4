import type { ReviewItem } from '@/lib/reviews/items'
import type { Decision } from '@/lib/reviews/values'

/** How one moves and selects in the list of a reviewer. Pure. */

/** What a reviewer has said of an item, as the screen shows it: at once, before the server has heard of it. */
export interface Draft {
  decision: Decision
  until: string | null
  note: string | null
}

type Listed = Pick<ReviewItem, 'no' | 'group' | 'isAlone'>

/** The next item that waits for a decision, from behind a place on, and from the beginning when there is none; -1 = none. */
export function nextWaiting(count: number, from: number, waits: (index: number) => boolean): number {
  for (let step = 1; step <= count; step += 1) {
    const index = (from + step) % count
    if (waits(index)) return index
  }
  return -1
}

/** What may be decided together with an item: equal evidence, and nothing that has to be decided alone. */
const fits = (anchor: Listed, item: Listed) => item.group === anchor.group && !item.isAlone

/**
 * The items between two places that have the same evidence as the first of them.
 * @returns the chosen, and how many between them were left out
 */
export function selectRange(
  items: readonly Listed[],
  anchor: number,
  to: number,
): { chosen: number[]; leftOut: number } {
  const first = items[anchor]
  if (!first || first.isAlone) return { chosen: [], leftOut: 0 }
  const between = items.slice(Math.min(anchor, to), Math.max(anchor, to) + 1)
  const chosen = between.filter((item) => fits(first, item)).map(({ no }) => no)
  return { chosen, leftOut: between.length - chosen.length }
}

/** Where a longer selection ends next: the next item of the same evidence in a direction; -1 = there is none in the list. */
export function nextEqual(items: readonly Listed[], anchor: number, from: number, step: 1 | -1): number {
  const first = items[anchor]
  if (!first || first.isAlone) return -1
  for (let index = from + step; index >= 0 && index < items.length; index += step) {
    const item = items[index]
    if (item && fits(first, item)) return index
  }
  return -1
}

interface Left {
  open: number
  drafted: number
  signed: number
  total: number
}

/** What is left as it will be when everything that is on its way has arrived. */
export function leftWith(left: Left, onTheirWay: readonly number[]): Left {
  const drafted = onTheirWay.reduce((sum, change) => sum + change, 0)
  const moved = Math.min(left.open, Math.max(-left.drafted, drafted))
  return { ...left, open: left.open - moved, drafted: left.drafted + moved }
}
