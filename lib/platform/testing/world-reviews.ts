import { createHash, randomUUID } from 'node:crypto'
import type pg from 'pg'

const rules = JSON.stringify({ silence: 'keep' })
const evidence = (identity: string) =>
  JSON.stringify({
    identity: {
      ...{ id: identity, name: 'bot', kind: 'bot', status: 'active', externalId: 'bot', system: 'aws', source: 'test' },
      ...{
        environment: null,
        purpose: null,
        criticality: null,
        issuedAt: null,
        firstSeenAt: '2026-01-01T00:00:00.000Z',
      },
    },
    ...{ credential: null, entitlement: null, owners: [], reach: null, previous: null, changes: null, problems: [] },
    access: { privilege: null, grants: [], grantCount: 0 },
    credentials: { count: 0, held: [], oldestAt: null, nextExpiryAt: null, neverExpires: false },
    usage: { state: 'unknown', lastUsedAt: null, neverUsed: false, where: null },
    dependents: { count: 0, listed: [], sightings: 0 },
    recommendation: { decision: 'unsure', reasons: [] },
  })

const measures = JSON.stringify({
  ...{ decisions: 1, bulkDecisions: 0, medianSeconds: null, p10Seconds: null, p90Seconds: null, certifiedPercent: 0 },
  ...{ openedPercent: null, nearDeadlinePercent: 0, identicalNotesPercent: null, notes: 0, notIndependent: 0 },
  reversedIn30Days: 0,
})

/** Of the one draft in the campaign of drafts, by whoever reviews it. */
export const draftHashOf = (reviewer: string) => createHash('sha256').update(`1|1|revoke|${reviewer}`).digest('hex')

/** Campaigns in the states that endpoints ask for, with one item each, and a template. */
export async function makeReviews(
  db: pg.Client,
  { orgId, sourceId }: { orgId: string; sourceId: string },
  { identity, reviewer }: { identity: string; reviewer: string },
) {
  const campaign = async (state: string): Promise<string> => {
    const isFrozen = !['draft'].includes(state)
    const { rows } = await db.query(
      `INSERT INTO review_campaign (org_id, name, level, scope, scope_says, rules, state, created_by, item_count, launched_at, deadline_at, frozen_at,
         population_hash, evidence_hash)
       VALUES ($1, $2, 'identity', '{"kind":"identities","filter":{}}', 'All.', $3, $4, 'Ada', $5, $6, now() + interval '9 days', $6, $7, $7) RETURNING id`,
      [
        orgId,
        `Campaign ${state}`,
        rules,
        state,
        isFrozen ? 1 : 0,
        isFrozen ? new Date() : null,
        isFrozen ? 'hash' : null,
      ],
    )
    const { id } = rows[0]
    if (!isFrozen) return id
    await db.query(
      `INSERT INTO review_stage (org_id, campaign_id, no, name, rules, strategy, state, deadline_at)
       VALUES ($1, $2, 1, 'Review', '{}', 'one_accepts', 'active', now() + interval '9 days')`,
      [orgId, id],
    )
    await db.query(
      `INSERT INTO review_reviewer (org_id, campaign_id, no, key, name, way) VALUES ($1, $2, 0, '', 'Nobody', 'nobody'), ($1, $2, 1, $3, 'Ada', 'owner')`,
      [...[orgId, id, `user:${reviewer}`]],
    )
    await db.query(
      `INSERT INTO review_item (org_id, campaign_id, no, identity_id, source_id, name, privilege_rank, usage, recommendation, group_hash, is_alone, evidence, evidence_hash)
       VALUES ($1, $2, 1, $3, $4, 'bot', 0, 'unknown', 'unsure', gen_random_uuid(), false, $5, '\\x00')`,
      [orgId, id, identity, sourceId, evidence(identity)],
    )
    await db.query(
      `INSERT INTO review_assignment (org_id, campaign_id, item_no, reviewer_no, stage, way) VALUES ($1, $2, 1, 1, 1, 'owner')`,
      [orgId, id],
    )
    await db.query(`INSERT INTO review_tally VALUES ($1, $2, 1, 1, 'open', '', 1)`, [orgId, id])
    return id
  }
  const drafted = await campaign('active')
  const act = randomUUID()
  await db.query(
    `UPDATE review_assignment SET state = 'drafted', decision = 'revoke', by_id = $2, by_name = 'Ada', at = now(), act_id = $3 WHERE campaign_id = $1`,
    [drafted, reviewer, act],
  )
  await db.query(`UPDATE review_tally SET state = 'drafted', decision = 'revoke' WHERE campaign_id = $1`, [drafted])
  await db.query(
    `INSERT INTO review_act (org_id, campaign_id, id, stage, kind, decision, says, by_key, by_name, count)
     VALUES ($1, $2, $3, 1, 'decide', 'revoke', 'Revoked one item', 'user:' || $4::text, 'Ada', 1)`,
    [orgId, drafted, act, reviewer],
  )
  await db.query(
    `INSERT INTO review_change (org_id, campaign_id, act_id, item_no, reviewer_no, stage, before) VALUES ($1, $2, $3, 1, 1, 1, '{"state":"open"}')`,
    [orgId, drafted, act],
  )
  const remedied = await campaign('remediating')
  await db.query(
    `INSERT INTO review_remedy (org_id, campaign_id, item_no, decision, identity_id, name, source_id, state, says)
     VALUES ($1, $2, 1, 'revoke', $3, 'bot', $4, 'open', 'No live connection reads this source.')`,
    [orgId, remedied, identity, sourceId],
  )
  // Of somebody else: nobody looks a second time at what they decided themselves.
  await db.query(
    `INSERT INTO review_reviewer (org_id, campaign_id, no, key, name, way) VALUES ($1, $2, 2, $3, 'Bea', 'owner')`,
    [...[orgId, remedied, `user:${randomUUID()}`]],
  )
  await db.query(
    `INSERT INTO review_quality (org_id, campaign_id, stage, reviewer_no, measures, flags, look_state) VALUES ($1, $2, 1, 2, $3, '{}', 'wanted')`,
    [orgId, remedied, measures],
  )
  const { rows } = await db.query(
    `INSERT INTO review_template (org_id, kind, name, level, scope, rules, created_by, updated_by)
     VALUES ($1, 'custom', 'Ours', 'identity', '{"kind":"identities","filter":{}}', $2, 'Ada', 'Ada') RETURNING id`,
    [orgId, rules],
  )
  return {
    campaigns: await campaign('active'),
    'draft-campaigns': await campaign('draft'),
    'done-campaigns': await campaign('verifying'),
    'drafted-campaigns': drafted,
    'remedied-campaigns': remedied,
    item: '1',
    'review-templates': rows[0].id as string,
  }
}
