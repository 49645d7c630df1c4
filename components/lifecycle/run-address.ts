import { createLoader } from 'nuqs/server'
import { OrderState, RunKind, RunState } from '@/lib/lifecycle/schema'
import { exactText, uuid, wordOf } from '@/lib/platform/browser/address-parsers'

/** What the addresses of the lists of runs and orders say. `after`: where the page begins. */
const filterStates = ['open', ...RunState.options] as const
const after = exactText(500)

export const runParsers = {
  kind: wordOf(RunKind.options),
  state: wordOf(filterStates),
  identity: uuid,
  order: uuid,
  after,
}
export const loadRunAddress = createLoader(runParsers)

export const orderParsers = { state: wordOf(OrderState.options), after }
export const loadOrderAddress = createLoader(orderParsers)

type Set<State> = { [Name in keyof State]?: Exclude<State[Name], null> }

/** The state of an address as a list is asked: `after` is its cursor, and what is not set is left out. */
export function askedOf<State extends { after: string | null }>(state: State) {
  const { after: cursor, ...filter } = state
  const set = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null)) as Set<
    Omit<State, 'after'>
  >
  return cursor === null ? set : { ...set, cursor }
}
