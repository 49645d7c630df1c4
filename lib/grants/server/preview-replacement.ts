import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { getStanding } from '@/lib/standing/server/list-standing'
import type { ById, GrantPreview } from '../schema'
import { previewGrant } from './preview-grant'

/** So many rights fit into one request. */
const most = 20

/**
 * A request for what an account holds without an end, in its place: the weightiest rights that a grant can take the place of.
 * @throws AppError `not_found`, `forbidden`; `conflict` when there are none
 */
export async function previewReplacement(
  ctx: Context,
  { id }: ById,
): Promise<{ preview: GrantPreview; replaces: string[] }> {
  const { holder, rights } = await getStanding(ctx, { id })
  const able = rights.filter(({ hindrance }) => hindrance === null).slice(0, most)
  const replaces = able.map(({ entitlementId }) => entitlementId)
  const wanted = able.flatMap(({ nodeId, nodeType, scopes }) =>
    nodeId === null ? [] : [{ nodeId, scopes: nodeType === 'role' ? [] : scopes }],
  )
  if (wanted.length === 0)
    throw new AppError(
      'conflict',
      `${holder.name}: ${rights[0]?.hindrance ?? 'It holds nothing that a grant can take the place of.'}`,
    )
  return {
    preview: await previewGrant(ctx, { identityId: id, mode: 'provisioned', rights: wanted, replaces }),
    replaces,
  }
}
