import type { Context } from '@/lib/platform/context'
import { teamTarget } from '../rules'
import { PageInput, type TeamList } from '../schema'
import { presentTeams } from './get-team'
import { cutPage, listTeamRows } from './store'

/** The organization's teams with their members, oldest first. */
export async function listTeams(ctx: Context, given: PageInput = {}): Promise<TeamList> {
  const input = PageInput.parse(given)
  const { where } = await ctx.plan('list', 'team')
  const { rows, nextCursor } = cutPage(await listTeamRows(ctx.db, ctx.tenant.orgId, where, input), input.limit)
  const [can] = await ctx.can(['create'], [teamTarget({ id: '*', name: 'a new team' })])
  return { items: await presentTeams(ctx, rows), nextCursor, can: { create: can?.create === true } }
}
