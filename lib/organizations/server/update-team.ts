import type { Context } from '@/lib/platform/context'
import { changedFields, teamTarget } from '../rules'
import { type Team, UpdateTeamInput } from '../schema'
import { nameTaken } from './create-team'
import { presentTeam } from './get-team'
import { findTeam, writeTeam } from './store'

/** Renames or describes a team. @throws AppError `conflict` when the name is taken */
export async function updateTeam(ctx: Context, given: UpdateTeamInput): Promise<Team> {
  const input = UpdateTeamInput.parse(given)
  const row = await findTeam(ctx, input.id)
  const permit = await ctx.authorize('update', teamTarget(row))
  const next = {
    name: input.name ?? row.name,
    description: input.description === undefined ? row.description : input.description || null,
  }
  const changed = changedFields(row, next)
  if (Object.keys(changed.after).length === 0) return presentTeam(ctx, row)
  await ctx.commit(permit, { action: 'team.update', target: teamTarget(row), ...changed }, async (tx) => {
    if (!(await writeTeam(tx, { orgId: row.orgId, id: row.id }, next))) throw nameTaken(next.name)
  })
  return presentTeam(ctx, await findTeam(ctx, row.id))
}
