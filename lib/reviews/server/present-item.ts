import { privilegeOfRank } from '@/lib/identities/rules'
import { formatCount } from '@/lib/platform/browser/format'
import type { Context } from '@/lib/platform/context'
import type { Evidence, Grant } from '../evidence'
import type { ReviewItem, ReviewItemDetail } from '../items'
import type { Conflict, Decision, ItemLevel } from '../values'
import { instantOf } from './map-evidence'
import { rulesOf } from './present-campaign'
import type { CampaignRow } from './store'
import { findWords, type ItemRow, placeOf, type WordRow } from './store-items'

const conflictSentences: Record<Conflict, string> = {
  owns_alone: 'You alone answer for it: somebody else has to certify it.',
  created: 'You created it: somebody else has to certify it.',
  uses: 'You can act as it: somebody else has to certify it.',
  had_it_before: 'You had it before: somebody else has to certify it.',
  acts_for_conflicted: 'You review it for somebody who must not certify it.',
}
export const sayConflict = (conflict: Conflict): string => conflictSentences[conflict]

const wordOf = (row: WordRow): NonNullable<ReviewItem['mine']> => ({
  stage: row.stage,
  reviewer: {
    no: row.reviewerNo,
    key: row.reviewerKey,
    name: row.reviewerName,
    way: row.way as NonNullable<ReviewItem['mine']>['reviewer']['way'],
  },
  state: row.state as NonNullable<ReviewItem['mine']>['state'],
  decision: row.decision as Decision | null,
  until: row.until?.toISOString() ?? null,
  reduction: row.reduction as NonNullable<ReviewItem['mine']>['reduction'],
  note: row.note,
  by: row.byName,
  at: row.at?.toISOString() ?? null,
  signedAt: row.signed ? (row.at?.toISOString() ?? null) : null,
})

/** What the caller may do to items, as conditions on their assignments. */
export const itemRights = (ctx: Context) => ctx.rights(['decide', 'certify', 'reassign'], 'review_item')

/** Items as the contract shows them, with what the caller may do to each. */
export async function presentItems(
  ctx: Context,
  campaign: CampaignRow,
  rows: readonly ItemRow[],
  mine: readonly number[],
  given?: Awaited<ReturnType<typeof itemRights>>,
): Promise<{ items: ReviewItem[]; words: WordRow[] }> {
  const rules = rulesOf(campaign)
  const may = given ?? (await itemRights(ctx))
  const words =
    rows.length === 0
      ? []
      : await findWords(
          ctx,
          placeOf(ctx, campaign, rules),
          rows.map(({ no }) => no),
          mine,
          may,
        )
  const isOpen = campaign.state === 'active'
  const items = rows.map((row): ReviewItem => {
    const all = words.filter(({ itemNo }) => itemNo === row.no)
    const own = all.find(({ reviewerNo, state }) => mine.includes(reviewerNo) && state !== 'handed_on')
    const current = all.filter(({ stage, state }) => stage === campaign.stageNo && state !== 'handed_on')
    const shown = own ?? current.find(({ state }) => ['open', 'drafted'].includes(state)) ?? current[0]
    const canAct =
      isOpen &&
      row.outcome === null &&
      own !== undefined &&
      own.stage === campaign.stageNo &&
      ['open', 'drafted'].includes(own.state)
    const ref = (id: string | null) => (id === null ? null : { id, name: row.subject ?? '' })
    return {
      no: row.no,
      level: campaign.level as ItemLevel,
      identity: {
        id: row.identityId,
        name: row.name,
        kind: row.kind as ReviewItem['identity']['kind'],
        environment: row.environment,
      },
      credential: ref(row.credentialId),
      entitlement: ref(row.entitlementId),
      system: row.system,
      owner: row.owner,
      score: row.score,
      privilege: privilegeOfRank(row.rank),
      usage: row.usage as ReviewItem['usage'],
      lastUsedAt: instantOf(row.lastUsedAt),
      recommendation: row.recommendation as Decision,
      group: row.groupHash,
      isAlone: row.isAlone,
      stage: row.stage,
      outcome: row.outcome as ReviewItem['outcome'],
      outcomeUntil: row.outcomeUntil?.toISOString() ?? null,
      settledBy: row.settledBy as ReviewItem['settledBy'],
      mine: shown ? wordOf(shown) : null,
      reviewers: [
        ...new Set(current.filter(({ reviewerNo }) => reviewerNo > 0).map(({ reviewerName }) => reviewerName)),
      ],
      can: {
        decide: canAct && own.mayDecide,
        certify: canAct && own.mayDecide && own.mayCertify,
        reassign: canAct && own.mayReassign,
      },
    }
  })
  return { items, words }
}

export const presentWords = (words: readonly WordRow[]) => words.map(wordOf)

// In plain words

const privilegeWords: Record<string, string> = {
  read: 'can read',
  write: 'can change',
  secret_read: 'can read the secrets of',
  admin: 'administers',
}
const edgeWords: Record<string, string> = {
  member_of: 'belongs to',
  assumes: 'can act as',
  impersonates: 'can act as',
  runs_as: 'runs as',
  delegates_to: 'acts through',
  stores: 'keeps secrets of',
  owns_code: 'owns the code of',
}

function sayGrant(grant: Grant): string {
  const what = grant.privilege
    ? privilegeWords[grant.privilege]
    : (edgeWords[grant.kind] ?? 'has access of unknown extent to')
  const where = [grant.sensitivity, grant.environment].filter(Boolean).join(', ')
  const scopes = grant.scopes.slice(0, 3).join(', ')
  return [
    grant.isAllow ? `It ${what} ${grant.to}` : `It is denied ${grant.to}`,
    where ? ` (${where})` : '',
    scopes ? `: ${scopes}${grant.scopeCount > 3 ? ` and ${grant.scopeCount - 3} more` : ''}` : '',
    grant.condition ? ', on a condition' : '',
    grant.expiresAt ? `, until ${grant.expiresAt.slice(0, 10)}` : '',
    grant.lastUsedAt ? `, used ${grant.lastUsedAt.slice(0, 10)}` : '',
    '.',
  ].join('')
}

const day = (at: string | null) => (at === null ? 'at an unknown time' : `on ${at.slice(0, 10)}`)

const kindWords: Record<string, string> = {
  api_client: 'API client',
  oauth_app: 'OAuth app',
  iam_role: 'IAM role',
  ai_agent: 'AI agent',
}

/** Whom it could become, where, and for how long a thief would have that. */
function sayReach({ identities, systems, hours, isUnbounded }: NonNullable<Evidence['reach']>): string {
  const others = identities === 0 ? 'it can become nobody else' : `it can become ${formatCount(identities, 'other')}`
  const where = systems === 0 ? ' and reaches nothing that is known' : `, in ${formatCount(systems, 'system')}`
  if (isUnbounded) return `${others}${where}, with no end in sight`
  if (hours === null || hours === 0) return `${others}${where}`
  const time = hours < 48 ? formatCount(Math.round(hours), 'hour') : formatCount(Math.round(hours / 24), 'day')
  return `${others}${where}, for ${time}`
}

/** What stops working without it, and where else its secrets are. */
function sayStops({ count, listed, sightings }: Evidence['dependents']): string[] {
  const more = count - listed.length
  const acts = listed.map(
    ({ name, how }) => `${name} ${(edgeWords[how] ?? 'depends on it').replace('can act as', 'acts as')} it.`,
  )
  return [
    ...(count === 0 ? ['Nothing is known that acts by it. That does not mean that nothing does.'] : acts),
    ...(more > 0 ? [`And ${more} more.`] : []),
    ...(sightings > 0
      ? [`Its secrets were seen in ${formatCount(sightings, 'place')}. Whatever reads them there stops.`]
      : []),
  ]
}

/** Frozen evidence as sentences; what is not known is said to be unknown. */
export function sayEvidence(evidence: Evidence): ReviewItemDetail['says'] {
  const { identity, access, reach, credentials, usage, dependents, recommendation } = evidence
  const kind = kindWords[identity.kind] ?? identity.kind.replaceAll('_', ' ')
  const more = access.grantCount - access.grants.length
  return {
    what: `${identity.name} is ${/^[aeio]/i.test(kind) ? 'an' : 'a'} ${kind} of ${identity.source}, in ${identity.environment ?? 'an unknown environment'}. ${
      identity.purpose ? `Purpose: ${identity.purpose}` : 'Its purpose is unknown.'
    }`,
    access: [
      ...(access.grants.length === 0
        ? ['What it can do is unknown: no access of it has been read.']
        : access.grants.map(sayGrant)),
      ...(more > 0 ? [`And ${more} more.`] : []),
    ],
    usage:
      usage.state === 'never'
        ? 'It was never used.'
        : usage.state === 'unknown'
          ? 'When it was last used is unknown.'
          : `It was last used ${day(usage.lastUsedAt)}${usage.where ? `, for ${usage.where}` : '; where is unknown'}.`,
    reach: reach
      ? `Blast radius ${Math.round(reach.score)} of 100: ${sayReach(reach)}.`
      : 'Its blast radius is unknown.',
    credentials:
      credentials.count === 0
        ? 'No credential of it is known.'
        : `${credentials.count} ${credentials.count === 1 ? 'credential' : 'credentials'}, the oldest made ${day(credentials.oldestAt)}; ${
            credentials.neverExpires
              ? 'one never expires'
              : credentials.nextExpiryAt
                ? `the next expires ${day(credentials.nextExpiryAt)}`
                : 'when they expire is unknown'
          }.`,
    stops: sayStops(dependents),
    recommendation: recommendation.reasons,
  }
}
