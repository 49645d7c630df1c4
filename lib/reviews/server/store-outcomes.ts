import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { type StageKey, tallyWrites } from './store-acts'
import { runSql } from './store-population'

/** Drafts in the form in which they are hashed, one line for each. */
const line = Prisma.sql`concat_ws('|', a.item_no, a.reviewer_no, a.decision, extract(epoch FROM a.until), a.reduction::text, md5(a.note), a.by_id)`

/** Hash, number and decisions of what somebody has drafted (`drafts` = rows `a` of review_assignment). */
export async function sumDrafts(
  run: <Row extends object>(query: Prisma.Sql) => Promise<Row[]>,
  drafts: Prisma.Sql,
): Promise<{ hash: string; items: number; decisions: Record<string, number> }> {
  const [row] = await run<{ hash: string; items: number; decisions: Record<string, number> | null }>(
    Prisma.sql`WITH a AS (${drafts}) SELECT encode(sha256(convert_to(coalesce(string_agg(${line}, E'\n' ORDER BY a.item_no, a.reviewer_no), ''), 'UTF8')), 'hex') AS hash,
      count(*)::int AS items, (SELECT json_object_agg(s.decision, s.n) FROM (SELECT decision, count(*)::int AS n FROM a GROUP BY 1) s) AS decisions FROM a`,
  )
  return { hash: row?.hash ?? '', items: row?.items ?? 0, decisions: row?.decisions ?? {} }
}

/** Makes drafts final: `chosen` = rows `(item_no, reviewer_no)`. */
export async function signDrafts(bulk: BulkTx, key: StageKey, chosen: Prisma.Sql, signOffId: string): Promise<number> {
  const { orgId, campaignId, stage } = key
  const [row] = await runSql<{ count: number }>(
    bulk,
    Prisma.sql`WITH signed AS (
        UPDATE review_assignment a SET state = 'signed', sign_off_id = ${signOffId}::uuid FROM (${chosen}) c
        WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.stage = ${stage}::int AND a.item_no = c.item_no
          AND a.reviewer_no = c.reviewer_no AND a.state = 'drafted'
        RETURNING a.reviewer_no, a.decision
      ), ${tallyWrites(
        key,
        Prisma.sql`SELECT ${stage}::int AS stage, reviewer_no, 'drafted' AS state, decision, -1 AS n FROM signed
          UNION ALL SELECT ${stage}::int, reviewer_no, 'signed', decision, 1 FROM signed`,
      )} SELECT count(*)::int AS count FROM signed`,
  )
  return row?.count ?? 0
}

/**
 * Settles what the words of a stage settle, among items `nos`: a revoke or a reduction is final at once, the rest in the last stage.
 * Nobody further is needed for what is settled, nor in this stage for what goes on. Answers how many were settled, and how many go on.
 */
export async function settleItems(
  bulk: BulkTx,
  key: StageKey,
  nos: Prisma.Sql,
  { strategy, isLast }: { strategy: string; isLast: boolean },
): Promise<{ settled: number; goOn: number }> {
  const { orgId, campaignId, stage } = key
  const votes = (of: Prisma.Sql) => Prisma.sql`count(*) FILTER (WHERE a.state = 'signed' AND a.decision ${of})`
  const [row] = await runSql<{ settled: number; goOn: number }>(
    bulk,
    Prisma.sql`WITH voted AS MATERIALIZED (
        SELECT a.item_no, review_outcome(${strategy}, ${votes(Prisma.sql`IN ('certify', 'certify_until')`)}, ${votes(Prisma.sql`= 'reduce'`)},
            ${votes(Prisma.sql`= 'revoke'`)}, ${votes(Prisma.sql`= 'unsure'`)}, count(*) FILTER (WHERE a.state IN ('open', 'drafted'))) AS outcome,
          min(a.until) FILTER (WHERE a.state = 'signed' AND a.decision = 'certify_until') AS until,
          (array_agg(a.reduction ORDER BY a.at DESC) FILTER (WHERE a.state = 'signed' AND a.decision = 'reduce'))[1] AS reduction
        FROM review_assignment a WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.stage = ${stage}::int
          AND a.item_no = ANY (ARRAY(${nos})) GROUP BY a.item_no
      ), final AS MATERIALIZED (
        SELECT v.item_no, CASE WHEN v.outcome = 'certify' AND v.until IS NOT NULL THEN 'certify_until' ELSE v.outcome END AS outcome, v.until, v.reduction
        FROM voted v WHERE v.outcome IN ('revoke', 'reduce') OR (v.outcome IS NOT NULL AND ${isLast}::boolean)
      ), passing AS MATERIALIZED (SELECT v.item_no FROM voted v WHERE v.outcome = 'certify' AND NOT ${isLast}::boolean),
      settled AS (
        UPDATE review_item i SET outcome = f.outcome, outcome_until = CASE WHEN f.outcome = 'certify_until' THEN f.until END,
          reduction = CASE WHEN f.outcome = 'reduce' THEN coalesce(f.reduction, '{"to":"used"}') END, settled_by = 'reviewers', settled_at = now()
        FROM final f WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.no = f.item_no AND i.outcome IS NULL
        RETURNING i.no, i.outcome, i.reduction, i.identity_id, i.credential_id, i.entitlement_id, i.name, i.subject, i.source_id
      ), going AS (
        UPDATE review_item i SET stage = ${stage + 1}::int FROM passing p WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid
          AND i.no = p.item_no AND i.outcome IS NULL AND i.stage = ${stage}::int RETURNING i.no
      ), closed AS (
        UPDATE review_assignment a SET state = 'closed', decision = NULL FROM (SELECT no FROM settled UNION ALL SELECT no FROM going) x
        WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.stage = ${stage}::int AND a.item_no = x.no
          AND a.state IN ('open', 'drafted') RETURNING a.reviewer_no, old.state AS was, old.decision AS said
      ), ${remedies(orgId, campaignId)}, ${tallyWrites(key, outcomeDeltas(stage))}
      SELECT (SELECT count(*)::int FROM settled) AS settled, (SELECT count(*)::int FROM going) AS "goOn"`,
  )
  return row ?? { settled: 0, goOn: 0 }
}

/** What must follow from `settled`. */
const remedies = (orgId: string, campaignId: string) => Prisma.sql`
  remedy AS (
    INSERT INTO review_remedy (org_id, campaign_id, item_no, decision, identity_id, credential_id, entitlement_id, name, subject, source_id, reduction, wake_at)
    SELECT ${orgId}::uuid, ${campaignId}::uuid, no, outcome, identity_id, credential_id, entitlement_id, name, subject, source_id, reduction, now()
    FROM settled WHERE outcome IN ('revoke', 'reduce') RETURNING 1
  )`

/** Of `closed` and `settled`; items with their outcome stand under reviewer −1. */
const outcomeDeltas = (stage: number) => Prisma.sql`
  SELECT ${stage}::int AS stage, reviewer_no, was AS state, coalesce(said, '') AS decision, -1 AS n FROM closed
  UNION ALL SELECT ${stage}::int, reviewer_no, 'closed', '', 1 FROM closed
  UNION ALL SELECT ${stage}::int, -1, 'settled', outcome, 1 FROM settled`

/**
 * Gives an outcome to everything that has none, as the campaign said it would. What would be revoked without two reminders that were
 * delivered to its reviewer is kept: nobody can be held to a question that never reached them.
 */
export async function settleSilence(
  bulk: BulkTx,
  key: StageKey,
  silence: 'keep' | 'revoke' | 'reduce',
): Promise<{ settled: number; kept: number }> {
  const { orgId, campaignId, stage } = key
  const outcome =
    silence === 'revoke'
      ? Prisma.sql`CASE WHEN EXISTS (SELECT FROM review_assignment a WHERE a.org_id = i.org_id AND a.campaign_id = i.campaign_id AND a.item_no = i.no
          AND a.stage = ${stage}::int AND a.reviewer_no > 0 AND a.reviewer_no IN (SELECT reviewer_no FROM reminded)) THEN 'revoke' ELSE 'keep' END`
      : Prisma.sql`${silence}::text`
  const [row] = await runSql<{ settled: number; kept: number }>(
    bulk,
    Prisma.sql`WITH reminded AS MATERIALIZED (
        SELECT reviewer_no FROM review_reminder WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND stage = ${stage}::int
          AND delivered_at IS NOT NULL GROUP BY reviewer_no HAVING count(*) >= 2
      ), silent AS MATERIALIZED (
        SELECT i.no, ${outcome} AS outcome FROM review_item i WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.outcome IS NULL
      ), settled AS (
        UPDATE review_item i SET outcome = s.outcome, reduction = CASE WHEN s.outcome = 'reduce' THEN '{"to":"used"}'::jsonb END, settled_by = 'silence',
          settled_at = now() FROM silent s WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.no = s.no
        RETURNING i.no, i.outcome, i.reduction, i.identity_id, i.credential_id, i.entitlement_id, i.name, i.subject, i.source_id
      ), closed AS (
        UPDATE review_assignment a SET state = 'closed', decision = NULL FROM settled x
        WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.stage = ${stage}::int AND a.item_no = x.no
          AND a.state IN ('open', 'drafted') RETURNING a.reviewer_no, old.state AS was, old.decision AS said
      ), ${remedies(orgId, campaignId)}, ${tallyWrites(key, outcomeDeltas(stage))}
      SELECT count(*)::int AS settled, count(*) FILTER (WHERE outcome = 'keep')::int AS kept FROM settled`,
  )
  return row ?? { settled: 0, kept: 0 }
}
