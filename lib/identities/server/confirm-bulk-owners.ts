import type { BulkTx } from '@/lib/platform/db/commit'
import { refreshListing } from './refresh-listing'

export interface KnownOwner {
  /** The identity's id at its source. */
  externalId: string
  /** `user:<id>` or `team:<id>`. */
  ownerKey: string
  label: string
  evidence: string
}

/**
 * Confirms owners that are known beyond doubt, because the product itself made the identity for them. Inside the
 * transaction of the merge that brought the identities. An ownership that is confirmed already stays as it is.
 */
export async function confirmBulkOwners(
  bulk: BulkTx,
  source: { system: string; instance: string },
  owners: readonly KnownOwner[],
): Promise<void> {
  const values = [
    bulk.orgId,
    source.system,
    source.instance,
    owners.map((owner) => owner.externalId),
    owners.map((owner) => owner.ownerKey),
    owners.map((owner) => owner.label),
    owners.map((owner) => owner.evidence),
  ]
  const { rows } = await bulk.client.query<{ id: string }>(
    `WITH known AS (
       SELECT i.id, k.owner_key, k.label, k.evidence
       FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) AS k (external_id, owner_key, label, evidence)
       JOIN source s ON s.org_id = $1 AND s.system = $2 AND s.instance = $3
       JOIN identity i ON i.org_id = $1 AND i.source_id = s.id AND i.external_id = k.external_id
     )
     INSERT INTO ownership AS o
       (org_id, identity_id, owner_key, label, duty, state, evidence, confirmed_at, confirmed_by, attested_at, attested_by)
     SELECT $1, id, owner_key, label, 'technical', 'confirmed', evidence, now(), label, now(), label FROM known
     ON CONFLICT (org_id, identity_id, duty, owner_key) WHERE ended_at IS NULL DO UPDATE
       SET state = 'confirmed', evidence = excluded.evidence, confirmed_at = now(), confirmed_by = excluded.confirmed_by,
         attested_at = now(), attested_by = excluded.attested_by
       WHERE o.state <> 'confirmed'
     RETURNING identity_id AS id`,
    values,
  )
  await refreshListing(
    bulk,
    rows.map(({ id }) => id),
  )
}
