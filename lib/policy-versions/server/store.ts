import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { PolicyFile } from '../schema'
import type { VersionState } from '../values'

export type FoundVersion = Prisma.PolicyVersionGetPayload<object>
export type FoundSetting = Prisma.PolicySettingGetPayload<object>
const trialParts = { differences: { orderBy: [{ count: 'desc' as const }, { lastAt: 'desc' as const }], take: 200 } }
export type FoundTrial = Prisma.PolicyTrialGetPayload<{ include: typeof trialParts }>

export const filesOf = ({ files }: Pick<FoundVersion, 'files'>): PolicyFile[] => files as unknown as PolicyFile[]

/** @throws AppError `not_found` */
export async function findVersion(ctx: Context, id: string): Promise<FoundVersion> {
  const found = await ctx.db.policyVersion.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
  if (!found) throw new AppError('not_found', 'There is no such version in this organization.')
  return found
}

export function findVersions(ctx: Context): Promise<FoundVersion[]> {
  return ctx.db.policyVersion.findMany({ where: { orgId: ctx.tenant.orgId }, orderBy: { no: 'desc' }, take: 200 })
}

const nothing = {
  ...{ activeId: null, activeNo: null, activeHash: null, activeKinds: [], shadowId: null, shadowNo: null },
  ...{ shadowHash: null, shadowKinds: [], shadowTrial: null, lastNo: 0, changes: 0 },
}

export async function findSetting(ctx: Context): Promise<FoundSetting> {
  const { orgId } = ctx.tenant
  return (await ctx.db.policySetting.findUnique({ where: { orgId } })) ?? { orgId, ...nothing }
}

export function findActivations(ctx: Context, take = 50) {
  return ctx.db.policyActivation.findMany({ where: { orgId: ctx.tenant.orgId }, orderBy: { no: 'desc' }, take })
}

export function findTrials(ctx: Context, versionId: string | null): Promise<FoundTrial[]> {
  return ctx.db.policyTrial.findMany({
    where: { orgId: ctx.tenant.orgId, versionId },
    include: trialParts,
    orderBy: { id: 'desc' },
    take: 6,
  })
}

// Writes

/** Locks the organization's row, which every change of what answers goes through. */
export async function lockSetting(tx: Tx, orgId: string): Promise<FoundSetting> {
  await tx.$executeRaw`INSERT INTO policy_setting (org_id) VALUES (${orgId}::uuid) ON CONFLICT DO NOTHING`
  await tx.$executeRaw`SELECT FROM policy_setting WHERE org_id = ${orgId}::uuid FOR UPDATE`
  return tx.policySetting.findUniqueOrThrow({ where: { orgId } })
}

export async function insertVersion(
  tx: Tx,
  version: Omit<Prisma.PolicyVersionUncheckedCreateInput, 'no' | 'basedOn'>,
): Promise<number> {
  const { lastNo, activeNo } = await lockSetting(tx, version.orgId)
  const no = lastNo + 1
  await tx.policySetting.update({ where: { orgId: version.orgId }, data: { lastNo: no } })
  await tx.policyVersion.create({ data: { ...version, no, basedOn: activeNo }, select: { id: true } })
  return no
}

/** @throws AppError `conflict` when it is in another state, or another text, by now */
export async function writeVersion(
  tx: Tx,
  { orgId, id, revision }: Pick<FoundVersion, 'orgId' | 'id' | 'revision'>,
  from: readonly VersionState[],
  change: Prisma.PolicyVersionUncheckedUpdateManyInput,
): Promise<void> {
  const { count } = await tx.policyVersion.updateMany({
    where: { orgId, id, revision, state: { in: [...from] } },
    data: { ...change, updatedAt: new Date(), revision: { increment: 1 } },
  })
  if (count === 0) throw new AppError('conflict', 'This version has moved on in the meantime. Look at it again.')
}

export type Use = { id: string; no: number; contentHash: string; kinds: string[] } | null

/** Puts a version, or none, in the place of what answers, with a line of the history. The setting is locked. */
export async function writeActive(
  tx: Tx,
  setting: FoundSetting,
  use: Use,
  line: { how: 'published' | 'rolled_back'; by: string; reason: string | null; baseHash: string },
): Promise<void> {
  const { orgId } = setting
  await tx.policySetting.update({
    where: { orgId },
    data: {
      ...{ activeId: use?.id ?? null, activeNo: use?.no ?? null, activeHash: use?.contentHash ?? null },
      ...{ activeKinds: use?.kinds ?? [], changes: { increment: 1 } },
    },
  })
  await tx.policyActivation.create({
    data: {
      ...{ orgId, no: setting.changes + 1, versionId: use?.id ?? null, versionNo: use?.no ?? null },
      ...{ contentHash: use?.contentHash ?? null, ...line },
    },
  })
}

export async function writeShadow(
  tx: Tx,
  orgId: string,
  shadow: { id: string; no: number; hash: string; kinds: string[]; trial: string } | null,
): Promise<void> {
  await tx.policySetting.update({
    where: { orgId },
    data: {
      ...{ shadowId: shadow?.id ?? null, shadowNo: shadow?.no ?? null, shadowHash: shadow?.hash ?? null },
      ...{ shadowKinds: shadow?.kinds ?? [], shadowTrial: shadow?.trial ?? null },
    },
  })
}

/** What stands in shadow no more ends its trial; its version goes back to where it was. */
export async function endShadow(tx: Tx, setting: FoundSetting, backTo: VersionState | null): Promise<void> {
  const { orgId, shadowId, shadowTrial } = setting
  if (shadowTrial)
    await tx.policyTrial.updateMany({
      where: { orgId, id: shadowTrial, state: 'running' },
      data: { state: 'done', endedAt: new Date() },
    })
  if (shadowId && backTo)
    await tx.policyVersion.updateMany({
      where: { orgId, id: shadowId, state: 'shadow' },
      data: { state: backTo, shadowAt: null, revision: { increment: 1 } },
    })
  await writeShadow(tx, orgId, null)
}

export async function insertTrial(tx: Tx, trial: Prisma.PolicyTrialUncheckedCreateInput): Promise<void> {
  await tx.policyTrial.create({ data: trial, select: { id: true } })
}

export function findTrial(ctx: Context, id: string) {
  return ctx.db.policyTrial.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
}
