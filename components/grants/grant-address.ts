import { createLoader } from 'nuqs/server'
import { grantViews } from '@/lib/grants/schema'
import { askableRoles } from '@/lib/grants/values'
import { exactText, textLike, uuid, wholeNumber, wordOf } from '@/lib/platform/browser/address-parsers'

/** What the address of the list says. `after`: where the page begins. */
export const grantAddress = { view: wordOf(grantViews), after: exactText(500) }
export const loadGrantAddress = createLoader(grantAddress)

/** The role that a denial asks for, and what was denied, as `kind:action`. */
export const loadAskAddress = createLoader({ role: wordOf(askableRoles), for: textLike(/^[a-z_]{1,60}:[a-z_]{1,60}$/) })

/**
 * A request that somebody or something has filled in: for whom, on what, to do what, how often, by which denial, for which incident, and in
 * the place of whose access without an end.
 */
export const loadRequestAddress = createLoader({
  for: uuid,
  on: uuid,
  do: exactText(120),
  uses: wholeNumber(1, 100),
  denial: uuid,
  incident: uuid,
  instead: uuid,
})
