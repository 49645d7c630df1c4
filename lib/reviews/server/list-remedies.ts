import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { Remedy, RemedyPage, RemedyQuery } from '../remedies'
import { campaignTarget } from '../rules'
import { findCampaign } from './store'

type Row = Omit<Remedy, 'identity' | 'can' | 'dueAt' | 'verifiedAt' | 'updatedAt'> & {
  identityId: string
  name: string
  dueAt: Date | null
  verifiedAt: Date | null
  updatedAt: Date
}

/** What follows the decisions of a campaign, by item. @throws AppError `not_found`, `forbidden` */
export async function listRemedies(
  ctx: Context,
  { id, state, cursor, limit }: RemedyQuery & { id: string },
): Promise<RemedyPage> {
  const campaign = await findCampaign(ctx, id)
  const target = campaignTarget(campaign)
  await ctx.authorize('read', target)
  const list = `remedies:${id}:${state ?? ''}:${ctx.tenant.orgId}`
  const [after] = cursor === undefined ? [0] : decodeCursor(list, cursor, z.tuple([z.int()]))
  const [rows, [may]] = await Promise.all([
    ctx.sql<Row>(Prisma.sql`
      SELECT r.item_no AS item, r.decision, r.identity_id AS "identityId", r.name, r.subject, s.system, r.way, r.state, r.says,
        r.order_id AS "orderId", r.run_id AS "runId", r.owner_key AS "ownerKey", r.owner_name AS "ownerName", r.due_at AS "dueAt",
        r.verified_at AS "verifiedAt", r.updated_at AS "updatedAt"
      FROM review_remedy r JOIN source s ON s.org_id = r.org_id AND s.id = r.source_id
      WHERE r.org_id = ${ctx.tenant.orgId}::uuid AND r.campaign_id = ${id}::uuid AND r.item_no > ${after}::int
        AND (${state ?? null}::text IS NULL OR r.state = ${state ?? null}) ORDER BY r.item_no LIMIT ${limit + 1}::int`),
    ctx.can(['remediate'], [target]),
  ])
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const isOpen = ['active', 'deciding_silence', 'remediating', 'verifying'].includes(campaign.state)
  return {
    items: shown.map(({ identityId, name, dueAt, verifiedAt, updatedAt, ...row }) => ({
      ...row,
      identity: { id: identityId, name },
      dueAt: dueAt?.toISOString() ?? null,
      verifiedAt: verifiedAt?.toISOString() ?? null,
      updatedAt: updatedAt.toISOString(),
      can: { update: isOpen && may?.remediate === true && row.state !== 'verified' },
    })),
    nextCursor: rows.length > limit && last ? encodeCursor(list, [last.item]) : null,
    asOf: new Date().toISOString(),
  }
}
