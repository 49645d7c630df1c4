import { durationSteps, type GrantTier, tierBounds } from './values'

/** What a tier is worked out from: the most that is added. */
export interface Weighed {
  privileges: readonly (string | null)[]
  sensitivities: readonly (string | null)[]
  environment: string | null
}

/** How much stands behind it, and why. What a source does not say is taken for much, never for little. */
export function tierOf({ privileges, sensitivities, environment }: Weighed): { tier: GrantTier; says: string } {
  if (privileges.some((privilege) => privilege === 'admin'))
    return { tier: 'highest', says: 'It can grant, impersonate or make credentials.' }
  if (privileges.some((privilege) => privilege === 'secret_read'))
    return { tier: 'highest', says: 'It can read secrets.' }
  if (sensitivities.includes('restricted')) return { tier: 'highest', says: 'It reaches something restricted.' }
  if (privileges.some((privilege) => privilege === null || privilege === 'unknown'))
    return { tier: 'high', says: 'The source does not say what all of it amounts to.' }
  if (privileges.includes('write')) return { tier: 'high', says: 'It can change data.' }
  if (sensitivities.includes('confidential')) return { tier: 'high', says: 'It reaches something confidential.' }
  if (sensitivities.includes(null)) return { tier: 'high', says: 'Nobody has said how sensitive all of it is.' }
  if (environment === 'production') return { tier: 'high', says: 'It is in production.' }
  return { tier: 'ordinary', says: 'It reads, and nothing confidential.' }
}

/** Of earlier grants of the same rights how many seconds each was really used. */
const sampleNeeded = 3

/**
 * The shortest step that was enough nine times out of ten for the same rights; without enough of those, half an hour, or a quarter
 * for the highest tier.
 */
export function proposedFor(tier: GrantTier, used: readonly number[]): { seconds: number; says: string } {
  const longest = tierBounds[tier].seconds
  if (used.length < sampleNeeded)
    return {
      seconds: tier === 'highest' ? 900 : 1800,
      says: 'Nobody has had these rights often enough to know better. Ask again if it is too short.',
    }
  const sorted = used.toSorted((a, b) => a - b)
  const enough = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? longest
  const seconds = Math.min(durationSteps.find((step) => step >= enough) ?? longest, longest)
  return { seconds, says: `Enough for nine in ten of the ${used.length} earlier grants of the same rights.` }
}

/** What the hash of a request is taken of: for whom, how, and the exact rights. Not the score, which moves by itself. */
export function grantText(request: {
  /** Null = oneself. */
  subjectId: string | null
  mode: string
  rights: readonly { nodeId: string; scopes: readonly string[] }[]
  replaces?: readonly string[]
}): string {
  const rights = request.rights
    .map(({ nodeId, scopes }) => [nodeId, [...scopes].sort()] as const)
    .toSorted(([a], [b]) => a.localeCompare(b))
  const replaced = request.replaces?.length ? [[...request.replaces].sort()] : []
  return JSON.stringify([request.subjectId, request.mode, rights, ...replaced])
}

interface GrantFacts {
  id: string
  task: string
  subjectName: string
  state: string
  tier: string
  needed: number
  requesterId: string
  replaces?: boolean
  preapproved?: string | null
  breakGlass?: boolean
  requesterKeys: readonly string[]
  subjectKeys: readonly string[]
  partyKeys: readonly string[]
  approvals: readonly { verdict: string; isOutside: boolean }[]
}

/** What incidents are to a grant at this moment. */
export interface GrantMoment {
  /** The worst severity that reaches what it gives. */
  incident: string
  /** Of the incident that it was asked for. */
  forIncident: 'none' | 'open' | 'ended'
}

/**
 * What policies read of a grant. The word of somebody outside the requester's own groups is counted apart. With a moment where something
 * may be given or kept: incidents narrow that.
 */
export function grantTarget(grant: GrantFacts, moment?: GrantMoment) {
  const agreed = grant.approvals.filter(({ verdict }) => verdict === 'approved')
  return {
    kind: 'access_grant' as const,
    id: grant.id,
    label: `grant to ${grant.subjectName}: ${grant.task}`.slice(0, 200),
    attr: {
      state: grant.state,
      tier: grant.tier,
      needed: grant.needed,
      replaces: grant.replaces ?? false,
      preapproved: (grant.preapproved ?? null) !== null,
      breakGlass: grant.breakGlass ?? false,
      agreed: agreed.length,
      agreedOutside: agreed.filter(({ isOutside }) => isOutside).length,
      denied: grant.approvals.length - agreed.length,
      requesterId: grant.requesterId,
      subjectKeys: grant.subjectKeys,
      partyKeys: grant.partyKeys,
      groupKeys: groupKeysOf(grant),
      ...(moment ? { incident: moment.incident, forIncident: moment.forIncident } : {}),
    },
  }
}

const isTeam = (key: string) => key.startsWith('team:')

/** The teams of whoever asked, and those that answer for whom it is for. */
export const groupKeysOf = ({ requesterKeys, subjectKeys }: Pick<GrantFacts, 'requesterKeys' | 'subjectKeys'>) => [
  ...new Set([...requesterKeys, ...subjectKeys].filter(isTeam)),
]

/** A grant that is not there yet, for what is asked before. */
export const anyGrant = (
  id: string,
  subject: { name: string; keys: readonly string[]; requesterId: string; requesterKeys: readonly string[] },
  tier: GrantTier = 'ordinary',
) =>
  grantTarget({
    ...{ id, task: 'new', subjectName: subject.name, state: 'requested', tier, needed: tierBounds[tier].needed },
    ...{ requesterId: subject.requesterId, requesterKeys: subject.requesterKeys, subjectKeys: subject.keys },
    ...{ partyKeys: [...new Set([`user:${subject.requesterId}`, ...subject.keys])], approvals: [] },
  })

interface StandingRight {
  entitlementId: string
  nodeId: string | null
  nodeType: string
  name: string
  scopes: readonly string[]
  hindrance: string | null
}

export interface Replacement extends Pick<StandingRight, 'entitlementId' | 'name'> {
  isRole: boolean
  scopes: string[]
  isKept: boolean
  taken: string[]
  says: string
  problem: string | null
}

/**
 * What becomes of a right without an end that a request takes the place of: what is asked for of it is the grant's from its
 * beginning on, without a gap; the rest is taken away then.
 * @param wanted what is given at the source; nothing for a grant that only the decision point looks at
 */
export function replacementOf(
  right: StandingRight,
  wanted: readonly { nodeId: string; scopes: readonly string[] }[],
): Replacement {
  const { entitlementId, name, scopes } = right
  const own = wanted.find(({ nodeId }) => nodeId === right.nodeId)
  const isRole = right.nodeType === 'role'
  const kept = own ? scopes.filter((scope) => isRole || own.scopes.includes(scope)) : []
  const isKept = own !== undefined && (isRole || kept.length > 0)
  const taken = scopes.filter((scope) => !kept.includes(scope))
  const more = own && !isRole && isKept ? own.scopes.filter((scope) => !scopes.includes(scope)) : []
  const what = isRole ? `Membership in ${name}` : `${scopes.join(', ') || 'Its right'} on ${name}`
  const says = !isKept
    ? `${what} is taken away when the grant begins.`
    : taken.length > 0
      ? `${taken.join(', ')} on ${name} is taken away when the grant begins; the rest ends with it.`
      : `${what} goes over to the grant without a gap, and ends with it.`
  const problem =
    right.hindrance !== null
      ? `${name}: ${right.hindrance}`
      : more.length > 0
        ? `${more.join(', ')} on ${name} is more than it has today. Ask for that in a grant of its own.`
        : null
  return { entitlementId, name, isRole, scopes: [...scopes], isKept, taken, says, problem }
}

/** Whole seconds that something was there after its end. */
export const overrunOf = (endsAt: Date | null, now: Date): number =>
  endsAt === null ? 0 : Math.max(0, Math.ceil((now.getTime() - endsAt.getTime()) / 1000))
