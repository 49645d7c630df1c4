import type {
  AskableRole,
  EndReason,
  GrantMode,
  GrantProof,
  GrantState,
  GrantTier,
  RightState,
} from '@/lib/grants/values'

export const stateLabels: Record<GrantState, string> = {
  requested: 'Waits for agreement',
  approved: 'Agreed to, not begun',
  activating: 'Being given',
  active: 'Active',
  ending: 'Being taken away',
  ended: 'Ended',
  denied: 'Said no',
  lapsed: 'Lapsed',
  withdrawn: 'Taken back',
  refused: 'Could not be given',
}

export const endLabels: Record<EndReason, string> = {
  expired: 'its time was over',
  released: 'it was given back',
  revoked: 'somebody ended it',
  ticket_closed: 'its ticket was closed',
  incident: 'an incident ended it',
  used: 'it was used as often as agreed',
}

export const proofLabels: Record<GrantProof, string> = {
  refused_attempt: 'Tried, and refused',
  source_says: 'The source does not list it any more; nobody tried it',
  runtime: 'The decision point does not count it any more',
}

export const tierLabels: Record<GrantTier, string> = { highest: 'Highest', high: 'High', ordinary: 'Ordinary' }

export const modeLabels: Record<GrantMode, string> = {
  provisioned: 'Given at the source',
  runtime: 'Only looked at by the decision point',
  console: 'A role in this organization',
}

export const rightLabels: Record<RightState, string> = {
  planned: 'not given',
  intended: 'being given',
  held: 'given',
  had_before: 'had it before',
  withdrawing: 'being taken away',
  gone: 'gone',
  refused: 'refused',
}

/** What a role of this organization is for, in a sentence. */
export const roleSays: Record<AskableRole, string> = {
  reviewer: 'Sees the inventory, and decides in reviews.',
  auditor: 'Reads everything, the audit trail too, and changes nothing.',
  security: 'Changes owners, revokes and rotates, agrees to access, publishes policies.',
  admin: 'Everything, members and settings too. What it appoints has to outlive nobody: no members or invitations.',
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** `15 minutes`, `4 hours`: whole units as far as they go. */
export function durationWords(seconds: number): string {
  const of = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`
  if (seconds >= day && seconds % day === 0) return of(seconds / day, 'day')
  if (seconds >= hour && seconds % hour === 0) return of(seconds / hour, 'hour')
  if (seconds >= minute) return of(Math.round(seconds / minute), 'minute')
  return of(seconds, 'second')
}

/** What is left as a clock: `14:59`, `3:05:00`. */
export function clockWords(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / hour), Math.floor((whole % hour) / minute), whole % minute]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Minutes past the end, rounded up: one that began counts. */
export const overrunWords = (seconds: number): string => durationWords(Math.ceil(seconds / minute) * minute)

export const scoreWords = ({ scoreBefore, scoreAfter }: { scoreBefore: number | null; scoreAfter: number | null }) =>
  scoreBefore === null || scoreAfter === null
    ? 'unknown'
    : scoreBefore === scoreAfter
      ? `${scoreAfter.toFixed(1)}, as before`
      : `${scoreBefore.toFixed(1)} → ${scoreAfter.toFixed(1)}`

/** `once`, `5 times`. */
export const timesWords = (uses: number | null): string =>
  uses === null ? 'as often as needed' : uses === 1 ? 'once' : `${uses} times`
