import type { Context } from '@/lib/platform/context'
import { teamTarget } from '../rules'
import { GetTeamInput, type Team } from '../schema'
import { findTeam, type TeamRow } from './store'

/** One team with its members. */
export async function getTeam(ctx: Context, given: GetTeamInput): Promise<Team> {
  const input = GetTeamInput.parse(given)
  const row = await findTeam(ctx, input.id)
  await ctx.authorize('read', teamTarget(row))
  return presentTeam(ctx, row)
}

/** The contract form of rows, with what the caller may do to each. */
export async function presentTeams(ctx: Context, rows: TeamRow[]): Promise<Team[]> {
  const can = await ctx.can(['update', 'delete'], rows.map(teamTarget))
  return rows.map((row, index) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    members: row.members
      .map(({ membership, isLead }) => ({
        id: membership.id,
        name: membership.user.name,
        email: membership.user.email,
        status: membership.status === 'active' ? ('active' as const) : ('disabled' as const),
        isLead,
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    createdAt: row.createdAt.toISOString(),
    can: { update: can[index]?.update === true, delete: can[index]?.delete === true },
  }))
}

export async function presentTeam(ctx: Context, row: TeamRow): Promise<Team> {
  const [team] = await presentTeams(ctx, [row])
  if (!team) throw new Error('a row has one contract form')
  return team
}
