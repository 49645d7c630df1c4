/** A line between two neighbouring columns, by the numbers of what it joins. */
export interface Segment {
  from: number
  to: number
}

const turns = 12

/**
 * Orders the items of each column so that few lines cross: each goes to the middle of what it is joined to, column after
 * column, to and fro; the best order seen is kept (barycentre method). Pure.
 * @param columns the items of each column, in their first order
 * @param segments lines between neighbouring columns, from the left one to the right one
 */
export function orderColumns(
  columns: readonly number[][],
  segments: readonly Segment[],
  itemCount: number,
): number[][] {
  const left: number[][] = Array.from({ length: itemCount }, () => [])
  const right: number[][] = Array.from({ length: itemCount }, () => [])
  for (const { from, to } of segments) {
    left[to]?.push(from)
    right[from]?.push(to)
  }
  const place = new Float64Array(itemCount)
  const number = (column: readonly number[]) => {
    for (const [at, item] of column.entries()) place[item] = at
  }
  let current = columns.map((column) => [...column])
  current.forEach(number)
  const sort = (at: number, near: readonly number[][]) => {
    const column = current[at] ?? []
    const middle = new Map(
      column.map((item) => {
        const others = near[item] ?? []
        const sum = others.reduce((total, other) => total + (place[other] ?? 0), 0)
        return [item, others.length > 0 ? sum / others.length : (place[item] ?? 0)]
      }),
    )
    const before = new Map(column.map((item) => [item, place[item] ?? 0]))
    column.sort(
      (a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0) || (before.get(a) ?? 0) - (before.get(b) ?? 0) || a - b,
    )
    number(column)
  }
  let best = current.map((column) => [...column])
  let least = countCrossings(best, right)
  for (let turn = 0; turn < turns && least > 0; turn += 1) {
    if (turn % 2 === 0) for (let at = 1; at < current.length; at += 1) sort(at, left)
    else for (let at = current.length - 2; at >= 0; at -= 1) sort(at, right)
    const crossings = countCrossings(current, right)
    if (crossings < least) {
      least = crossings
      best = current.map((column) => [...column])
    }
  }
  current = best
  return current
}

/** How many pairs of lines cross between neighbouring columns. */
export function countCrossings(columns: readonly (readonly number[])[], right: readonly (readonly number[])[]): number {
  let crossings = 0
  for (let at = 0; at + 1 < columns.length; at += 1) {
    const next = columns[at + 1] ?? []
    const place = new Map(next.map((item, index) => [item, index]))
    const ends = (columns[at] ?? []).flatMap((item) =>
      (right[item] ?? []).flatMap((other) => place.get(other) ?? []).sort((a, b) => a - b),
    )
    crossings += countInversions(ends, next.length)
  }
  return crossings
}

/** Pairs in the wrong order, by a tree of sums. */
function countInversions(values: readonly number[], range: number): number {
  const tree = new Int32Array(range + 1)
  let inversions = 0
  for (const [seen, value] of values.entries()) {
    let upTo = 0
    for (let at = value + 1; at > 0; at -= at & -at) upTo += tree[at] ?? 0
    inversions += seen - upTo
    for (let at = value + 1; at <= range; at += at & -at) tree[at] = (tree[at] ?? 0) + 1
  }
  return inversions
}
