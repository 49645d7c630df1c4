import type { Context } from '@/lib/platform/context'
import { SearchNamesInput } from '../filters'
import type { Credential, Identity } from '../schema'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'

/** The most of each that one answer lists. */
const most = 8

/**
 * What is called so, identities and credentials: for somebody who has a name and not the key. What looks like a secret is refused.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function searchNames(
  ctx: Context,
  given: SearchNamesInput,
): Promise<{ identities: Identity[]; credentials: Credential[]; hasMore: boolean }> {
  const { text } = SearchNamesInput.parse(given)
  const [identities, credentials] = await Promise.all([
    listIdentities(ctx, { q: text, limit: most }),
    listCredentials(ctx, { q: text, limit: most }),
  ])
  const hasMore = identities.nextCursor !== null || credentials.nextCursor !== null
  return { identities: identities.items, credentials: credentials.items, hasMore }
}
