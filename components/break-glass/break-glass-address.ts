import { createLoader } from 'nuqs/server'
import { useStates } from '@/lib/break-glass/values'
import { exactText, wordOf } from '@/lib/platform/browser/address-parsers'

/** What the address of the list says. `after`: where the page begins. */
export const breakGlassAddress = { state: wordOf(useStates), after: exactText(500) }
export const loadBreakGlassAddress = createLoader(breakGlassAddress)

/** What the address of the form says: the incident that it is for. */
export const loadInvokeAddress = createLoader({ incident: exactText(36) })
