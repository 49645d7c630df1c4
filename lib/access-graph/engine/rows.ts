import { isObserved, observedLike } from './certainty'

/** An edge without its start as one number, which sorts by end, kind, level, and doubtful ones last. */
export function packed(to: number, kind: number, level: number, certainty: number): number {
  return ((to * 16 + kind) * 8 + level) * 8 + certainty
}

/** Edges in rows: those of row n at `from[n]` … `from[n + 1] - 1`, by end and kind, each end and kind once. */
export class KeyedRows {
  private constructor(
    readonly from: Int32Array,
    readonly to: Int32Array,
    readonly kind: Uint8Array,
    readonly level: Uint8Array,
    readonly basis: Uint8Array,
  ) {}

  /**
   * `visit` is called twice and must add the same packed edges both times. Of edges with the same row, end and kind the
   * highest level stays, with basis observed when any of them has it, and certain when one of that level is.
   */
  static build(rowCount: number, visit: (add: (row: number, key: number) => void) => void): KeyedRows {
    const from = new Int32Array(rowCount + 1)
    visit((row) => {
      from[row + 1] = (from[row + 1] ?? 0) + 1
    })
    for (let row = 0; row < rowCount; row += 1) from[row + 1] = (from[row + 1] ?? 0) + (from[row] ?? 0)
    const keys = new Float64Array(from[rowCount] ?? 0)
    const next = from.slice()
    visit((row, key) => {
      const at = next[row] ?? 0
      keys[at] = key
      next[row] = at + 1
    })
    return merged(from, keys, (kept, to, kind, level, basis) => new KeyedRows(kept, to, kind, level, basis))
  }
}

type Make = (from: Int32Array, to: Int32Array, kind: Uint8Array, level: Uint8Array, basis: Uint8Array) => KeyedRows

/** Sorts each row and lets one edge stand for those of the same end and kind; what is left moves to the front. */
function merged(from: Int32Array, keys: Float64Array, make: Make): KeyedRows {
  const rowCount = from.length - 1
  const keptFrom = new Int32Array(from.length)
  let kept = 0
  for (let row = 0; row < rowCount; row += 1) {
    const [start = 0, end = 0] = [from[row], from[row + 1]]
    sortPart(keys, start, end)
    for (let at = start; at < end; at += 1) {
      const key = keys[at] ?? 0
      const before = kept > (keptFrom[row] ?? 0) ? (keys[kept - 1] ?? 0) : -1
      if (before >= 0 && Math.floor(before / 64) === Math.floor(key / 64)) {
        // The level rises within a row's end and kind; of equal levels the first stays, which is a certain one if any is.
        const sameLevel = Math.floor(before / 8) === Math.floor(key / 8)
        const certainty = sameLevel ? before % 8 : key % 8
        const isSeen = isObserved(before % 8) || isObserved(key % 8)
        keys[kept - 1] = key - (key % 8) + (isSeen ? observedLike(certainty) : certainty)
      } else {
        keys[kept] = key
        kept += 1
      }
    }
    keptFrom[row + 1] = kept
  }
  const to = new Int32Array(kept)
  const [kind, level, basis] = [new Uint8Array(kept), new Uint8Array(kept), new Uint8Array(kept)]
  for (let at = 0; at < kept; at += 1) {
    const key = keys[at] ?? 0
    const high = Math.floor(key / 1024)
    const low = key - high * 1024
    to[at] = high
    kind[at] = low >> 6
    level[at] = (low >> 3) & 7
    basis[at] = low & 7
  }
  return make(keptFrom, to, kind, level, basis)
}

/** In place; short rows by insertion, which is what nearly all rows are. */
function sortPart(keys: Float64Array, start: number, end: number): void {
  if (end - start > 24) {
    keys.subarray(start, end).sort()
    return
  }
  for (let at = start + 1; at < end; at += 1) {
    const key = keys[at] ?? 0
    let hole = at
    while (hole > start && (keys[hole - 1] ?? 0) > key) {
      keys[hole] = keys[hole - 1] ?? 0
      hole -= 1
    }
    keys[hole] = key
  }
}
