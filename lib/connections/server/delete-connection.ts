import { requestScores } from '@/lib/access-graph/server/request-scores'
import type { Context } from '@/lib/platform/context'
import { lockCatalogue } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { DeleteConnectionInput } from '../live'
import { liveFormat } from '../rules'
import { linkRecords, mergeBatch } from './merge-records'
import { connectionTarget } from './present-connection'
import { findLive, findRunning, removeLive } from './store-live'

const patienceMs = 20_000

/**
 * Removes a connection and destroys its secrets; its history stays. What only it vouches for stays in the catalogue as it was
 * last seen, or is marked gone, as the caller wants.
 * @throws AppError `conflict` while a sync is under way, or an import for more than 20 s; `not_found`, `forbidden`
 */
export async function deleteConnection(ctx: Context, given: DeleteConnectionInput): Promise<void> {
  const { id, records } = DeleteConnectionInput.parse(given)
  const live = await findLive(ctx, id)
  const target = connectionTarget(live)
  const permit = await ctx.authorize('delete', target)
  if (await findRunning(ctx, id)) throw new AppError('conflict', 'A sync is under way. Cancel it first.')
  const before = { connector: live.connector, instance: live.instance, name: live.name, config: live.config }
  await ctx.commitBulk(permit, { action: 'connection.delete', target, before, after: { records } }, async (bulk) => {
    if (records === 'mark_gone' && live.connectionId !== null) {
      await lockCatalogue(bulk, 'write', patienceMs)
      const { connector: system, instance, name: instanceName } = live
      const batch = { system, instance, instanceName, connector: liveFormat(system), part: '' }
      await mergeBatch(bulk, { ...batch, complete: true, records: [] })
      await linkRecords(bulk)
      await requestScores(bulk, bulk.orgId)
    }
    await removeLive(bulk, id)
  })
}
