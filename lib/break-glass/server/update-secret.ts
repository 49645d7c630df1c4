import { recordEvents } from '@/lib/grants/server/record-events'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { SettleSecretInput, type UseDetail } from '../schema'
import { getUse } from './list-uses'
import { presentSecret, targetOf } from './present-use'
import { findSecrets, findUse, writeSecret } from './store'

/**
 * Somebody says what became of a secret that a use touched, where the inventory does not show it: made anew elsewhere, or left, and why.
 * @throws AppError `not_found`, `forbidden`; `conflict` when it is settled
 */
export async function settleSecret(ctx: Context, input: SettleSecretInput): Promise<UseDetail> {
  const { id, no, state, says } = SettleSecretInput.parse(input)
  const use = await findUse(ctx, id)
  const target = targetOf(use)
  const permit = await ctx.authorize('settle', target)
  const row = (await findSecrets(ctx, [id])).get(id)?.find((each) => each.no === no)
  if (!row) throw new AppError('not_found', 'This use touched no such secret.')
  if (presentSecret(row).state !== 'due') throw new AppError('conflict', 'This was settled already. Look at it again.')
  const { orgId } = ctx.tenant
  const by = ctx.actor.name
  const after = { grantId: id, secret: row.name, state }
  await ctx.commit(permit, { action: 'break_glass.settle', target, reason: says, after }, async (tx) => {
    await writeSecret(tx, { orgId, id, no }, { state, says, doneAt: new Date(), doneBy: by })
    const what = state === 'rotated' ? 'was made anew' : 'is left as it is'
    await recordEvents(tx, { orgId, id }, [{ what: 'settled', says: `${row.name} ${what}: ${says}`, by }])
  })
  return getUse(ctx, { id })
}
