import type pg from 'pg'

/** Two of a hundred people answer for each of so many identities, each with 3 grants and 1.5 credentials. */
export async function fill(
  db: pg.Client,
  { orgId, sourceId, people, items }: { orgId: string; sourceId: string; people: readonly string[]; items: number },
): Promise<void> {
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
