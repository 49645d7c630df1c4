import type { ClientBase } from 'pg'
import { refreshMade } from './inventory'
import { makeOrganization, makeSource } from './organization'

export interface ChainGraph {
  orgId: string
  sourceId: string
  /** Each can become the next one. */
  identities: string[]
  /** Written to by the identity at the same place, so that the first identity reaches all of them. */
  resources: string[]
}

/**
 * A long chain of identities, each with a resource of its own and a credential without an end: nothing is shared, so working out
 * every score takes time that grows with the square of its length.
 */
export async function makeChainGraph(db: ClientBase, length: number): Promise<ChainGraph> {
  const orgId = await makeOrganization(db, 'Chain')
  const sourceId = await makeSource(db, orgId)
  const ids = async (sql: string) =>
    (await db.query<{ ids: string[] }>(sql, [orgId, sourceId, length])).rows[0]?.ids ?? []
  const identities = await ids(
    `WITH made AS (INSERT INTO identity (org_id, source_id, external_id, kind, name, status)
       SELECT $1, $2, 'i' || n, 'service_account', 'link ' || lpad(n::text, 6, '0'), 'active' FROM generate_series(1, $3::int) n RETURNING id, name)
     SELECT array_agg(id ORDER BY name) AS ids FROM made`,
  )
  const resources = await ids(
    `WITH made AS (INSERT INTO resource (org_id, source_id, external_id, kind, name)
       SELECT $1, $2, 't' || n, 'bucket', 'thing ' || lpad(n::text, 6, '0') FROM generate_series(1, $3::int) n RETURNING id, name)
     SELECT array_agg(id ORDER BY name) AS ids FROM made`,
  )
  await db.query(
    `INSERT INTO credential (org_id, source_id, external_id, type, name, status, identity_id, never_expires)
     SELECT $1, $2, 'c' || i.n, 'api_key', 'key', 'active', i.id, true FROM unnest($3::uuid[]) WITH ORDINALITY i (id, n)`,
    [orgId, sourceId, identities],
  )
  await db.query(
    `INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_id, from_ref, to_type, to_id, to_ref, effect, basis, privilege)
     SELECT $1, $2, e.kind || i.n, e.kind, 'identity', i.id, i.id::text, e.type, e.id, e.id::text, 'allow', 'entitlement', e.privilege
     FROM unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY i (id, thing, n) CROSS JOIN LATERAL (
       VALUES ('grants', 'resource', i.thing, 'write'), ('assumes', 'identity', ($3::uuid[])[i.n + 1], NULL)
     ) e (kind, type, id, privilege) WHERE e.id IS NOT NULL`,
    [orgId, sourceId, identities, resources],
  )
  await db.query('ANALYZE identity, resource, credential, entitlement')
  await refreshMade(db, orgId, 'all')
  return { orgId, sourceId, identities, resources }
}
