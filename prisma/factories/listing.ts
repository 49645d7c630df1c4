import type { ClientBase } from 'pg'
import { identityKinds } from '../../lib/connectors/contract'
import { makeSource } from './organization'

/** Listing rows with random values; the wide rows only so that they may exist. */
export async function makeListing(db: ClientBase, org: string, count: number, now: Date): Promise<string[]> {
  const sources = [
    await makeSource(db, org, 'aws', 'a'),
    await makeSource(db, org, 'aws', 'b'),
    await makeSource(db, org, 'k8s', 'c'),
  ]
  await db.query(
    `INSERT INTO identity (org_id, source_id, external_id, kind, name, status)
     SELECT $1, ($2::uuid[])[1 + n * 3 / ($3::int + 1)], 'x' || n, 'bot', 'bot', 'active' FROM generate_series(0, $3::int - 1) n`,
    [org, sources, count],
  )
  await db.query('SELECT setseed(0.7)')
  await db.query(
    `INSERT INTO identity_listing (org_id, identity_id, source_id, kind, environment, status, owner_state, owner_key, owner_label,
       privilege_rank, traits, never_expires, credential_count, oldest_credential_at, next_expiry_at, used_order, name_key, search_text)
     SELECT org_id, id, source_id, ($3::text[])[1 + floor(power(r1, 2) * 8)::int],
       (ARRAY['production', 'Ünder', 'dev', NULL])[1 + floor(power(r2, 2) * 4)::int],
       (ARRAY['active', 'disabled', 'gone'])[1 + floor(power(r3, 2) * 3)::int], state,
       CASE WHEN state IN ('suggested', 'confirmed') THEN 'hint:' || label END, CASE WHEN state IN ('suggested', 'confirmed') THEN label END,
       floor(power(r5, 3) * 5)::int, CASE WHEN r6 < .1 THEN floor(r7 * 32)::int ELSE 0 END, r7 < .3, floor(r8 * 4)::int,
       CASE WHEN r8 > .2 THEN $2::timestamptz - floor(r6 * 400) * interval '1 day' END,
       CASE WHEN r7 > .4 THEN $2::timestamptz + floor(r5 * 200 - 50) * interval '1 day' END,
       CASE WHEN r4 < .3 THEN '-infinity'::timestamptz WHEN r4 < .8 THEN $2::timestamptz - floor(r1 * 300) * interval '1 day' END,
       name, lower(name || ' ' || label || ' arn:' || id)
     FROM (
       SELECT org_id, id, source_id, r1, r2, r3, r4, r5, r6, r7, r8, (ARRAY['none', 'left', 'suggested', 'confirmed'])[1 + floor(r9 * 4)::int] AS state, 'Team ' || floor(r10 * 9) AS label,
         -- Names of a source stand together, so that filters and orders are not independent.
         substr(md5(source_id::text), 1, 1) || '-' || (ARRAY['payments', 'über_bot', 'a%b', 'zz'])[1 + floor(r2 * 4)::int] || floor(r3 * 50) AS name
       FROM (SELECT i.*, random() r1, random() r2, random() r3, random() r4, random() r5, random() r6, random() r7, random() r8,
         random() r9, random() r10 FROM identity i WHERE org_id = $1) i
     ) i`,
    [org, now, identityKinds],
  )
  return sources
}
