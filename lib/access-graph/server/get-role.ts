import type { Context } from '@/lib/platform/context'
import { sourceTarget } from '../rules'
import { type ById, Role, RoleDetail } from '../schema'
import { findRole, type listRoleRows } from './store'

/** One role, group or policy with all that is known of it. @throws AppError `not_found`, `forbidden` */
export async function getRole(ctx: Context, { id }: ById): Promise<RoleDetail> {
  const row = await findRole(ctx, id)
  await ctx.authorize('read', sourceTarget(row.source))
  return RoleDetail.parse({
    ...presentRole(row),
    attributes: row.attributes,
    firstSeenAt: row.firstSeenAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    goneAt: row.deletedAt?.toISOString() ?? null,
  })
}

/** The contract form of a row. */
export function presentRole(row: Awaited<ReturnType<typeof listRoleRows>>[number]): Role {
  const { id, kind, name, externalId, description, source } = row
  return Role.parse({ id, kind, name, externalId, description, source })
}
