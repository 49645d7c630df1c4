import type pg from 'pg'

/** An issuer that nobody can reach, a client of its that is an identity, and a receiver of events. */
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
  const stream = await db.query(
    `INSERT INTO signal_stream (org_id, description, audience, endpoint_url, events, created_by)
     VALUES ($1, 'Gateway', 'gateway', 'http://127.0.0.1:9/events', '{https://schemas.openid.net/secevent/caep/event-type/session-revoked}', 'Ada') RETURNING id`,
    [orgId],
  )
  return { ssf: stream.rows[0].id, 'access-issuers': issuer.rows[0].id, 'access-clients': client.rows[0].id }
}

interface Ids {
  ids: Record<string, string>
}
const delivery = { method: 'urn:ietf:rfc:8935', endpoint_url: 'https://mesh.example.net/events' }
const ofStream = ({ ssf = '' }: Ids['ids']) => ({ stream_id: ssf })

/** A valid body for every endpoint that takes one, as in `world.ts`. */
export const callerBodies: Record<string, (world: Ids) => unknown> = {
  createAccessIssuer: () => ({
    ...{ name: 'Another', issuer: 'https://id.example.net', audience: 'bailiwick' },
    jwksUrl: 'https://id.example.net/keys',
  }),
  createAccessClient: ({ ids }) => ({
    ...{ way: 'token', issuerId: ids['access-issuers'], subject: 'builder', identityId: ids.identities },
  }),
  createSignalStream: () => ({ description: 'Mesh', delivery }),
  updateSignalStream: ({ ids }) => ({ ...ofStream(ids), description: 'Our mesh' }),
  updateSignalStreamStatus: ({ ids }) => ({ ...ofStream(ids), status: 'paused' }),
  verifySignalStream: ({ ids }) => ofStream(ids),
  resendSignals: ({ ids }) => ofStream(ids),
}

/** A valid query for every endpoint that cannot do without one. */
export const callerQueries: Record<string, (ids: Ids['ids']) => Record<string, string>> = {
  deleteSignalStream: ofStream,
  getSignalStreamStatus: ofStream,
  listUndeliveredSignals: ofStream,
}
