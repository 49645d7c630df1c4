import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { type Team, UpdateTeamMemberInput } from '../schema'
import { presentTeam } from './get-team'
import { findMembership, findTeam, setTeamLead } from './store'

/**
 * Says whether a member leads the team: leads are asked in reviews when neither the owner nor the backup can be. A team may have several.
 * @throws AppError `not_found` for somebody who is not in the team
 */
export async function updateTeamMember(ctx: Context, given: UpdateTeamMemberInput): Promise<Team> {
  const { id, memberId, isLead } = UpdateTeamMemberInput.parse(given)
  const row = await findTeam(ctx, id)
  const member = await findMembership(ctx, memberId)
  const permit = await ctx.authorize('update', teamTarget(row))
  const now = row.members.find(({ membership }) => membership.id === member.id)
  if (!now) throw new AppError('not_found', `${member.user.name} is not in this team.`)
  if (now.isLead === isLead) return presentTeam(ctx, row)
  const { email } = member.user
  await ctx.commit(
    permit,
    {
      action: 'team.member.update',
      target: teamTarget(row),
      before: { member: email, isLead: now.isLead },
      after: { member: email, isLead },
    },
    async (tx) => {
      // Taken out of the team in the meantime.
      if (!(await setTeamLead(tx, { orgId: row.orgId, teamId: row.id, membershipId: member.id }, isLead)))
        throw new AppError('not_found', `${member.user.name} is not in this team.`)
    },
  )
  return presentTeam(ctx, await findTeam(ctx, row.id))
}
