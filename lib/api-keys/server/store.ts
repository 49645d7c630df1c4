import type { Context } from '@/lib/platform/context'
import type { Reader } from '@/lib/platform/db/client'
import type { BulkTx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { KeyFacts } from '../rules'

const withOwner = {
  owner: { select: { userId: true, status: true, user: { select: { name: true, email: true, status: true } } } },
} as const satisfies Prisma.ApiKeyInclude

export type ApiKeyRow = Prisma.ApiKeyGetPayload<{ include: typeof withOwner }>

/** Newest first; one row more than the page holds. */
export function listApiKeyRows(
  db: Reader,
  orgId: string,
  where: object,
  page: { cursor?: string | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  return db.apiKey.findMany({
    where,
    include: withOwner,
    orderBy: { id: 'desc' },
    take: page.limit + 1,
    ...(page.cursor ? { cursor: { orgId_id: { orgId, id: page.cursor } }, skip: 1 } : {}),
  })
}

export async function findApiKey(ctx: Context, id: string): Promise<ApiKeyRow> {
  const row = await ctx.db.apiKey.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: withOwner,
  })
  if (!row) throw new AppError('not_found', 'There is no such API key.')
  return row
}

/** The membership that a person's keys hang on; null when the person is not an active member. */
export function findOwnMembership(db: Reader, userId: string) {
  return db.membership.findFirst({ where: { userId, status: 'active' }, select: { id: true } })
}

/**
 * Lets one transaction at a time change an organization's keys: each writes all of them into the inventory, and must
 * not take a key that another is about to commit for one that is gone. Held until the transaction ends.
 */
export async function lockApiKeys(bulk: BulkTx): Promise<void> {
  await bulk.client.query(`SELECT pg_advisory_xact_lock(hashtextextended('api_key:' || $1, 0))`, [bulk.orgId])
}

export async function insertApiKey(
  bulk: BulkTx,
  row: {
    name: string
    prefix: string
    lastFour: string
    tokenHash: string
    scopes: string[]
    ownerId: string
    expiresAt: Date
  },
): Promise<string> {
  const { rows } = await bulk.client.query<{ id: string }>(
    `INSERT INTO api_key (org_id, name, prefix, last_four, token_hash, scopes, owner_id, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [bulk.orgId, row.name, row.prefix, row.lastFour, row.tokenHash, row.scopes, row.ownerId, row.expiresAt],
  )
  const id = rows[0]?.id
  if (!id) throw new Error('the key was not inserted')
  return id
}

/** False when the key is revoked already. */
export async function writeRevocation(bulk: BulkTx, id: string): Promise<boolean> {
  const { rowCount } = await bulk.client.query(
    `UPDATE api_key SET revoked_at = now() WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL`,
    [bulk.orgId, id],
  )
  return rowCount === 1
}

/** Every key of the organization, inside the transaction that changes one. */
export async function readAllKeys(bulk: BulkTx): Promise<{ keys: KeyFacts[]; org: { slug: string; name: string } }> {
  const { rows } = await bulk.client.query<KeyFacts>(
    `SELECT k.id, k.name, k.prefix, k.last_four AS "lastFour", k.scopes, u.email AS "ownerEmail", k.created_at AS "createdAt",
       k.expires_at AS "expiresAt", k.last_used_at AS "lastUsedAt", k.revoked_at AS "revokedAt"
     FROM api_key k JOIN membership m ON m.org_id = k.org_id AND m.id = k.owner_id JOIN user_account u ON u.id = m.user_id
     WHERE k.org_id = $1 ORDER BY k.id`,
    [bulk.orgId],
  )
  const { rows: orgs } = await bulk.client.query<{ slug: string; name: string }>(
    `SELECT slug, name FROM organization WHERE id = $1`,
    [bulk.orgId],
  )
  const [org] = orgs
  if (!org) throw new Error('the organization is not visible: the transaction is not set to it')
  return { keys: rows, org }
}
