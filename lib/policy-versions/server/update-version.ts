import type { Context } from '@/lib/platform/context'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { anyVersion, statesOf, versionTarget } from '../rules'
import {
  CreateVersionInput,
  DiscardVersionInput,
  TestVersionInput,
  UpdateVersionInput,
  type VersionDetail,
} from '../schema'
import { starterFiles } from '../values'
import { contentHashOf } from './parse-policy'
import { presentVersion, whyUnavailable } from './present-version'
import { endShadow, filesOf, findSetting, findVersion, insertVersion, lockSetting, writeVersion } from './store'
import { verifyPolicy } from './verify-policy'

/** @throws AppError `upstream_failed` where this installation can have none */
export function demandAvailable(): void {
  const why = whyUnavailable()
  if (why !== null) throw new AppError('upstream_failed', why)
}

/** Begins a version: with files, with those in use, or with an example. @throws AppError `forbidden` */
export async function createVersion(ctx: Context, input: CreateVersionInput): Promise<VersionDetail> {
  const { title, files: given } = CreateVersionInput.parse(input)
  const permit = await ctx.authorize('create', anyVersion)
  demandAvailable()
  const { activeId } = await findSetting(ctx)
  const files = given ?? (activeId ? filesOf(await findVersion(ctx, activeId)) : [...starterFiles])
  const id = uuidv7()
  const contentHash = contentHashOf(files)
  await ctx.commit(
    permit,
    (no: number) => ({
      action: 'policy_version.create',
      target: versionTarget({ id, no, title, authorIds: [authorOf(ctx)] }),
      after: { no, title, contentHash },
    }),
    (tx) =>
      insertVersion(tx, {
        ...{ orgId: ctx.tenant.orgId, id, title, contentHash, files: files as unknown as Prisma.InputJsonValue },
        ...{ authorName: ctx.actor.name, authorIds: [authorOf(ctx)] },
      }),
  )
  return presentVersion(ctx, id)
}

/** The person behind whoever writes: an API key writes as its owner. */
export const authorOf = ({ actor }: Context): string => (actor.kind === 'api_key' ? actor.ownerId : actor.id)

/**
 * Changes the text. It is a draft again from then on, whatever it was: what was tested, agreed to and put in shadow was another text.
 * @throws AppError `not_found`, `forbidden`, `conflict` when somebody else changed it or it was published
 */
export async function updateVersion(ctx: Context, input: UpdateVersionInput): Promise<VersionDetail> {
  const { id, revision, title, files } = UpdateVersionInput.parse(input)
  const version = await findVersion(ctx, id)
  const target = versionTarget(version)
  const permit = await ctx.authorize('update', target)
  const contentHash = contentHashOf(files)
  const isSame = contentHash === version.contentHash
  if (isSame && (title === undefined || title === version.title)) return presentVersion(ctx, id)
  const before = { contentHash: version.contentHash, state: version.state, title: version.title }
  const after = { contentHash, state: isSame ? version.state : 'draft', title: title ?? version.title }
  await ctx.commit(permit, { action: 'policy_version.update', target, before, after }, async (tx) => {
    if (!isSame && version.state === 'shadow') {
      const setting = await lockSetting(tx, version.orgId)
      if (setting.shadowId === id) await endShadow(tx, setting, null)
    }
    await writeVersion(tx, { ...version, revision }, statesOf.update, {
      ...{ title: title ?? version.title, files: files as unknown as Prisma.InputJsonValue, contentHash },
      authorIds: [...new Set([...version.authorIds, authorOf(ctx)])],
      ...(isSame
        ? {}
        : { state: 'draft', testedHash: null, reviewedAt: null, reviewedById: null, reviewedBy: null, shadowAt: null }),
    })
  })
  return presentVersion(ctx, id)
}

/**
 * Compiles it and runs its tests and the mandatory set. What passes is tested; what does not stays a draft, with what is wrong.
 * @throws AppError `not_found`, `forbidden`, `conflict`, `upstream_failed` without a compiler
 */
export async function testVersion(ctx: Context, input: TestVersionInput): Promise<VersionDetail> {
  const { id, revision } = TestVersionInput.parse(input)
  const version = await findVersion(ctx, id)
  const target = versionTarget(version)
  const permit = await ctx.authorize('test', target)
  demandAvailable()
  if (!(statesOf.test as readonly string[]).includes(version.state))
    throw new AppError('conflict', 'This version was tested and agreed to already. Change it to test it anew.')
  const { kinds, ...result } = await verifyPolicy(filesOf(version))
  const state = result.isPassed ? 'tested' : 'draft'
  const after = { state, contentHash: result.contentHash, baseHash: result.baseHash, isPassed: result.isPassed }
  await ctx.commit(permit, { action: 'policy_version.test', target, after }, (tx) =>
    writeVersion(tx, { ...version, revision }, statesOf.test, {
      ...{ state, kinds, testedAt: new Date(), testedHash: result.isPassed ? result.contentHash : null },
      testResult: result as unknown as Prisma.InputJsonValue,
    }),
  )
  return presentVersion(ctx, id)
}

/** Puts a version aside that was never published. It stays readable. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function discardVersion(ctx: Context, input: DiscardVersionInput): Promise<VersionDetail> {
  const { id, revision } = DiscardVersionInput.parse(input)
  const version = await findVersion(ctx, id)
  const target = versionTarget(version)
  const permit = await ctx.authorize('discard', target)
  const change = {
    action: 'policy_version.discard',
    target,
    before: { state: version.state },
    after: { state: 'discarded' },
  }
  await ctx.commit(permit, change, async (tx) => {
    const setting = await lockSetting(tx, version.orgId)
    if (setting.shadowId === id) await endShadow(tx, setting, null)
    await writeVersion(tx, { ...version, revision }, statesOf.discard, { state: 'discarded', endedAt: new Date() })
  })
  return presentVersion(ctx, id)
}
