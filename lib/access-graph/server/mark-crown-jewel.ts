import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { jewelTarget, sourceTarget } from '../rules'
import { type CrownJewel, MarkCrownJewelInput } from '../worth'
import { presentJewels } from './list-crown-jewels'
import { requestScores } from './request-scores'
import { resolveSight } from './resolve-sight'
import { findGraphNodes } from './store-graph'
import { findJewel, findPastJewelId, insertJewel, listJewelRows, markJewelAgain } from './store-jewels'

const mostJewels = 100

/**
 * Marks a resource or an identity as worth most: from now on every change of who reaches it is kept. What was marked before
 * goes on with the changes of that time.
 * @throws AppError `not_found` for an id of another organization, `forbidden`; `invalid_input` for what is neither a resource
 * nor an identity; `conflict` when it is marked already, or too many are
 */
export async function markCrownJewel(ctx: Context, given: MarkCrownJewelInput): Promise<CrownJewel> {
  const { nodeId, note } = MarkCrownJewelInput.parse(given)
  const sight = await resolveSight(ctx)
  const node = (await findGraphNodes(ctx, sight, [nodeId])).get(nodeId)
  if (!node) throw new AppError('not_found', 'There is no such resource or identity in this organization.')
  const { type, name, system, sourceId, sourceName } = node
  if (type === 'identity') await resolveIdentity(ctx, nodeId)
  else await ctx.authorize('read', sourceTarget({ id: sourceId, name: sourceName, system }))
  const past = await findPastJewelId(ctx, nodeId)
  const id = past ?? uuidv7()
  const target = jewelTarget({ id, name })
  const permit = await ctx.authorize('create', target)
  if (type !== 'identity' && type !== 'resource') {
    const message = 'Only a resource or an identity can be marked.'
    throw new AppError('invalid_input', message, { fields: { nodeId: message } })
  }
  if ((await listJewelRows(ctx)).length >= mostJewels)
    throw new AppError('conflict', `${mostJewels} things can be marked at once. Take a mark away first.`)
  const { orgId } = ctx.tenant
  const { kind, id: actorId, name: markedByLabel } = ctx.actor
  const row = { orgId, id, nodeId, nodeType: type, note: note || null, markedBy: `${kind}:${actorId}`, markedByLabel }
  const after = { nodeId, nodeType: type, note: row.note }
  await ctx.commit(permit, { action: 'crown_jewel.mark', target, after }, async (tx) => {
    if (!(await (past ? markJewelAgain(tx, row) : insertJewel(tx, row))))
      throw new AppError('conflict', 'It is marked already.')
    await requestScores(tx, orgId, [])
  })
  const [jewel] = await presentJewels(ctx, [await findJewel(ctx, id)])
  if (!jewel) throw new Error('the crown jewel that was just marked is not there')
  return jewel
}
