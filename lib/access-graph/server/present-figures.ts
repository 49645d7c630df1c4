import type { BlastFigures, Persistence } from '../blast-parts'
import type { RawFigures } from '../engine/requests'
import { factorsOf, hoursOfYear } from '../score'
import type { HeldCredential } from './store-graph'

/** Hours between reading the graph and asking for the credentials: within these two ends are the same one. */
const sameEndHours = 0.1

/**
 * The contract form of an identity's figures. `own` are its live credentials, the one that lives longest first, by which the
 * end of its access is told when it is one of them.
 */
export function presentFigures(
  { cells, resources, systems, identities, hours, isUnbounded, score, factors }: RawFigures,
  own: readonly HeldCredential[],
  builtAt: number,
): BlastFigures {
  const rounded = { hours: hours === null ? null : Math.min(hours, hoursOfYear), isUnbounded }
  return {
    score: Math.round(score * 10) / 10,
    factors,
    cells,
    resources,
    systems,
    identities,
    persistence: { ...rounded, credential: lastOf(own, rounded, builtAt) },
  }
}

function lastOf(
  own: readonly HeldCredential[],
  { hours, isUnbounded }: Pick<Persistence, 'hours' | 'isUnbounded'>,
  builtAt: number,
): Persistence['credential'] {
  const [longest] = own
  if (!longest || hours === null || hours === 0) return null
  const { id, name, expiresAt, neverExpires } = longest
  const told = { id, name, expiresAt: expiresAt?.toISOString() ?? null }
  if (isUnbounded || neverExpires) return isUnbounded && neverExpires ? told : null
  if (!expiresAt) return null
  const ownHours = Math.min(hoursOfYear, (expiresAt.getTime() - builtAt) / 3_600_000)
  return Math.abs(ownHours - hours) <= sameEndHours ? told : null
}

/** Figures as they are kept with the score. */
export interface KeptFigures {
  score: number
  cells: number[]
  identities: number
  systems: number
  hours: number | null
  isUnbounded: boolean
}

/** The contract form of what is kept of an identity. */
export function presentKeptFigures(kept: KeptFigures): BlastFigures {
  const { cells, identities, hours } = kept
  const resources = cells.reduce((sum, cell) => sum + cell, 0)
  return presentFigures({ ...kept, resources, factors: factorsOf({ cells, identities, hours }) }, [], Date.now())
}
