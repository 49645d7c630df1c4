import { createLoader } from 'nuqs/server'
import { grantTiers } from '@/lib/grants/values'
import { exactText, uuid, wordOf } from '@/lib/platform/browser/address-parsers'
import { holderKinds } from '@/lib/standing/values'

/** What the address of the list says. `after`: where the page begins. */
export const standingParsers = {
  tier: wordOf(grantTiers),
  kind: wordOf(holderKinds),
  source: uuid,
  after: exactText(500),
}
export const loadStandingAddress = createLoader(standingParsers)

/** The question to the server behind an address. */
export function standingAsked({ tier, kind, source, after }: Awaited<ReturnType<typeof loadStandingAddress>>) {
  return {
    ...(tier === null ? {} : { tier }),
    ...(kind === null ? {} : { kind }),
    ...(source === null ? {} : { source }),
    ...(after === null ? {} : { cursor: after }),
  }
}
