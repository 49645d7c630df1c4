import type { Departure } from '@/lib/ownership/schema'
import type { Context } from '@/lib/platform/context'
import { rehearseBulk } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { ById } from '../schema'
import { targetOf } from './get-member'
import { findMembership, findOwnMembership, type MembershipRow } from './store'
import { depart } from './update-member'

/**
 * What would follow if a member were disabled: what nobody would answer for, who would be asked to take over, and how many
 * secrets they could have read. Found by doing it and taking it back.
 * @throws AppError `not_found`; `forbidden`; `conflict` when the member is disabled already
 */
export async function previewDeparture(ctx: Context, given: { id: string }): Promise<Departure> {
  const row = await findMembership(ctx, ById.parse(given).id)
  return rehearse(ctx, row, 'disable', 'disabled')
}

/** The same for the caller's own leaving. @throws AppError `forbidden` for a program */
export async function previewOwnDeparture(ctx: Context): Promise<Departure> {
  return rehearse(ctx, await findOwnMembership(ctx), 'leave', 'left')
}

async function rehearse(ctx: Context, row: MembershipRow, action: 'disable' | 'leave', why: 'disabled' | 'left') {
  const permit = await ctx.authorize(action, targetOf(row))
  if (row.status !== 'active') throw new AppError('conflict', `${row.user.name} is disabled already.`)
  return rehearseBulk(ctx.tenant, permit, (bulk) => depart(bulk, row, { why, by: ctx.actor.name }, true))
}
