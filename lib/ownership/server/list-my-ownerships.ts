import { z } from 'zod'
import { presentOwnership } from '@/lib/identities/server/get-identity'
import { presentIdentities } from '@/lib/identities/server/present-identities'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { attestationOf } from '../rules'
import { MyOwnershipPage, type MyOwnershipQuery } from '../schema'
import { findAttestDays } from './find-attest-days'

const pageSize = 50
const Position = z.tuple([z.string(), z.uuid()])

/**
 * What the caller and their teams answer for, those that wait longest for an attestation first, and how many are to be
 * attested now.
 * @throws AppError `forbidden` when the caller may see no identity at all
 */
export async function listMyOwnerships(ctx: Context, query: MyOwnershipQuery): Promise<MyOwnershipPage> {
  const now = new Date()
  const { due, cursor, limit = pageSize } = query
  const [{ rows: visible }, attestEveryDays] = await Promise.all([ctx.plan('list', 'identity'), findAttestDays(ctx)])
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const list = `mine:${due ?? ''}:${ctx.actor.id}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, Position)
  const isDue = Prisma.sql`(o.attested_at IS NULL OR o.attested_at <= ${now}::timestamptz - make_interval(days => ${attestEveryDays}::int))`
  const from = Prisma.sql`FROM ownership o JOIN identity_listing l ON l.org_id = ${org} AND l.identity_id = o.identity_id
    WHERE o.org_id = ${org} AND o.owner_key = ANY (${ownerKeysOf(ctx.actor)}::text[]) AND o.ended_at IS NULL
      AND o.state IN ('assigned', 'confirmed') AND (o.valid_until IS NULL OR o.valid_until > now())
      AND l.status <> 'gone' AND (${visible ?? Prisma.sql`true`})`
  const order = Prisma.sql`coalesce(o.attested_at, '-infinity')`
  const [found, [count]] = await Promise.all([
    ctx.sql<{ id: string; identity_id: string; place: string }>(Prisma.sql`
      SELECT o.id::text, o.identity_id::text, ${order}::text AS place ${from} AND (${due === 'true' ? isDue : Prisma.sql`true`})
        AND (${after ? Prisma.sql`(${order}, o.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.sql`true`})
      ORDER BY ${order}, o.id LIMIT ${limit + 1}`),
    ctx.sql<{ total: number; due: number }>(Prisma.sql`
      SELECT count(*)::int AS total, (count(*) FILTER (WHERE ${isDue}))::int AS due ${from}`),
  ])
  const page = found.slice(0, limit)
  const [identities, ownerships] = await Promise.all([
    presentIdentities(ctx, [...new Set(page.map((row) => row.identity_id))]),
    ctx.db.ownership.findMany({ where: { id: { in: page.map(({ id }) => id) } } }),
  ])
  const last = page.at(-1)
  return MyOwnershipPage.parse({
    items: page.flatMap((row) => {
      const ownership = ownerships.find(({ id }) => id === row.id)
      const identity = identities.find(({ id }) => id === row.identity_id)
      if (!ownership || !identity) return []
      return [
        {
          ownership: presentOwnership(ownership),
          identity,
          attestation: attestationOf(ownership.attestedAt, attestEveryDays, now.getTime()),
        },
      ]
    }),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.place, last.id]) : null,
    total: count?.total ?? 0,
    due: count?.due ?? 0,
    attestEveryDays,
    asOf: now.toISOString(),
  })
}
