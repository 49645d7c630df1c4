/** The words of break-glass that screens, policies and the worker share. Without Zod, so that the banner is small. */

/**
 * `waiting` for one second person; `invoked` until it has been given; `active`; `to_review` from its end on; `reviewed`, with a verdict;
 * `void`: nothing was ever given.
 */
export const useStates = ['waiting', 'invoked', 'active', 'to_review', 'reviewed', 'void'] as const
export type UseState = (typeof useStates)[number]

/** Why one second person has to agree after all. */
export const exceptions = ['second_use', 'overdue_review'] as const
export type Exception = (typeof exceptions)[number]

export const verdicts = ['justified', 'unjustified', 'inconclusive'] as const
export type Verdict = (typeof verdicts)[number]

export const secretStates = ['due', 'rotated', 'left'] as const
export type SecretState = (typeof secretStates)[number]

const minute = 60
const hour = 60 * minute

/** For so long unless less is chosen, and at most for so long. A drill is never longer than a quarter of an hour. */
export const usualSeconds = hour
export const longestSeconds = 4 * hour
export const drillSeconds = 15 * minute
export const secondsChoices = [15 * minute, 30 * minute, hour, 2 * hour, 4 * hour] as const

/** A day after its end its review is due, as the database writes it. Within so long somebody else says that they have seen the alert; after that more people are told. */
export const alertSeconds = 15 * minute
/** What is typed to show that it is meant. */
export const confirmationWords = 'break the glass'

/** Roles that can be taken so: each can undo the harm that another does. */
export const emergencyRoles = ['security', 'admin'] as const
