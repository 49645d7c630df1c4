import { contextForJob } from '../../lib/platform/auth/request-context'
import { listOrganizations } from '../../lib/platform/auth/resolve-organization'
import { installationClient } from '../../lib/platform/db/client'
import type { BulkTx } from '../../lib/platform/db/commit'
import { createUser } from '../../lib/users/server/create-user'
import { ensureOrganization } from '../demo/people'
import type { OrganizationPlan } from './fleet'

/** The administrators' password, so that people and benchmarks can sign in to what was generated. */
export const fleetPassword = process.env.DEMO_PASSWORD ?? 'bailiwick-demo'

export interface Owners {
  orgId: string
  /** Ids in the order of the plan. */
  users: string[]
  teams: string[]
  /** Everything of this organization was generated before. */
  isComplete: boolean
}

/** The organization of a plan with its people and teams, made if need be. Its first person administers it. */
export async function ensureOrganizationWithPeople(plan: OrganizationPlan): Promise<Owners> {
  const known = (await listOrganizations()).find(({ slug }) => slug === plan.slug)
  const done = known && (await hasFinished(known.id))
  if (done) return { orgId: known.id, users: [], teams: [], isComplete: true }
  const users: string[] = []
  for (const [index, { name, email }] of plan.people.entries()) {
    const found = await installationClient().userAccount.findUnique({ where: { email }, select: { id: true } })
    users.push((found ?? (await createUser({ name, email, ...(index === 0 && { password: fleetPassword }) }))).id)
  }
  const [founder] = plan.people
  if (!founder) throw new Error('an organization has at least one person')
  const ctx = await ensureOrganization({ ...founder, id: users[0] ?? '' }, plan)
  const { orgId } = ctx.tenant
  const target = { kind: 'organization' as const, id: orgId, label: plan.name, attr: {} }
  const teams = await ctx.db.team.findMany({ where: { orgId }, select: { id: true, name: true } })
  const members = new Set((await ctx.db.membership.findMany({ select: { userId: true } })).map(({ userId }) => userId))
  if (teams.length < plan.teams.length) {
    const permit = await ctx.authorize('update', target)
    await ctx.commit(permit, { action: 'inventory.generate.people', target }, async (tx) => {
      const joining = users.flatMap((userId, index) =>
        members.has(userId)
          ? []
          : [
              {
                orgId,
                userId,
                role: index === 1 ? 'auditor' : 'member',
                status: plan.people[index]?.hasLeft ? 'disabled' : 'active',
              },
            ],
      )
      await tx.membership.createMany({ data: joining })
      await tx.team.createMany({ data: plan.teams.map((name) => ({ orgId, name })), skipDuplicates: true })
    })
  }
  const all = await ctx.db.team.findMany({ where: { orgId }, select: { id: true, name: true } })
  return {
    orgId,
    users,
    teams: plan.teams.map((name) => all.find((team) => team.name === name)?.id ?? ''),
    isComplete: false,
  }
}

function hasFinished(orgId: string): Promise<boolean> {
  const { db } = contextForJob(orgId, 'generate')
  return db.auditEvent
    .findFirst({ where: { orgId, action: 'inventory.generate.finish' }, select: { seq: true } })
    .then((event) => event !== null)
}

/** Confirms owners of identities just merged. The listing is worked out once, when the organization is whole. */
export async function confirmOwners(
  bulk: BulkTx,
  source: { system: string; instance: string },
  owners: readonly { externalId: string; ownerKey: string; label: string }[],
): Promise<void> {
  await bulk.client.query(
    `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, evidence, confirmed_at, confirmed_by, attested_at, attested_by)
     SELECT $1, i.id, k.owner_key, k.label, 'technical', 'confirmed', 'confirmed by its owner', now(), k.label, now(), k.label
     FROM unnest($4::text[], $5::text[], $6::text[]) AS k (external_id, owner_key, label)
     JOIN source s ON s.org_id = $1 AND s.system = $2 AND s.instance = $3
     JOIN identity i ON i.org_id = $1 AND i.source_id = s.id AND i.external_id = k.external_id
     ON CONFLICT (org_id, identity_id, duty, owner_key) WHERE ended_at IS NULL DO NOTHING`,
    [
      bulk.orgId,
      source.system,
      source.instance,
      owners.map(({ externalId }) => externalId),
      owners.map(({ ownerKey }) => ownerKey),
      owners.map(({ label }) => label),
    ],
  )
}
