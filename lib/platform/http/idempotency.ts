import { createHash } from 'node:crypto'
import type { Actor } from '../context'
import { takeConnection } from '../db/pool'
import type { Tenant } from '../db/tenant'
import { AppError } from '../errors'

const keptHours = 24
/** A request without an answer for this long is taken for lost in a crash: a repeat runs again (decision 018). */
const abandonedAfterMinutes = 5

/** One use of an Idempotency-Key: whose, which, for what. */
export interface KeyUse {
  tenant: Tenant
  /** `user:<id>` or `api_key:<id>`. */
  actorKey: string
  key: string
  requestHash: string
  /** What the actor may see today; a kept answer is shown only to the same standing. */
  standing: string
}

export interface StoredReply {
  status: number
  /** Absent for a reply that held a secret and was not kept. */
  body?: unknown
}

interface KeptReply extends StoredReply {
  /** That of the actor when the answer was given. */
  standing?: string
}

/** A digest of what decides what an actor may see: role, teams and, of a key, scopes. */
export function standingOf(actor: Exclude<Actor, { kind: 'job' }>): string {
  const scopes = actor.kind === 'api_key' ? [...actor.scopes].sort() : []
  const text = JSON.stringify([actor.role, [...actor.teamIds].sort(), scopes])
  return createHash('sha256').update(text).digest('base64url')
}

/** Digest of what was asked; bytes count as their own digest. */
export function hashRequest(method: string, path: string, essence: unknown): string {
  const text = JSON.stringify([method, path, essence], (_key, value: unknown) =>
    value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
  )
  return createHash('sha256').update(text).digest('hex')
}

/** @throws AppError `invalid_input` for a key that is empty, longer than 200 characters or not printable ASCII */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key')
  if (key === null) return undefined
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key
  throw new AppError('invalid_input', 'Idempotency-Key must have 1 to 200 printable ASCII characters without spaces.', {
    fields: { 'Idempotency-Key': 'must have 1 to 200 printable ASCII characters without spaces' },
  })
}

/**
 * Reserves a key before the work is done. Returns the stored reply when the same request was answered before.
 * @throws AppError `conflict` when the key belongs to another request, or to the same one still under way
 */
export async function reserveKey(use: KeyUse): Promise<KeptReply | undefined> {
  const key = [use.tenant.orgId, use.actorKey, use.key]
  const [row] = await query<{ outcome: string; request_hash: string; status: number | null; response: unknown }>(
    use.tenant,
    `WITH old AS (
       DELETE FROM idempotency_key WHERE org_id = $1 AND actor_key = $2 AND key <> $3
         AND created_at < now() - make_interval(hours => $5)
     ), taken AS (
       INSERT INTO idempotency_key AS k (org_id, actor_key, key, request_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (org_id, actor_key, key) DO UPDATE
         SET request_hash = $4, status = NULL, response = NULL, created_at = now()
         WHERE k.created_at < now() - make_interval(hours => $5)
            OR (k.status IS NULL AND k.request_hash = $4 AND k.created_at < now() - make_interval(mins => $6))
       RETURNING 1
     )
     SELECT 'reserved' AS outcome, NULL AS request_hash, NULL::int AS status, NULL::jsonb AS response FROM taken
     UNION ALL
     SELECT 'known', request_hash, status, response FROM idempotency_key
       WHERE org_id = $1 AND actor_key = $2 AND key = $3 AND NOT EXISTS (SELECT FROM taken)`,
    [...key, use.requestHash, keptHours, abandonedAfterMinutes],
  )
  if (row?.outcome === 'reserved') return undefined
  if (row && row.request_hash !== use.requestHash) {
    throw new AppError('conflict', 'This Idempotency-Key was already used for another request. Use a new key.')
  }
  // No row at all: a request with this key began in this very moment.
  if (!row || row.status === null) {
    throw new AppError('conflict', 'The same request is still under way. Repeat it in a moment to get its answer.', {
      retryAfterSeconds: 1,
    })
  }
  return { ...(row.response as { body?: unknown; standing?: string } | null), status: row.status }
}

/** Keeps the reply for whoever repeats the request. */
export async function keepReply(use: KeyUse, reply: StoredReply): Promise<void> {
  await query(
    use.tenant,
    `UPDATE idempotency_key SET status = $4, response = $5
     WHERE org_id = $1 AND actor_key = $2 AND key = $3`,
    [
      use.tenant.orgId,
      use.actorKey,
      use.key,
      reply.status,
      JSON.stringify('body' in reply ? { body: reply.body, standing: use.standing } : {}),
    ],
  )
}

/** Frees the key after a refusal: nothing was done, so the request may be repeated, mended or not. */
export async function releaseKey(use: KeyUse): Promise<void> {
  await query(
    use.tenant,
    `DELETE FROM idempotency_key WHERE org_id = $1 AND actor_key = $2 AND key = $3 AND status IS NULL`,
    [use.tenant.orgId, use.actorKey, use.key],
  )
}

async function query<Row>(tenant: Tenant, sql: string, values: unknown[]): Promise<Row[]> {
  const client = await takeConnection(tenant.orgId)
  try {
    return (await client.query(sql, values)).rows as Row[]
  } finally {
    client.release()
  }
}
