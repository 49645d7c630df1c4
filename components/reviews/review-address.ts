import { createLoader } from 'nuqs/server'
import { exactText, searchWords, textUpTo, wholeNumber, wordOf } from '@/lib/platform/browser/address-parsers'
import { campaignStates, decisions, outcomes } from '@/lib/reviews/values'

/** What the addresses of reviews say. `after`: where the page begins. */

export const campaignParsers = { state: wordOf(['open', 'closed', ...campaignStates] as const), after: exactText(500) }
export const loadCampaignAddress = createLoader(campaignParsers)

export const campaignTabs = ['progress', 'items', 'remediation', 'quality', 'record'] as const
export type CampaignTab = (typeof campaignTabs)[number]
const mostItems = 100_000_000
export const itemStates = ['undecided', 'drafted', 'signed', 'open'] as const

export const campaignPageParsers = {
  tab: wordOf(campaignTabs).withDefault('progress'),
  /** The item that is open beside the list. */
  item: wholeNumber(1, mostItems),
  q: searchWords(100),
  reviewer: wholeNumber(0, mostItems),
  stage: wholeNumber(1, 9),
  state: wordOf(itemStates),
  decision: wordOf(decisions),
  outcome: wordOf(outcomes),
  recommendation: wordOf(decisions),
  group: textUpTo(64),
}

export const deskParsers = {
  item: wholeNumber(1, mostItems),
  show: wordOf(['todo', 'decided', 'all']).withDefault('todo'),
  by: wordOf(['groups']),
  group: textUpTo(64),
}

/** From which template a new campaign is filled in: the kind of one of the product, or an id. */
export const templateParsers = { template: textUpTo(64) }

export const reviewHref = (id: string, tab?: CampaignTab) => `/reviews/${id}${tab ? `?tab=${tab}` : ''}`
export const deskHref = (id: string, item?: number) => `/reviews/${id}/decide${item ? `?item=${item}` : ''}`
export const signOffHref = (id: string) => `/reviews/${id}/sign-off`

type Set<State> = { [Name in keyof State]?: Exclude<State[Name], null> }

/** The state of an address as a list is asked: what is not set is left out. */
export function askedOf<State extends object>(state: State): Set<State> {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)) as Set<State>
}
