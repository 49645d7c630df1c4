import { randomUUID } from 'node:crypto'
import { linkRecords, mergeBatch } from '../lib/connections/server/merge-records'
import type { IdentityRecord, NormalisedRecord } from '../lib/connectors/contract'
import { identityTable, mergeIdentities, stagedIdentities } from '../lib/identities/server/merge-identities'
import type { Context } from '../lib/platform/context'
import { stageRows } from '../lib/platform/db/bulk-stage'
import { type BulkTx, rehearseBulk } from '../lib/platform/db/commit'
import type { FleetPlan, OrganizationPlan, SourcePlan } from '../prisma/factories/fleet'
import { sourceIdentities, sourceParts } from '../prisma/factories/fleet-records'

/** Does it in a transaction that is rolled back, so that the database stays what it was. */
async function rehearse<T>(ctx: Context, work: (bulk: BulkTx) => Promise<T>): Promise<T> {
  const target = { kind: 'import' as const, id: randomUUID(), label: 'bench' }
  const permit = await ctx.authorize('apply', { ...target, attr: { createdBy: 'bench' } })
  return rehearseBulk(ctx.tenant, permit, work)
}

/** Rows a second of a source that nobody knew: identities, credentials, roles, resources and edges, linked and listed. */
export async function measureFirstLoad(
  ctx: Context,
  fleet: FleetPlan,
  org: OrganizationPlan,
): Promise<{ rows: number; perSecond: number }> {
  const [source] = org.sources
  if (!source) throw new Error('an organization without sources')
  const fresh = { ...source, instance: `first-${randomUUID()}`, name: 'first load' }
  const parts: NormalisedRecord[][] = []
  for (const part of sourceParts(fleet, org, fresh)) parts.push(part.records)
  const rows = parts.reduce((sum, records) => sum + records.length, 0)
  const seconds = await rehearse(ctx, async (bulk) => {
    const began = performance.now()
    const at = {
      system: fresh.system,
      instance: fresh.instance,
      instanceName: fresh.name,
      connector: 'generated',
      part: '',
    }
    for (const records of parts) await mergeBatch(bulk, { ...at, complete: false, records })
    await linkRecords(bulk)
    return (performance.now() - began) / 1000
  })
  return { rows, perSecond: rows / seconds }
}

/** 2 % changed, 0.25 % new, 0.25 % vanished: a day's churn. */
function* churned(records: Iterable<IdentityRecord>): Generator<IdentityRecord> {
  let index = 0
  for (const record of records) {
    index += 1
    if (index % 400 === 0) continue
    if (index % 400 === 1) yield { ...record, externalId: `${record.externalId}-new`, name: `${record.name}-new` }
    yield index % 50 === 2 ? { ...record, description: 'changed since' } : record
  }
}

export interface Resync {
  rows: number
  changed: number
  copySeconds: number
  mergeSeconds: number
  linkSeconds: number
}

/** Enough rows to tell; a pass over all of a giant organization takes as many times longer. */
const enoughRows = 200_000

/** A complete pass over the identities of one source of the organization after the other, and COPY alone of the same rows. */
export async function measureResync(ctx: Context, fleet: FleetPlan, org: OrganizationPlan): Promise<Resync> {
  const sum: Resync = { rows: 0, changed: 0, copySeconds: 0, mergeSeconds: 0, linkSeconds: 0 }
  const seconds = (began: number) => (performance.now() - began) / 1000
  for (const source of org.sources) {
    if (sum.rows >= enoughRows) break
    await rehearse(ctx, async (bulk) => {
      const began = performance.now()
      await stageRows(bulk, identityTable.columns, stagedIdentities(churned(sourceIdentities(fleet, org, source))))
      sum.copySeconds += seconds(began)
    })
    await rehearse(ctx, async (bulk) => {
      const { sourceId, connectionId } = await findConnection(bulk, source)
      const merging = performance.now()
      const scope = { sourceId, connectionId, sweeps: true }
      const outcome = await mergeIdentities(bulk, scope, churned(sourceIdentities(fleet, org, source)))
      sum.mergeSeconds += seconds(merging)
      sum.rows += outcome.total
      sum.changed += outcome.created + outcome.changed + outcome.gone
      const linking = performance.now()
      await linkRecords(bulk)
      sum.linkSeconds += seconds(linking)
    })
  }
  return sum
}

async function findConnection(bulk: BulkTx, { system, instance }: SourcePlan) {
  const { rows } = await bulk.client.query<{ sourceId: string; connectionId: string }>(
    `SELECT s.id AS "sourceId", c.id AS "connectionId" FROM source s JOIN connection c ON c.org_id = s.org_id AND c.source_id = s.id
     WHERE s.org_id = $1 AND s.system = $2 AND s.instance = $3 AND c.connector = 'generated'`,
    [bulk.orgId, system, instance],
  )
  if (!rows[0]) throw new Error(`${system} ${instance} was not generated`)
  return rows[0]
}
