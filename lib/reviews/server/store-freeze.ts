import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { type Freezing, frozenRows, gatherEvidence } from './store-evidence'
import { assignPopulation, runSql } from './store-population'

/**
 * Freezes the items that were chosen, with their evidence and its hash, and gives each to its reviewers. Answers the hashes of the
 * population and of the evidence, both over the items in their order.
 */
export async function freezeItems(
  bulk: BulkTx,
  freezing: Freezing,
): Promise<{ populationHash: string; evidenceHash: string }> {
  const org = bulk.orgId
  const { campaignId } = freezing
  await gatherEvidence(bulk, freezing.level)
  const [hashes] = await runSql<{ population: string; evidence: string }>(
    bulk,
    Prisma.sql`WITH made AS (
      INSERT INTO review_item (org_id, campaign_id, no, identity_id, credential_id, entitlement_id, source_id, name, subject, owner_label,
        score, privilege_rank, kind, environment, system, last_used_at, usage, recommendation, group_hash, access_hash, is_alone, sole_owner_ids,
        creator_ids, user_ids, frozen, evidence_hash)
      SELECT ${org}::uuid, ${campaignId}::uuid, f.no, f.identity_id, f.credential_id, f.entitlement_id, f.source_id, f.name, f.subject, f.owner_label,
        f.score, f.privilege_rank, f.kind, f.environment, f.system, f.last_used_at, f.usage, f.recommendation, f.group_hash, f.access_hash, f.is_alone,
        f.sole_owner_ids, f.creator_ids, f.user_ids, f.frozen, sha256(convert_to(f.frozen, 'UTF8'))
      FROM (${frozenRows(org, freezing)} OFFSET 0) f
      RETURNING no, coalesce(entitlement_id, credential_id, identity_id) AS id, evidence_hash
    ) SELECT encode(sha256(string_agg(uuid_send(id), ''::bytea ORDER BY no)), 'hex') AS population,
      encode(sha256(string_agg(evidence_hash, ''::bytea ORDER BY no)), 'hex') AS evidence FROM made`,
  )
  await assignPopulation(bulk, campaignId, 1)
  if (!hashes?.population) throw new Error('nothing was frozen')
  return { populationHash: hashes.population, evidenceHash: hashes.evidence }
}

/** What a launch would freeze, without keeping it. */
export async function summarizeItems(
  bulk: BulkTx,
  freezing: Freezing,
): Promise<{
  groups: number
  kinds: { kind: string; items: number }[]
  recommended: { decision: string; items: number }[]
  inUse: number
  alone: number
  populationHash: string
}> {
  await gatherEvidence(bulk, freezing.level)
  const rows = Prisma.sql`(${frozenRows(bulk.orgId, freezing)}) f`
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.pop_summary`)
  await bulk.client.query(
    `CREATE TEMP TABLE pop_summary (no int, kind text, group_hash uuid, usage text, recommendation text, is_alone boolean, subject uuid) ON COMMIT DROP`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_summary SELECT f.no, f.kind, f.group_hash, f.usage, f.recommendation, f.is_alone,
      coalesce(f.entitlement_id, f.credential_id, f.identity_id) FROM ${rows}`,
  )
  const [all] = await runSql<{ groups: number; inUse: number; alone: number; hash: string | null }>(
    bulk,
    Prisma.sql`SELECT count(DISTINCT group_hash)::int AS groups, count(*) FILTER (WHERE usage = 'used')::int AS "inUse",
      count(*) FILTER (WHERE is_alone)::int AS alone, encode(sha256(string_agg(uuid_send(subject), ''::bytea ORDER BY subject)), 'hex') AS hash
      FROM pg_temp.pop_summary`,
  )
  const by = <Key extends string>(column: Key) =>
    runSql<Record<Key, string> & { items: number }>(
      bulk,
      Prisma.sql`SELECT ${Prisma.raw(column)}, count(*)::int AS items FROM pg_temp.pop_summary GROUP BY 1 ORDER BY 2 DESC, 1`,
    )
  const kinds = await by('kind')
  const decided = await by('recommendation')
  return {
    groups: all?.groups ?? 0,
    kinds,
    recommended: decided.map(({ recommendation, items }) => ({ decision: recommendation, items })),
    inUse: all?.inUse ?? 0,
    alone: all?.alone ?? 0,
    populationHash: all?.hash ?? 'empty',
  }
}
