import { beginningOf, pageRows } from '@/lib/platform/browser/list-pages'
import type { Context } from '@/lib/platform/context'
import type { CredentialQuery, IdentityQuery } from '../filters'
import type { CredentialPage, IdentityPage, ListAnchors } from '../schema'
import { listCredentialAnchors, listIdentityAnchors } from './list-anchors'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'

/** What the inventory's page paints at once: the beginning of the list, and the page in view when that is another. */
interface FirstPage<Page> {
  head: Page
  page: { index: number; page: Page } | null
}

/** @param at the row at the top of the view, from 0 */
export async function listFirstIdentities(
  ctx: Context,
  { cursor: _cursor, skip: _skip, limit: _limit, ...query }: IdentityQuery,
  at: number,
): Promise<FirstPage<IdentityPage>> {
  const { group, ...anchored } = query
  const index = group ? 0 : Math.floor(at / pageRows)
  const [head, page] = await Promise.all([
    listIdentities(ctx, { ...query, limit: pageRows }),
    index === 0
      ? null
      : listIdentityAnchors(ctx, anchored).then((anchors) =>
          listIdentities(ctx, { ...query, ...pagingOf(anchors, index) }),
        ),
  ])
  return { head, page: page && { index, page } }
}

/** @param at the row at the top of the view, from 0 */
export async function listFirstCredentials(
  ctx: Context,
  { cursor: _cursor, skip: _skip, limit: _limit, ...query }: CredentialQuery,
  at: number,
): Promise<FirstPage<CredentialPage>> {
  const index = Math.floor(at / pageRows)
  const [head, page] = await Promise.all([
    listCredentials(ctx, { ...query, limit: pageRows }),
    index === 0
      ? null
      : listCredentialAnchors(ctx, query).then((anchors) =>
          listCredentials(ctx, { ...query, ...pagingOf(anchors, index) }),
        ),
  ])
  return { head, page: page && { index, page } }
}

function pagingOf(anchors: ListAnchors, index: number) {
  return { ...beginningOf(anchors, index), limit: pageRows }
}
