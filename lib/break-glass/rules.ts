import { alertSeconds, type Exception } from './values'

interface UseFacts {
  id: string
  subjectName: string
  state: string
  isDrill: boolean
  invokerId: string
  /** Everybody who asked, answers for the account, or agreed: none of them reviews it. */
  partyKeys: readonly string[]
}

/** What policies read of a use of break-glass. */
export const breakGlassTarget = ({ id, subjectName, state, isDrill, invokerId, partyKeys }: UseFacts) => ({
  kind: 'break_glass' as const,
  id,
  label: `break-glass for ${subjectName}`.slice(0, 200),
  attr: { state, isDrill, invokerId, partyKeys },
})

/** What policies read when somebody is about to break the glass. */
export interface Moment {
  /** It was proved just now that it is they. */
  isConfirmed: boolean
  overdue: number
  /** An open incident of the worst severity that began after the oldest overdue review fell due. */
  isNewWorst: boolean
}

export const invocationTarget = (
  invoker: { id: string; keys: readonly string[] },
  subject: { name: string; keys: readonly string[] },
  { isDrill, ...moment }: Moment & { isDrill: boolean },
  id = 'new',
) => {
  const target = breakGlassTarget({
    ...{ id, subjectName: subject.name, state: 'invoked', isDrill, invokerId: invoker.id },
    partyKeys: [...new Set([`user:${invoker.id}`, ...subject.keys])],
  })
  return { ...target, attr: { ...target.attr, ...moment } }
}

/** Any use, for what is asked before there is one. */
export const anyUse = breakGlassTarget({
  ...{ id: 'any', subjectName: 'anybody', state: 'active', isDrill: false, invokerId: '', partyKeys: [] },
})

/**
 * Whether one second person has to agree after all: a second use before the first was reviewed is no emergency of the moment any more,
 * and whoever is let through in spite of an overdue review is let through by two.
 */
export function exceptionOf({ own, overdue }: { own: number; overdue: number }): Exception | null {
  if (overdue > 0) return 'overdue_review'
  return own > 0 ? 'second_use' : null
}

export const exceptionSays: Record<Exception, string> = {
  second_use: 'Your last use of it has not been reviewed yet. A second person has to agree to another one.',
  overdue_review:
    'A review is overdue. For a new incident of severity 1 it can be used all the same, if a second person agrees.',
}

interface DrillFacts {
  isDrill: boolean
  state: string
  alertDueAt: Date | null
  seenAt: Date | null
  endedAt: Date | null
  reviewDueAt: Date | null
  reviewedAt: Date | null
  overrunSeconds: number
}

/** What did not go as it should in a drill; null while it goes on, and of what is none. */
export function drillFailuresOf(use: DrillFacts, now: Date): string[] | null {
  if (!use.isDrill || use.state === 'void') return null
  const { alertDueAt, seenAt, reviewDueAt, reviewedAt, overrunSeconds } = use
  const failures: string[] = []
  if (alertDueAt && (seenAt ?? now) > alertDueAt)
    failures.push(
      seenAt ? `The alert was seen after more than ${alertSeconds / 60} minutes.` : 'Nobody has seen the alert.',
    )
  if (overrunSeconds > 0) failures.push(`The access outlived its end by ${overrunSeconds} seconds.`)
  if (reviewDueAt && (reviewedAt ?? now) > reviewDueAt)
    failures.push(reviewedAt ? 'The review came late.' : 'The review is overdue.')
  return use.state === 'reviewed' || failures.length > 0 ? failures : null
}
