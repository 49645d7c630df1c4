'use client'

import { useAddress } from '@/lib/platform/browser/use-address'
import { type Change, type Changes, changesParser, noChanges, withChange, withoutChange } from './what-if-address'

const parsers = { 'what-if': changesParser }

/** What is thought of away, as the address holds it; null: no what-if. Every change is a step back in the browser. */
export function useWhatIf() {
  const [{ 'what-if': changes }, setState] = useAddress(parsers, { history: 'push' })
  const setChanges = (next: Changes) => setState({ 'what-if': next })
  const now: Changes = changes ?? noChanges
  return {
    changes,
    add: (change: Change) => setChanges(withChange(now, change)),
    remove: (...ids: string[]) => setChanges(ids.reduce(withoutChange, now)),
    clear: () => setChanges(noChanges),
  }
}
