import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { DeleteTeamInput } from '../schema'
import { findTeam, removeTeam } from './store'

/** Deletes a team. Its members stay; what it owned keeps its name in the history, but nobody reaches it through the team. */
export async function deleteTeam(ctx: Context, given: DeleteTeamInput): Promise<void> {
  const input = DeleteTeamInput.parse(given)
  const row = await findTeam(ctx, input.id)
  const permit = await ctx.authorize('delete', teamTarget(row))
  const before = {
    name: row.name,
    description: row.description,
    members: row.members.map((m) => m.membership.user.email),
  }
  await ctx.commit(permit, { action: 'team.delete', target: teamTarget(row), before }, async (tx) => {
    const removed = await removeTeam(tx, { orgId: row.orgId, id: row.id })
    if (!removed) throw new AppError('conflict', 'Somebody else deleted this team a moment ago.')
  })
}
