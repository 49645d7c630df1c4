import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { Evidence } from '../evidence'
import type { ItemPath, ReviewItemDetail } from '../items'
import { conflictsOf } from '../rules'
import { type Decision, decisions } from '../values'
import { readCampaign } from './get-campaign'
import { parseEvidence } from './map-evidence'
import { rulesOf, saySilence } from './present-campaign'
import { itemRights, presentItems, presentWords, sayConflict, sayEvidence } from './present-item'
import { type Current, findCurrent, findHistory, findPeers, findRemedy } from './store-history'
import { findItem, findMyNumbers } from './store-items'

/** One item with its frozen evidence, and what is different now. @throws AppError `not_found`, `forbidden` */
export async function getItem(ctx: Context, { id, item }: ItemPath): Promise<ReviewItemDetail> {
  const place = { orgId: ctx.tenant.orgId, campaignId: id }
  // Asked for beside the campaign, and looked at only once it may be read.
  const beside = Promise.all([
    findItem(ctx, place, item),
    findMyNumbers(ctx, id),
    ctx.plan('read', 'review_item'),
    itemRights(ctx),
  ])
  beside.catch(() => {})
  const { row } = await readCampaign(ctx, id)
  const [frozen, mine, { rows: visible }, may] = await beside
  const missing = () => new AppError('not_found', 'There is no such item in this campaign.')
  if (!frozen || row.frozenAt === null) throw missing()
  const around = Promise.all([
    findPeers(ctx, place, item),
    findHistory(ctx, place, item),
    findRemedy(ctx, place, item),
    findCurrent(ctx, frozen),
  ])
  around.catch(() => {})
  const { items, words } = await presentItems(ctx, row, [frozen], mine, may)
  const [shown] = items
  if (!shown || (visible !== null && !words.some(({ reviewerNo }) => mine.includes(reviewerNo)))) throw missing()
  const evidence = parseEvidence(frozen.evidence)
  const [peers, history, remedy, now] = await around
  const rules = rulesOf(row)
  const own = words.find(({ reviewerNo, state }) => mine.includes(reviewerNo) && state !== 'handed_on')
  const conflicts =
    own && !own.mayCertify && ctx.actor.kind === 'user' ? conflictsOf(ctx.actor.id, { ...frozen, ...own }) : []
  return {
    ...shown,
    campaign: {
      ...{ id, name: row.name, stage: row.stageNo, silenceSays: saySilence(rules) },
      deadlineAt: row.deadlineAt?.toISOString() ?? null,
    },
    evidence: await withChanges(ctx, evidence),
    frozenAt: row.frozenAt.toISOString(),
    evidenceHash: frozen.evidenceHash,
    says: sayEvidence(evidence),
    peers,
    changedSince: now === null ? ['It is no longer there.'] : differences(evidence, now),
    isGone: now === null || now.isGone,
    conflicts: conflicts.map((conflict) => ({ conflict, says: sayConflict(conflict) })),
    needsNote: decisions.filter((decision) => needsNote(decision, rules, shown.score)),
    words: presentWords(words),
    history,
    remedy,
  }
}

function needsNote(
  decision: Decision,
  { noteFor, noteFromScore }: { noteFor: readonly Decision[]; noteFromScore: number | null },
  score: number | null,
): boolean {
  if (noteFor.includes(decision)) return true
  return (
    ['certify', 'certify_until'].includes(decision) &&
    noteFromScore !== null &&
    score !== null &&
    score >= noteFromScore
  )
}

/** What changed since the last review: both are frozen, so it can be told at any time. */
async function withChanges(ctx: Context, evidence: Evidence): Promise<Evidence> {
  const { previous } = evidence
  if (previous === null) return evidence
  const before = await findItem(ctx, { orgId: ctx.tenant.orgId, campaignId: previous.campaignId }, previous.item)
  const at = previous.at
  const changes = before ? compare(parseEvidence(before.evidence), evidence) : null
  return { ...evidence, previous: { ...previous, at }, changes }
}

function differences(evidence: Evidence, now: Current): string[] {
  const { identity, access, credentials, reach } = evidence
  const owners = evidence.owners.map(({ label }) => label)
  const say = (what: string, was: unknown, is: unknown) =>
    `${what} was ${was ?? 'unknown'}, it is ${is ?? 'unknown'} now.`
  return [
    ...(now.isGone && identity.status !== 'gone' ? ['It is no longer at its source.'] : []),
    ...(!now.isGone && now.status !== identity.status ? [say('Its state', identity.status, now.status)] : []),
    ...(now.environment !== identity.environment
      ? [say('Its environment', identity.environment, now.environment)]
      : []),
    ...(now.owners.join() !== owners.toSorted().join()
      ? [`Its owners were ${owners.join(', ') || 'nobody'}, they are ${now.owners.join(', ') || 'nobody'} now.`]
      : []),
    ...(now.privilege !== access.privilege ? [say('Its highest privilege', access.privilege, now.privilege)] : []),
    ...(now.grantCount !== access.grantCount
      ? [say('The number of its grants', access.grantCount, now.grantCount)]
      : []),
    ...(now.credentialCount !== credentials.count
      ? [say('The number of its credentials', credentials.count, now.credentialCount)]
      : []),
    ...(Math.round(now.score ?? -1) !== Math.round(reach?.score ?? -1)
      ? [say('Its blast radius', reach && Math.round(reach.score), now.score === null ? null : Math.round(now.score))]
      : []),
    ...(now.lastUsedAt && now.lastUsedAt.toISOString() > (evidence.usage.lastUsedAt ?? '') && evidence.identity.id
      ? [`It was used on ${now.lastUsedAt.toISOString().slice(0, 10)}.`]
      : []),
  ]
}

function compare(before: Evidence, after: Evidence): string[] {
  const held = (of: Evidence) => new Map(of.access.grants.map((grant) => [grant.entitlementId, grant.to]))
  const [was, is] = [held(before), held(after)]
  return [
    ...differences(before, {
      isGone: after.identity.status === 'gone',
      status: after.identity.status,
      environment: after.identity.environment,
      owners: after.owners.map(({ label }) => label).toSorted(),
      privilege: after.access.privilege,
      grantCount: after.access.grantCount,
      credentialCount: after.credentials.count,
      score: after.reach?.score ?? null,
      lastUsedAt: after.usage.lastUsedAt === null ? null : new Date(after.usage.lastUsedAt),
    }),
    ...[...is].flatMap(([id, to]) => (was.has(id) ? [] : [`New access: ${to}.`])),
    ...[...was].flatMap(([id, to]) => (is.has(id) ? [] : [`No longer: ${to}.`])),
  ]
}
