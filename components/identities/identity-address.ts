import { createLoader, type SearchParams } from 'nuqs/server'
import { blastParsers } from '@/components/access-graph/blast-address'
import { type IdentityTab, identityPageParsers } from '@/lib/identities/address'
import { historyParsers } from '@/lib/identities/history'
import { droppedParameters } from '@/lib/platform/browser/dropped-parameters'

const load = createLoader(identityPageParsers)

type Parsers = Parameters<typeof droppedParameters>[1]

/** What tabs with a list of their own read of the address, beside what the page reads. */
const ownParsers: Partial<Record<IdentityTab, Parsers>> = { 'blast-radius': blastParsers, history: historyParsers }

/** What the address of an identity's page says, and what of it the page does not understand; `access`: as its tab reads. */
export function loadIdentityPage(search: SearchParams, access: Parsers) {
  const state = load(search)
  const given = Object.entries(search).flatMap(([name, texts]) => [texts ?? []].flat().map((text) => [name, text]))
  const parsers = { ...(state.tab === 'access' ? access : ownParsers[state.tab]), ...identityPageParsers }
  return { ...state, dropped: droppedParameters(new URLSearchParams(given), parsers) }
}
