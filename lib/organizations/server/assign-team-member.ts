import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { type Team, TeamMemberInput } from '../schema'
import { presentTeam } from './get-team'
import { findMembership, findTeam, insertTeamMember } from './store'

/** Puts a member into a team; who is in it already stays. @throws AppError `precondition_failed` for a disabled member */
export async function assignTeamMember(ctx: Context, given: TeamMemberInput): Promise<Team> {
  const input = TeamMemberInput.parse(given)
  const row = await findTeam(ctx, input.id)
  const member = await findMembership(ctx, input.memberId)
  const permit = await ctx.authorize('update', teamTarget(row))
  if (member.status !== 'active') {
    throw new AppError('precondition_failed', `${member.user.name} is disabled. Enable the member first.`)
  }
  if (row.members.some(({ membership }) => membership.id === member.id)) return presentTeam(ctx, row)
  await ctx.commit(
    permit,
    { action: 'team.member.assign', target: teamTarget(row), after: { member: member.user.email } },
    (tx) => insertTeamMember(tx, { orgId: row.orgId, teamId: row.id, membershipId: member.id }),
  )
  return presentTeam(ctx, await findTeam(ctx, row.id))
}
