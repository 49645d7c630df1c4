import os from 'node:os'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { Context } from '../lib/platform/context'
import { closePool } from '../lib/platform/db/pool'
import { contextOf, warmUp } from '../lib/platform/testing/context'
import { ReviewItemQuery } from '../lib/reviews/items'
import { CreateCampaignInput } from '../lib/reviews/schema'
import { createCampaign } from '../lib/reviews/server/create-campaign'
import { decideItems } from '../lib/reviews/server/decide-items'
import { getProgress } from '../lib/reviews/server/get-progress'
import { launchCampaign } from '../lib/reviews/server/launch-campaign'
import { listItems } from '../lib/reviews/server/list-items'
import { previewSignOff, signOff } from '../lib/reviews/server/sign-off'
import { makeMember, makeOrganization, makeSource } from '../prisma/factories/organization'
import { finish, part } from './parts'
import { p95, round, timed } from './samples'

/**
 * One campaign over so many items: freezing them with their evidence against a plain INSERT … SELECT of the same rows into tables with
 * the same indexes, then what reviewers do in it. Two of a hundred people answer for each identity, one of them for 10,000 and more
 * with equal evidence.
 */

const { values } = parseArgs({
  options: { items: { type: 'string', default: '1000000' }, n: { type: 'string', default: '100' } },
})
const items = Number(values.items)
const n = Number(values.n)
const reviewers = 60

async function fill(db: pg.Client, orgId: string, sourceId: string, people: readonly string[]): Promise<void> {
  const run = (sql: string, given: unknown[] = []) => db.query(sql, given)
  const { rows: searches } = await run(
    `SELECT indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'gin'`,
  )
  for (const { name } of searches) await run(`DROP INDEX ${name}`)
  await run(`SET session_replication_role = replica`)
  const values = [orgId, sourceId, items]
  await run(
    `INSERT INTO identity (org_id, id, source_id, external_id, kind, name, status, environment, description, issued_at, last_used_at)
     SELECT $1, uuidv7(), $2, 'arn:aws:iam::' || n, (ARRAY['service_account', 'workload', 'iam_role', 'bot'])[1 + n % 4], 'svc-payments-' || n, 'active',
       (ARRAY['production', 'staging', 'development'])[1 + n % 3], 'Does what service ' || n || ' needs', now() - n % 900 * interval '1 day',
       CASE WHEN n % 5 > 0 THEN now() - n % 150 * interval '1 day' END FROM generate_series(1, $3::int) n`,
    values,
  )
  await run(
    `CREATE TEMP TABLE made AS SELECT id, row_number() OVER (ORDER BY id)::int AS n, name, kind, environment, last_used_at FROM identity WHERE org_id = $1`.replace(
      '$1',
      `'${orgId}'`,
    ),
  )
  await run(
    `INSERT INTO identity_listing (org_id, identity_id, source_id, kind, environment, status, owner_state, owner_key, owner_label, privilege_rank,
       credential_count, oldest_credential_at, used_order, name_key, search_text, score)
     SELECT $1, id, $2, kind, environment, 'active', 'confirmed', 'user:x', 'Somebody', n % 5, 1 + n % 2, now() - n % 900 * interval '1 day', last_used_at,
       name, name, n % 100 FROM made`,
    [orgId, sourceId],
  )
  await run(
    `INSERT INTO identity_score (org_id, identity_id, score, cells, identities, systems, hours, is_unbounded, version)
     SELECT $1, id, n % 100, array_fill(1, ARRAY[25]), n % 7, 1 + n % 3, n % 900, false, 1 FROM made`,
    [orgId],
  )
  await run(
    `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, confirmed_at)
     SELECT $1, m.id, 'user:' || ($2::text[])[1 + (m.n / 7 + k) % cardinality($2::text[])], 'Owner', (ARRAY['technical', 'business'])[1 + k], 'confirmed', now()
     FROM made m, generate_series(0, 1) k`,
    [orgId, people],
  )
  await run(
    `INSERT INTO credential (org_id, source_id, external_id, identity_id, type, name, status, issued_at, last_used_at)
     SELECT $1, $2, 'k' || m.n || '-' || k, m.id, 'api_key', 'key ' || k, 'active', now() - m.n % 900 * interval '1 day', m.last_used_at
     FROM made m, generate_series(0, 1) k WHERE k = 0 OR m.n % 2 = 1`,
    [orgId, sourceId],
  )
  await run(
    `INSERT INTO resource (org_id, id, source_id, external_id, kind, name, environment, sensitivity)
     SELECT $1, uuidv7(), $2, 'r' || n, 'bucket', 'bucket-' || n, 'production', (ARRAY['internal', 'confidential', 'restricted'])[1 + n % 3] FROM generate_series(1, 5000) n`,
    [orgId, sourceId],
  )
  await run(
    `INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_ref, from_id, to_type, to_ref, to_id, effect, scopes, scope_count, privilege, basis)
     SELECT $1, $2, 'e' || m.n || '-' || k, 'grants', 'identity', m.name, m.id, 'resource', r.external_id, r.id, 'allow', ARRAY['s3:GetObject', 's3:PutObject'], 2,
       (ARRAY['read', 'write', 'admin'])[1 + m.n % 3], 'entitlement'
     FROM made m CROSS JOIN generate_series(0, 2) k
     JOIN (SELECT id, external_id, row_number() OVER () AS no FROM resource WHERE org_id = $1) r ON r.no = 1 + (m.n / 50 + k) % 5000`,
    [orgId, sourceId],
  )
  await run(`SET session_replication_role = origin`)
  for (const table of [
    'identity',
    'identity_listing',
    'identity_score',
    'ownership',
    'credential',
    'resource',
    'entitlement',
  ])
    await run(`VACUUM (ANALYZE) ${table}`)
}

/** The same rows into tables with the same indexes, in one transaction. */
async function plain(db: pg.Client, campaignId: string): Promise<number> {
  for (const table of ['review_item', 'review_assignment']) {
    await db.query(`DROP TABLE IF EXISTS plain_${table}`)
    await db.query(`CREATE TABLE plain_${table} (LIKE ${table} INCLUDING ALL)`)
  }
  await db.query('CHECKPOINT')
  const seconds =
    (await timed(async () => {
      await db.query('BEGIN')
      for (const table of ['review_item', 'review_assignment'])
        await db.query(`INSERT INTO plain_${table} SELECT * FROM ${table} WHERE campaign_id = '${campaignId}'`)
      await db.query('COMMIT')
    })) / 1000
  for (const table of ['review_item', 'review_assignment']) await db.query(`DROP TABLE plain_${table}`)
  return seconds
}

async function main(): Promise<number> {
  const db = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL })
  await db.connect()
  const orgId = await makeOrganization(db, 'Measured')
  const sourceId = await makeSource(db, orgId)
  const security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  const members = []
  for (let no = 0; no < reviewers; no += 1) members.push(await makeMember(db, orgId, 'reviewer', `R${no}`))
  const people = members.map(({ userId }) => userId)
  console.log(`  filled in ${round((await timed(() => fill(db, orgId, sourceId, people))) / 1000, 0)} s`)
  await warmUp(security)
  let id = ''
  const contexts = new Map<string, Context>(members.map((member) => [member.userId, contextOf(orgId, member)]))
  await part(['items', 'generate_s', 'plain_insert_s', 'generate_over_insert', 'item_bytes'], async () => {
    const rules = { silence: 'keep' as const, noteFor: [], noteFromScore: null, aloneFromScore: null }
    const scope = { kind: 'identities' as const, filter: {} }
    const draft = await createCampaign(security, CreateCampaignInput.parse({ name: 'All', scope, rules }))
    id = draft.id
    await db.query('CHECKPOINT')
    const generate = (await timed(() => launchCampaign(security, { id, version: 1 }))) / 1000
    await db.query(`VACUUM (ANALYZE) review_item`)
    await db.query(`VACUUM (ANALYZE) review_assignment`)
    const insert = await plain(db, id)
    const { rows } = await db.query(
      `SELECT count(*)::int AS n, (pg_total_relation_size('review_item') + pg_total_relation_size('review_assignment')) / count(*) AS bytes FROM review_item`,
    )
    return {
      items: rows[0].n,
      generate_s: round(generate, 1),
      plain_insert_s: round(insert, 1),
      generate_over_insert: round(generate / insert),
      item_bytes: Number(rows[0].bytes),
    }
  })
  const { rows: busiest } = await db.query<{ key: string }>(
    `SELECT r.key FROM review_tally t JOIN review_reviewer r USING (org_id, campaign_id) WHERE t.campaign_id = $1 AND r.no = t.reviewer_no ORDER BY t.count DESC LIMIT 1`,
    [id],
  )
  const reviewer = contexts.get((busiest[0]?.key ?? '').slice(5)) ?? security
  await part(['queue_page_p95_ms'], async () => {
    const samples: number[] = []
    let cursor: string | undefined
    for (let no = 0; no < n; no += 1)
      samples.push(
        await timed(async () => {
          const page = await listItems(reviewer, {
            id,
            ...ReviewItemQuery.parse({ state: 'undecided', ...(cursor ? { cursor } : {}) }),
          })
          cursor = page.nextCursor ?? undefined
        }),
      )
    return { queue_page_p95_ms: round(p95(samples), 1) }
  })
  await part(['progress_p95_ms'], async () => {
    const samples: number[] = []
    for (let no = 0; no < n; no += 1) samples.push(await timed(() => getProgress(security, { id })))
    return { progress_p95_ms: round(p95(samples), 1) }
  })
  await part(['decide_p95_ms', 'decided'], async () => {
    const { rows } = await db.query<{ no: number }>(
      `SELECT a.item_no AS no FROM review_assignment a JOIN review_reviewer r USING (org_id, campaign_id)
       WHERE a.campaign_id = $1 AND r.no = a.reviewer_no AND r.key = 'user:' || $2::text ORDER BY 1 LIMIT $3`,
      [id, reviewer.actor.id, n],
    )
    const samples: number[] = []
    let decided = 0
    for (const { no } of rows)
      samples.push(
        await timed(async () => {
          const done = await decideItems(reviewer, { id, what: { items: [no] }, decision: 'certify' })
          decided += done.decided
        }),
      )
    return { decide_p95_ms: round(p95(samples), 1), decided }
  })
  await part(['bulk_10k_s', 'bulk_items', 'signoff_10k_s', 'signoff_items'], async () => {
    // Ten thousand with equal evidence: the largest group is made so large, as no generated one is.
    const { rows } = await db.query<{ hash: string }>(
      `SELECT i.group_hash AS hash FROM review_item i WHERE i.campaign_id = $1 LIMIT 1`,
      [id],
    )
    await db.query(
      `UPDATE review_item i SET group_hash = $2 WHERE campaign_id = $1 AND no IN (SELECT a.item_no FROM review_assignment a JOIN review_reviewer r
         USING (org_id, campaign_id) WHERE a.campaign_id = $1 AND r.no = a.reviewer_no AND r.key = 'user:' || $3::text AND a.state = 'open' ORDER BY 1 LIMIT 10000)`,
      [id, rows[0]?.hash, reviewer.actor.id],
    )
    await db.query(`VACUUM (ANALYZE) review_item`)
    let bulkItems = 0
    const bulk = await timed(async () => {
      const what = { group: rows[0]?.hash ?? '' }
      bulkItems = (await decideItems(reviewer, { id, what, decision: 'certify' })).decided
    })
    const { draftHash } = await previewSignOff(reviewer, { id })
    let signedItems = 0
    const signed = await timed(async () => {
      signedItems = (await signOff(reviewer, { id, draftHash })).items
    })
    return {
      bulk_10k_s: round(bulk / 1000),
      bulk_items: bulkItems,
      signoff_10k_s: round(signed / 1000),
      signoff_items: signedItems,
    }
  })
  await part(['rss_mb', 'load_average'], () => ({
    rss_mb: round(process.memoryUsage().rss / 1e6, 0),
    load_average: round(os.loadavg()[0] ?? 0, 1),
  }))
  await db.end()
  return finish()
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 1
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
