import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

export interface AddedResource {
  id: string
  name: string
  kind: string
  sensitivity: string | null
}

/** These resources with how sensitive each is. */
export function findAddedResources(ctx: Context, ids: readonly string[]): Promise<AddedResource[]> {
  return ctx.sql<AddedResource>(Prisma.sql`
    SELECT id, name, kind, effective_sensitivity AS sensitivity FROM resource
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ANY (${[...ids]}::uuid[]) AND deleted_at IS NULL`)
}
