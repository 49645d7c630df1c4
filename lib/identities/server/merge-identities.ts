import { claimantsSql, claimedSql, findDoubtful, movedSql } from '@/lib/access-graph/server/merge-aliases'
import type { CredentialRecord, IdentityRecord } from '@/lib/connectors/contract'
import {
  type GivenRecords,
  type MergeOutcome,
  type MergeScope,
  type MergeTable,
  mergeRows,
} from '@/lib/platform/db/bulk-merge'
import type { StagedRow } from '@/lib/platform/db/bulk-stage'
import type { BulkTx } from '@/lib/platform/db/commit'
import { recordHash } from '@/lib/platform/db/record-hash'
import type { LinkScope } from '@/lib/platform/db/touched'

/** How identities are merged. */
export const identityTable: MergeTable = {
  table: 'identity',
  recordType: 'identity',
  columns: [
    { name: 'kind', type: 'text' },
    { name: 'name', type: 'text', vague: 's."name" = s.external_id' },
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
  keepsChanges: true,
}

/** The organization is left to row-level security, as in `endSql`. */
const heldBy = (table: 'identity' | 'human', row: string) =>
  `FROM ${table} n WHERE n.external_id = ${row}.subject_ref AND n.deleted_at IS NULL`

/**
 * Who a credential is for: the live identity, or the live person, that its source names by its id or by another one; ids that
 * are unique everywhere are looked up in the organization's other sources too.
 */
function holderOf(table: 'identity' | 'human', row: string, source: string): string {
  const here = (one: typeof table) => `SELECT n.id ${heldBy(one, row)} AND n.source_id = ${source}`
  const claimed = (from: string) => claimedSql(table, 'identity', `${row}.subject_ref`, from)
  return `coalesce((${here(table)}), CASE WHEN NOT EXISTS (${here(table === 'human' ? 'identity' : 'human')}) THEN coalesce(
    CASE WHEN ${row}.subject_global THEN (SELECT (array_agg(n.id ORDER BY n.id))[1] ${heldBy(table, row)}) END,
    ${claimed(source)}, CASE WHEN ${row}.subject_global THEN ${claimed('any')} END) END)`
}

const credentialTable: MergeTable = {
  table: 'credential',
  recordType: 'credential',
  belongsTo: 'subject_ref',
  columns: [
    { name: 'subject_type', type: 'text' },
    { name: 'subject_ref', type: 'text' },
    { name: 'subject_global', type: 'boolean', fallback: 'false' },
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
  derived: [
    { name: 'identity_id', sql: holderOf('identity', 's', '$2') },
    { name: 'human_id', sql: holderOf('human', 's', '$2') },
    // So that the listing has nothing to write to a new one; what people say of the holder comes with the listing.
    { name: 'environment', sql: `(SELECT n.environment ${heldBy('identity', 's')} AND n.source_id = $2)` },
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

/** Identity records as rows of `identityTable`, made one at a time. */
export function* stagedIdentities(records: Iterable<IdentityRecord>): Generator<StagedRow> {
  for (const record of records) {
    const values = [
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
    ]
    yield { externalId: record.externalId, rowHash: recordHash(record), values }
  }
}

function* stagedCredentials(records: Iterable<CredentialRecord>): Generator<StagedRow> {
  for (const record of records) {
    const values = [
      record.subject?.type ?? null,
      record.subject?.externalId ?? null,
      record.subject?.global ?? null,
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
    ]
    yield { externalId: record.externalId, rowHash: recordHash(record), values }
  }
}

/** Brings the catalogue's identities up to date with what one connection says; keeps what changed of known ones. */
export function mergeIdentities(
  bulk: BulkTx,
  scope: MergeScope,
  records: GivenRecords<IdentityRecord>,
): Promise<MergeOutcome> {
  return mergeRows(bulk, identityTable, scope, records, stagedIdentities)
}

/** Brings the catalogue's credentials up to date with what one connection says. Never the secret itself. */
export function mergeCredentials(
  bulk: BulkTx,
  scope: MergeScope,
  records: GivenRecords<CredentialRecord>,
): Promise<MergeOutcome> {
  return mergeRows(bulk, credentialTable, scope, records, stagedCredentials)
}

/**
 * After a merge: a principal that any connection recognises as a person is context, not inventory; its identity row steps
 * back, and returns if the person's goes. Credentials follow: those whose holder went or came are tied anew. By look-ups
 * (`byLookups`).
 */
export async function linkCredentials(bulk: BulkTx, scope: LinkScope): Promise<void> {
  await stepBack(bulk, scope)
  await bulk.client.query(
    `CREATE TEMP TABLE IF NOT EXISTS found_holder (id uuid PRIMARY KEY, identity_id uuid, human_id uuid) ON COMMIT DROP`,
  )
  const doubtful = await findDoubtful(bulk, scope)
  const loose = doubtful.length === 0 ? looseCredentials : `${looseCredentials} UNION ${unsureCredentials}`
  const found = await bulk.client.query(
    `INSERT INTO pg_temp.found_holder SELECT f.id, f.identity_id, f.human_id FROM (
       SELECT c.id, ${holderOf('identity', 'c', 'c.source_id')} AS identity_id, ${holderOf('human', 'c', 'c.source_id')} AS human_id,
         c.identity_id AS identity_before, c.human_id AS human_before
       FROM credential c WHERE c.org_id = $1 AND c.subject_ref IS NOT NULL ${scope === 'all' ? '' : `AND c.id = ANY (ARRAY(${loose}))`}
     ) f WHERE (f.identity_id, f.human_id) IS DISTINCT FROM (f.identity_before, f.human_before)`,
    scope === 'all' || doubtful.length === 0 ? [bulk.orgId] : [bulk.orgId, doubtful],
  )
  if (found.rowCount === 0) return
  await bulk.client.query(
    `WITH tied AS (
       UPDATE credential c SET identity_id = f.identity_id, human_id = f.human_id FROM pg_temp.found_holder f
       WHERE c.org_id = $1 AND c.id = f.id
       RETURNING c.id, old.identity_id AS was, new.identity_id AS holds
     )
     INSERT INTO pg_temp.touched (pass, record_type, id, action, was, holds)
     SELECT 0, 'credential', id, 'changed', was, holds FROM tied`,
    [bulk.orgId],
  )
  await bulk.client.query(`TRUNCATE pg_temp.found_holder`)
}

const touchedIds = (type: string, actions: string) =>
  `ARRAY(SELECT k.id FROM pg_temp.touched k WHERE k.record_type IN (${type}) AND k.action IN (${actions}))`

/** Credentials whose holder went, whose holder may have come, and those just written that have none. */
const looseCredentials = `
  SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.identity_id = ANY (${touchedIds(`'identity'`, `'gone'`)})
  UNION SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.human_id = ANY (${touchedIds(`'human'`, `'gone'`)})
  UNION SELECT c.id FROM pg_temp.touched k CROSS JOIN LATERAL (
    SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.source_id = k.source_id AND c.subject_ref = k.external_id
      AND c.identity_id IS NULL AND c.human_id IS NULL OFFSET 0
  ) c WHERE k.record_type IN ('identity', 'human') AND k.action IN ('created', 'revived')
  UNION SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.subject_global AND c.identity_id IS NULL AND c.human_id IS NULL
    AND c.subject_ref = ANY (ARRAY(SELECT k.external_id FROM pg_temp.touched k
      WHERE k.record_type IN ('identity', 'human') AND k.action IN ('created', 'revived')))
  UNION SELECT c.id FROM pg_temp.touched k JOIN node_alias a ON a.org_id = $1 AND a.id = k.id CROSS JOIN LATERAL (
    SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.source_id = a.source_id AND c.subject_ref = a.alias
      AND c.identity_id IS NULL AND c.human_id IS NULL OFFSET 0
  ) c WHERE k.record_type = 'alias'
  UNION SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.subject_global AND c.identity_id IS NULL AND c.human_id IS NULL
    AND c.subject_ref = ANY (ARRAY(${movedSql('touched')}))
  UNION SELECT k.id FROM pg_temp.touched k
  WHERE k.record_type = 'credential' AND k.action <> 'gone' AND k.holds IS NULL`

/** Credentials whose holder they name by an id ($2) that may mean another one now. */
const unsureCredentials = `
  SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.subject_ref = ANY ($2) AND c.identity_id = ANY (ARRAY(${claimantsSql(['identity'], '$2')}))
  UNION SELECT c.id FROM credential c WHERE c.org_id = $1 AND c.subject_ref = ANY ($2) AND c.human_id = ANY (ARRAY(${claimantsSql(['human'], '$2')}))`

async function stepBack(bulk: BulkTx, scope: LinkScope): Promise<void> {
  const principals =
    scope === 'all'
      ? `SELECT source_id, external_id FROM human WHERE org_id = $1`
      : `SELECT DISTINCT source_id, external_id FROM pg_temp.touched WHERE record_type IN ('identity', 'human') AND pass > 0`
  await bulk.client.query(
    `WITH stepped AS (
         UPDATE identity i SET deleted_at = CASE WHEN i.deleted_at IS NULL THEN now() END
         WHERE i.org_id = $1 AND i.id = ANY (ARRAY(SELECT n.id FROM (${principals}) k CROSS JOIN LATERAL (
             SELECT n.id FROM identity n WHERE n.org_id = $1 AND n.source_id = k.source_id AND n.external_id = k.external_id OFFSET 0
           ) n))
           AND (i.deleted_at IS NULL) = EXISTS (SELECT FROM human h WHERE h.org_id = $1 AND h.source_id = i.source_id
             AND h.external_id = i.external_id AND h.deleted_at IS NULL)
           AND EXISTS (SELECT FROM presence p WHERE p.org_id = $1 AND p.source_id = i.source_id
             AND p.record_type = 'identity' AND p.external_id = i.external_id)
         RETURNING i.id, i.source_id, i.external_id, new.deleted_at IS NULL AS returned
       )
       INSERT INTO pg_temp.touched (pass, record_type, id, source_id, external_id, action)
       SELECT 0, 'identity', id, source_id, external_id, CASE WHEN returned THEN 'revived' ELSE 'gone' END FROM stepped`,
    [bulk.orgId],
  )
}
