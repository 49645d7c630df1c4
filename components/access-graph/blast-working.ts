import type { BlastFigures } from '@/lib/access-graph/blast-radius'
import {
  hoursOfYear,
  type Level,
  levels,
  levelWeights,
  type SensitivityClass,
  sensitivityClasses,
  sensitivityWeights,
} from '@/lib/access-graph/score'

export interface WorkingRow {
  sensitivity: SensitivityClass
  level: Level
  count: number
  /** What one of them weighs in reach, and by how much alteration multiplies that. */
  weight: number
  times: number
  reach: number
  alter: number
}

export interface Working {
  /** The heaviest first; only what is reached. */
  rows: WorkingRow[]
  identities: number
  /** What is taken the logarithm of, without the 1. */
  reachUnits: number
  alterUnits: number
  hours: number
  /** Nobody knows the hours: they count as a year. */
  areHoursAssumed: boolean
}

/** The numbers that the formula of the score works with, row by row. Pure. */
export function workingOf({ cells, identities, persistence }: BlastFigures): Working {
  const rows = sensitivityClasses.flatMap((sensitivity, classNo) =>
    levels.flatMap((level, levelNo): WorkingRow[] => {
      const count = cells[classNo * levels.length + levelNo] ?? 0
      if (count === 0) return []
      const weight = sensitivityWeights[sensitivity]
      const times = levelWeights[level]
      return [{ sensitivity, level, count, weight, times, reach: count * weight, alter: count * weight * times }]
    }),
  )
  rows.sort((a, b) => b.alter - a.alter || b.reach - a.reach)
  return {
    rows,
    identities,
    reachUnits: rows.reduce((sum, { reach }) => sum + reach, identities),
    alterUnits: rows.reduce((sum, { alter }) => sum + alter, identities),
    hours: persistence.hours ?? hoursOfYear,
    areHoursAssumed: persistence.hours === null,
  }
}
