import { mergeRecords } from '@/lib/connections/server/merge-records'
import { confirmBulkOwners } from '@/lib/identities/server/confirm-bulk-owners'
import type { BulkTx } from '@/lib/platform/db/commit'
import { apiKeyRecords, keyIdentityRef } from '../rules'
import { readAllKeys } from './store'

const system = 'bailiwick'

/**
 * Writes the organization's API keys into its own inventory, inside the transaction that changes one of them, so that
 * no key ever exists unseen. `made` is the key that was just created, whose owner is therefore known beyond doubt.
 */
export async function mergeApiKeys(
  bulk: BulkTx,
  made?: { id: string; owner: { userId: string; name: string } },
): Promise<void> {
  const { keys, org } = await readAllKeys(bulk)
  const source = { system, instance: org.slug }
  await mergeRecords(bulk, {
    ...source,
    instanceName: 'Bailiwick',
    connector: 'bailiwick-api-keys',
    part: '',
    complete: true,
    records: apiKeyRecords(keys, org),
  })
  if (!made) return
  await confirmBulkOwners(bulk, source, [
    {
      externalId: keyIdentityRef(made.id),
      ownerKey: `user:${made.owner.userId}`,
      label: made.owner.name,
      evidence: 'made the API key',
    },
  ])
}
