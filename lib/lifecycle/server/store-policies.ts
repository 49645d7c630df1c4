import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'

export type PolicyRow = Prisma.RotationPolicyGetPayload<object>

/** @throws AppError `not_found`, also for another organization's id and one that was deleted */
export async function findPolicy(ctx: Context, id: string): Promise<PolicyRow> {
  const row = await ctx.db.rotationPolicy.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
  if (!row || row.deletedAt !== null)
    throw new AppError('not_found', 'There is no such rotation policy in this organization.')
  return row
}

/** An organization has few: at most 200 are made. */
export function findPolicies(ctx: Context, where: Prisma.RotationPolicyWhereInput = {}): Promise<PolicyRow[]> {
  return ctx.db.rotationPolicy.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId, deletedAt: null }] },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
}

export function findVersions(ctx: Context, policyId: string) {
  return ctx.db.rotationPolicyVersion.findMany({
    where: { orgId: ctx.tenant.orgId, policyId },
    orderBy: { version: 'desc' },
    take: 50,
  })
}

const mostPolicies = 200

/** @throws AppError `conflict` for a name that another has, or when there are too many */
export async function insertPolicy(tx: Tx, row: Prisma.RotationPolicyUncheckedCreateInput): Promise<void> {
  if ((await tx.rotationPolicy.count({ where: { orgId: row.orgId, deletedAt: null } })) >= mostPolicies)
    throw new AppError('conflict', `An organization has at most ${mostPolicies} rotation policies. Delete one first.`)
  await tx.rotationPolicy.create({ data: row, select: { id: true } }).catch(sameName)
  await insertVersion(tx, { ...row, id: row.id ?? '', version: 1, by: row.createdBy })
}

/** Changes the version that was seen. @throws AppError `conflict` when there is a later one */
export async function changePolicy(
  tx: Tx,
  row: PolicyRow,
  change: Pick<Prisma.RotationPolicyUncheckedCreateInput, 'name' | 'filter' | 'rules' | 'isActive'> & {
    updatedBy: string
    authorId: string | null
  },
): Promise<void> {
  const version = row.version + 1
  const { count } = await tx.rotationPolicy
    .updateMany({
      where: { orgId: row.orgId, id: row.id, version: row.version, deletedAt: null },
      data: { ...change, version, problem: null, updatedAt: new Date() },
    })
    .catch(sameName)
  if (count === 0) throw changedMeanwhile()
  await insertVersion(tx, { ...change, orgId: row.orgId, id: row.id, version, by: change.updatedBy })
}

export const changedMeanwhile = () =>
  new AppError('conflict', 'Somebody changed this policy in the meantime. Look again, then decide.')

async function insertVersion(
  tx: Tx,
  {
    orgId,
    id,
    version,
    name,
    filter,
    rules,
    isActive,
    by,
  }: Omit<Prisma.RotationPolicyVersionUncheckedCreateInput, 'policyId' | 'filter' | 'isActive'> &
    Pick<Prisma.RotationPolicyUncheckedCreateInput, 'filter' | 'isActive'> & { id: string },
): Promise<void> {
  await tx.rotationPolicyVersion.create({
    data: { orgId, policyId: id, version, name, filter: filter ?? {}, rules, isActive: isActive ?? true, by },
    select: { version: true },
  })
}

function sameName(error: unknown): never {
  if ((error as { code?: unknown } | null)?.code === 'P2002')
    throw new AppError('conflict', 'Another rotation policy has this name.', {
      cause: error,
      fields: { name: 'another policy has this name' },
    })
  throw error
}

/** Takes it away; what was due by it is due no more. */
export async function dropPolicy(tx: Tx, { orgId, id }: PolicyRow): Promise<void> {
  await tx.rotationPolicy.updateMany({
    where: { orgId, id, deletedAt: null },
    data: { deletedAt: new Date(), isActive: false },
  })
  await tx.rotationDue.deleteMany({ where: { orgId, policyId: id } })
}

/** What keeps a policy from beginning anything, as a sentence; said once. */
export async function writePolicyProblem(tx: Tx, { orgId, id }: PolicyRow, problem: string | null): Promise<void> {
  await tx.rotationPolicy.updateMany({ where: { orgId, id }, data: { problem } })
}

/** Lets what ended without a new secret be tried again. */
export async function clearFailures(tx: Tx, { orgId, id }: PolicyRow): Promise<number> {
  const { count } = await tx.rotationDue.updateMany({
    where: { orgId, policyId: id, failedRunId: { not: null } },
    data: { failedRunId: null, failedAt: null },
  })
  return count
}
