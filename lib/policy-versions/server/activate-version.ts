import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { anyVersion, statesOf, versionTarget } from '../rules'
import {
  PublishVersionInput,
  ReviewVersionInput,
  RollBackInput,
  ShadowVersionInput,
  type VersionDetail,
  type VersionList,
} from '../schema'
import { askVersion, effectiveHash } from './decide-by-version'
import { listVersions } from './list-versions'
import { loadVersion } from './load-version'
import { presentVersion } from './present-version'
import { type Base, readBase } from './read-base'
import {
  endShadow,
  type FoundSetting,
  type FoundVersion,
  filesOf,
  findActivations,
  findSetting,
  findVersion,
  insertTrial,
  lockSetting,
  type Use,
  writeActive,
  writeShadow,
  writeVersion,
} from './store'
import { authorOf, demandAvailable } from './update-version'
import { verifyPolicy } from './verify-policy'

/** In milliseconds: as long as a version is given to be where it is asked. */
const probeMs = 2000
const steadyTimes = 6

function demandText(version: FoundVersion, contentHash: string): void {
  if (version.contentHash !== contentHash)
    throw new AppError('precondition_failed', 'This is not the text that you looked at. Look at it again.')
}

function demandState(version: FoundVersion, act: keyof typeof statesOf, says: string): void {
  if (!(statesOf[act] as readonly string[]).includes(version.state)) throw new AppError('conflict', says)
}

/**
 * A second person's word on a version that passed its tests, bound to the text that they saw.
 * @throws AppError `not_found`, `forbidden` for whoever wrote in it and for programs, `precondition_failed`, `conflict`
 */
export async function reviewVersion(ctx: Context, input: ReviewVersionInput): Promise<VersionDetail> {
  const { id, contentHash, verdict, note } = ReviewVersionInput.parse(input)
  const version = await findVersion(ctx, id)
  const target = versionTarget(version)
  const permit = await ctx.authorize('approve', target)
  demandState(version, 'approve', 'Only a version that passed its tests can be agreed to, and only once.')
  demandText(version, contentHash)
  const state = verdict === 'approved' ? 'reviewed' : 'draft'
  await ctx.commit(
    permit,
    {
      action: `policy_version.${verdict === 'approved' ? 'approve' : 'reject'}`,
      target,
      reason: note,
      after: { state, contentHash },
    },
    (tx) =>
      writeVersion(tx, version, statesOf.approve, {
        ...{ state, reviewNote: note, reviewedAt: new Date(), reviewedBy: ctx.actor.name },
        ...(verdict === 'approved' ? { reviewedById: authorOf(ctx) } : { reviewedById: null, testedHash: null }),
      }),
  )
  return presentVersion(ctx, id)
}

/**
 * Puts a version beside what answers: each question is put to it too, after its answer. Another one that stood there goes back.
 * @throws AppError `not_found`, `forbidden`, `precondition_failed`, `conflict`, `upstream_failed` when it cannot be loaded
 */
export async function launchShadow(ctx: Context, input: ShadowVersionInput): Promise<VersionDetail> {
  const { id, contentHash } = ShadowVersionInput.parse(input)
  const version = await findVersion(ctx, id)
  const target = versionTarget(version)
  const permit = await ctx.authorize('shadow', target)
  demandAvailable()
  demandState(version, 'shadow', 'Only a version that somebody else has agreed to can stand in shadow.')
  demandText(version, contentHash)
  const base = await makeReady(ctx, version)
  await ctx.commit(permit, { action: 'policy_version.shadow', target, after: { contentHash } }, async (tx) => {
    const setting = await lockSetting(tx, version.orgId)
    await endShadow(tx, setting, 'reviewed')
    await writeVersion(tx, version, statesOf.shadow, { state: 'shadow', shadowAt: new Date() })
    await beginShadow(tx, version, setting.activeHash, { base, by: ctx.actor.name })
  })
  return presentVersion(ctx, id)
}

async function beginShadow(
  tx: Tx,
  { orgId, id, no, contentHash, kinds }: Pick<FoundVersion, 'orgId' | 'id' | 'no' | 'contentHash' | 'kinds'>,
  activeOwn: string | null,
  { base, by }: { base: Base; by: string },
): Promise<void> {
  const trial = uuidv7()
  await insertTrial(tx, {
    ...{ orgId, id: trial, versionId: id, versionNo: no, kind: 'shadow', state: 'running', contentHash, kinds },
    ...{ baseHash: base.hash, activeHash: effectiveHash(base.hash, activeOwn) ?? '', askedBy: by },
  })
  await writeShadow(tx, orgId, { id, no, hash: contentHash, kinds, trial })
}

/** Gives it to the decision point and looks that it answers there. @throws AppError `upstream_failed` */
async function makeReady(ctx: Context, version: FoundVersion): Promise<Base> {
  const base = await readBase()
  await loadVersion(filesOf(version), version.contentHash)
  const asked = { id: version.id, hash: version.contentHash, kinds: version.kinds }
  const principal = { id: 'nobody', roles: ['stranger'], attr: {} }
  const checks = version.kinds.map((kind) => ({ resource: { kind, id: 'none', attr: {} }, actions: ['none'] }))
  let times = 0
  for (const until = Date.now() + probeMs; ; ) {
    const answers = await askVersion(ctx.tenant, asked, principal, checks, 500)
    times = answers.every((answer) => typeof answer !== 'string') ? times + 1 : 0
    // It may go away for some milliseconds while it is taken in.
    if (times === steadyTimes) return base
    if (Date.now() > until)
      throw new AppError(
        'upstream_failed',
        'The decision point does not answer by this version, so nothing was changed. Try again; if it persists, ask your administrator to check it.',
      )
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/**
 * Lets a version answer from the next question on, in every process: each reads with its question which one it is. It is compiled and
 * tested once more before, and is where it is asked before anything is changed.
 * @throws AppError `not_found`, `forbidden`, `precondition_failed`, `conflict` when something else answers by now, `upstream_failed`
 */
export async function publishVersion(ctx: Context, input: PublishVersionInput): Promise<VersionDetail> {
  const { id, contentHash, activeHash } = PublishVersionInput.parse(input)
  const version = await findVersion(ctx, id)
  const target = versionTarget(version)
  const permit = await ctx.authorize('publish', target)
  demandAvailable()
  demandState(version, 'publish', 'Only a version that stands in shadow can be published.')
  demandText(version, contentHash)
  await demandPassing(version)
  const base = await makeReady(ctx, version)
  const now = new Date()
  const before = { hash: activeHash }
  const after = { no: version.no, contentHash, hash: effectiveHash(base.hash, contentHash) }
  await ctx.commit(permit, { action: 'policy_version.publish', target, before, after }, async (tx) => {
    const setting = await lockSetting(tx, version.orgId)
    demandActive(setting, base, activeHash)
    await endShadow(tx, setting, null)
    await writeVersion(tx, version, statesOf.publish, {
      ...{ state: 'published', publishedAt: now, publishedBy: ctx.actor.name },
    })
    await writeFormer(tx, setting, 'superseded', now)
    const line = { how: 'published' as const, by: ctx.actor.name, reason: null, baseHash: base.hash }
    await writeActive(tx, setting, version, line)
  })
  return presentVersion(ctx, id)
}

/** @throws AppError `precondition_failed` for what does not compile or does not pass */
async function demandPassing(version: FoundVersion): Promise<void> {
  const result = await verifyPolicy(filesOf(version))
  if (!result.isCompiled || !result.isPassed)
    throw new AppError(
      'precondition_failed',
      'It does not pass its tests with the product’s policies as they are now, so it was not put in use. Change it and test it again.',
    )
}

function demandActive(setting: FoundSetting, base: Base, activeHash: string): void {
  if (effectiveHash(base.hash, setting.activeHash) !== activeHash)
    throw new AppError('conflict', 'Something else answers by now than what you looked at. Look at it again.')
}

async function writeFormer(
  tx: Tx,
  setting: FoundSetting,
  state: 'superseded' | 'rolled_back',
  endedAt: Date,
): Promise<void> {
  const { orgId, activeId } = setting
  if (activeId === null) return
  await tx.policyVersion.updateMany({
    where: { orgId, id: activeId, state: 'published' },
    data: { state, endedAt, updatedAt: endedAt, revision: { increment: 1 } },
  })
}

/**
 * Goes back, in one action, to what answered before the version in use was published: another version, or the product's policies alone.
 * @throws AppError `forbidden`, `conflict` when there is nothing to go back from, `upstream_failed` when it cannot be loaded
 */
export async function restoreFormer(ctx: Context, input: RollBackInput): Promise<VersionList> {
  const { activeHash, reason } = RollBackInput.parse(input)
  const permit = await ctx.authorize('roll_back', anyVersion)
  const [shown, lines] = [await findSetting(ctx), await findActivations(ctx, 1000)]
  if (shown.activeId === null)
    throw new AppError('conflict', 'The product’s own policies answer. There is nothing to go back from.')
  const published = lines.find(({ versionId, how }) => versionId === shown.activeId && how === 'published')
  const line = lines.find(({ no }) => no === (published?.no ?? 1) - 1)
  const former = line?.versionId ? await findVersion(ctx, line.versionId) : null
  const base = await readBase()
  if (former) {
    demandAvailable()
    if (line?.baseHash !== base.hash) await demandPassing(former)
    await makeReady(ctx, former)
  }
  const before = { no: shown.activeNo, hash: activeHash }
  const use: Use = former
  const after = { no: former?.no ?? null, hash: effectiveHash(base.hash, former?.contentHash ?? null) }
  await ctx.commit(
    permit,
    { action: 'policy_version.roll_back', target: anyVersion, reason, before, after },
    async (tx) => {
      const setting = await lockSetting(tx, shown.orgId)
      demandActive(setting, base, activeHash)
      const now = new Date()
      await writeFormer(tx, setting, 'rolled_back', now)
      if (former)
        await tx.policyVersion.updateMany({
          where: { orgId: former.orgId, id: former.id },
          data: { state: 'published', endedAt: null, updatedAt: now, revision: { increment: 1 } },
        })
      await writeActive(tx, setting, use, { how: 'rolled_back', by: ctx.actor.name, reason, baseHash: base.hash })
      await renewShadow(tx, setting, former?.contentHash ?? null, { base, by: ctx.actor.name })
    },
  )
  return listVersions(ctx)
}

/** What stood beside something else begins anew beside what answers now. */
async function renewShadow(
  tx: Tx,
  setting: FoundSetting,
  activeOwn: string | null,
  of: { base: Base; by: string },
): Promise<void> {
  const { orgId, shadowId, shadowNo, shadowHash, shadowKinds } = setting
  if (shadowId === null || shadowNo === null || shadowHash === null) return
  await endShadow(tx, setting, null)
  await beginShadow(
    tx,
    { orgId, id: shadowId, no: shadowNo, contentHash: shadowHash, kinds: shadowKinds },
    activeOwn,
    of,
  )
}
