import type { BlastFigures, BlastRadius, Persistence } from '@/lib/access-graph/blast-radius'
import {
  hoursOfYear,
  type Level,
  levels,
  type ScoreBand,
  type SensitivityClass,
  sensitivityClasses,
} from '@/lib/access-graph/score'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'

/** Blast radius in words. Pure. */

export const bandLabels: Record<ScoreBand, string> = {
  low: 'Low',
  moderate: 'Moderate',
  high: 'High',
  critical: 'Critical',
}

export const sensitivityClassLabels: Record<SensitivityClass, string> = {
  unknown: 'Not known',
  public: 'Public',
  internal: 'Internal',
  confidential: 'Confidential',
  restricted: 'Restricted',
}

/** How many resources of a class are reached, at whatever level. */
export function countOfClass(cells: readonly number[], sensitivity: SensitivityClass): number {
  const from = sensitivityClasses.indexOf(sensitivity) * levels.length
  return cells.slice(from, from + levels.length).reduce((sum, count) => sum + count, 0)
}

/** Hours as a person tells them: `41 days`, `7 h`. */
export function hoursInWords(hours: number): string {
  if (Math.round(hours) >= 48) return formatCount(Math.round(hours / 24), 'day')
  return hours < 1 ? 'less than an hour' : `${formatNumber(Math.round(hours))} h`
}

/** What is held on what can be altered, the strongest first: "3 administered, the secrets of 1 read". */
export function alterationWords(cells: readonly number[]): string {
  const held = (level: Level) =>
    cells.reduce((sum, count, at) => (at % levels.length === levels.indexOf(level) ? sum + count : sum), 0)
  const [admin, secrets, write] = [held('admin'), held('secret_read'), held('write')]
  const parts = [
    ...(admin > 0 ? [`${formatNumber(admin)} administered`] : []),
    ...(secrets > 0 ? [`the secrets of ${formatNumber(secrets)} read`] : []),
    ...(write > 0 ? [`${formatNumber(write)} written to`] : []),
  ]
  if (parts.length > 0) return parts.join(', ')
  return cells.some((count) => count > 0) ? 'it only reads, as far as is known' : 'it reaches none'
}

/** What is held for how long, as the end of a sentence: "its key deploy never expires". */
export function persistenceClause({ hours, isUnbounded, credential }: Persistence): string {
  const what = credential ? `its credential ${credential.name}` : 'a credential on the way'
  if (isUnbounded) return `${what} never expires`
  if (hours === null) return 'how long that lasts is not known'
  if (hours === 0) return 'none of the credentials on the way is live'
  if (hours >= hoursOfYear) return `${what} lasts a year or longer`
  return `${what} ends in ${hoursInWords(hours)}`
}

/** The same in one or two words, for a figure. */
export function persistenceWord({ hours, isUnbounded }: Persistence): string {
  if (isUnbounded) return 'never ends'
  if (hours === null) return 'unknown'
  return hours === 0 ? 'none live' : hours >= hoursOfYear ? 'a year or more' : hoursInWords(hours)
}

/** "Reaches 264 resources, 12 of them restricted, can become 3 other identities, and its credential deploy never expires." */
export function blastSentence({ figures, isLive }: Pick<BlastRadius, 'figures' | 'isLive'>): string {
  if (!isLive) return 'It is disabled or gone from its source, so it reaches nothing as long as that stays so.'
  const { resources, identities, cells, persistence } = figures
  if (resources === 0 && identities === 0) {
    return 'Reaches no resource that is known, and can become no other identity.'
  }
  const restricted = countOfClass(cells, 'restricted')
  const clauses = [
    resources === 0 ? 'reaches no resource that is known' : `reaches ${formatCount(resources, 'resource')}`,
    ...(restricted > 0
      ? [restricted === resources ? restrictedAll(resources) : `${formatNumber(restricted)} of them restricted`]
      : []),
    identities === 0
      ? 'can become no other identity'
      : `can become ${formatCount(identities, 'other identity', 'other identities')}`,
  ]
  const sentence = `${clauses.join(', ')}, and ${persistenceClause(persistence)}.`
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

const restrictedAll = (resources: number) => (resources === 1 ? 'a restricted one' : 'all of them restricted')

type Caveat = BlastRadius['caveats'][number]

/** What stands in the way of exactness, and in which direction it errs. */
export function caveatSentence({ kind, count }: Caveat): string {
  switch (kind) {
    case 'deny':
      return `${formatCount(count, 'refusal')} in the sources could not be applied: it may reach less than this.`
    case 'open_end':
      return `${formatCount(count, 'way leads', 'ways lead')} to something that no import has told of: it may reach more than this.`
    case 'not_evaluable':
      return `${formatCount(count, 'step')} could not be evaluated in full and ${count === 1 ? 'counts' : 'count'} as if allowed.`
    case 'condition':
      return `${formatCount(count, 'step holds', 'steps hold')} only under a condition, which counts as met.`
  }
}

/** A share as a person reads it: `12 %`, `under 1 %`, `none`. */
export function shareWord(share: number): string {
  if (share === 0) return 'none'
  if (share < 0.01) return 'under 1 %'
  return share > 0.99 && share < 1 ? 'over 99 %' : `${Math.round(share * 100)} %`
}

/** The change of a figure with its sign: `−12`, `+3`, `no change`. */
export function differenceWord(before: number, after: number, digits = 0): string {
  const by = after - before
  if (Math.abs(by) < 0.5 / 10 ** digits) return 'no change'
  const size = digits > 0 ? Math.abs(by).toFixed(digits) : formatNumber(Math.abs(by))
  return `${by < 0 ? '−' : '+'}${size}`
}

/** How many are restricted, confidential and so on, the most sensitive first. */
export function classCounts({
  cells,
}: Pick<BlastFigures, 'cells'>): { sensitivity: SensitivityClass; count: number }[] {
  return sensitivityClasses
    .toReversed()
    .map((sensitivity) => ({ sensitivity, count: countOfClass(cells, sensitivity) }))
}
