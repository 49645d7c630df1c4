import type { Context } from '@/lib/platform/context'
import { sourceTarget } from '../rules'
import { type ById, Resource, ResourceDetail } from '../schema'
import { findResource, type listResourceRows } from './store'

/** One resource with all that is known of it. @throws AppError `not_found`, `forbidden` */
export async function getResource(ctx: Context, { id }: ById): Promise<ResourceDetail> {
  const row = await findResource(ctx, id)
  await ctx.authorize('read', sourceTarget(row.source))
  return ResourceDetail.parse({
    ...presentResource(row),
    attributes: row.attributes,
    firstSeenAt: row.firstSeenAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    goneAt: row.deletedAt?.toISOString() ?? null,
  })
}

/** The contract form of a row; its sensitivity is the one in force, whoever says so. */
export function presentResource(row: Awaited<ReturnType<typeof listResourceRows>>[number]): Resource {
  const { id, kind, name, externalId, environment, effectiveSensitivity, source } = row
  return Resource.parse({ id, kind, name, externalId, environment, sensitivity: effectiveSensitivity, source })
}
