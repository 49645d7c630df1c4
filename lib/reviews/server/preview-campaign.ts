import type { IdentityKind } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, lockCatalogue, rehearseBulk } from '@/lib/platform/db/commit'
import { campaignTarget, deadlinesOf } from '../rules'
import type { CampaignDraft, CampaignPreview } from '../schema'
import type { CampaignRules } from '../templates'
import type { Conflict, Decision } from '../values'
import { demandReviewers } from './create-campaign'
import { saySilence } from './present-campaign'
import { type ResolvedScope, resolveScope } from './resolve-scope'
import { resolveStage } from './resolve-stage'
import { findPartialSources } from './store'
import { summarizeItems } from './store-freeze'
import { choosePopulation, findNamed, findOpenElsewhere, hashPopulation } from './store-population'

const patienceMs = 5000
const mostReviewers = 100

const conflictWords: Record<Conflict, string> = {
  owns_alone: 'Their only owner would have reviewed them.',
  created: 'Whoever created them would have reviewed them.',
  uses: 'Somebody who can act as them would have reviewed them.',
  had_it_before: 'Somebody who had them before would have reviewed them again.',
  acts_for_conflicted: 'Somebody would have reviewed them on behalf of one in conflict.',
}

/**
 * What a campaign would be if it were launched now: its items, who would be asked, who is passed over, what nobody would get, and
 * what silence would do. Nothing is kept.
 * @throws AppError `forbidden`, `invalid_input`; `conflict` while an import is applied
 */
export async function previewCampaign(ctx: Context, draft: CampaignDraft): Promise<CampaignPreview> {
  const now = new Date()
  const permit = await ctx.authorize('preview', campaignTarget({ id: 'new', name: 'a new campaign' }))
  await demandReviewers(ctx, draft.rules)
  const scope = await resolveScope(ctx, draft.scope, draft.level, now)
  return rehearseBulk(ctx.tenant, permit, (bulk) => rehearse(bulk, draft, scope, now))
}

async function rehearse(
  bulk: BulkTx,
  { level, rules }: CampaignDraft,
  scope: ResolvedScope,
  now: Date,
): Promise<CampaignPreview> {
  await lockCatalogue(bulk, 'rehearse', patienceMs)
  const { items, identities, leftOut } = await choosePopulation(bulk, level, scope.list, scope.matching)
  const blocked = await findPartialSources(bulk)
  const stage = await resolveStage(bulk, rules, 1)
  const { staleAfterDays, aloneFromScore } = rules
  const summary = await summarizeItems(bulk, { campaignId: '', level, staleAfterDays, aloneFromScore })
  const shown = stage.loads.slice(0, mostReviewers)
  const elsewhere = await findOpenElsewhere(
    bulk,
    shown.map(({ key }) => key),
  )
  const unassigned = stage.unassignable === 0 ? [] : await findNamed(bulk, stage.unassignableSignatures)
  const preview = {
    ...{ items, identities, leftOut, blocked },
    reviewers: shown.map((load) => ({
      ...{ key: load.key, name: load.name, items: load.items },
      kind: load.key.startsWith('team:') ? ('team' as const) : ('person' as const),
      ways: [...load.ways].map(([way, count]) => ({ way, items: count })),
      elsewhere: elsewhere.get(load.key) ?? 0,
    })),
    reviewerCount: stage.loads.length,
    conflicts: [...stage.conflicts].map(([conflict, count]) => ({
      ...{ conflict, items: count },
      says: conflictWords[conflict],
    })),
    unassignable: stage.unassignable,
    unassignableItems: unassigned.map((identity) => ({
      identity,
      says: 'Nobody who answers for it may review it, and no fallback does.',
    })),
    silence: { silence: rules.silence, says: saySilence(rules), items, inUse: summary.inUse },
    byKind: summary.kinds.map(({ kind, items: count }) => ({ kind: kind as IdentityKind, items: count })),
    groups: summary.groups,
    recommended: summary.recommended.map(({ decision, items: count }) => ({
      decision: decision as Decision,
      items: count,
    })),
    deadlines: deadlinesOf(rules, now.getTime()).map(({ stage: no, name, atMs }) => ({
      ...{ stage: no, name },
      at: new Date(atMs).toISOString(),
    })),
    previewHash: await hashPopulation(bulk),
    asOf: now.toISOString(),
  }
  return { ...preview, warnings: warningsOf(preview, rules, summary) }
}

/** More for one reviewer is more than a person can look at. */
const mostForOne = 500

function warningsOf(
  preview: Pick<CampaignPreview, 'items' | 'reviewers'>,
  rules: CampaignRules,
  { inUse, alone }: { inUse: number; alone: number },
): string[] {
  const busiest = preview.reviewers[0]
  return [
    ...(preview.items === 0 ? ['Nothing matches.'] : []),
    ...(busiest && busiest.items > mostForOne
      ? [`${busiest.name} would get ${busiest.items}: more than anybody can look at with care.`]
      : []),
    ...(rules.silence === 'revoke' && inUse > 0
      ? [`If nobody decides, ${inUse} that are in use would be revoked.`]
      : []),
    ...(rules.selfReview === 'allowed' ? ['Owners may certify what is theirs alone. The report shows each case.'] : []),
    ...(alone > 0 ? [`${alone} have to be decided one by one, because of their blast radius.`] : []),
  ]
}
