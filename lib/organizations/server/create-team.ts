import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { CreateTeamInput, type Team } from '../schema'
import { presentTeam } from './get-team'
import { findTeam, insertTeam, knownMemberIds, newId } from './store'

/** Makes a team, with members if given. @throws AppError `conflict` when the name is taken */
export async function createTeam(ctx: Context, given: CreateTeamInput): Promise<Team> {
  const input = CreateTeamInput.parse(given)
  const id = await newId()
  const target = teamTarget({ id, name: input.name })
  const permit = await ctx.authorize('create', target)
  const memberIds = [...new Set(input.memberIds)]
  const known = await knownMemberIds(ctx.db, memberIds)
  if (known.length < memberIds.length) throw new AppError('not_found', 'One of the members is not known here.')
  const row = { orgId: ctx.tenant.orgId, id, name: input.name, description: input.description || null }
  await ctx.commit(
    permit,
    { action: 'team.create', target, after: { name: row.name, description: row.description, memberIds } },
    async (tx) => {
      if (!(await insertTeam(tx, row, memberIds))) throw nameTaken(input.name)
    },
  )
  return presentTeam(ctx, await findTeam(ctx, id))
}

export function nameTaken(name: string): AppError {
  return new AppError('conflict', `There is a team named “${name}” already.`, {
    fields: { name: 'This name is taken.' },
  })
}
