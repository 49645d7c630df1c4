import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { run, type StageKey } from './store-acts'

/** What reviewers of a stage are told: once of each kind. */
export interface Telling {
  /** `launch`, `48h`, `escalated`. */
  kind: string
  campaign: string
  /** In one line. */
  subject: string
  facts: { label: string; value: string }[]
  reviewers: readonly { no: number; people: readonly string[]; fallback: readonly string[] }[]
}

/**
 * The one door through which reviews tell people. Who was told of a kind in a stage is not told again; the row is written with what is
 * told, in one transaction. Answers the numbers of those who were told.
 */
export async function notifyReviewers(bulk: BulkTx, key: StageKey, telling: Telling): Promise<number[]> {
  const rows = await run<{ no: number }>(
    bulk,
    Prisma.sql`INSERT INTO review_reminder (org_id, campaign_id, stage, reviewer_no, kind, says)
      SELECT ${key.orgId}::uuid, ${key.campaignId}::uuid, ${key.stage}::int, n, ${telling.kind}, ${telling.subject}
      FROM unnest(${telling.reviewers.map(({ no }) => no)}::int[]) n ON CONFLICT DO NOTHING RETURNING reviewer_no AS no`,
  )
  return rows.map(({ no }) => no)
}
