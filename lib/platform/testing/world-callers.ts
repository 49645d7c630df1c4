import type pg from 'pg'

/** An issuer that nobody can reach, and a client of its that is an identity. */
export async function makeCallers(
  db: pg.Client,
  orgId: string,
  { identity, owner }: { identity: string; owner: string },
): Promise<Record<string, string>> {
  const issuer = await db.query(
    `INSERT INTO access_issuer (org_id, name, issuer, audience, jwks_url, client_claim, created_by)
     VALUES ($1, 'Staff', 'https://id.example.org', 'bailiwick', 'http://127.0.0.1:9/keys', 'client_id', 'Ada') RETURNING id`,
    [orgId],
  )
  const client = await db.query(
    `INSERT INTO access_client (org_id, way, issuer_id, subject, identity_id, owner_id, owner_name)
     VALUES ($1, 'token', $2, 'orders', $3, $4, 'Ada') RETURNING id`,
    [orgId, issuer.rows[0].id, identity, owner],
  )
  return { 'access-issuers': issuer.rows[0].id, 'access-clients': client.rows[0].id }
}
