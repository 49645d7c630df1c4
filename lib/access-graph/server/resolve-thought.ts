import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type EngineHopKind, engineHopKinds } from '../engine/contract'
import type { ThoughtChange } from '../engine/requests'
import { levelOfPrivilege } from '../rules'
import { levels } from '../score'
import type { WhatIfInput } from '../what-if'
import {
  findThoughtCredentials,
  findThoughtEdges,
  findThoughtHours,
  listParallelEdges,
  listStoredWays,
  type NamedEdge,
  type ThoughtCredential,
  type ThoughtEdge,
  type ThoughtLives,
} from './store-what-if'

/** What is thought of, as the graph is asked. */
export interface Thought {
  changes: ThoughtChange[]
  lives: ThoughtLives
  edges: NamedEdge[]
  credentials: ThoughtCredential[]
  /** When any of the changed edges and credentials was last used; null where no source says. */
  lastUsedAt: Date | null
}

/**
 * What cuts, shorter lives and lower privileges leave between the rows of the graph: beside what is changed, other edges,
 * grants and credentials may lead the same way.
 * @throws AppError `not_found` naming the edge or credential that is not there; `invalid_input` naming each privilege that is
 * not lower and each end that is not sooner
 */
export async function resolveThought(ctx: Context, input: WhatIfInput): Promise<Thought> {
  const { cutEdges, cutCredentials, shorten, lower } = input
  const [edges, credentials] = await Promise.all([
    findThoughtEdges(ctx, [...cutEdges, ...lower.map(({ edgeId }) => edgeId)]),
    findThoughtCredentials(ctx, [...cutCredentials, ...shorten.map(({ credentialId }) => credentialId)]),
  ])
  checkThought(input, edges, credentials)
  const now = Date.now()
  const ended = shorten.filter(({ expiresAt }) => Date.parse(expiresAt) <= now)
  const dead = [...new Set([...cutCredentials, ...ended.map(({ credentialId }) => credentialId)])]
  const shortened = shorten
    .filter(({ credentialId }) => !dead.includes(credentialId))
    .map(({ credentialId, expiresAt }) => ({ id: credentialId, expiresAt }))
  const lives = { dead, shortened }
  const isCut = new Set(cutEdges)
  const loweredTo = new Map(lower.map(({ edgeId, privilege }) => [edgeId, levelOfPrivilege(privilege)]))
  const [ways, stored, hours] = await Promise.all([
    waysLeft(ctx, [...edges.values()], isCut, loweredTo),
    storesLeft(ctx, [...edges.values()], isCut, dead),
    findThoughtHours(ctx, holdersOf(credentials), lives),
  ])
  return {
    changes: [...ways, ...stored, ...[...hours].map(([identityId, left]) => hoursChange(identityId, left))],
    lives,
    edges: [...edges.values()],
    credentials: [...credentials.values()],
    lastUsedAt: latest([...edges.values(), ...credentials.values()].filter(({ isGone }) => !isGone)),
  }
}

const hoursChange = (identityId: string, hours: number): ThoughtChange => ({ lane: 'hours', identityId, hours })

/** The rows that have a key in common. */
function groupsOf<T>(rows: readonly T[], keyOf: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return [...groups.values()]
}

function holdersOf(credentials: ReadonlyMap<string, ThoughtCredential>): string[] {
  return [...new Set([...credentials.values()].flatMap(({ holderId }) => holderId ?? []))]
}

function latest(used: readonly { lastUsedAt: Date | null }[]): Date | null {
  return used.reduce<Date | null>(
    (last, { lastUsedAt }) => (lastUsedAt && (!last || lastUsedAt > last) ? lastUsedAt : last),
    null,
  )
}

type Carrying = ThoughtEdge & { fromId: string; toId: string }

function hasEnds(edge: ThoughtEdge): edge is Carrying {
  return edge.isCarrying && edge.fromId !== null && edge.toId !== null
}

/** What is left between the ends of each changed edge by the edges that stand beside it. Stored secrets are apart. */
async function waysLeft(
  ctx: Context,
  changed: readonly ThoughtEdge[],
  isCut: ReadonlySet<string>,
  loweredTo: ReadonlyMap<string, number>,
): Promise<ThoughtChange[]> {
  const beside = await listParallelEdges(
    ctx,
    changed.filter(hasEnds).filter(({ kind }) => kind !== 'stores'),
  )
  const groups = groupsOf(beside.filter(hasEnds), ({ fromId, toId, kind }) => `${kind} ${fromId} ${toId}`)
  return groups.flatMap((group): ThoughtChange[] => {
    const [first] = group
    if (!first) return []
    const { fromId, toId, kind } = first
    const left = group.filter(({ id }) => !isCut.has(id))
    if (kind === 'grants') {
      const level = Math.max(0, ...left.map((edge) => Math.min(edge.level, loweredTo.get(edge.id) ?? edge.level)))
      return group.some((edge) => edge.level > level) ? [{ lane: 'grant', fromId, toId, level }] : []
    }
    if (left.length > 0) return []
    // What is a member of a resource is covered by it: what is held there reaches it.
    if (kind === 'member_of' && first.fromType === 'resource')
      return [{ lane: 'hop', fromId: toId, toId: fromId, kind: 'covers', isKept: false }]
    const hop = engineHopKinds.find((known) => known === kind)
    return hop ? [{ lane: 'hop', fromId, toId, kind: hop, isKept: false }] : []
  })
}

/** Stored secrets by which nothing leads on any more: no other live credential of the same holder lies in the resource. */
async function storesLeft(
  ctx: Context,
  changed: readonly ThoughtEdge[],
  isCut: ReadonlySet<string>,
  dead: readonly string[],
): Promise<ThoughtChange[]> {
  const cut = changed.filter(({ id, kind }) => kind === 'stores' && isCut.has(id)).map(({ id }) => id)
  const ways = await listStoredWays(ctx, cut, dead)
  const isDead = new Set(dead)
  const kind: EngineHopKind = 'stores'
  return groupsOf(ways, ({ resourceId, holderId }) => `${resourceId} ${holderId}`).flatMap((group) => {
    const [first] = group
    if (!first || group.some(({ edgeId, credentialId }) => !isCut.has(edgeId) && !isDead.has(credentialId))) return []
    return [{ lane: 'hop' as const, fromId: first.resourceId, toId: first.holderId, kind, isKept: false }]
  })
}

function checkThought(
  { cutEdges, cutCredentials, shorten, lower }: WhatIfInput,
  edges: ReadonlyMap<string, NamedEdge>,
  credentials: ReadonlyMap<string, ThoughtCredential>,
): void {
  const missing: Record<string, string> = {}
  const note = (isThere: boolean, field: string, what: string) => {
    if (!isThere) missing[field] = `There is no such ${what} in this organization.`
  }
  for (const [no, id] of cutEdges.entries()) note(edges.has(id), `cutEdges.${no}`, 'edge')
  for (const [no, id] of cutCredentials.entries()) note(credentials.has(id), `cutCredentials.${no}`, 'credential')
  for (const [no, { credentialId }] of shorten.entries())
    note(credentials.has(credentialId), `shorten.${no}.credentialId`, 'credential')
  for (const [no, { edgeId }] of lower.entries()) note(edges.has(edgeId), `lower.${no}.edgeId`, 'edge')
  refuse('not_found', missing)
  const wrong: Record<string, string> = {}
  for (const [no, { edgeId, privilege }] of lower.entries()) {
    const problem = problemOfLowering(edges.get(edgeId), levelOfPrivilege(privilege))
    if (problem) wrong[`lower.${no}.${problem.field}`] = problem.message
  }
  for (const [no, { credentialId, expiresAt }] of shorten.entries()) {
    const problem = problemOfShortening(credentials.get(credentialId), expiresAt)
    if (problem) wrong[`shorten.${no}.${problem.field}`] = problem.message
  }
  refuse('invalid_input', wrong)
}

function problemOfLowering(edge: NamedEdge | undefined, level: number): { field: string; message: string } | null {
  if (edge?.isGone) return null
  if (edge?.kind !== 'grants') return { field: 'edgeId', message: 'Only a grant has a privilege that can be lowered.' }
  if (level < edge.level) return null
  const message =
    edge.level === 1
      ? 'The source does not say what this grant amounts to, so that nothing is known to be lower. Cut it instead.'
      : `Choose less than ${levels[edge.level - 1]?.replaceAll('_', ' ')}, which it grants now.`
  return { field: 'privilege', message }
}

function problemOfShortening(credential: ThoughtCredential | undefined, expiresAt: string) {
  if (credential?.isGone) return null
  if (!credential?.isLive) return { field: 'credentialId', message: 'It opens nothing any more.' }
  if (!credential.expiresAt || Date.parse(expiresAt) < credential.expiresAt.getTime()) return null
  return {
    field: 'expiresAt',
    message: `Choose a moment before ${credential.expiresAt.toISOString()}, when it ends now.`,
  }
}

function refuse(code: 'not_found' | 'invalid_input', fields: Record<string, string>): void {
  const [first] = Object.values(fields)
  if (first !== undefined) throw new AppError(code, first, { fields })
}
