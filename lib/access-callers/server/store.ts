import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { takeConnection } from '@/lib/platform/db/pool'
import type { Tenant } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import type { AccessClient, AccessIssuer, ClientClaim } from '../schema'

type Dated<T> = Omit<T, 'createdAt' | 'lastUsedAt'> & { createdAt: Date; lastUsedAt?: Date | null }

export function findIssuers(ctx: Context): Promise<Dated<AccessIssuer>[]> {
  return ctx.sql<Dated<AccessIssuer>>(Prisma.sql`
    SELECT s.id, s.name, s.issuer, s.audience, s.jwks_url AS "jwksUrl", s.client_claim AS "clientClaim", s.created_at AS "createdAt",
      s.created_by AS "createdBy", (SELECT count(*)::int FROM access_client c WHERE c.org_id = s.org_id AND c.issuer_id = s.id) AS clients
    FROM access_issuer s WHERE s.org_id = ${ctx.tenant.orgId}::uuid ORDER BY lower(s.name), s.id`)
}

/** @throws AppError `not_found` */
export async function findIssuer(ctx: Context, id: string): Promise<Dated<AccessIssuer>> {
  const found = (await findIssuers(ctx)).find((issuer) => issuer.id === id)
  if (!found) throw new AppError('not_found', 'There is no such issuer in this organization.')
  return found
}

export async function findClients(ctx: Context): Promise<Dated<AccessClient>[]> {
  return ctx.sql<Dated<AccessClient>>(Prisma.sql`
    SELECT c.id, c.way, CASE WHEN s.id IS NULL THEN NULL ELSE json_build_object('id', s.id, 'name', s.name) END AS issuer, c.subject,
      json_build_object('id', i.id, 'name', i.name, 'isThere', i.deleted_at IS NULL) AS identity, c.may_ask_any AS "mayAskAny",
      json_build_object('id', c.owner_id, 'name', coalesce(u.name, c.owner_name), 'isActive', coalesce(m.status = 'active' AND u.status = 'active', false)) AS owner,
      c.created_at AS "createdAt", c.last_used_at AS "lastUsedAt"
    FROM access_client c JOIN identity i ON i.org_id = c.org_id AND i.id = c.identity_id
    LEFT JOIN access_issuer s ON s.org_id = c.org_id AND s.id = c.issuer_id
    LEFT JOIN membership m ON m.org_id = c.org_id AND m.user_id = c.owner_id
    LEFT JOIN user_account u ON u.id = c.owner_id
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid ORDER BY lower(i.name), c.id`)
}

/** @throws AppError `not_found` */
export async function findClient(ctx: Context, id: string): Promise<Dated<AccessClient>> {
  const found = (await findClients(ctx)).find((client) => client.id === id)
  if (!found) throw new AppError('not_found', 'There is no such client in this organization.')
  return found
}

/** The identity that a client shall be. */
export async function findNamed(ctx: Context, identityId: string): Promise<{ name: string } | undefined> {
  const [found] = await ctx.sql<{ name: string }>(Prisma.sql`
    SELECT name FROM identity WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ${identityId}::uuid AND deleted_at IS NULL`)
  return found
}

export interface NewIssuer {
  id: string
  name: string
  issuer: string
  audience: string
  jwksUrl: string
  clientClaim: ClientClaim
  createdBy: string
}

/** @throws AppError `conflict` where the organization has told of this issuer already */
export async function insertIssuer({ client, orgId }: BulkTx, row: NewIssuer): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO access_issuer (org_id, id, name, issuer, audience, jwks_url, client_claim, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, issuer) DO NOTHING`,
    [orgId, row.id, row.name, row.issuer, row.audience, row.jwksUrl, row.clientClaim, row.createdBy],
  )
  if (rowCount === 0) throw new AppError('conflict', 'This issuer is there already. Remove it first to change it.')
}

export interface NewClient {
  id: string
  way: string
  issuerId: string | null
  subject: string
  identityId: string
  mayAskAny: boolean
  ownerId: string
  ownerName: string
}

/** @throws AppError `conflict` where this client is another one already */
export async function insertClient({ client, orgId }: BulkTx, row: NewClient): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO access_client (org_id, id, way, issuer_id, subject, identity_id, may_ask_any, owner_id, owner_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, issuer_id, subject) DO NOTHING`,
    [orgId, row.id, row.way, row.issuerId, row.subject, row.identityId, row.mayAskAny, row.ownerId, row.ownerName],
  )
  if (rowCount === 0) throw new AppError('conflict', 'This client is there already. Remove it first to change it.')
}

/** Whether it was there. An issuer takes its clients along. */
export async function removeRow(
  { client, orgId }: BulkTx,
  table: 'access_issuer' | 'access_client',
  id: string,
): Promise<boolean> {
  const { rowCount } = await client.query(`DELETE FROM ${table} WHERE org_id = $1 AND id = $2`, [orgId, id])
  return rowCount === 1
}

export interface TrustedIssuer {
  id: string
  issuer: string
  audience: string
  jwksUrl: string
  clientClaim: ClientClaim
}

/** An issuer of the organization by its own name. */
export async function readIssuer(tenant: Tenant, issuer: string): Promise<TrustedIssuer | undefined> {
  const [row] = await run<TrustedIssuer>(
    tenant,
    `SELECT id, issuer, audience, jwks_url AS "jwksUrl", client_claim AS "clientClaim" FROM access_issuer WHERE org_id = $1 AND issuer = $2`,
    [tenant.orgId, issuer],
  )
  return row
}

export interface StoredCaller {
  id: string
  subject: string
  mayAskAny: boolean
  identityId: string
  identityRef: string
  identityName: string
  ownerId: string
  role: string
  teamIds: string[]
  isTouchDue: boolean
}

/** The client with one of these subjects, whose identity is in the inventory and whose owner is active. */
export async function readClient(
  tenant: Tenant,
  issuerId: string | null,
  subjects: readonly string[],
): Promise<StoredCaller | undefined> {
  const [row, other] = await run<StoredCaller>(
    tenant,
    `SELECT c.id, c.subject, c.may_ask_any AS "mayAskAny", i.id AS "identityId", i.external_id AS "identityRef", i.name AS "identityName",
       c.owner_id AS "ownerId", m.role, ARRAY(SELECT t.team_id FROM team_member t WHERE t.org_id = m.org_id AND t.membership_id = m.id) AS "teamIds",
       coalesce(c.last_used_at < now() - interval '1 minute', true) AS "isTouchDue"
     FROM access_client c JOIN identity i ON i.org_id = c.org_id AND i.id = c.identity_id AND i.deleted_at IS NULL
     JOIN membership m ON m.org_id = c.org_id AND m.user_id = c.owner_id AND m.status = 'active'
     JOIN user_account u ON u.id = c.owner_id AND u.status = 'active'
     WHERE c.org_id = $1 AND c.issuer_id IS NOT DISTINCT FROM $2::uuid AND c.subject = ANY ($3::text[]) LIMIT 2`,
    [tenant.orgId, issuerId, subjects],
  )
  // A certificate whose two names are two clients is neither.
  return other ? undefined : row
}

/** Notes the use of a client, at most once a minute. Not an act of anybody, so it has no permit and no audit event. */
export async function touchClient(tenant: Tenant, id: string): Promise<void> {
  await run(tenant, `UPDATE access_client SET last_used_at = now() WHERE org_id = $1 AND id = $2`, [tenant.orgId, id])
}

async function run<Row extends object>(tenant: Tenant, text: string, values: unknown[]): Promise<Row[]> {
  const client = await takeConnection(tenant.orgId)
  let broken: Error | undefined
  try {
    return (await client.query<Row>(text, values)).rows
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}
