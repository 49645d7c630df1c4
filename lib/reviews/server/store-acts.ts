import type { RunSql } from '@/lib/platform/audit/append'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { conflictRows } from './store-conflicts'

/** One statement of either kind of transaction. */
export async function run<Row>(tx: Tx | BulkTx, { text, values }: Prisma.Sql): Promise<Row[]> {
  return (await (sqlOf(tx) satisfies RunSql)(text, values)) as Row[]
}

export interface StageKey {
  orgId: string
  campaignId: string
  stage: number
}

/**
 * Holds the stage as it is until the transaction ends: whoever acts in it shares it, the deadline is alone with it.
 * @throws AppError `conflict` when it is over
 */
export async function holdStage(tx: Tx | BulkTx, key: StageKey, use: 'share' | 'alone'): Promise<void> {
  const lock = Prisma.raw(use === 'share' ? 'FOR SHARE' : 'FOR UPDATE')
  const [row] = await run<{ isOpen: boolean }>(
    tx,
    Prisma.sql`SELECT s.state = 'active' AND (${use} = 'alone' OR s.deadline_at > clock_timestamp()) AND c.state = 'active' AS "isOpen"
      FROM review_stage s JOIN review_campaign c ON c.org_id = s.org_id AND c.id = s.campaign_id
      WHERE s.org_id = ${key.orgId}::uuid AND s.campaign_id = ${key.campaignId}::uuid AND s.no = ${key.stage}::int ${lock} OF s`,
  )
  if (!row?.isOpen)
    throw new AppError(
      'conflict',
      'The deadline of this stage has passed, or it is over. Nothing more can be decided in it.',
    )
}

/** The latest of who must not certify these items is added to what was frozen: nobody gets out of a conflict by a later change. */
export async function addConflicts(tx: Tx | BulkTx, { orgId, campaignId }: StageKey, nos: Prisma.Sql): Promise<void> {
  const merged = (column: string, found: string) =>
    Prisma.sql`ARRAY(SELECT DISTINCT unnest(i.${Prisma.raw(column)} || c.${Prisma.raw(found)}))`
  await run(
    tx,
    Prisma.sql`WITH chosen AS MATERIALIZED (SELECT i.no, i.identity_id FROM review_item i
        WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.no = ANY (ARRAY(${nos}))),
      conflict AS MATERIALIZED (${conflictRows(orgId, Prisma.sql`SELECT identity_id FROM chosen`)})
      UPDATE review_item i SET sole_owner_ids = ${merged('sole_owner_ids', 'sole')}, creator_ids = ${merged('creator_ids', 'creators')},
        user_ids = ${merged('user_ids', 'users')}
      FROM chosen h JOIN conflict c ON c.identity_id = h.identity_id
      WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.no = h.no
        AND NOT (i.sole_owner_ids @> c.sole AND i.creator_ids @> c.creators AND i.user_ids @> c.users)`,
  )
}

/** A change of the tallies: rows `(stage, reviewer_no, state, decision, n)` of `deltas`, in which n may be negative. */
export const tallyWrites = (
  { orgId, campaignId }: Pick<StageKey, 'orgId' | 'campaignId'>,
  deltas: Prisma.Sql,
): Prisma.Sql => Prisma.sql`
  delta AS (SELECT d.stage, d.reviewer_no, d.state, d.decision, sum(d.n)::int AS n FROM (${deltas}) d GROUP BY 1, 2, 3, 4 HAVING sum(d.n) <> 0),
  less AS (UPDATE review_tally t SET count = t.count + d.n FROM delta d WHERE d.n < 0 AND t.org_id = ${orgId}::uuid AND t.campaign_id = ${campaignId}::uuid
    AND t.stage = d.stage AND t.reviewer_no = d.reviewer_no AND t.state = d.state AND t.decision = d.decision RETURNING 1),
  more AS (INSERT INTO review_tally (org_id, campaign_id, stage, reviewer_no, state, decision, count)
    SELECT ${orgId}::uuid, ${campaignId}::uuid, d.stage, d.reviewer_no, d.state, d.decision, d.n FROM delta d WHERE d.n > 0
    ON CONFLICT (org_id, campaign_id, stage, reviewer_no, state, decision) DO UPDATE SET count = review_tally.count + excluded.count RETURNING 1)`

export interface Act {
  id: string
  kind: string
  decision: string | null
  until: Date | null
  note: string | null
  says: string
  byKey: string
  byName: string
}

const actRow = ({ orgId, campaignId, stage }: StageKey, act: Act, count: Prisma.Sql) => Prisma.sql`
  INSERT INTO review_act (org_id, campaign_id, id, stage, kind, decision, until, note, says, by_key, by_name, count)
  SELECT ${orgId}::uuid, ${campaignId}::uuid, ${act.id}::uuid, ${stage}::int, ${act.kind}, ${act.decision}, ${act.until}::timestamptz, ${act.note},
    ${act.says}, ${act.byKey}, ${act.byName}, c.n FROM (${count}) c (n) WHERE c.n > 0`

export async function insertAct(tx: Tx | BulkTx, key: StageKey, act: Act, count: number): Promise<void> {
  await run(tx, actRow(key, act, Prisma.sql`SELECT ${count}::int`))
}

/** What stood in an assignment before an act, as it is kept to be undone. */
const before = Prisma.sql`jsonb_build_object('state', old.state, 'decision', old.decision, 'until', old.until, 'reduction', old.reduction, 'note', old.note,
  'byId', old.by_id, 'byName', old.by_name, 'at', old.at, 'actId', old.act_id)`

export interface Drafting {
  act: Act
  byId: string
  decision: string
  until: Date | null
  reduction: object | null
  note: string | null
  replaces: boolean
  looked: readonly { item: number; seconds: number; opened: boolean }[]
}

/**
 * Writes a draft on assignments, `chosen` = rows `(item_no, reviewer_no)`. One that was signed off, settled or drafted by somebody
 * else in the meantime is left. Answers the numbers of the items that have it now.
 */
export async function writeDrafts(
  tx: Tx | BulkTx,
  key: StageKey,
  chosen: Prisma.Sql,
  { act, byId, decision, until, reduction, note, replaces, looked }: Drafting,
): Promise<number[]> {
  const { orgId, campaignId, stage } = key
  const other = replaces ? Prisma.sql`true` : Prisma.sql`(a.state = 'open' OR a.by_id = ${byId})`
  const rows = await run<{ no: number }>(
    tx,
    Prisma.sql`WITH chosen AS MATERIALIZED (${chosen}), seen AS (
        SELECT * FROM unnest(${looked.map(({ item }) => item)}::int[], ${looked.map(({ seconds }) => seconds)}::real[],
          ${looked.map(({ opened }) => opened)}::boolean[]) AS s (item_no, seconds, opened)
      ), drafted AS (
        UPDATE review_assignment a SET state = 'drafted', decision = ${decision}, until = ${until}::timestamptz,
          reduction = ${reduction === null ? null : JSON.stringify(reduction)}::jsonb, note = ${note}, by_id = ${byId}, by_name = ${act.byName},
          at = now(), act_id = ${act.id}::uuid
        FROM chosen c WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.stage = ${stage}::int
          AND a.item_no = c.item_no AND a.reviewer_no = c.reviewer_no AND a.state IN ('open', 'drafted') AND ${other}
        RETURNING a.item_no, a.reviewer_no, old.state AS was, old.decision AS said, ${before} AS before
      ), kept AS (
        INSERT INTO review_change (org_id, campaign_id, act_id, item_no, reviewer_no, stage, before, seconds, opened)
        SELECT ${orgId}::uuid, ${campaignId}::uuid, ${act.id}::uuid, d.item_no, d.reviewer_no, ${stage}::int, d.before, s.seconds, s.opened
        FROM drafted d LEFT JOIN seen s USING (item_no) RETURNING 1
      ), acted AS (${actRow(key, act, Prisma.sql`SELECT count(*)::int FROM drafted`)} RETURNING 1),
      ${tallyWrites(
        key,
        Prisma.sql`SELECT ${stage}::int AS stage, reviewer_no, was AS state, coalesce(said, '') AS decision, -1 AS n FROM drafted
          UNION ALL SELECT ${stage}::int, reviewer_no, 'drafted', ${decision}, 1 FROM drafted`,
      )}, met AS (
        UPDATE review_reviewer r SET last_act_at = now() WHERE r.org_id = ${orgId}::uuid AND r.campaign_id = ${campaignId}::uuid
          AND r.no IN (SELECT reviewer_no FROM drafted) RETURNING 1
      ) SELECT item_no AS no FROM drafted`,
  )
  return rows.map(({ no }) => no)
}

/** The latest act of somebody in a stage that is not undone, or the one that is named; undefined when there is none. */
export async function findUndoable(
  tx: Tx,
  { orgId, campaignId, stage }: StageKey,
  byKey: string,
  actId: string | undefined,
): Promise<{ id: string; says: string } | undefined> {
  const named = actId === undefined ? Prisma.empty : Prisma.sql`AND id = ${actId}::uuid`
  const [row] = await run<{ id: string; says: string }>(
    tx,
    Prisma.sql`SELECT id::text, says FROM review_act WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND stage = ${stage}::int
      AND kind = 'decide' AND by_key = ${byKey} AND undone_at IS NULL ${named} ORDER BY id DESC LIMIT 1 FOR UPDATE`,
  )
  return row
}

/** Puts back what an act changed, where it is still as the act left it and nothing was signed off. Answers the items. */
export async function undoDrafts(tx: Tx, key: StageKey, actId: string): Promise<number[]> {
  const { orgId, campaignId, stage } = key
  const rows = await run<{ no: number }>(
    tx,
    Prisma.sql`WITH undone AS (
        UPDATE review_assignment a SET state = c.before ->> 'state', decision = c.before ->> 'decision', until = (c.before ->> 'until')::timestamptz,
          reduction = nullif(c.before -> 'reduction', 'null'), note = c.before ->> 'note', by_id = c.before ->> 'byId', by_name = c.before ->> 'byName',
          at = (c.before ->> 'at')::timestamptz, act_id = (c.before ->> 'actId')::uuid
        FROM review_change c WHERE c.org_id = ${orgId}::uuid AND c.campaign_id = ${campaignId}::uuid AND c.act_id = ${actId}::uuid
          AND a.org_id = c.org_id AND a.campaign_id = c.campaign_id AND a.stage = ${stage}::int AND a.item_no = c.item_no
          AND a.reviewer_no = c.reviewer_no AND a.act_id = c.act_id AND a.state = 'drafted'
        RETURNING a.item_no, a.reviewer_no, old.decision AS said, new.state AS state, new.decision AS decision
      ), marked AS (
        UPDATE review_act SET undone_at = now() WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND id = ${actId}::uuid
          AND EXISTS (SELECT FROM undone) RETURNING 1
      ), ${tallyWrites(
        key,
        Prisma.sql`SELECT ${stage}::int AS stage, reviewer_no, 'drafted' AS state, coalesce(said, '') AS decision, -1 AS n FROM undone
          UNION ALL SELECT ${stage}::int, reviewer_no, state, coalesce(decision, ''), 1 FROM undone`,
      )} SELECT item_no AS no FROM undone ORDER BY 1`,
  )
  return rows.map(({ no }) => no)
}

export interface Handing {
  toNo: number
  way: string
  /** Whoever gives it away had it; a delegate acts for them. */
  byId: string
  isDelegation: boolean
  act: Act
}

/**
 * Gives assignments (`chosen` = rows `(item_no, reviewer_no)`) to another reviewer of the stage; their drafts go. What was signed off
 * stays. Answers how many.
 */
export async function handOn(
  tx: Tx | BulkTx,
  key: StageKey,
  chosen: Prisma.Sql,
  { toNo, way, byId, isDelegation, act }: Handing,
): Promise<number> {
  const { orgId, campaignId, stage } = key
  const actsFor = isDelegation ? Prisma.sql`h.acts_for_ids || ${[byId]}::text[]` : Prisma.sql`h.acts_for_ids`
  const [row] = await run<{ count: number }>(
    tx,
    Prisma.sql`WITH chosen AS MATERIALIZED (${chosen}), handed AS (
        UPDATE review_assignment a SET state = 'handed_on', decision = NULL, until = NULL, reduction = NULL, note = NULL, act_id = ${act.id}::uuid
        FROM chosen c WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.stage = ${stage}::int
          AND a.item_no = c.item_no AND a.reviewer_no = c.reviewer_no AND a.state IN ('open', 'drafted')
        RETURNING a.item_no, a.reviewer_no, old.state AS was, old.decision AS said, a.chain_ids, a.acts_for_ids, ${before} AS before
      ), given AS (
        INSERT INTO review_assignment (org_id, campaign_id, item_no, reviewer_no, stage, way, chain_ids, acts_for_ids)
        SELECT ${orgId}::uuid, ${campaignId}::uuid, h.item_no, ${toNo}::int, ${stage}::int, ${way},
          ARRAY(SELECT DISTINCT unnest(h.chain_ids || CASE WHEN h.reviewer_no = 0 THEN '{}'::text[] ELSE array_remove(${[byId]}::text[], '') END ||
            CASE WHEN left(r.key, 5) = 'user:' THEN ARRAY[substr(r.key, 6)] ELSE '{}'::text[] END)), ${actsFor}
        FROM handed h JOIN review_reviewer r ON r.org_id = ${orgId}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.no = h.reviewer_no
        RETURNING 1
      ), kept AS (
        INSERT INTO review_change (org_id, campaign_id, act_id, item_no, reviewer_no, stage, before)
        SELECT ${orgId}::uuid, ${campaignId}::uuid, ${act.id}::uuid, item_no, reviewer_no, ${stage}::int, before FROM handed RETURNING 1
      ), acted AS (${actRow(key, act, Prisma.sql`SELECT count(*)::int FROM handed`)} RETURNING 1),
      ${tallyWrites(
        key,
        Prisma.sql`SELECT ${stage}::int AS stage, reviewer_no, was AS state, coalesce(said, '') AS decision, -1 AS n FROM handed
          UNION ALL SELECT ${stage}::int, reviewer_no, 'handed_on', '', 1 FROM handed
          UNION ALL SELECT ${stage}::int, ${toNo}::int, 'open', '', 1 FROM handed`,
      )} SELECT count(*)::int AS count FROM handed`,
  )
  return row?.count ?? 0
}

/** What a reviewer has in a stage: not decided, decided, signed off. */
export async function countLeft(
  tx: Tx | BulkTx,
  { orgId, campaignId, stage }: StageKey,
  mine: readonly number[],
): Promise<{ open: number; drafted: number; signed: number; total: number }> {
  const [row] = await run<{ open: number; drafted: number; signed: number }>(
    tx,
    Prisma.sql`SELECT coalesce(sum(count) FILTER (WHERE state = 'open'), 0)::int AS open,
        coalesce(sum(count) FILTER (WHERE state = 'drafted'), 0)::int AS drafted, coalesce(sum(count) FILTER (WHERE state = 'signed'), 0)::int AS signed
      FROM review_tally WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND stage = ${stage}::int
        AND reviewer_no = ANY (${[...mine]}::int[])`,
  )
  const { open = 0, drafted = 0, signed = 0 } = row ?? {}
  return { open, drafted, signed, total: open + drafted + signed }
}
