import type { Context } from '@/lib/platform/context'
import { type OwnerCandidateList, SearchOwnersInput } from '../schema'
import { searchMembers, searchTeams } from './store'

/** Who could own an identity: teams first, then active members, by part of a name or e-mail address. */
export async function searchOwners(ctx: Context, given: SearchOwnersInput = {}): Promise<OwnerCandidateList> {
  const { query, limit } = SearchOwnersInput.parse(given)
  const any = { id: '*', label: 'any', attr: {} }
  await ctx.authorize('lookup', { kind: 'member', ...any })
  await ctx.authorize('lookup', { kind: 'team', ...any })
  const [teams, members] = await Promise.all([searchTeams(ctx.db, query, limit), searchMembers(ctx.db, query, limit)])
  const items = [
    ...teams.map(({ id, name, description }) => ({
      key: `team:${id}`,
      kind: 'team' as const,
      label: name,
      hint: description,
    })),
    ...members.map(({ userId, user }) => ({
      key: `user:${userId}`,
      kind: 'user' as const,
      label: user.name,
      hint: user.email,
    })),
  ]
  return { items: items.slice(0, limit) }
}
