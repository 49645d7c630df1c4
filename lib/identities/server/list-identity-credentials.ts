import { z } from 'zod'
import { listSightings, sightingsOf } from '@/lib/access-graph/server/list-sightings'
import { listStores } from '@/lib/access-graph/server/list-stores'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { HeldCredentialPage, type HeldCredentialQuery } from '../held-credentials'
import { identityTarget } from '../rules'
import { presentCredential } from './list-credentials'
import { withStates } from './present-identities'
import { findAgePolicy, findIdentity, findIdentityFacts, type HeldRow, listCredentialRows, listHeldRows } from './store'

const pageLength = 50
const Position = z.tuple([z.int(), z.int().nullable(), z.uuid()])

/**
 * A page of an identity's credentials, those that are there first, the longest in use first, with where each is kept and
 * was used. Whoever may see the identity may see them; never the secrets.
 * @throws AppError `not_found` for an id of another organization, `forbidden`, `invalid_input` for a bad cursor
 */
export async function listIdentityCredentials(
  ctx: Context,
  { id, cursor, limit = pageLength }: HeldCredentialQuery & { id: string },
): Promise<HeldCredentialPage> {
  const identity = await findIdentity(ctx, id)
  await ctx.authorize('read', identityTarget(withStates(identity)))
  const list = `held:${id}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, Position)
  const found = await listHeldRows(ctx, id, after, limit + 1)
  const shown = found.slice(0, limit)
  const ids = shown.map((row) => row.id)
  const rows = await listCredentialRows(ctx.db, { orgId: ctx.tenant.orgId, id: { in: ids } }, [], ids.length)
  const [stores, sightings, facts, policy] = await Promise.all([
    listStores(ctx, ids),
    listSightings(ctx, rows),
    findIdentityFacts(ctx, id),
    findAgePolicy(ctx),
  ])
  const byId = new Map(rows.map((row) => [row.id, row]))
  const last = shown.at(-1)
  return HeldCredentialPage.parse({
    items: shown.flatMap((held) => {
      const row = byId.get(held.id)
      if (!row) return []
      return {
        ...presentCredential(row),
        stores: stores.get(row.id)?.shown ?? [],
        storeCount: stores.get(row.id)?.count ?? 0,
        sightings: sightingsOf(sightings, row),
        lastUsedWhere: whereOf(held),
        supersededBy: held.nextId && held.nextName !== null ? { id: held.nextId, name: held.nextName } : null,
      }
    }),
    nextCursor:
      found.length > limit && last ? encodeCursor(list, [last.gone, last.from?.getTime() ?? null, last.id]) : null,
    total: facts._count.credentials,
    policy,
    asOf: new Date().toISOString(),
  })
}

function whereOf({ whereService: service, whereRegion: region }: HeldRow): string | null {
  if (service && region) return `${service} in ${region}`
  return service ?? region
}
