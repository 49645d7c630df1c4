import type { Context } from '@/lib/platform/context'
import { type MemberList, PageInput } from '../schema'
import { presentMembers } from './get-member'
import { cutPage, listMembershipRows } from './store'

/** The organization's members, oldest first. */
export async function listMembers(ctx: Context, given: PageInput = {}): Promise<MemberList> {
  const input = PageInput.parse(given)
  const { where } = await ctx.plan('list', 'member')
  const { rows, nextCursor } = cutPage(await listMembershipRows(ctx.db, ctx.tenant.orgId, where, input), input.limit)
  return { items: await presentMembers(ctx, rows), nextCursor }
}
