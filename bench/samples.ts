/** Times of one measured cell, in milliseconds. */
export interface Cell {
  name: string
  samples: number[]
}

/** The value that so large a share (0 to 1) of the samples does not exceed. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const p50 = (samples: readonly number[]) => quantile(samples, 0.5)
export const p95 = (samples: readonly number[]) => quantile(samples, 0.95)

/** All samples of several cells together. */
export const pooled = (cells: readonly Cell[]) => cells.flatMap((cell) => cell.samples)

/** The highest p95 of any cell. */
export const worst = (cells: readonly Cell[]) => Math.max(...cells.map((cell) => p95(cell.samples)))

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Runs a cell a few times unmeasured, then `n` times. */
export async function measure(name: string, n: number, work: () => Promise<unknown>, warmUp = 5): Promise<Cell> {
  for (let round = 0; round < warmUp; round += 1) await work()
  const samples: number[] = []
  for (let round = 0; round < n; round += 1) samples.push(await timed(work))
  return { name, samples }
}

export const round = (value: number, digits = 2) => Number(value.toFixed(digits))

/** A table of cells, for people. */
export function printCells(title: string, cells: readonly Cell[]): void {
  console.log(`\n${title}`)
  console.log(`  ${'n'.padStart(5)} ${'p50 ms'.padStart(9)} ${'p95 ms'.padStart(9)}`)
  for (const { name, samples } of cells)
    console.log(
      `  ${String(samples.length).padStart(5)} ${p50(samples).toFixed(2).padStart(9)} ${p95(samples).toFixed(2).padStart(9)}  ${name}`,
    )
}
