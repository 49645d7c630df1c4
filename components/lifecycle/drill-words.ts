import type { Tone } from '@/components/ui/tone'
import type { Drill, DrillFigures, DrillHop, DrillMode, DrillVerdict, RevokeTime } from '@/lib/lifecycle/drills'
import { formatCount } from '@/lib/platform/browser/format'
import { stopwatchWords } from './run-words'

/** Drills in words. Pure. */

export const modeLabels: Record<DrillMode, string> = { tabletop: 'Tabletop', canary: 'Canary', live: 'Live' }

export const modeSays: Record<DrillMode, string> = {
  canary: 'What is cut is made for the drill, on the same way as the real one. Nothing that people use is touched.',
  live: 'The real account is switched off for some seconds, and on again. What uses it fails meanwhile.',
  tabletop: 'On paper. Nothing is tried and nothing is measured.',
}

export const hopLabels: Record<DrillHop, string> = {
  source: 'New logins',
  sessions: 'The session that was open',
  copies: 'Places that keep the secret',
}

export const verdictLabels: Record<DrillVerdict, string> = {
  cut: 'Cut',
  late: 'Late',
  leaked: 'Leaked',
  not_testable: 'Not testable',
}

export const verdictTones: Record<DrillVerdict, Tone> = {
  cut: 'good',
  late: 'warning',
  leaked: 'danger',
  not_testable: 'quiet',
}

export const keeperLabels = { kept: 'Kept access', lost: 'Lost access', not_testable: 'Not testable' } as const

/** What a drill is about: its accounts by name, or how many of a connection. */
export function targetSays({ target }: Pick<Drill, 'target'>): string {
  if (target.kind === 'cohort') return `${formatCount(target.count, 'account')} of ${target.connection.name}`
  const [first, ...others] = target.identities
  return others.length === 0 ? (first?.name ?? '') : `${first?.name} and ${others.length} more`
}

export function everySays(everyDays: number | null): string {
  if (everyDays === null) return 'By hand'
  return everyDays === 1 ? 'Every day' : `Every ${everyDays} days`
}

/** A time that somebody chose, without decimals that say nothing. */
export const chosenSays = (seconds: number): string =>
  Number.isInteger(seconds) ? `${seconds} s` : stopwatchWords(seconds)

/** How a time stands to that of the run before: in words, with its tone. */
export function changeSays(now: number | null, before: number | null): { says: string; tone: Tone } | null {
  if (now === null || before === null) return null
  const difference = now - before
  // Tries are a second apart: less than half of that says nothing.
  if (Math.abs(difference) < 0.5) return { says: 'as before', tone: 'quiet' }
  return difference > 0
    ? { says: `${stopwatchWords(difference)} slower`, tone: 'warning' }
    : { says: `${stopwatchWords(-difference)} faster`, tone: 'good' }
}

/** The end of one clock, in words. */
export function timeSays(figures: Pick<DrillFigures, 'verdict' | 'seconds'>): string {
  return figures.seconds === null ? 'no time' : `after ${stopwatchWords(figures.seconds)}`
}

/** A measured time; without an end where too many were not refused at all. */
export function measuredSays(seconds: number | null): string {
  return seconds === null ? 'no end seen' : stopwatchWords(seconds)
}

export const measuredFrom = ({ drills, revocations }: Pick<RevokeTime, 'drills' | 'revocations'>): string =>
  [drills > 0 ? formatCount(drills, 'drill') : '', revocations > 0 ? formatCount(revocations, 'revocation') : '']
    .filter((each) => each !== '')
    .join(', ')
