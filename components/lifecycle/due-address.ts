import { createLoader } from 'nuqs/server'
import { DueState } from '@/lib/lifecycle/policies'
import { exactText, uuid, wordOf } from '@/lib/platform/browser/address-parsers'

/** What the address of the board says. `after`: where the page begins. */
export const dueParsers = { state: wordOf(DueState.options), policy: uuid, after: exactText(500) }
export const loadDueAddress = createLoader(dueParsers)
