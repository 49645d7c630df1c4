import { type Privilege, privileges, type Sensitivity, sensitivities } from '@/lib/connectors/contract'

/** What may be held on a resource, weakest first; `unknown` where the source does not say what a grant amounts to. */
export const levels = ['unknown', ...privileges] as const
export type Level = (typeof levels)[number]

/** How sensitive a resource is, least first; `unknown` where nobody has said. */
export const sensitivityClasses = ['unknown', ...sensitivities] as const
export type SensitivityClass = (typeof sensitivityClasses)[number]

/** How many distinct resources are reached: `cells[sensitivity class × 5 + level]`, each resource once, at its highest level. */
export type ReachCells = ArrayLike<number>
export const cellCount = sensitivityClasses.length * levels.length

/** Of each class: what one resource weighs. Where nobody has said, as if it were internal. */
export const sensitivityWeights: Record<SensitivityClass, number> = {
  unknown: 2,
  public: 1,
  internal: 2,
  confidential: 4,
  restricted: 8,
} satisfies Record<'unknown' | Sensitivity, number>

/** Of each level: by how much what one resource weighs is multiplied. What is not known counts as reading. */
export const levelWeights: Record<Level, number> = {
  unknown: 1,
  read: 1,
  write: 4,
  secret_read: 8,
  admin: 16,
} satisfies Record<'unknown' | Privilege, number>

/** A credential without an end, and one of which nobody knows the end, count as one year. */
export const hoursOfYear = 8760

/** At these the factors are full: 2^16 units of weight in reach, 2^20 in alteration. */
export const fullReach = 16
export const fullAlter = 20

/** What one resource of each cell adds to reach, and to alteration. */
const reachWeights = sensitivityClasses.flatMap((sensitivity) => levels.map(() => sensitivityWeights[sensitivity]))
const alterWeights = sensitivityClasses.flatMap((sensitivity) =>
  levels.map((level) => sensitivityWeights[sensitivity] * levelWeights[level]),
)

export interface ScoreInputs {
  cells: ReachCells
  /** Other identities that it can become. */
  identities: number
  /** Hours until the last live credential ends; 0 when none lives, `null` when not known. */
  hours: number | null
}

export interface Factors {
  /** Each 0 to 1. */
  reach: number
  alter: number
  persist: number
}

/**
 * The three factors of the blast radius, each rising with the logarithm of what it measures:
 *
 *     reach   = log2(1 + identities + Σ sensitivity weight)                 ÷ 16
 *     alter   = log2(1 + identities + Σ sensitivity weight × level weight)  ÷ 20
 *     persist = log2(1 + hours) ÷ log2(1 + 8760)
 *
 * over every resource that is reached, once, at the highest level held on it; none exceeds 1. Whatever reaches nothing and
 * can become nobody has reach and alter 0.
 */
export function factorsOf({ cells, identities, hours }: ScoreInputs): Factors {
  let reach = identities
  let alter = identities
  for (let cell = 0; cell < cellCount; cell += 1) {
    const count = cells[cell] ?? 0
    reach += count * (reachWeights[cell] ?? 0)
    alter += count * (alterWeights[cell] ?? 0)
  }
  return {
    reach: Math.min(1, Math.log2(1 + reach) / fullReach),
    alter: Math.min(1, Math.log2(1 + alter) / fullAlter),
    persist: Math.min(1, Math.log2(1 + (hours ?? hoursOfYear)) / Math.log2(1 + hoursOfYear)),
  }
}

/**
 * Blast radius, 0 to 100 with one decimal: the geometric mean of the three factors. It never rises when an edge is taken
 * away, a privilege lowered or a lifetime shortened, as each factor is monotone in what it measures.
 */
export function scoreOf(inputs: ScoreInputs): number {
  const { reach, alter, persist } = factorsOf(inputs)
  return Math.round(1000 * Math.cbrt(reach * alter * persist)) / 10
}

/** Bands of the score, for words and marks. */
export const scoreBands = [
  { band: 'low', from: 0 },
  { band: 'moderate', from: 30 },
  { band: 'high', from: 60 },
  { band: 'critical', from: 85 },
] as const
export type ScoreBand = (typeof scoreBands)[number]['band']

/** The band that a score falls in. */
export function bandOf(score: number): ScoreBand {
  return scoreBands.findLast(({ from }) => score >= from)?.band ?? 'low'
}
