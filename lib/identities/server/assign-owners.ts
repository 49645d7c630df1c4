import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { assignmentOf, identityTarget } from '../rules'
import { AssignOwnersInput, type AssignOwnersPreview } from '../schema'
import { commitAssignment, requireOwner } from './assign-owner'
import { withStates } from './present-identities'
import { findIdentities } from './store'

/** Decisions asked for at the same time; their commits share transactions. */
const atOnce = 25

/**
 * What naming one owner for many identities would do, without doing it.
 * @throws AppError `invalid_input` when the owner is no active member or team
 */
export async function previewOwners(ctx: Context, given: AssignOwnersInput): Promise<AssignOwnersPreview> {
  return (await planAssignments(ctx, AssignOwnersInput.parse(given))).preview
}

/**
 * Names one owner for many identities. Each is a decision and an audit event of its own; one that cannot be changed does
 * not stop the others and is reported as refused.
 * @throws AppError `invalid_input` when the owner is no active member or team
 */
export async function assignOwners(ctx: Context, given: AssignOwnersInput): Promise<AssignOwnersPreview> {
  const input = AssignOwnersInput.parse(given)
  const { preview, rows } = await planAssignments(ctx, input)
  const failed: AssignOwnersPreview['refused'] = []
  const assign = async (target: AssignOwnersPreview['changes'][number]) => {
    const row = rows.get(target.id)
    if (!row) return
    try {
      const permit = await ctx.authorize('assign_owner', identityTarget(withStates(row)))
      await commitAssignment(ctx, permit, row, { ...input, label: preview.ownerLabel })
    } catch (error) {
      if (!isAppError(error)) throw error
      failed.push({ ...target, reason: error.message })
    }
  }
  for (let at = 0; at < preview.changes.length; at += atOnce) {
    await Promise.all(preview.changes.slice(at, at + atOnce).map(assign))
  }
  return {
    ...preview,
    changes: preview.changes.filter(({ id }) => !failed.some((target) => target.id === id)),
    refused: [...preview.refused, ...failed],
  }
}

async function planAssignments(ctx: Context, input: ReturnType<typeof AssignOwnersInput.parse>) {
  const ids = [...new Set(input.identityIds)]
  const [ownerLabel, found] = await Promise.all([requireOwner(ctx, input.ownerKey), findIdentities(ctx.db, ids)])
  const rows = new Map(found.map((row) => [row.id, row]))
  const allowed = await ctx.can(
    ['read', 'assign_owner'],
    found.map((row) => identityTarget(withStates(row))),
  )
  const preview: AssignOwnersPreview = { ownerLabel, changes: [], already: [], refused: [] }
  found.forEach((row, index) => {
    const target = { id: row.id, name: row.name }
    if (!allowed[index]?.read) return
    if (!allowed[index].assign_owner) {
      preview.refused.push({ ...target, reason: 'Your role does not allow you to assign its owner.' })
    } else if (assignmentOf(withStates(row).ownerships, input.ownerKey, input.duty).kind === 'already') {
      preview.already.push(target)
    } else preview.changes.push(target)
  })
  // What the caller may not see looks exactly like what is not there.
  const seen = new Set([...preview.changes, ...preview.already, ...preview.refused].map(({ id }) => id))
  const missing = ids.filter((id) => !seen.has(id))
  preview.refused.push(...missing.map((id) => ({ id, name: 'unknown', reason: 'There is no such identity.' })))
  return { preview, rows }
}
