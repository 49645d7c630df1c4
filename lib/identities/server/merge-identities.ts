import type { CredentialRecord, IdentityRecord } from '@/lib/connectors/contract'
import { type MergeOutcome, type MergeScope, type MergeTable, mergeRows } from '@/lib/platform/db/bulk-merge'
import type { BulkTx } from '@/lib/platform/db/commit'
import { recordHash } from '@/lib/platform/db/record-hash'

const identityTable: MergeTable = {
  table: 'identity',
  recordType: 'identity',
  columns: [
    { name: 'kind', type: 'text' },
    { name: 'name', type: 'text' },
    { name: 'description', type: 'text' },
    { name: 'environment', type: 'text' },
    { name: 'status', type: 'text', fallback: `'unknown'` },
    { name: 'issued_at', type: 'timestamptz' },
    { name: 'last_used_at', type: 'timestamptz' },
    { name: 'never_used', type: 'boolean', fallback: 'false' },
    { name: 'tags', type: 'jsonb', fallback: `'{}'::jsonb`, joins: true },
    { name: 'attributes', type: 'jsonb', fallback: `'{}'::jsonb`, joins: true },
    { name: 'owner_hints', type: 'jsonb', fallback: `'[]'::jsonb` },
  ],
}

const credentialTable: MergeTable = {
  table: 'credential',
  recordType: 'credential',
  columns: [
    { name: 'subject_type', type: 'text' },
    { name: 'subject_ref', type: 'text' },
    { name: 'type', type: 'text' },
    { name: 'name', type: 'text' },
    { name: 'status', type: 'text', fallback: `'discovered'` },
    { name: 'fingerprint', type: 'text' },
    { name: 'last_four', type: 'text' },
    { name: 'issued_at', type: 'timestamptz' },
    { name: 'expires_at', type: 'timestamptz' },
    { name: 'never_expires', type: 'boolean', fallback: 'false' },
    { name: 'last_used_at', type: 'timestamptz' },
    { name: 'never_used', type: 'boolean', fallback: 'false' },
    { name: 'rotated_at', type: 'timestamptz' },
    { name: 'attributes', type: 'jsonb', fallback: `'{}'::jsonb`, joins: true },
  ],
}

/** `undefined` = unknown, `null` = the source says never: two columns, so that unknown is never shown as never. */
function never(instant: string | null | undefined): boolean | null {
  return instant === undefined ? null : instant === null
}

/** JSON columns hold objects; wrapping keeps arrays of text from being taken for PostgreSQL arrays. */
function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

/** Brings the catalogue's identities up to date with what one connection says. */
export function mergeIdentities(
  bulk: BulkTx,
  scope: MergeScope,
  records: readonly IdentityRecord[],
): Promise<MergeOutcome> {
  const rows = records.map((record) => ({
    externalId: record.externalId,
    rowHash: recordHash(record),
    values: [
      record.kind,
      record.name,
      record.description ?? null,
      record.environment ?? null,
      record.status === 'unknown' ? null : record.status,
      record.createdAt ?? null,
      record.lastUsedAt ?? null,
      never(record.lastUsedAt),
      json(record.tags),
      json(record.attributes),
      json(record.ownerHints),
    ],
  }))
  return mergeRows(bulk, identityTable, scope, rows)
}

/** Brings the catalogue's credentials up to date with what one connection says. Never the secret itself. */
export function mergeCredentials(
  bulk: BulkTx,
  scope: MergeScope,
  records: readonly CredentialRecord[],
): Promise<MergeOutcome> {
  const rows = records.map((record) => ({
    externalId: record.externalId,
    rowHash: recordHash(record),
    values: [
      record.subject?.type ?? null,
      record.subject?.externalId ?? null,
      record.credentialType,
      record.name,
      record.status === 'unknown' ? null : record.status,
      record.fingerprint ?? null,
      record.lastFour ?? null,
      record.createdAt ?? null,
      record.expiresAt ?? null,
      never(record.expiresAt),
      record.lastUsedAt ?? null,
      never(record.lastUsedAt),
      record.rotatedAt ?? null,
      json(record.attributes),
    ],
  }))
  return mergeRows(bulk, credentialTable, scope, rows)
}

/**
 * After a merge: ties credentials to the identity or human that they authenticate. A principal that any connection
 * recognises as a person is context, not inventory: its identity row steps back, and returns if the person's goes.
 */
export async function linkCredentials(bulk: BulkTx): Promise<void> {
  await bulk.client.query(
    `UPDATE identity i SET deleted_at = CASE WHEN i.deleted_at IS NULL THEN now() END
     WHERE i.org_id = $1 AND (i.deleted_at IS NULL) = EXISTS (SELECT FROM human h WHERE h.org_id = $1
         AND h.source_id = i.source_id AND h.external_id = i.external_id AND h.deleted_at IS NULL)
       AND EXISTS (SELECT FROM presence p WHERE p.org_id = $1 AND p.source_id = i.source_id
         AND p.record_type = 'identity' AND p.external_id = i.external_id)`,
    [bulk.orgId],
  )
  await bulk.client.query(
    `UPDATE credential c SET identity_id = found.identity_id, human_id = found.human_id
     FROM (
       SELECT c.id, i.id AS identity_id, h.id AS human_id FROM credential c
       LEFT JOIN identity i ON i.org_id = $1 AND i.source_id = c.source_id AND i.external_id = c.subject_ref AND i.deleted_at IS NULL
       LEFT JOIN human h ON h.org_id = $1 AND h.source_id = c.source_id AND h.external_id = c.subject_ref AND h.deleted_at IS NULL
       WHERE c.org_id = $1 AND c.subject_ref IS NOT NULL
     ) found
     WHERE c.org_id = $1 AND c.id = found.id
       AND (c.identity_id, c.human_id) IS DISTINCT FROM (found.identity_id, found.human_id)`,
    [bulk.orgId],
  )
}
