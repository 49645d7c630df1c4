import { createHash } from 'node:crypto'
import { previewAddedReach } from '@/lib/access-graph/server/preview-added-reach'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { privilegeOfActions } from '@/lib/decisions/rules'
import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import { identityTraits } from '@/lib/identities/values'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { resolveStanding } from '@/lib/standing/server/resolve-standing'
import { anyGrant, grantText, type Replacement, replacementOf, tierOf } from '../rules'
import type { GrantImpact, PreviewGrantInput, RightOutcome, WantedRight } from '../schema'
import type { GrantTier } from '../values'
import { findLiveOf, findNodes, findOwnRights, findPrivilege, findSubject, type NamedNode } from './store-subjects'

const breakGlass = 1 << identityTraits.indexOf('break_glass')
const levelOf: Record<string, number> = { read: 2, write: 3, secret_read: 4, admin: 5 }

/** Who asks, as policies and the record know them. */
export interface Requester {
  id: string
  name: string
  keys: string[]
}

/** A request with everything that follows from it at this moment. */
export interface ResolvedRequest {
  mode: 'provisioned' | 'runtime'
  subject: { kind: 'user' | 'identity'; id: string; name: string; ref: string | null; keys: string[] }
  requester: Requester
  sourceId: string | null
  liveId: string | null
  rights: RightOutcome[]
  /** What it takes the place of, with how it is called at its source. */
  replaces: (Replacement & { kind: string; ref: string })[]
  problem: string | null
  impact: GrantImpact
  tier: GrantTier
  tierSays: string
  listHash: string
  /** Where what is asked for is. */
  places: { sourceId: string | null; environment: string | null }[]
}

/** The person behind the caller: a key asks in its owner's name. @throws AppError `forbidden` for a job */
export function requesterOf(ctx: Context): Requester {
  const { actor } = ctx
  if (actor.kind === 'job') throw new AppError('forbidden', 'Only a person or a program of theirs asks for access.')
  return { id: actor.kind === 'user' ? actor.id : actor.ownerId, name: actor.name, keys: ownerKeysOf(actor) }
}

/**
 * What a request comes to: what it would give, what it would not, and what would be reached by it.
 * @throws AppError `not_found` for an id of another organization, `forbidden` for an identity that is not the caller's to see
 */
export async function resolveRequest(
  ctx: Context,
  {
    identityId,
    mode,
    rights,
    replaces = [],
  }: Required<Pick<PreviewGrantInput, 'rights'>> &
    Pick<PreviewGrantInput, 'replaces'> & { identityId: string | null; mode: 'provisioned' | 'runtime' },
  /** Break-glass: the way in which break-glass accounts are used too. */
  { isEmergency = false }: { isEmergency?: boolean } = {},
): Promise<ResolvedRequest> {
  const requester = requesterOf(ctx)
  if (identityId !== null) await resolveIdentity(ctx, identityId)
  const identity = identityId === null ? null : await findSubject(ctx, identityId)
  const subject = identity
    ? {
        kind: 'identity' as const,
        id: identity.id,
        name: identity.name,
        ref: identity.externalId,
        keys: identity.ownerKeys,
      }
    : { kind: 'user' as const, id: requester.id, name: requester.name, ref: null, keys: [`user:${requester.id}`] }
  const wanted = onePerNode(rights)
  const ids = wanted.map(({ nodeId }) => nodeId)
  if (identity === null && replaces.length > 0)
    throw new AppError('invalid_input', 'Only rights of an account can be replaced.', {
      fields: { replaces: 'needs an account' },
    })
  const [nodes, live, held, standing] = await Promise.all([
    findNodes(ctx, ids),
    (mode === 'provisioned' || replaces.length > 0) && identity ? findLiveOf(ctx, identity.sourceId) : null,
    identity ? findOwnRights(ctx, identity.id, ids, replaces) : [],
    identity ? resolveStanding(ctx, identity.id, replaces) : [],
  ])
  const replaced = standing.map((right) => ({
    ...{ ...replacementOf(right, mode === 'provisioned' ? wanted : []), kind: right.kind, ref: right.toRef },
  }))
  const outcomes: RightOutcome[] = []
  for (const right of wanted) {
    const node = nodes.get(right.nodeId)
    if (!node) throw new AppError('not_found', 'There is no such role or resource in this organization.')
    const own = held.filter(({ nodeId }) => nodeId === node.id)
    // Actions of the decision point say themselves how far they go; the words of a source, where it has told of them.
    const privilege =
      node.nodeType === 'role'
        ? null
        : (privilegeOfActions(right.scopes) ?? (await findPrivilege(ctx, node.id, right.scopes)))
    outcomes.push({ ...outcomeOf(node, right, own, mode, identity?.sourceId ?? null), privilege })
  }
  const news = outcomes.filter(({ verdict }) => verdict === 'gets')
  const given = {
    roleIds: news.filter(({ nodeType }) => nodeType === 'role').map(({ nodeId }) => nodeId),
    resources: news
      .filter(({ nodeType }) => nodeType === 'resource')
      .map(({ nodeId, privilege }) => ({ id: nodeId, level: levelOf[privilege ?? ''] ?? 1 })),
  }
  const reach = await previewAddedReach(ctx, identityId, given)
  // What it has already and is to keep for a time weighs as if it were new.
  const weighed = replaced.length > 0 ? await previewAddedReach(ctx, null, given) : reach
  const { tier, says } = tierOf({
    privileges: [
      ...weighed.privileges,
      ...news.filter(({ nodeType }) => nodeType === 'resource').map((each) => each.privilege),
    ],
    sensitivities: [...weighed.sensitivities, ...news.map(({ sensitivity }) => sensitivity)],
    environment: identity?.environment ?? null,
  })
  const { privileges: _privileges, sensitivities: _sensitivities, ...told } = reach
  return {
    ...{ mode, subject, requester, rights: outcomes, replaces: replaced, tier, tierSays: says },
    places: [...nodes.values()].map((node) => ({
      sourceId: node.sourceId,
      environment: node.environment ?? identity?.environment ?? null,
    })),
    sourceId: identity?.sourceId ?? null,
    liveId: live?.id ?? null,
    problem: problemOf(mode, identity, live, outcomes, replaced, isEmergency),
    impact: { ...told, caveat: caveatOf(news, reach.addedTotal) },
    listHash: createHash('sha256')
      .update(grantText({ subjectId: identityId, mode, rights: wanted, replaces }))
      .digest('base64url'),
  }
}

/** What policies are asked of a grant that is not there yet. */
export const targetOf = ({ subject, requester, tier }: ResolvedRequest, id = 'new') =>
  anyGrant(
    id,
    { name: subject.name, keys: subject.keys, requesterId: requester.id, requesterKeys: requester.keys },
    tier,
  )

function onePerNode(
  rights: readonly (Omit<WantedRight, 'scopes'> & { scopes?: string[] | undefined })[],
): WantedRight[] {
  const scopes = new Map<string, Set<string>>()
  for (const right of rights)
    scopes.set(right.nodeId, new Set([...(scopes.get(right.nodeId) ?? []), ...(right.scopes ?? [])]))
  return [...scopes].map(([nodeId, each]) => ({ nodeId, scopes: [...each].sort() }))
}

function outcomeOf(
  node: NamedNode,
  { scopes }: WantedRight,
  own: readonly { scopes: string[] }[],
  mode: string,
  sourceId: string | null,
): Omit<RightOutcome, 'privilege'> {
  const { id: nodeId, nodeType, name, ref, sensitivity } = node
  const told = { nodeId, nodeType, name, ref, sensitivity, scopes }
  const is = (verdict: RightOutcome['verdict'], says: string) => ({ ...told, verdict, says })
  const what =
    scopes.length > 0 ? `${scopes.join(', ')} on ${name}` : nodeType === 'role' ? `membership in ${name}` : name
  if (nodeType === 'resource' && scopes.length === 0)
    return is('cannot', `Say what is to be done with ${name}, in the words of its source.`)
  if (nodeType === 'role' && scopes.length > 0) return is('cannot', `${name} is a role: it is given as a whole.`)
  if (mode === 'provisioned' && node.sourceId !== sourceId)
    return is('cannot', `${name} is in another source than the account: nothing there can be given to it.`)
  const has = own.some((right) => scopes.every((scope) => right.scopes.includes(scope)))
  if (has)
    return is('has_already', `It has ${what} already, without an end. A grant adds nothing and takes nothing away.`)
  return is('gets', `It gets ${what}, and loses it again by itself.`)
}

function problemOf(
  mode: string,
  identity: Awaited<ReturnType<typeof findSubject>>,
  live: Awaited<ReturnType<typeof findLiveOf>>,
  rights: readonly RightOutcome[],
  replaced: readonly Replacement[],
  isEmergency: boolean,
): string | null {
  const cannot = rights.find(({ verdict }) => verdict === 'cannot')
  if (cannot) return cannot.says
  const kept = replaced.find(({ problem }) => problem !== null)
  if (kept) return kept.problem
  if (rights.every(({ verdict }) => verdict === 'has_already')) return 'It has all of this already.'
  if (mode === 'runtime' && replaced.length === 0) return null
  if (identity === null)
    return 'A person has no account at a source here. Name the account that is to have it, or ask for what only the decision point looks at.'
  const { name } = identity
  if (identity.deletedAt !== null) return `${name} is not at its source any more.`
  if (!isEmergency && (identity.traits & breakGlass) !== 0)
    return `${name} is a break-glass account. It gets rights by break-glass alone.`
  if (live === null) return `No live connection reads the source of ${name}. Connect it first.`
  const can = findLiveConnector(live.connector)?.capabilities.identity ?? []
  if (!can.includes('grant') || !can.includes('ungrant'))
    return `The connection ${live.name} can neither give nor take rights at its source.`
  if (live.selfIds.includes(identity.externalId)) return `The connection ${live.name} itself signs in as ${name}.`
  return null
}

function caveatOf(news: readonly RightOutcome[], addedTotal: number): string | null {
  if (news.length > 0 && addedTotal === 0)
    return 'The sources tell of nothing that is reached by it. That does not mean that there is nothing.'
  if (news.some(({ nodeType }) => nodeType === 'resource'))
    return 'What these resources themselves lead on to is not counted.'
  return null
}
