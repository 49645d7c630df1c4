import { createLoader } from 'nuqs/server'
import { grantViews } from '@/lib/grants/schema'
import { exactText, wordOf } from '@/lib/platform/browser/address-parsers'

/** What the address of the list says. `after`: where the page begins. */
export const grantAddress = { view: wordOf(grantViews), after: exactText(500) }
export const loadGrantAddress = createLoader(grantAddress)
