import type { Context } from '@/lib/platform/context'
import { invitationState, invitationTarget } from '../rules'
import { type Invitation, type InvitationList, MemberRole, PageInput } from '../schema'
import { cutPage, type InvitationRow, listInvitationRows } from './store'

/** The organization's invitations, oldest first, whatever became of them. */
export async function listInvitations(ctx: Context, given: PageInput = {}): Promise<InvitationList> {
  const input = PageInput.parse(given)
  const { where } = await ctx.plan('list', 'invitation')
  const { rows, nextCursor } = cutPage(await listInvitationRows(ctx.db, ctx.tenant.orgId, where, input), input.limit)
  const [can] = await ctx.can(['create'], [invitationTarget({ id: '*', email: 'anybody', role: 'member' })])
  return { items: await presentInvitations(ctx, rows), nextCursor, can: { create: can?.create === true } }
}

/** The contract form of rows, with what the caller may do to each. The hash of the link stays behind. */
export async function presentInvitations(ctx: Context, rows: InvitationRow[]): Promise<Invitation[]> {
  const can = await ctx.can(
    ['delete'],
    rows.map((row) => invitationTarget(row)),
  )
  const now = Date.now()
  return rows.map((row, index) => {
    const state = invitationState(row, now)
    return {
      id: row.id,
      email: row.email,
      role: MemberRole.parse(row.role),
      state,
      invitedBy: row.invitedBy,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      closedAt: (row.acceptedAt ?? row.revokedAt)?.toISOString() ?? null,
      can: { revoke: can[index]?.delete === true && state === 'open' },
    }
  })
}
