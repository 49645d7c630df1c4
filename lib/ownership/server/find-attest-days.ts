import type { Context } from '@/lib/platform/context'

/** Every how many days owners say again that they still are, by the organization's settings. */
export async function findAttestDays(ctx: Context): Promise<number> {
  const { attestAfterDays } = await ctx.db.organization.findUniqueOrThrow({
    where: { id: ctx.tenant.orgId },
    select: { attestAfterDays: true },
  })
  return attestAfterDays
}
