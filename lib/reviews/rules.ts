import type { CampaignRules, StageRules } from './templates'
import type { Conflict, ReviewerWay, SelfReview } from './values'

// What the decision point reads

/** What policies read of a campaign. `reviewerKeys`: of its reviewers, as far as they concern whoever asks. */
export function campaignTarget({
  id,
  name,
  reviewerKeys = [],
}: {
  id: string
  name: string
  reviewerKeys?: readonly string[]
}) {
  return { kind: 'review_campaign' as const, id, label: name, attr: { reviewerKeys: [...reviewerKeys] } }
}

export const templateTarget = ({ id, name }: { id: string; name: string }) => ({
  kind: 'review_template' as const,
  id,
  label: name,
  attr: {},
})

/** Users in conflict over an item, each a list of ids. */
export interface ConflictFacts {
  soleOwnerIds: readonly string[]
  creatorIds: readonly string[]
  userIds: readonly string[]
}

export interface ItemFacts extends ConflictFacts {
  campaignId: string
  no: number
  name: string
  /** `user:<id>` or `team:<id>`, '' for nobody. */
  reviewerKey: string
  chainIds: readonly string[]
  actsForIds: readonly string[]
  selfReview: SelfReview
  isFinal: boolean
}

/** What policies read of an item as one reviewer has it. */
export function itemTarget(item: ItemFacts) {
  const { reviewerKey, soleOwnerIds, creatorIds, userIds, chainIds, actsForIds, selfReview, isFinal } = item
  return {
    kind: 'review_item' as const,
    id: `${item.campaignId}/${item.no}`,
    label: item.name,
    attr: {
      ...{ reviewerKey, selfReview, isFinal },
      soleOwnerIds: [...soleOwnerIds],
      creatorIds: [...creatorIds],
      userIds: [...userIds],
      chainIds: [...chainIds],
      actsForConflicted: actsForIds.some((id) => [...soleOwnerIds, ...creatorIds, ...userIds].includes(id)),
    },
  }
}

/** Why somebody may not certify, for words and counts; whether they may is the decision point's to say. */
export function conflictsOf(
  userId: string,
  item: ConflictFacts & { chainIds?: readonly string[]; actsForIds?: readonly string[] },
): Conflict[] {
  const { soleOwnerIds, creatorIds, userIds, chainIds = [], actsForIds = [] } = item
  const conflicted = new Set([...soleOwnerIds, ...creatorIds, ...userIds])
  return [
    ...(soleOwnerIds.includes(userId) ? (['owns_alone'] as const) : []),
    ...(creatorIds.includes(userId) ? (['created'] as const) : []),
    ...(userIds.includes(userId) ? (['uses'] as const) : []),
    ...(chainIds.includes(userId) ? (['had_it_before'] as const) : []),
    ...(actsForIds.some((id) => conflicted.has(id)) ? (['acts_for_conflicted'] as const) : []),
  ]
}

// Who reviews

/** The people and teams of an organization, as far as they can review. */
export interface Directory {
  /** Active members whose role can decide: every one but auditors. */
  people: ReadonlyMap<string, { name: string }>
  teams: ReadonlyMap<string, { name: string; members: readonly string[]; leads: readonly string[] }>
  /** By person: the teams that they are in. */
  teamsOf: ReadonlyMap<string, readonly string[]>
}

/** Who answers for what: the same for all identities with the same owners. */
export interface Ownership extends ConflictFacts {
  /** `user:<id>`, `team:<id>`: those who answer, in their order. */
  owners: readonly string[]
  backups: readonly string[]
}

export interface Chosen {
  key: string
  way: ReviewerWay
}

export interface Resolution {
  /** None = unassignable. */
  chosen: Chosen[]
  /** Why others were passed over, each once. */
  passed: Conflict[]
}

/** Everybody who can act as this reviewer: the person, or the active members of the team. */
export function membersOf(directory: Directory, key: string): string[] {
  const [kind, id = ''] = key.split(':')
  if (kind === 'user') return directory.people.has(id) ? [id] : []
  return (directory.teams.get(id)?.members ?? []).filter((member) => directory.people.has(member))
}

/**
 * Finds the reviewers of one item in one stage: the first source that has somebody who may certify it, else the fallback. A team can
 * review when one of its members can.
 * @param excluded had it before: earlier stages, and reassignments
 */
export function resolveReviewers(
  stage: Pick<StageRules, 'reviewers' | 'named' | 'howMany'>,
  rules: Pick<CampaignRules, 'fallback' | 'selfReview'> & { isFinal: boolean },
  owned: Ownership,
  directory: Directory,
  excluded: readonly string[] = [],
): Resolution {
  const isWaived = rules.selfReview === 'allowed' || (rules.selfReview === 'not_final' && !rules.isFinal)
  const passed = new Set<Conflict>()
  const mayReview = (key: string): boolean => {
    const members = membersOf(directory, key)
    const free = members.filter((id) => {
      const found = conflictsOf(id, { ...owned, chainIds: excluded })
      const hindering = isWaived ? found.filter((conflict) => conflict === 'had_it_before') : found
      if (members.length === 1 || hindering.length > 0) for (const conflict of hindering) passed.add(conflict)
      return hindering.length === 0
    })
    return free.length > 0
  }
  const sources: Record<StageRules['reviewers'][number], () => readonly string[]> = {
    owner: () => owned.owners,
    backup: () => owned.backups,
    team_lead: () => leadsOf(directory, owned.owners),
    named: () => stage.named,
  }
  for (const way of stage.reviewers) {
    const keys = [...new Set(sources[way]())].filter(mayReview)
    const chosen = stage.howMany === 'all' ? keys : keys.slice(0, 1)
    if (chosen.length > 0) return { chosen: chosen.map((key) => ({ key, way })), passed: [...passed] }
  }
  const { fallback } = rules
  const chosen = fallback !== null && mayReview(fallback) ? [{ key: fallback, way: 'fallback' as const }] : []
  return { chosen, passed: [...passed] }
}

/** The leads of the teams that answer, and of the teams of the people who do. */
function leadsOf(directory: Directory, owners: readonly string[]): string[] {
  const teams = owners.flatMap((key) => {
    const [kind, id = ''] = key.split(':')
    return kind === 'team' ? [id] : (directory.teamsOf.get(id) ?? [])
  })
  return teams.flatMap((id) => (directory.teams.get(id)?.leads ?? []).map((lead) => `user:${lead}`))
}

// Deadlines

/** The date in a time zone at an instant: `2026-11-23`. */
function localDate(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(new Date(atMs))
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return `${of('year')}-${of('month')}-${of('day')}`
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * The last millisecond of the day that is so many days after the day of `fromMs` in the time zone: a day of 23 or 25 hours is a day,
 * and where a day's midnight is skipped or comes twice, the day ends with its last instant.
 */
export function endOfDay(fromMs: number, days: number, timeZone: string): number {
  const date = localDate(fromMs, timeZone)
  const noon = Date.parse(`${date}T12:00:00Z`) + days * dayMs
  const wanted = new Date(noon).toISOString().slice(0, 10)
  // The first instant after it lies within a day and a half of UTC noon, at a step of the offset that no zone is finer than.
  let last = noon - 36 * hourMs
  for (let at = last; at <= noon + 36 * hourMs; at += hourMs / 4) if (localDate(at, timeZone) === wanted) last = at
  // Within that quarter of an hour, to the millisecond.
  let [from, until] = [last, last + hourMs / 4]
  while (until - from > 1) {
    const middle = Math.floor((from + until) / 2)
    if (localDate(middle, timeZone) === wanted) from = middle
    else until = middle
  }
  return from
}

/** When each stage would end if it began now, one after the other. */
export function deadlinesOf(
  { stages, timeZone }: Pick<CampaignRules, 'stages' | 'timeZone'>,
  fromMs: number,
): { stage: number; name: string; atMs: number }[] {
  let beginMs = fromMs
  return stages.map(({ name, days }, index) => {
    beginMs = endOfDay(beginMs, days, timeZone)
    return { stage: index + 1, name, atMs: beginMs }
  })
}

/** The instant of a local time; where it is skipped, the one that follows; where it comes twice, the first. */
export function instantIn(local: string, timeZone: string): number {
  const wanted = Date.parse(`${local}Z`)
  const shown = (atMs: number) => {
    const parts = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).formatToParts(new Date(atMs))
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
    return Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`)
  }
  for (let at = wanted - 15 * hourMs; at <= wanted + 15 * hourMs; at += hourMs / 4) if (shown(at) >= wanted) return at
  return wanted
}
