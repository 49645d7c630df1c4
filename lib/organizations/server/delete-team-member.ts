import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { type Team, TeamMemberInput } from '../schema'
import { presentTeam } from './get-team'
import { findMembership, findTeam, removeTeamMember } from './store'

/** Takes a member out of a team, and with that out of what the team owns. */
export async function deleteTeamMember(ctx: Context, given: TeamMemberInput): Promise<Team> {
  const input = TeamMemberInput.parse(given)
  const row = await findTeam(ctx, input.id)
  const member = await findMembership(ctx, input.memberId)
  const permit = await ctx.authorize('update', teamTarget(row))
  await ctx.commit(
    permit,
    { action: 'team.member.delete', target: teamTarget(row), before: { member: member.user.email } },
    async (tx) => {
      const removed = await removeTeamMember(tx, { orgId: row.orgId, teamId: row.id, membershipId: member.id })
      if (!removed) throw new AppError('not_found', `${member.user.name} is not in this team.`)
    },
  )
  return presentTeam(ctx, await findTeam(ctx, row.id))
}
