import { installationClient } from '../../lib/platform/db/client'
import { createUser } from '../../lib/users/server/create-user'
import { ensureOrganization } from '../demo/people'
import type { OrganizationPlan } from './fleet'

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
  const users: string[] = []
  for (const { name, email } of plan.people) {
    const found = await installationClient().userAccount.findUnique({ where: { email }, select: { id: true } })
    users.push((found ?? (await createUser({ name, email }))).id)
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
  const finished = await ctx.db.auditEvent.findFirst({
    where: { orgId, action: 'inventory.generate.finish' },
    select: { seq: true },
  })
  return {
    orgId,
    users,
    teams: plan.teams.map((name) => all.find((team) => team.name === name)?.id ?? ''),
    isComplete: finished !== null,
  }
}
