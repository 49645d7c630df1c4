/** The shades of the matrix, in per cent of the accent over the page: text stays readable on the darkest, in both themes. */
const shades = [8, 15, 22, 29, 36]

/** Which shade a count has: by its logarithm, so that few beside many can still be told from none. Pure. */
export function heatOf(count: number, most: number): number {
  if (count <= 0 || most <= 0) return 0
  const share = Math.log(1 + count) / Math.log(1 + most)
  return shades[Math.min(shades.length - 1, Math.max(0, Math.ceil(share * shades.length) - 1))] ?? 0
}
