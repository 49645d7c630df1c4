import type { Tone } from '@/components/ui/tone'
import type { HopState, OrderState, RunEffect, RunKind, RunProbe, RunState, RunSummary } from '@/lib/lifecycle/schema'
import { formatCount, toMs } from '@/lib/platform/browser/format'

/** Runs in words. Pure. */

export const kindLabels: Record<RunKind, string> = { rotation: 'Rotation', revocation: 'Revocation', drill: 'Drill' }

export const stateLabels: Record<RunState, string> = {
  queued: 'Queued',
  running: 'Under way',
  waiting: 'Waiting',
  parked: 'Needs a person',
  done: 'Done',
  rolled_back: 'Taken back',
  restored: 'Restored',
  overruled: 'Overruled by a revocation',
  cancelled: 'Cancelled',
  given_up: 'Given up',
}

export const orderStateLabels: Record<OrderState, string> = {
  waiting: 'Waits for a second person',
  released: 'Released',
  rejected: 'Rejected',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  done: 'Done',
}

export const toneOf: Record<RunSummary['tone'], Tone> = {
  good: 'good',
  bad: 'danger',
  busy: 'notice',
  quiet: 'quiet',
  attention: 'warning',
}

/**
 * How sure something is: `proved`: a login was tried; `told`: only the source says so; `open`: nothing is known yet. They are
 * drawn differently, so that an answer of the source is never taken for a proof.
 */
export type Certainty = 'proved' | 'told' | 'open'

interface Verdict {
  word: string
  certainty: Certainty
  tone: Tone
}

export const effectVerdicts: Record<RunEffect, Verdict> = {
  none: { word: 'Nothing shown yet', certainty: 'open', tone: 'quiet' },
  unknown: { word: 'Not known', certainty: 'open', tone: 'warning' },
  acknowledged: { word: 'The source says it is done', certainty: 'told', tone: 'notice' },
  source_says_off: { word: 'The source says it is off', certainty: 'told', tone: 'good' },
  source_says_on: { word: 'The source says it is on', certainty: 'told', tone: 'notice' },
  refused: { word: 'Login refused', certainty: 'proved', tone: 'good' },
  absent: { word: 'Not there any more', certainty: 'proved', tone: 'good' },
  still_allowed: { word: 'Still let in', certainty: 'proved', tone: 'danger' },
  accepted: { word: 'Login works', certainty: 'proved', tone: 'good' },
}

export const hopVerdicts: Record<HopState, Verdict> = {
  open: { word: 'Not begun', certainty: 'open', tone: 'quiet' },
  sent: { word: 'Sent, no answer yet', certainty: 'open', tone: 'notice' },
  acknowledged: { word: 'The source says it is done', certainty: 'told', tone: 'notice' },
  source_says_off: { word: 'The source says it is off', certainty: 'told', tone: 'good' },
  source_says_on: { word: 'The source says it is on again', certainty: 'told', tone: 'notice' },
  accepted: { word: 'A login works again', certainty: 'proved', tone: 'notice' },
  refused: { word: 'Refused', certainty: 'proved', tone: 'good' },
  already_absent: { word: 'Was not there any more', certainty: 'proved', tone: 'good' },
  dormant: { word: 'Stays, of no use now', certainty: 'told', tone: 'good' },
  still_allowed: { word: 'Still let in', certainty: 'proved', tone: 'danger' },
  not_testable: { word: 'Cannot be tried', certainty: 'open', tone: 'warning' },
}

const answerWords: Record<RunProbe['evidence'], Record<RunProbe['answer'], string>> = {
  login: { accepted: 'a login was let in', refused: 'a login was refused', unknown: 'a login had no clear answer' },
  source: {
    accepted: 'the source says on',
    refused: 'the source says off',
    unknown: 'the source gave no clear answer',
  },
  session: { accepted: 'a session is open', refused: 'no session is open', unknown: 'no clear answer about sessions' },
  place: { accepted: 'it is kept there', refused: 'it is not kept there', unknown: 'the place could not be read' },
}

/** What a try showed, by what it was made with: the word of a source is no refused login. */
export function probeWords({ evidence, answer }: Pick<RunProbe, 'evidence' | 'answer'>): string {
  return answerWords[evidence][answer]
}

/** Of what was granted, and of places that keep a secret, in words of their own. */
export function hopWord({ hop, state }: { hop: string; state: HopState }): string | undefined {
  const words = hop.startsWith('copy') ? copyWords : hop === 'grants' ? grantWords : {}
  return words[state]
}
const copyWords: Partial<Record<HopState, string>> = {
  dormant: 'Holds a dead secret',
  already_absent: 'Gone from there',
  not_testable: 'Cannot be looked at',
  source_says_on: 'Opens it again',
}
const grantWords: Partial<Record<HopState, string>> = {
  already_absent: 'Nothing is granted',
  not_testable: 'Not known',
  source_says_on: 'Counts again',
}

/** A length of time as a clock counts it down: `2 days 4 h`, `23 h 59 min`, `4 min 12 s`, `12 s`. */
export function countdownWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)]
  if (days >= 2) return `${days} days ${hours % 24} h`
  if (hours >= 1) return `${hours} h ${minutes % 60} min`
  return minutes >= 1 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

/** Seconds as a stopwatch tells them: `0.31 s`, `4.2 s`, `41 s`, `3 min 4 s`, `2 h 5 min`. */
export function stopwatchWords(seconds: number): string {
  if (seconds < 0) return '0 s'
  if (seconds < 1) return `${seconds.toFixed(2)} s`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  return countdownWords(Math.floor(seconds) * 1000)
}

/** Seconds from one instant to another; null when one of them is not known. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  const [start, end] = [from === null ? undefined : toMs(from), to === null ? undefined : toMs(to)]
  return start === undefined || end === undefined ? null : (end - start) / 1000
}

/** What a run is about, in a title: whose access it is. Which of its credentials stands among the facts. */
export function subjectOf({ identity }: Pick<RunSummary, 'identity'>): string {
  return identity.name
}

/** A list of runs with what is open first: how many of each state, as `2 under way, 1 needs a person`. */
export function countWords(counts: Record<string, number>): string {
  const labels: Record<string, string> = stateLabels
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${(labels[state] ?? state).toLowerCase()}`)
  return parts.join(', ')
}

/** How many of what an order is about: `3 identities`, `1 credential`, `5 identities and credentials`. */
export function targetWords(targets: readonly { credentialId?: string | null }[]): string {
  const credentials = targets.filter(({ credentialId }) => credentialId).length
  if (credentials === targets.length) return formatCount(targets.length, 'credential')
  if (credentials === 0) return formatCount(targets.length, 'identity', 'identities')
  return `${targets.length} identities and credentials`
}

/** What a dialog is about, in its title. As long as the list is not known, all that match. */
export function titleOf(name: string | undefined, targets: readonly { credentialId?: string | null }[]): string {
  if (name !== undefined && targets.length <= 1) return name
  return targets.length === 0 ? 'all that match' : targetWords(targets)
}
