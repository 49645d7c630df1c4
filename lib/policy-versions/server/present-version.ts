import { policyHash } from '@/lib/decisions/server/read-policy-hash'
import { versionPoint } from '@/lib/platform/authz/client'
import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import { type Act, isStale, statesOf, versionTarget } from '../rules'
import { TestResult, type Trial, type VersionDetail, type VersionSummary } from '../schema'
import type { VersionState } from '../values'
import { effectiveHash } from './decide-by-version'
import {
  type FoundSetting,
  type FoundTrial,
  type FoundVersion,
  filesOf,
  findSetting,
  findTrials,
  findVersion,
} from './store'

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

/** Why this installation can have no policies of one's own; null where it can. */
export function whyUnavailable(): string | null {
  if (!versionPoint())
    return 'This installation asks a Cerbos server of its own and has no second one for policies of organizations. An administrator of the installation adds one: VERSIONS_CERBOS_ADDRESS.'
  if (env().CERBOS_PROGRAM === undefined)
    return 'This installation has no Cerbos program to compile and test policies with. An administrator of the installation names it: CERBOS_PROGRAM.'
  return null
}

export function presentSummary(version: FoundVersion, setting: FoundSetting): VersionSummary {
  return {
    ...{ id: version.id, no: version.no, title: version.title, state: version.state as VersionState },
    ...{ isActive: setting.activeId === version.id, contentHash: version.contentHash, kinds: version.kinds },
    ...{ author: version.authorName, reviewer: version.reviewedBy },
    ...{ createdAt: version.createdAt.toISOString(), updatedAt: version.updatedAt.toISOString() },
    publishedAt: iso(version.publishedAt),
  }
}

export function presentTrial(trial: FoundTrial, setting: FoundSetting, contentHash: string | null): Trial {
  const activeHash = effectiveHash(policyHash(), setting.activeHash)
  return {
    ...{ id: trial.id, kind: trial.kind as Trial['kind'], state: trial.state as Trial['state'] },
    ...{ versionNo: trial.versionNo, contentHash: trial.contentHash, activeHash: trial.activeHash },
    isStale: isStale(trial, { activeHash, contentHash }),
    ...{ askedBy: trial.askedBy, days: trial.days, beganAt: trial.beganAt.toISOString(), endedAt: iso(trial.endedAt) },
    ...{ total: trial.total, asked: trial.asked, differing: trial.differing, skipped: trial.skipped },
    ...{ dropped: trial.dropped, masked: trial.masked, problem: trial.problem },
    differences: trial.differences.map((each) => ({
      subject: { type: each.subjectType, id: each.subjectId },
      ...{ action: each.action, resourceType: each.resourceType, nowAllowed: each.nowAllowed, count: each.count },
      ...{ reasonWas: each.reasonWas, reasonNow: each.reasonNow, ruleNow: each.ruleNow },
      ...{
        sampleResource: each.sampleResource,
        sampleDecision: each.sampleDecision,
        lastAt: each.lastAt.toISOString(),
      },
    })),
  }
}

/** One version with everything that is known of it. */
export async function presentVersion(ctx: Context, id: string): Promise<VersionDetail> {
  const [version, setting] = [await findVersion(ctx, id), await findSetting(ctx)]
  const [active, trials, [may]] = await Promise.all([
    setting.activeId ? findVersion(ctx, setting.activeId) : null,
    findTrials(ctx, id),
    ctx.can(['update', 'test', 'approve', 'shadow', 'publish', 'replay', 'discard'], [versionTarget(version)]),
  ])
  const can = (act: Act) =>
    may?.[act] === true && (statesOf[act] as readonly string[]).includes(version.state) && whyUnavailable() === null
  const result = TestResult.safeParse(version.testResult)
  const isTestStale =
    result.success && (result.data.contentHash !== version.contentHash || result.data.baseHash !== policyHash())
  return {
    ...presentSummary(version, setting),
    ...{ revision: version.revision, authors: version.authorIds.length, files: filesOf(version) },
    basedOn: version.basedOn,
    active: {
      ...{ no: setting.activeNo, hash: effectiveHash(policyHash(), setting.activeHash) },
      files: active ? filesOf(active) : [],
    },
    test:
      result.success && version.testedAt
        ? { at: version.testedAt.toISOString(), isStale: isTestStale, result: result.data }
        : null,
    review:
      version.reviewedBy && version.reviewedAt
        ? { by: version.reviewedBy, at: version.reviewedAt.toISOString(), note: version.reviewNote ?? '' }
        : null,
    ...{ shadowAt: iso(version.shadowAt), publishedBy: version.publishedBy },
    trials: trials.map((trial) => presentTrial(trial, setting, version.contentHash)),
    unavailable: whyUnavailable(),
    can: {
      ...{ update: can('update'), test: can('test'), approve: can('approve'), shadow: can('shadow') },
      ...{ publish: can('publish'), replay: can('replay'), discard: can('discard') },
    },
  }
}
