import { notify } from '@/lib/notifications/server/notify-people'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { run, type StageKey } from './store-acts'

/** What reviewers of a stage are told: once of each kind. */
export interface Telling {
  /** `launch`, `48h`, `escalated`. */
  kind: string
  /** In one line. */
  subject: string
  facts: { label: string; value: string }[]
  reviewers: readonly { no: number; people: readonly string[]; fallback: readonly string[] }[]
}

const noticeOf = (kind: string) =>
  kind === 'launch' ? 'review_assigned' : kind === 'escalated' ? 'review_escalated' : 'review_reminder'

/** Names what somebody is told: whether it arrived is found by it. */
const tellingKey = ({ campaignId, stage }: StageKey, kind: string) => `review:${campaignId}:${stage}:${kind}`

/**
 * The one door through which reviews tell people. Who was told of a kind in a stage is not told again; the row is written with what is
 * told, in one transaction. Answers the numbers of those who were told.
 */
export async function notifyReviewers(bulk: BulkTx, key: StageKey, telling: Telling): Promise<number[]> {
  const { kind, subject, facts, reviewers } = telling
  const rows = await run<{ no: number }>(
    bulk,
    Prisma.sql`INSERT INTO review_reminder (org_id, campaign_id, stage, reviewer_no, kind, says)
      SELECT ${key.orgId}::uuid, ${key.campaignId}::uuid, ${key.stage}::int, n, ${kind}, ${subject}
      FROM unnest(${reviewers.map(({ no }) => no)}::int[]) n ON CONFLICT DO NOTHING RETURNING reviewer_no AS no`,
  )
  const told = new Set(rows.map(({ no }) => no))
  for (const { no, people, fallback } of reviewers.filter((each) => told.has(each.no)))
    await notify(bulk, key.orgId, {
      kind: noticeOf(kind),
      to: people,
      ...{ subject, facts, fallback },
      // Opens the page, and does nothing.
      path: `/reviews/${key.campaignId}/decide`,
      dedupeKey: `${tellingKey(key, kind)}:${no}`,
    })
  return [...told]
}

/** Reminders of which it is known that they arrived, or did not: sent by e-mail or read in the product. Answers how many. */
export async function followReminders(bulk: BulkTx): Promise<number> {
  const rows = await run(
    bulk,
    Prisma.sql`WITH seen AS (
        SELECT m.campaign_id, m.stage, m.reviewer_no, m.kind, min(CASE WHEN l.state = 'sent' THEN coalesce(l.ended_at, now()) END) AS sent,
          min(n.read_at) AS read, max(CASE WHEN l.state = 'undelivered' THEN coalesce(l.ended_at, now()) END) AS failed
        FROM review_reminder m
        JOIN review_campaign c ON c.org_id = m.org_id AND c.id = m.campaign_id AND c.state IN ('active', 'deciding_silence')
        JOIN notification n ON n.org_id = m.org_id AND n.dedupe_key = 'review:' || m.campaign_id || ':' || m.stage || ':' || m.kind || ':' || m.reviewer_no
        LEFT JOIN mail_item i ON i.org_id = n.org_id AND i.notification_id = n.id
        LEFT JOIN mail l ON l.org_id = i.org_id AND l.id = i.mail_id
        WHERE m.org_id = ${bulk.orgId}::uuid AND m.delivered_at IS NULL GROUP BY 1, 2, 3, 4
      )
      UPDATE review_reminder m SET delivered_at = least(s.sent, s.read), failed_at = CASE WHEN s.sent IS NULL AND s.read IS NULL THEN s.failed END
      FROM seen s WHERE m.org_id = ${bulk.orgId}::uuid AND m.campaign_id = s.campaign_id AND m.stage = s.stage AND m.reviewer_no = s.reviewer_no
        AND m.kind = s.kind AND (s.sent IS NOT NULL OR s.read IS NOT NULL OR (s.failed IS NOT NULL AND m.failed_at IS NULL)) RETURNING 1`,
  )
  return rows.length
}
