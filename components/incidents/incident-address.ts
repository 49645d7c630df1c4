import { createLoader } from 'nuqs/server'
import { incidentStates } from '@/lib/incidents/values'
import { exactText, wordOf } from '@/lib/platform/browser/address-parsers'

/** What the address of the list says. `after`: where the page begins. */
export const incidentAddress = { state: wordOf(incidentStates), after: exactText(500) }
export const loadIncidentAddress = createLoader(incidentAddress)
