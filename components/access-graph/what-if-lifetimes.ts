const dayMs = 86_400_000
const days = [1, 7, 30, 90]
/** A choice goes by this name for so long after it was made. */
const sameMs = 3_600_000

export interface Lifetime {
  days: number
  /** When it would end: an ISO instant. */
  at: string
}

/**
 * The lives that a credential can be given: so many days from now, those that end before it does. One that was chosen a moment
 * ago keeps its instant.
 */
export function lifetimesOf(now: number, expiresAt: string | null, chosen: string | undefined): Lifetime[] {
  const end = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)
  return days
    .map((each) => ({ days: each, at: now + each * dayMs }))
    .filter(({ at }) => at < end)
    .map(({ days: each, at }) => {
      const isChosen = chosen !== undefined && Math.abs(Date.parse(chosen) - at) < sameMs
      return { days: each, at: isChosen ? chosen : new Date(at).toISOString() }
    })
}
