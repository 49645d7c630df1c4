import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Chosen, Directory, Resolution } from '../rules'
import type { ItemLevel } from '../values'
import { evidenceFields } from './map-evidence'
import { conflictRows, ownerKeys } from './store-conflicts'

/** One statement of a bulk transaction; values are parameters. */
export async function runSql<Row extends object>(bulk: BulkTx, { text, values }: Prisma.Sql): Promise<Row[]> {
  return (await bulk.client.query<Row>({ text, values })).rows
}

const ownerColumns: Record<(typeof evidenceFields.owners)[number], string> = {
  ...{ key: 'o.owner_key', label: 'o.label', duty: 'o.duty', state: 'o.state' },
  confirmedAt: 'o.confirmed_at::text',
}

async function makeTables(bulk: BulkTx): Promise<void> {
  await bulk.client.query(
    `SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL work_mem = '256MB'; SET LOCAL jit = off`,
  )
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.pop, pg_temp.pop_identity, pg_temp.pop_reviewer`)
  await bulk.client.query(
    `CREATE TEMP TABLE pop (no int, identity_id uuid, credential_id uuid, entitlement_id uuid, chain text[] NOT NULL DEFAULT '{}') ON COMMIT DROP;
     CREATE TEMP TABLE pop_identity (identity_id uuid, owners text, sequence text, sole text, signature uuid,
       creators text[] NOT NULL DEFAULT '{}', users text[] NOT NULL DEFAULT '{}') ON COMMIT DROP;
     CREATE TEMP TABLE pop_reviewer (signature uuid, reviewer_no int, way text) ON COMMIT DROP`,
  )
}

/**
 * Chooses the items, in temporary tables that go with the transaction. `pop`: one row for each item, numbered by blast radius;
 * `pop_identity`: one for each identity, with its owners and who is in conflict; `signature` is the same where these are.
 * @param matching gives the ids (`id`) of identities, or of credentials
 */
export async function choosePopulation(
  bulk: BulkTx,
  level: ItemLevel,
  list: 'identities' | 'credentials',
  matching: Prisma.Sql,
): Promise<{ items: number; identities: number; leftOut: number }> {
  const org = bulk.orgId
  await makeTables(bulk)
  const listed = Prisma.sql`JOIN identity_listing l ON l.org_id = ${org}::uuid AND l.identity_id`
  const order = Prisma.sql`row_number() OVER (ORDER BY l.score DESC NULLS LAST, l.privilege_rank DESC`
  const rows =
    list === 'credentials'
      ? Prisma.sql`SELECT ${order}, c.id)::int, c.identity_id, c.id, NULL::uuid FROM (${matching}) m
          JOIN credential c ON c.org_id = ${org}::uuid AND c.id = m.id ${listed} = c.identity_id`
      : level === 'identity'
        ? Prisma.sql`SELECT ${order}, l.identity_id)::int, l.identity_id, NULL::uuid, NULL::uuid FROM (${matching}) m ${listed} = m.id`
        : level === 'credential'
          ? Prisma.sql`SELECT ${order}, c.id)::int, c.identity_id, c.id, NULL::uuid FROM (${matching}) m
              JOIN credential c ON c.org_id = ${org}::uuid AND c.identity_id = m.id AND c.deleted_at IS NULL
                AND c.status NOT IN ('deleted', 'gone') ${listed} = m.id`
          : Prisma.sql`SELECT ${order}, e.id)::int, e.from_id, NULL::uuid, e.id FROM (${matching}) m
              JOIN entitlement e ON e.org_id = ${org}::uuid AND e.from_id = m.id AND e.deleted_at IS NULL AND e.effect = 'allow' ${listed} = m.id`
  await runSql(bulk, Prisma.sql`INSERT INTO pg_temp.pop (no, identity_id, credential_id, entitlement_id) ${rows}`)
  await bulk.client.query('ANALYZE pg_temp.pop')
  await joinOwners(bulk)
  const [counts] = await runSql<{ items: number; identities: number }>(
    bulk,
    Prisma.sql`SELECT (SELECT count(*)::int FROM pg_temp.pop) AS items, (SELECT count(*)::int FROM pg_temp.pop_identity) AS identities`,
  )
  const [all] =
    level === 'identity'
      ? []
      : await runSql<{ count: number }>(
          bulk,
          list === 'credentials'
            ? Prisma.sql`SELECT count(*)::int AS count FROM (${matching}) m`
            : Prisma.sql`SELECT count(*)::int AS count FROM (${matching}) m WHERE NOT EXISTS (
                SELECT FROM pg_temp.pop_identity x WHERE x.identity_id = m.id)`,
        )
  const { items = 0, identities = 0 } = counts ?? {}
  const leftOut = all === undefined ? 0 : list === 'credentials' ? all.count - items : all.count
  return { items, identities, leftOut }
}

/** The order in which owners are asked: confirmed before assigned, technical before business. */
const ownerOrder = Prisma.sql`ORDER BY o.state = 'confirmed' DESC, o.duty = 'technical' DESC, o.asserted_at, o.owner_key`

/** Equal where owners and people in conflict are. */
const signed = (of: string, creators: string, users: string) => {
  const [x, c, u] = [Prisma.raw(of), Prisma.raw(creators), Prisma.raw(users)]
  return Prisma.sql`md5(concat_ws('/', ${x}.sequence, ${x}.sole, ${c}::text, ${u}::text))::uuid`
}

async function joinOwners(bulk: BulkTx): Promise<void> {
  const org = bulk.orgId
  const ids = Prisma.sql`SELECT DISTINCT identity_id FROM pg_temp.pop`
  const mainly = Prisma.sql`o.state IN ('assigned', 'confirmed') AND o.duty <> 'backup'`
  const key = Prisma.sql`CASE WHEN o.duty = 'backup' THEN 'b|' ELSE 'o|' END || o.owner_key`
  const values = Prisma.join(
    evidenceFields.owners.map((field) => Prisma.raw(ownerColumns[field])),
    ', ',
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_identity (identity_id, owners, sequence, sole, signature)
      WITH key AS MATERIALIZED (${ownerKeys(org)}), owned AS (
        SELECT o.identity_id, array_to_json(array_agg(ARRAY[${values}] ${ownerOrder}))::text AS owners,
          string_agg(CASE WHEN o.state IN ('assigned', 'confirmed') THEN ${key} END, ' ' ${ownerOrder}) AS sequence,
          min(k.lo) FILTER (WHERE ${mainly}) AS lo, max(k.hi) FILTER (WHERE ${mainly}) AS hi
        FROM ownership o LEFT JOIN key k ON k.key = o.owner_key
        WHERE o.org_id = ${org}::uuid AND o.ended_at IS NULL AND (o.valid_until IS NULL OR o.valid_until > now())
        GROUP BY o.identity_id
      ) SELECT x.identity_id, x.owners, x.sequence, x.sole, ${signed('x', `'{}'`, `'{}'`)}
        FROM (SELECT p.identity_id, coalesce(w.owners, '[]') AS owners, coalesce(w.sequence, '') AS sequence, CASE WHEN w.lo = w.hi THEN w.lo END AS sole
          FROM (${ids}) p LEFT JOIN owned w USING (identity_id)) x`,
  )
  await bulk.client.query('ANALYZE pg_temp.pop_identity')
  await runSql(
    bulk,
    Prisma.sql`UPDATE pg_temp.pop_identity x SET creators = c.creators, users = c.users, signature = ${signed('x', 'c.creators', 'c.users')}
      FROM (${conflictRows(org, ids, false)}) c WHERE c.identity_id = x.identity_id`,
  )
}

/** The same with who had it in earlier stages. */
const signature = Prisma.sql`CASE WHEN p.chain = '{}' THEN x.signature ELSE md5(concat_ws('/', x.signature, p.chain::text))::uuid END`

export interface SignatureRow {
  signature: string
  sequence: string
  sole: string | null
  creators: string[]
  users: string[]
  /** Had these items in earlier stages. */
  chain: string[]
  items: number
}

/** Every kind of ownership in the population, with how many items have it. */
export function findSignatures(bulk: BulkTx): Promise<SignatureRow[]> {
  return runSql<SignatureRow>(
    bulk,
    Prisma.sql`SELECT ${signature}::text AS signature, min(x.sequence) AS sequence, min(x.sole) AS sole, x.creators, x.users, p.chain, count(*)::int AS items
      FROM pg_temp.pop p JOIN pg_temp.pop_identity x USING (identity_id)
      GROUP BY ${signature}, x.creators, x.users, p.chain`,
  )
}

/** Writes who reviews what, by signature; without anybody the queue of what is unassignable. */
export async function writeResolution(
  bulk: BulkTx,
  resolved: readonly { signature: string; resolution: Resolution }[],
  numbers: ReadonlyMap<string, number>,
): Promise<void> {
  const none: Chosen[] = [{ key: '', way: 'nobody' }]
  const rows = resolved.flatMap(({ signature: of, resolution: { chosen } }) =>
    (chosen.length > 0 ? chosen : none).map(({ key, way }) => ({ of, no: numbers.get(key) ?? 0, way })),
  )
  for (let at = 0; at < rows.length; at += 20_000) {
    const part = rows.slice(at, at + 20_000)
    const [ofs, nos, ways] = [part.map(({ of }) => of), part.map(({ no }) => no), part.map(({ way }) => way)]
    await runSql(
      bulk,
      Prisma.sql`INSERT INTO pg_temp.pop_reviewer SELECT * FROM unnest(${ofs}::uuid[], ${nos}::int[], ${ways}::text[])`,
    )
  }
  await bulk.client.query('ANALYZE pg_temp.pop_reviewer')
}

/** The people and teams who can review. */
export async function findDirectory(bulk: BulkTx): Promise<Directory> {
  const org = bulk.orgId
  const people = await runSql<{ id: string; name: string }>(
    bulk,
    Prisma.sql`SELECT m.user_id::text AS id, u.name FROM membership m JOIN user_account u ON u.id = m.user_id
      WHERE m.org_id = ${org}::uuid AND m.status = 'active' AND u.status = 'active' AND m.role <> 'auditor'`,
  )
  const teams = await runSql<{ id: string; name: string; members: string[]; leads: string[] }>(
    bulk,
    Prisma.sql`SELECT t.id::text, t.name, coalesce(array_agg(m.user_id::text ORDER BY m.user_id) FILTER (WHERE m.user_id IS NOT NULL), '{}') AS members,
        coalesce(array_agg(m.user_id::text ORDER BY m.user_id) FILTER (WHERE x.is_lead), '{}') AS leads
      FROM team t LEFT JOIN team_member x ON x.org_id = t.org_id AND x.team_id = t.id
      LEFT JOIN membership m ON m.org_id = t.org_id AND m.id = x.membership_id
      WHERE t.org_id = ${org}::uuid GROUP BY t.id, t.name`,
  )
  const teamsOf = new Map<string, string[]>()
  for (const { id, members } of teams) for (const user of members) teamsOf.set(user, [...(teamsOf.get(user) ?? []), id])
  return {
    people: new Map(people.map(({ id, name }) => [id, { name }])),
    teams: new Map(teams.map(({ id, name, members, leads }) => [id, { name, members, leads }])),
    teamsOf,
  }
}

/** The same for the same items, whatever they look like. */
export async function hashPopulation(bulk: BulkTx): Promise<string> {
  const [row] = await runSql<{ hash: string | null }>(
    bulk,
    Prisma.sql`SELECT encode(sha256(string_agg(uuid_send(s.id), ''::bytea ORDER BY s.id)), 'hex') AS hash
      FROM (SELECT coalesce(entitlement_id, credential_id, identity_id) AS id FROM pg_temp.pop) s`,
  )
  return row?.hash ?? 'empty'
}

/** The first items of these kinds of ownership. */
export function findNamed(bulk: BulkTx, signatures: readonly string[]): Promise<{ id: string; name: string }[]> {
  return runSql(
    bulk,
    Prisma.sql`SELECT i.id::text, i.name FROM pg_temp.pop p JOIN pg_temp.pop_identity x USING (identity_id)
      JOIN identity i ON i.org_id = ${bulk.orgId}::uuid AND i.id = p.identity_id
      WHERE ${signature} = ANY (${[...signatures]}::uuid[]) ORDER BY p.no LIMIT 10`,
  )
}

/** How much waits for these reviewers in campaigns that are under way. */
export async function findOpenElsewhere(bulk: BulkTx, keys: readonly string[]): Promise<Map<string, number>> {
  const rows = await runSql<{ key: string; count: number }>(
    bulk,
    Prisma.sql`SELECT r.key, sum(t.count)::int AS count FROM review_campaign c
      JOIN review_reviewer r ON r.org_id = c.org_id AND r.campaign_id = c.id AND r.key = ANY (${[...keys]}::text[])
      JOIN review_tally t ON t.org_id = c.org_id AND t.campaign_id = c.id AND t.reviewer_no = r.no AND t.state IN ('open', 'drafted')
      WHERE c.org_id = ${bulk.orgId}::uuid AND c.state = 'active' GROUP BY r.key`,
  )
  return new Map(rows.map(({ key, count }) => [key, count]))
}

/** The same tables for what goes on to the next stage of a campaign: everything without an outcome, with who has had it. */
export async function choosePassing(bulk: BulkTx, campaignId: string): Promise<number> {
  await makeTables(bulk)
  const [row] = await runSql<{ count: number }>(
    bulk,
    Prisma.sql`WITH made AS (INSERT INTO pg_temp.pop (no, identity_id, chain)
      SELECT i.no, i.identity_id, coalesce((SELECT array_agg(DISTINCT u.id ORDER BY u.id) FROM review_assignment a
          CROSS JOIN LATERAL unnest(a.chain_ids || CASE WHEN a.state = 'signed' THEN ARRAY[a.by_id] ELSE '{}'::text[] END) AS u (id)
          WHERE a.org_id = i.org_id AND a.campaign_id = i.campaign_id AND a.item_no = i.no), '{}')
      FROM review_item i WHERE i.org_id = ${bulk.orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.outcome IS NULL RETURNING 1)
      SELECT count(*)::int AS count FROM made`,
  )
  await bulk.client.query('ANALYZE pg_temp.pop')
  await joinOwners(bulk)
  return row?.count ?? 0
}

/** Gives what was chosen to its reviewers in a stage. */
export async function assignPopulation(bulk: BulkTx, campaignId: string, stage: number): Promise<void> {
  const rows = Prisma.sql`FROM pg_temp.pop p JOIN pg_temp.pop_identity x USING (identity_id) JOIN pg_temp.pop_reviewer r ON r.signature = ${signature}`
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO review_assignment (org_id, campaign_id, item_no, reviewer_no, stage, way, chain_ids)
      SELECT ${bulk.orgId}::uuid, ${campaignId}::uuid, p.no, r.reviewer_no, ${stage}::int, r.way, p.chain ${rows} ORDER BY r.reviewer_no, p.no`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO review_tally (org_id, campaign_id, stage, reviewer_no, state, decision, count)
      SELECT ${bulk.orgId}::uuid, ${campaignId}::uuid, ${stage}::int, r.reviewer_no, 'open', '', count(*)::int ${rows} GROUP BY r.reviewer_no`,
  )
}
