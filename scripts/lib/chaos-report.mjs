/**
 * What one stretch of chaos came to, as `bench/chaos-lifecycle.ts` writes it.
 * @typedef {{ tally: Record<string, number>, recoveries: number[], ends: Record<string, number>, killedAt: string[], systems: number, leftOut: string[], seconds: number }} Piece
 */

/** What has to be zero. */
export const zeros = [
  ...['probes_failed', 'identities_locked_out', 'orphan_credentials', 'revoked_but_usable'],
  ...['double_effects', 'stuck_runs', 'errors'],
]

const rounded = (/** @type {number} */ value) => Math.round(value * 10) / 10

/** @param {Record<string, number>[]} counts @returns {Record<string, number>} */
function sum(counts) {
  /** @type {Record<string, number>} */
  const total = {}
  for (const each of counts)
    for (const [key, value] of Object.entries(each)) total[key] = (total[key] ?? 0) + (value ?? Number.NaN)
  return total
}

/**
 * Puts pieces together: lines for people, one object for programs, and whether all is as it has to be.
 * @param {Piece[]} pieces
 * @param {{ asFound?: boolean }} [options] `asFound`: a system that cannot be had on this machine is no fault
 */
export function reportChaos(pieces, { asFound = false } = {}) {
  const tally = sum(pieces.map((piece) => piece.tally))
  const sorted = pieces.flatMap(({ recoveries }) => recoveries).toSorted((a, b) => a - b)
  const p95 = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))]
  const killedAt = [...new Set(pieces.flatMap((piece) => piece.killedAt))].sort()
  const seconds = pieces.reduce((total, piece) => total + piece.seconds, 0)
  const systems = Math.min(...pieces.map((piece) => piece.systems))
  const {
    kills = 0,
    cuts = 0,
    probes = 0,
    runs = 0,
    target_restarts: restarts = 0,
    target_outage_s: outage = 0,
  } = tally
  // A figure that could not be taken is not zero either.
  const bad = zeros.filter((name) => tally[name] !== 0)
  const leftOut = [...new Set(pieces.flatMap((piece) => piece.leftOut))]
  const figures = {
    ...tally,
    target_outage_s: rounded(outage),
    p95_recovery_s: p95 === undefined ? null : rounded(p95),
    systems,
    seconds,
  }
  const ends = Object.entries(sum(pieces.map((piece) => piece.ends))).map(([end, count]) => `${count} × ${end}`)
  const verdict = bad.map((name) => `${name} ${tally[name]}`).join(', ') || 'everything as it has to be'
  const without = leftOut.length > 0 ? `; without ${leftOut.join(', ')}` : ''
  return {
    lines: [
      `  killed at ${killedAt.length} places: ${killedAt.join(', ')}`,
      `  ${ends.join(', ')}`,
      `${runs} runs on ${systems} systems in ${seconds} s: ${kills} workers killed, ${cuts} connections cut, ${restarts} restarts of systems, ${probes} logins judged: ${verdict}${without}`,
    ],
    figures,
    isClean: runs > 0 && bad.length === 0 && (asFound || leftOut.length === 0),
  }
}
