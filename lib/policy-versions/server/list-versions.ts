import { policyHash } from '@/lib/decisions/server/read-policy-hash'
import type { Context } from '@/lib/platform/context'
import { anyVersion, versionTarget } from '../rules'
import type { ById, VersionDetail, VersionList } from '../schema'
import { askVersion, effectiveHash } from './decide-by-version'
import { presentSummary, presentTrial, presentVersion, whyUnavailable } from './present-version'
import { readBase } from './read-base'
import { findActivations, findSetting, findTrials, findVersion, findVersions } from './store'

/** All versions, newest first, with what answers now and what did before. @throws AppError `forbidden` */
export async function listVersions(ctx: Context): Promise<VersionList> {
  await ctx.authorize('list', anyVersion)
  const [versions, setting, activations, trials, base, [can]] = await Promise.all([
    findVersions(ctx),
    findSetting(ctx),
    findActivations(ctx),
    findTrials(ctx, null),
    readBase().catch(() => undefined),
    ctx.can(['create', 'roll_back', 'replay'], [anyVersion]),
  ])
  const unavailable = whyUnavailable()
  return {
    items: versions.map((version) => presentSummary(version, setting)),
    active: {
      ...{ versionId: setting.activeId, versionNo: setting.activeNo },
      ...{ hash: effectiveHash(policyHash(), setting.activeHash), baseHash: policyHash() },
      isLoaded: await isLoaded(ctx, setting),
    },
    activations: activations.map((each) => ({
      ...{ no: each.no, versionId: each.versionId, versionNo: each.versionNo, by: each.by, reason: each.reason },
      hash: effectiveHash(each.baseHash, each.contentHash) ?? '',
      ...{ how: each.how as 'published' | 'rolled_back', at: each.at.toISOString() },
    })),
    base: base?.files ?? [],
    baseReplays: trials.map((trial) => presentTrial(trial, setting, null)),
    unavailable,
    can: {
      create: can?.create === true && unavailable === null,
      rollBack: can?.roll_back === true && activations.length > 0,
      replay: can?.replay === true && unavailable === null,
    },
  }
}

/** Whether every type of the version in use is answered by its very text. */
async function isLoaded(
  ctx: Context,
  setting: { activeId: string | null; activeHash: string | null; activeKinds: string[] },
): Promise<boolean> {
  if (setting.activeId === null) return true
  const version = { id: setting.activeId, hash: setting.activeHash, kinds: setting.activeKinds }
  const principal = { id: 'nobody', roles: ['stranger'], attr: {} }
  const checks = setting.activeKinds.map((kind) => ({ resource: { kind, id: 'none', attr: {} }, actions: ['none'] }))
  const answers = await askVersion(ctx.tenant, version, principal, checks, 1000)
  return answers.every((answer) => typeof answer !== 'string')
}

/** One version. @throws AppError `not_found`, `forbidden` */
export async function getVersion(ctx: Context, { id }: ById): Promise<VersionDetail> {
  await ctx.authorize('read', versionTarget(await findVersion(ctx, id)))
  return presentVersion(ctx, id)
}
