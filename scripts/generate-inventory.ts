import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { linkRecords, mergeBatch } from '../lib/connections/server/merge-records'
import { contextForJob } from '../lib/platform/auth/request-context'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import type { Context } from '../lib/platform/context'
import { closePool } from '../lib/platform/db/pool'
import { type FleetPlan, type OrganizationPlan, organizationSizes, planOrganization } from '../prisma/factories/fleet'
import { confirmOwners, ensureOrganizationWithPeople, type Owners } from '../prisma/factories/fleet-people'
import { type FleetPart, sourceParts } from '../prisma/factories/fleet-records'

/** How many organizations are filled at a time: one writes its records while the other one's are made. */
const lanes = 2
/** Measured: records for each identity, with its share of roles, resources and edges. For the time left alone. */
const recordsPerIdentity = 11.4

const began = performance.now()
const progress = { identities: 0, records: 0, skipped: 0, total: 0 }

function tell(): void {
  const seconds = (performance.now() - began) / 1000
  const rate = progress.records / seconds
  const left =
    Math.max(0, (progress.total - progress.skipped) * recordsPerIdentity - progress.records) / Math.max(rate, 1)
  const n = (value: number) => Math.round(value).toLocaleString('en')
  const line = `${n(progress.identities)} of ${n(progress.total)} identities · ${n(progress.records)} records · ${n(rate)} records/s · about ${n(left)} s left`
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K  ${line}` : `  ${line}\n`)
}

async function fillOrganization(plan: OrganizationPlan, fleet: FleetPlan): Promise<void> {
  const owners = await ensureOrganizationWithPeople(plan)
  if (owners.isComplete) {
    progress.identities += plan.identities
    progress.skipped += plan.identities
    return
  }
  const ctx = contextForJob(owners.orgId, 'generate')
  const label = `${plan.identities} generated identities`
  const target = { kind: 'import' as const, id: randomUUID(), label }
  const permit = await ctx.authorize('apply', { ...target, attr: { createdBy: 'generate' } })
  for (const source of plan.sources) {
    for (const part of sourceParts(fleet, plan, source)) {
      const change = {
        action: 'inventory.generate',
        target,
        after: { source: source.name, part: part.label, records: part.records.length },
      }
      await ctx.commitBulk(permit, change, async (bulk) => {
        const at = { system: source.system, instance: source.instance }
        await mergeBatch(bulk, {
          ...at,
          instanceName: source.name,
          connector: 'generated',
          part: '',
          complete: false,
          records: part.records,
        })
        await confirmOwners(
          bulk,
          at,
          part.confirmed.map((each) => knownOwner(each, owners, plan)),
        )
      })
      progress.records += part.records.length
      progress.identities += part.records.filter((record) => record.type === 'identity').length
    }
  }
  await link(ctx, permit, target)
}

async function link(
  ctx: Context,
  permit: Awaited<ReturnType<Context['authorize']>>,
  target: { kind: string; id: string; label: string },
) {
  await ctx.commitBulk(
    permit,
    (unresolved: number) => ({ action: 'inventory.generate.finish', target, after: { unresolved } }),
    (bulk) => linkRecords(bulk, 'all'),
  )
}

function knownOwner({ externalId, owner }: FleetPart['confirmed'][number], owners: Owners, plan: OrganizationPlan) {
  if ('user' in owner) {
    const userId = owners.users[owner.user] ?? ''
    return { externalId, ownerKey: `user:${userId}`, label: plan.people[owner.user]?.name ?? '' }
  }
  return {
    externalId,
    ownerKey: `team:${owners.teams[owner.team] ?? ''}`,
    label: plan.teams[owner.team] ?? '',
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { identities: { type: 'string' }, orgs: { type: 'string' }, seed: { type: 'string' } },
  })
  const [identities, organizations, seed] = [values.identities, values.orgs, values.seed].map(Number)
  if (!identities || !organizations || !seed) throw new Error('--identities, --orgs and --seed are needed')
  const today = new Date()
  const fleet: FleetPlan = {
    seed,
    identities,
    organizations,
    asOf: new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate())),
  }
  progress.total = identities
  const queue = organizationSizes(identities, organizations).map((size, no) => planOrganization(fleet, no, size))
  const timer = setInterval(tell, 2000)
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await fillOrganization(next, fleet)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  clearInterval(timer)
  tell()
  process.stderr.write('\n')
  const seconds = (performance.now() - began) / 1000
  const made = (await listOrganizations()).filter(({ slug }) => slug.startsWith(`fleet-${identities}-${seed}-`)).length
  console.log(
    JSON.stringify({
      organizations: made,
      identities: progress.identities,
      records: progress.records,
      seconds: Math.round(seconds),
    }),
  )
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 1
  })
  .then(async (code) => {
    await closePool()
    process.exit(code ?? 0)
  })
