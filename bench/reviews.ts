import os from 'node:os'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { contextForJob } from '../lib/platform/auth/request-context'
import { closePool } from '../lib/platform/db/pool'
import { contextOf, warmUp } from '../lib/platform/testing/context'
import { CreateCampaignInput } from '../lib/reviews/schema'
import { createCampaign } from '../lib/reviews/server/create-campaign'
import { launchCampaign } from '../lib/reviews/server/launch-campaign'
import { refreshCampaign } from '../lib/reviews/server/refresh-campaign'
import { makeMember, makeOrganization, makeSource } from '../prisma/factories/organization'
import { finish, part } from './parts'
import { fill } from './reviews-fill'
import { enter, measureReport } from './reviews-person'
import { measure, p95, round, timed } from './samples'

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

/** The numbers of what waits for somebody. */
async function openItems(db: pg.Client, campaignId: string, userId: string): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>(
    `SELECT a.item_no AS no FROM review_assignment a JOIN review_reviewer r USING (org_id, campaign_id)
     WHERE a.campaign_id = $1 AND r.no = a.reviewer_no AND r.key = 'user:' || $2::text AND a.state = 'open' ORDER BY 1`,
    [campaignId, userId],
  )
  return rows.map(({ no }) => no)
}

/** Ten thousand with equal evidence: a group is made so large, as no generated one is. */
async function makeGroup(db: pg.Client, campaignId: string, userId: string): Promise<string> {
  const nos = (await openItems(db, campaignId, userId)).slice(0, 10_000)
  const { rows } = await db.query<{ hash: string }>(
    `UPDATE review_item SET group_hash = md5('a large group')::uuid WHERE campaign_id = $1 AND no = ANY ($2) RETURNING group_hash AS hash`,
    [campaignId, nos],
  )
  await db.query(`VACUUM (ANALYZE) review_item`)
  return rows[0]?.hash ?? ''
}

async function main(): Promise<number> {
  const db = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL })
  await db.connect()
  const orgId = await makeOrganization(db, 'Measured')
  const sourceId = await makeSource(db, orgId)
  const sam = await makeMember(db, orgId, 'security', 'Sam')
  const security = contextOf(orgId, sam)
  const members = []
  for (let no = 0; no < reviewers; no += 1) members.push(await makeMember(db, orgId, 'reviewer', `R${no}`))
  const people = members.map(({ userId }) => userId)
  console.log(`  filled in ${round((await timed(() => fill(db, { orgId, sourceId, people, items }))) / 1000, 0)} s`)
  await warmUp(security)
  let id = ''
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
  const busy = members.find(({ userId }) => `user:${userId}` === busiest[0]?.key) ?? sam
  const reviewer = await enter(db, busy)
  const path = `/api/v1/campaigns/${id}`
  const open = await openItems(db, id, busy.userId)
  await part(['queue_page_p95_ms', 'item_p95_ms', 'progress_p95_ms', 'static_p95_ms'], async () => {
    const still = await measure('static', n, () => reviewer.ask('/api/health'))
    let cursor = ''
    const page = await measure('queue', n, async () => {
      const found = (await reviewer.ask(`${path}/items?state=undecided${cursor}`)) as { nextCursor: string | null }
      cursor = found.nextCursor ? `&cursor=${found.nextCursor}` : ''
    })
    let at = 0
    const item = await measure('item', n, () => reviewer.ask(`${path}/items/${open[at++ % open.length]}`))
    const progress = await measure('progress', n, () => reviewer.ask(`${path}/progress`))
    return {
      queue_page_p95_ms: round(p95(page.samples), 1),
      item_p95_ms: round(p95(item.samples), 1),
      progress_p95_ms: round(p95(progress.samples), 1),
      static_p95_ms: round(p95(still.samples), 1),
    }
  })
  await part(['decide_p95_ms', 'decided'], async () => {
    let [at, decided] = [0, 0]
    const { samples } = await measure('decide', n, async () => {
      const what = { items: [open[at++]] }
      decided += ((await reviewer.ask(`${path}/decisions`, { what, decision: 'certify' })) as { decided: number })
        .decided
    })
    return { decide_p95_ms: round(p95(samples), 1), decided }
  })
  await part(['bulk_10k_s', 'bulk_items', 'signoff_10k_s', 'signoff_items'], async () => {
    const group = await makeGroup(db, id, busy.userId)
    let bulkItems = 0
    const bulk = await timed(async () => {
      const done = await reviewer.ask(`${path}/decisions`, { what: { group }, decision: 'certify' })
      bulkItems = (done as { decided: number }).decided
    })
    const { draftHash } = (await reviewer.ask(`${path}/sign-off`)) as { draftHash: string }
    let signedItems = 0
    const signed = await timed(async () => {
      signedItems = ((await reviewer.ask(`${path}/sign-off`, { draftHash })) as { items: number }).items
    })
    return {
      bulk_10k_s: round(bulk / 1000),
      bulk_items: bulkItems,
      signoff_10k_s: round(signed / 1000),
      signoff_items: signedItems,
    }
  })
  await part(['silence_1m_s'], async () => {
    await db.query(`UPDATE review_stage SET deadline_at = now() - interval '1 minute' WHERE campaign_id = $1`, [id])
    const job = contextForJob(orgId, 'reviews')
    return { silence_1m_s: round((await timed(() => refreshCampaign(job, { id }))) / 1000, 1) }
  })
  await part(['report_1m_s', 'report_mb', 'report_items', 'report_growth_mb', 'server_rss_mb'], () =>
    measureReport(enter(db, sam), `${path}/report?format=json`),
  )
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
