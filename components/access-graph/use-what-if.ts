'use client'

import { useQueryState } from 'nuqs'
import { type Change, type Changes, changesParser, noChanges, withChange, withoutChange } from './what-if-address'

/** What is thought of away, as the address holds it; null: no what-if. Every change is a step back in the browser. */
export function useWhatIf() {
  const [changes, setChanges] = useQueryState('what-if', changesParser.withOptions({ history: 'push' }))
  const now: Changes = changes ?? noChanges
  return {
    changes,
    add: (change: Change) => void setChanges(withChange(now, change)),
    remove: (...ids: string[]) => void setChanges(ids.reduce(withoutChange, now)),
    clear: () => void setChanges(noChanges),
  }
}
