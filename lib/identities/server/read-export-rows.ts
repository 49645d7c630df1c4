import type { Context } from '@/lib/platform/context'
import { privilegeOfRank } from '../rules'
import { traitsOf } from './resolve-identity-filter'

/** Reads what exports tell of rows, narrowly and in one statement for each batch. Ids come in order and so do rows. */

interface IdentityExportRow {
  id: string
  name: string
  externalId: string
  kind: string
  environment: string | null
  status: string
  ownerState: string
  owner: string | null
  privilegeRank: number
  traits: number
  credentials: number
  oldest: Date | null
  expiry: Date | null
  lastUsedAt: Date | null
  neverUsed: boolean
  system: string
  source: string
}

/** Known instants in ISO 8601 UTC, `never` where that is known, null where nothing is. */
type Told = string | number | null | readonly string[]

/** The values of the rows of these ids, by the names of the export's columns. */
export async function readIdentityRows(ctx: Context, ids: readonly string[]): Promise<Record<string, Told>[]> {
  const org = ctx.tenant.orgId
  const rows = await ctx.db.$queryRaw<IdentityExportRow[]>`
    SELECT i.id, i.name, i.external_id AS "externalId", l.kind, l.environment, l.status, l.owner_state AS "ownerState",
      l.owner_label AS owner, l.privilege_rank AS "privilegeRank", l.traits, l.credential_count AS credentials,
      l.oldest_credential_at AS oldest, l.next_expiry_at AS expiry, i.last_used_at AS "lastUsedAt",
      i.never_used AS "neverUsed", s.system, s.name AS source
    FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS w (id, no)
    JOIN identity_listing l ON l.org_id = ${org}::uuid AND l.identity_id = w.id
    JOIN identity i ON i.org_id = ${org}::uuid AND i.id = w.id
    JOIN source s ON s.org_id = ${org}::uuid AND s.id = l.source_id
    ORDER BY w.no`
  return rows.map(({ privilegeRank, traits, oldest, expiry, lastUsedAt, neverUsed, ...row }) => ({
    ...row,
    privilege: privilegeOfRank(privilegeRank) ?? 'none',
    traits: traits === 0 ? [] : traitsOf(traits),
    oldest: told(oldest),
    expiry: told(expiry),
    lastUsed: told(lastUsedAt, neverUsed),
  }))
}

interface CredentialExportRow {
  id: string
  name: string
  externalId: string
  type: string
  status: string
  environment: string | null
  identityId: string | null
  identity: string | null
  person: string | null
  subjectRef: string | null
  fingerprint: string | null
  lastFour: string | null
  issuedAt: Date | null
  rotatedAt: Date | null
  expiresAt: Date | null
  neverExpires: boolean
  lastUsedAt: Date | null
  neverUsed: boolean
  system: string
  source: string
}

/** The same for credentials; never the secrets. */
export async function readCredentialRows(ctx: Context, ids: readonly string[]): Promise<Record<string, Told>[]> {
  const org = ctx.tenant.orgId
  const rows = await ctx.db.$queryRaw<CredentialExportRow[]>`
    SELECT c.id, c.name, c.external_id AS "externalId", c.type, c.state AS status, c.environment,
      c.identity_id AS "identityId", i.name AS identity, h.name AS person, c.subject_ref AS "subjectRef", c.fingerprint,
      c.last_four AS "lastFour", c.issued_at AS "issuedAt", c.rotated_at AS "rotatedAt", c.expires_at AS "expiresAt",
      c.never_expires AS "neverExpires", c.last_used_at AS "lastUsedAt", c.never_used AS "neverUsed", s.system,
      s.name AS source
    FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS w (id, no)
    JOIN credential c ON c.org_id = ${org}::uuid AND c.id = w.id
    JOIN source s ON s.org_id = ${org}::uuid AND s.id = c.source_id
    LEFT JOIN identity i ON i.org_id = ${org}::uuid AND i.id = c.identity_id
    LEFT JOIN human h ON h.org_id = ${org}::uuid AND h.id = c.human_id
    ORDER BY w.no`
  return rows.map(({ issuedAt, rotatedAt, expiresAt, neverExpires, lastUsedAt, neverUsed, ...row }) => ({
    ...row,
    issued: told(issuedAt),
    rotated: told(rotatedAt),
    expiry: told(expiresAt, neverExpires),
    lastUsed: told(lastUsedAt, neverUsed),
  }))
}

function told(at: Date | null, isNever = false): string | null {
  return at ? at.toISOString() : isNever ? 'never' : null
}
