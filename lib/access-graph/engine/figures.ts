import { factorsOf, hoursOfYear } from '../score'
import type { Reach } from './contract'
import type { RawFigures } from './requests'
import { scoreWith } from './score-all'

/** What was reached, as it is told: hours at most a year, with a mark for those without an end. */
export function figuresOf({ cells, identities, systems, hours }: Reach): RawFigures {
  const known = Number.isNaN(hours) ? null : Math.min(hours, hoursOfYear)
  return {
    cells: [...cells],
    resources: cells.reduce((sum, count) => sum + count, 0),
    systems,
    identities,
    hours: known,
    isUnbounded: hours === Number.POSITIVE_INFINITY,
    score: scoreWith(cells, identities, hours),
    factors: factorsOf({ cells, identities, hours: known }),
  }
}
