import type { Context } from '@/lib/platform/context'
import { openSealed, rewrapSealed, sealText } from '@/lib/platform/crypto/seal'
import { installationClient } from '@/lib/platform/db/client'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { mostAttempts } from '../rules'
import type { streamStates } from '../schema'

export interface StreamRow {
  id: string
  description: string
  audience: string
  endpointUrl: string
  events: string[]
  status: (typeof streamStates)[number]
  reason: string | null
  hasAuthorization: boolean
  waiting: number
  undelivered: number
  problem: string | null
  deliveredAt: Date | null
  createdAt: Date
  createdBy: string
}

const authorizationPlace = (orgId: string, row: string) => ({ orgId, table: 'signal_stream', column: 'sealed', row })
const keyPlace = (orgId: string, row: string) => ({ orgId, table: 'signal_key', column: 'sealed', row })

export function findStreams(ctx: Context): Promise<StreamRow[]> {
  return ctx.sql<StreamRow>(Prisma.sql`
    SELECT s.id, s.description, s.audience, s.endpoint_url AS "endpointUrl", s.events, s.status, s.reason, s.sealed IS NOT NULL AS "hasAuthorization",
      d.waiting, d.undelivered, d.problem, s.delivered_at AS "deliveredAt", s.created_at AS "createdAt", s.created_by AS "createdBy"
    FROM signal_stream s CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE d.state = 'waiting')::int AS waiting, count(*) FILTER (WHERE d.state = 'dead')::int AS undelivered,
        (array_agg(d.says ORDER BY d.id DESC) FILTER (WHERE d.says IS NOT NULL))[1] AS problem
      FROM signal_delivery d WHERE d.org_id = s.org_id AND d.stream_id = s.id AND d.state <> 'delivered') d
    WHERE s.org_id = ${ctx.tenant.orgId}::uuid ORDER BY s.id`)
}

/** @throws AppError `not_found` */
export async function findStream(ctx: Context, id: string): Promise<StreamRow> {
  const found = (await findStreams(ctx)).find((stream) => stream.id === id)
  if (!found) throw new AppError('not_found', 'There is no such stream in this organization.')
  return found
}

export interface NewStream {
  id: string
  description: string
  audience: string
  endpointUrl: string
  authorization: string | null
  events: readonly string[]
  createdBy: string
}

export async function insertStream({ client, orgId }: BulkTx, row: NewStream): Promise<void> {
  const sealed = row.authorization === null ? null : sealText(row.authorization, authorizationPlace(orgId, row.id))
  await client.query(
    `INSERT INTO signal_stream (org_id, id, description, audience, endpoint_url, sealed, events, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [orgId, row.id, row.description, row.audience, row.endpointUrl, sealed, row.events, row.createdBy],
  )
}

/** Only what is given changes; `authorization` null empties it. Events that wait go where the stream then leads. */
export async function changeStream(
  { client, orgId }: BulkTx,
  id: string,
  change: {
    description?: string | undefined
    endpointUrl?: string | undefined
    events?: readonly string[] | undefined
    authorization?: string | null | undefined
  },
): Promise<boolean> {
  const { authorization } = change
  const sealed = authorization ? sealText(authorization, authorizationPlace(orgId, id)) : null
  const { rowCount } = await client.query(
    `UPDATE signal_stream SET description = coalesce($3, description), endpoint_url = coalesce($4, endpoint_url), events = coalesce($5, events),
       sealed = CASE WHEN $6 THEN $7 ELSE sealed END WHERE org_id = $1 AND id = $2`,
    [orgId, id, change.description, change.endpointUrl, change.events, authorization !== undefined, sealed],
  )
  return rowCount === 1
}

export async function removeStream({ client, orgId }: BulkTx, id: string): Promise<boolean> {
  const { rowCount } = await client.query(`DELETE FROM signal_stream WHERE org_id = $1 AND id = $2`, [orgId, id])
  return rowCount === 1
}

/** One that was switched off takes up what comes from now on; a paused one keeps what comes. */
export async function writeStatus(
  { client, orgId }: BulkTx,
  { id, status, reason }: { id: string; status: string; reason: string | null },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE signal_stream SET seen = CASE WHEN status = 'disabled' THEN pg_current_snapshot() ELSE seen END, status = $3, reason = $4
     WHERE org_id = $1 AND id = $2`,
    [orgId, id, status, reason],
  )
  if (status === 'disabled')
    await client.query(`DELETE FROM signal_delivery WHERE org_id = $1 AND stream_id = $2 AND state = 'waiting'`, [
      orgId,
      id,
    ])
  return rowCount === 1
}

export interface DeadRow {
  id: string
  event: string
  attempts: number
  says: string | null
  createdAt: Date
  endedAt: Date
}

/** What could not be delivered, newest first, from just before one. */
export function findDead(ctx: Context, streamId: string, before: string | null, most: number): Promise<DeadRow[]> {
  const behind = before === null ? Prisma.empty : Prisma.sql`AND id < ${before}::uuid`
  return ctx.sql<DeadRow>(Prisma.sql`
    SELECT id, event, attempts, says, created_at AS "createdAt", ended_at AS "endedAt" FROM signal_delivery
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND stream_id = ${streamId}::uuid AND state = 'dead' ${behind} ORDER BY id DESC LIMIT ${most}`)
}

/** Tries all again that could not be delivered. Answers how many. */
export async function reviveDead({ client, orgId }: BulkTx, streamId: string): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE signal_delivery SET state = 'waiting', attempts = 0, next_at = now(), ended_at = NULL
     WHERE org_id = $1 AND stream_id = $2 AND state = 'dead'`,
    [orgId, streamId],
  )
  return rowCount ?? 0
}

export async function insertDeliveries(
  { client, orgId }: BulkTx,
  streamId: string,
  events: readonly { type: string; claims: Record<string, unknown> }[],
): Promise<void> {
  if (events.length === 0) return
  await client.query(
    `INSERT INTO signal_delivery (org_id, stream_id, event, claims) SELECT $1, $2, e.event, e.claims
     FROM unnest($3::text[], $4::jsonb[]) e(event, claims)`,
    [orgId, streamId, events.map(({ type }) => type), events.map(({ claims }) => JSON.stringify(claims))],
  )
}

/** The signing key of an organization, made with its first stream. */
export async function insertKey(
  { client, orgId }: BulkTx,
  key: { id: string; public: unknown; private: string },
): Promise<void> {
  await client.query(
    `INSERT INTO signal_key (org_id, id, public, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id) DO NOTHING`,
    [orgId, key.id, JSON.stringify(key.public), sealText(key.private, keyPlace(orgId, key.id))],
  )
}

export async function findKey(ctx: Context): Promise<{ id: string; public: Record<string, unknown> } | undefined> {
  const [row] = await ctx.sql<{ id: string; public: Record<string, unknown> }>(
    Prisma.sql`SELECT id, public FROM signal_key WHERE org_id = ${ctx.tenant.orgId}::uuid`,
  )
  return row
}

export interface OpenStream {
  endpointUrl: string
  audience: string
  authorization: string | undefined
  key: { id: string; private: string }
}

/** What a worker needs to deliver. Only for that: nothing of it goes into an answer. */
export async function openStream(ctx: Context, streamId: string): Promise<OpenStream | undefined> {
  const { orgId } = ctx.tenant
  const [row] = await ctx.sql<{
    url: string
    audience: string
    sealed: Uint8Array | null
    kid: string
    key: Uint8Array
  }>(Prisma.sql`
    SELECT s.endpoint_url AS url, s.audience, s.sealed, k.id AS kid, k.sealed AS key
    FROM signal_stream s JOIN signal_key k ON k.org_id = s.org_id WHERE s.org_id = ${orgId}::uuid AND s.id = ${streamId}::uuid AND s.status = 'enabled'`)
  if (!row) return undefined
  const bytes = (value: Uint8Array) => new Uint8Array(value)
  return {
    endpointUrl: row.url,
    audience: row.audience,
    authorization: row.sealed === null ? undefined : openSealed(bytes(row.sealed), authorizationPlace(orgId, streamId)),
    key: { id: row.kid, private: openSealed(bytes(row.key), keyPlace(orgId, row.kid)) },
  }
}

/** Brings all that is sealed here under the current key. Answers how many were under an older one, and how many were not. */
export async function rewrapAll({ client, orgId }: BulkTx): Promise<{ rewrapped: number; current: number }> {
  const counts = { rewrapped: 0, current: 0 }
  for (const [table, placeOf] of [
    ['signal_stream', authorizationPlace],
    ['signal_key', keyPlace],
  ] as const) {
    const { rows } = await client.query<{ id: string; sealed: Buffer }>(
      `SELECT id, sealed FROM ${table} WHERE org_id = $1 AND sealed IS NOT NULL FOR UPDATE`,
      [orgId],
    )
    for (const { id, sealed } of rows) {
      const to = rewrapSealed(new Uint8Array(sealed), placeOf(orgId, id))
      if (to) await client.query(`UPDATE ${table} SET sealed = $3 WHERE org_id = $1 AND id = $2`, [orgId, id, to])
      counts[to ? 'rewrapped' : 'current'] += 1
    }
  }
  return counts
}

/** Organizations with a stream that takes events. */
export async function findTelling(): Promise<string[]> {
  const rows = await installationClient().$queryRaw<{ org_id: string }[]>`SELECT org_id FROM resolve_signal_streams()`
  return rows.map((row) => row.org_id)
}

/** The streams of an organization with their places in the changes, held until the transaction ends; those that another worker has are left out. */
export async function lockStreams({
  client,
  orgId,
}: BulkTx): Promise<{ id: string; seen: string; events: string[] }[]> {
  const { rows } = await client.query<{ id: string; seen: string; events: string[] }>(
    `SELECT id, seen::text AS seen, events FROM signal_stream WHERE org_id = $1 AND status <> 'disabled' FOR UPDATE SKIP LOCKED`,
    [orgId],
  )
  return rows
}

export async function moveStream({ client, orgId }: BulkTx, id: string, seen: string): Promise<void> {
  await client.query(`UPDATE signal_stream SET seen = $3::pg_snapshot WHERE org_id = $1 AND id = $2`, [orgId, id, seen])
}

export interface DueDelivery {
  id: string
  streamId: string
  claims: Record<string, unknown>
  attempts: number
  createdAt: Date
}

/** Takes what is due of streams that are on, each for one try, the oldest first; nobody else takes it for `leaseSeconds`. */
export async function takeDue({ client, orgId }: BulkTx, most: number, leaseSeconds: number): Promise<DueDelivery[]> {
  const { rows } = await client.query<DueDelivery>(
    `WITH due AS (SELECT d.id FROM signal_delivery d JOIN signal_stream s ON s.org_id = d.org_id AND s.id = d.stream_id AND s.status = 'enabled'
       WHERE d.org_id = $1 AND d.next_at <= now() ORDER BY d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED)
     UPDATE signal_delivery d SET attempts = least(d.attempts + 1, ${mostAttempts + 1}), next_at = now() + make_interval(secs => $3) FROM due
     WHERE d.org_id = $1 AND d.id = due.id RETURNING d.id, d.stream_id AS "streamId", d.claims, d.attempts, d.created_at AS "createdAt"`,
    [orgId, most, leaseSeconds],
  )
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export type Outcome =
  | { state: 'delivered' }
  | { state: 'dead'; says: string }
  | { state: 'waiting'; says: string; seconds: number; isUntried?: boolean }

/** How a try ended. */
export async function writeOutcome(
  { client, orgId }: BulkTx,
  { id, streamId }: DueDelivery,
  outcome: Outcome,
): Promise<void> {
  const says = outcome.state === 'delivered' ? null : outcome.says
  const seconds = outcome.state === 'waiting' ? outcome.seconds : null
  const untried = outcome.state === 'waiting' && outcome.isUntried ? 1 : 0
  await client.query(
    `UPDATE signal_delivery SET state = $3, says = $4, attempts = attempts - $6, next_at = CASE WHEN $3 = 'waiting' THEN now() + make_interval(secs => $5::float) END,
       ended_at = CASE WHEN $3 <> 'waiting' THEN now() END WHERE org_id = $1 AND id = $2 AND state = 'waiting'`,
    [orgId, id, outcome.state, says, seconds, untried],
  )
  if (outcome.state === 'delivered')
    await client.query(`UPDATE signal_stream SET delivered_at = now() WHERE org_id = $1 AND id = $2`, [orgId, streamId])
}

/** Delivered ones are kept for a day, dead ones for thirty. */
export async function dropOld({ client, orgId }: BulkTx): Promise<void> {
  await client.query(
    `DELETE FROM signal_delivery WHERE org_id = $1 AND ended_at < now() - CASE state WHEN 'dead' THEN interval '30 days' ELSE interval '1 day' END`,
    [orgId],
  )
}
