import type { Context } from '@/lib/platform/context'
import { memberTarget } from '../rules'
import { GetMemberInput, type Member, MemberRole } from '../schema'
import { findMembership, type MembershipRow } from './store'

/** One member. */
export async function getMember(ctx: Context, given: GetMemberInput): Promise<Member> {
  const input = GetMemberInput.parse(given)
  const row = await findMembership(ctx, input.id)
  await ctx.authorize('read', targetOf(row))
  return presentMember(ctx, row)
}

/** The decision point's view of a row. */
export function targetOf(row: MembershipRow) {
  return memberTarget({ ...row, email: row.user.email })
}

/** The contract form of rows, with what the caller may do to each. */
export async function presentMembers(ctx: Context, rows: MembershipRow[]): Promise<Member[]> {
  const can = await ctx.can(['change_role', 'disable'], rows.map(targetOf))
  const you = ctx.actor.kind === 'user' ? ctx.actor.id : undefined
  return rows.map((row, index) => ({
    id: row.id,
    userId: row.userId,
    name: row.user.name,
    email: row.user.email,
    role: MemberRole.parse(row.role),
    status: row.status === 'active' && row.user.status === 'active' ? 'active' : 'disabled',
    teams: row.teams.map(({ team }) => team),
    createdAt: row.createdAt.toISOString(),
    isYou: row.userId === you,
    can: {
      changeRole: can[index]?.change_role === true,
      disable: can[index]?.disable === true && row.userId !== you,
    },
  }))
}

export async function presentMember(ctx: Context, row: MembershipRow): Promise<Member> {
  const [member] = await presentMembers(ctx, [row])
  if (!member) throw new Error('a row has one contract form')
  return member
}
