import { z } from 'zod'
import { getIdentity } from '@/lib/identities/server/get-identity'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { IdentityReview, IdentityReviewPage, IdentityReviewQuery } from '../items'

interface Row {
  id: string
  name: string
  level: string
  item: number
  subject: string | null
  outcome: string | null
  until: Date | null
  settledBy: string | null
  settledAt: Date | null
  remedy: string | null
  words: { by: string; decision: string; note: string | null; at: string }[] | null
}

/**
 * What was decided on an identity, its credentials and its access, newest campaign first. Whoever may see the identity may see it.
 * @throws AppError `not_found`, `forbidden`, `invalid_input` for a bad cursor
 */
export async function listIdentityReviews(
  ctx: Context,
  { id, cursor, limit }: IdentityReviewQuery & { id: string },
): Promise<IdentityReviewPage> {
  await getIdentity(ctx, { id })
  const org = ctx.tenant.orgId
  const list = `identity-reviews:${id}:${org}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, z.tuple([z.uuid(), z.int()]))
  const beyond = after
    ? Prisma.sql`AND (i.campaign_id < ${after[0]}::uuid OR (i.campaign_id = ${after[0]}::uuid AND i.no > ${after[1]}::int))`
    : Prisma.empty
  const found = await ctx.sql<Row>(Prisma.sql`
    SELECT c.id::text, c.name, c.level, i.no AS item, i.subject, i.outcome, i.outcome_until AS until, i.settled_by AS "settledBy", i.settled_at AS "settledAt",
      (SELECT r.says FROM review_remedy r WHERE r.org_id = i.org_id AND r.campaign_id = i.campaign_id AND r.item_no = i.no) AS remedy,
      (SELECT json_agg(json_build_object('by', a.by_name, 'decision', a.decision, 'note', a.note, 'at', a.at) ORDER BY a.stage, a.at)
        FROM review_assignment a WHERE a.org_id = i.org_id AND a.campaign_id = i.campaign_id AND a.item_no = i.no AND a.state = 'signed') AS words
    FROM review_item i JOIN review_campaign c ON c.org_id = i.org_id AND c.id = i.campaign_id
    WHERE i.org_id = ${org}::uuid AND i.identity_id = ${id}::uuid ${beyond} ORDER BY i.campaign_id DESC, i.no LIMIT ${limit + 1}`)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ id: campaignId, name, words, until, settledAt, level, outcome, settledBy, ...rest }) => ({
      ...rest,
      campaign: { id: campaignId, name },
      level: level as IdentityReview['level'],
      outcome: outcome as IdentityReview['outcome'],
      settledBy: settledBy as IdentityReview['settledBy'],
      until: until?.toISOString() ?? null,
      settledAt: settledAt?.toISOString() ?? null,
      words: (words ?? []).map((word) => ({
        ...word,
        decision: word.decision as IdentityReview['words'][number]['decision'],
        at: new Date(word.at).toISOString(),
      })),
    })),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id, last.item]) : null,
  }
}
