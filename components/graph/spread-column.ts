/**
 * Places in one column, as near to the wanted ones as the least distances allow: the sum of the weighted squares of what they
 * miss is the least possible (isotonic regression by pooling). Pure.
 * @param wanted where each would like to be, in the order of the column
 * @param spaces the least distance from each to the next one; one fewer than `wanted`
 */
export function spreadColumn(
  wanted: readonly number[],
  spaces: readonly number[],
  weights: readonly number[],
): number[] {
  // Without the distances before it, each place need only not be above the one before.
  const offsets: number[] = []
  let offset = 0
  for (const at of wanted.keys()) {
    offset += at > 0 ? (spaces[at - 1] ?? 0) : 0
    offsets.push(offset)
  }
  const pools: { sum: number; weight: number; length: number }[] = []
  for (const [at, want] of wanted.entries()) {
    const weight = weights[at] ?? 1
    pools.push({ sum: (want - (offsets[at] ?? 0)) * weight, weight, length: 1 })
    for (let last = pools.at(-1), before = pools.at(-2); last && before; last = pools.at(-1), before = pools.at(-2)) {
      if (before.sum / before.weight <= last.sum / last.weight) break
      pools.splice(-2, 2, {
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
        length: before.length + last.length,
      })
    }
  }
  const free = pools.flatMap(({ sum, weight, length }) => Array.from({ length }, () => sum / weight))
  return free.map((place, at) => place + (offsets[at] ?? 0))
}
