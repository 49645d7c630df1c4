import type { EdgeRecord } from '../contract'
import { parseArn } from './arn'
import { allowsEverything, withinBoundary } from './boundary'
import type { Level } from './control-ceilings'
import type { Statement } from './policy'
import { privilegeOfActions } from './privileges'
import { covers, type NameSet, overlaps } from './wildcards'

/**
 * What an edge of an account's policy still does under the account's service control policies; `undefined` when nothing is
 * left. Where a condition or a wildcard that only overlaps decides, the edge is kept and says so.
 */
export function withinCeiling(edge: EdgeRecord, levels: readonly Level[]): EdgeRecord | undefined {
  if (edge.scopes.length === 0 || edge.scopes.length !== edge.scopeCount) return edge
  const pattern = patternOf(edge.to.externalId)
  const notes: string[] = []
  let scopes = edge.scopes
  for (const { names, statements } of levels) {
    scopes = allowedBy(statements, names, scopes, pattern, notes)
    for (const deny of statements.filter(({ effect }) => effect === 'deny'))
      scopes = withoutDenied(deny, names, scopes, pattern, notes)
    if (scopes.length === 0) return undefined
  }
  if (scopes === edge.scopes && notes.length === 0) return edge
  const service = parseArn(edge.to.externalId)?.service
  const within = scopes.map((scope) => (/^\*+$/.test(scope) && service !== undefined ? `${service}:*` : scope))
  const said = [edge.notEvaluable, ...new Set(notes)].filter((text) => text !== undefined)
  return {
    ...edge,
    scopes,
    scopeCount: scopes.length,
    ...(edge.kind === 'grants' ? { privilege: privilegeOfActions(within) } : {}),
    ...(said.length === 0 ? {} : { notEvaluable: said.join('; ') }),
  }
}

/** The pattern that a resource of the graph stands for: `aws:<account>:s3:*` is everything, a bucket is also its objects. */
function patternOf(externalId: string): string {
  return parseArn(externalId) === undefined ? '*' : externalId
}

function allowedBy(
  statements: Statement[],
  names: string[],
  scopes: string[],
  pattern: string,
  notes: string[],
): string[] {
  const allows = statements.filter(({ effect }) => effect === 'allow')
  if (allows.length === 0 || allowsEverything(allows)) return scopes
  const own: Statement = {
    at: '',
    effect: 'allow',
    actions: { include: scopes },
    resources: { include: [pattern] },
    notes: [],
  }
  const left = withinBoundary([own], allows)
  const kept = new Set(left.flatMap(({ actions }) => ('include' in actions ? actions.include : ['*'])))
  const label = names.join(', ')
  if (left.some((statement) => statement.notes.length > 0))
    notes.push(`wildcards that the service control policies ${label} only partly allow`)
  if (left.some((statement) => statement.condition !== undefined))
    notes.push(`allowed by the service control policies ${label} under a condition`)
  const same = kept.size === scopes.length && scopes.every((scope) => kept.has(scope))
  return same ? scopes : [...kept]
}

function withoutDenied(deny: Statement, names: string[], scopes: string[], pattern: string, notes: string[]): string[] {
  const where = deny.resources ?? { include: ['*'] }
  if (!touches(where, pattern)) return scopes
  const isCertain = deny.condition === undefined && holds(where, pattern)
  const label = names.join(', ')
  const left = scopes.filter((scope) => {
    const action = scope.toLowerCase()
    const denied = lower(deny.actions)
    if (!touches(denied, action)) return true
    if (isCertain && holds(denied, action)) return false
    const why = deny.condition === undefined ? 'in part' : 'under a condition'
    notes.push(`denied ${why} by the service control policies ${label}`)
    return true
  })
  return left.length === scopes.length ? scopes : left
}

/** True when the set holds everything that the pattern matches. Never wrongly true. */
function holds(set: NameSet, pattern: string): boolean {
  if ('include' in set) return set.include.some((name) => covers(name, pattern))
  return !set.exclude.some((name) => overlaps(name, pattern))
}

/** True when the set may hold something that the pattern matches. */
function touches(set: NameSet, pattern: string): boolean {
  if ('include' in set) return set.include.some((name) => overlaps(name, pattern))
  return !set.exclude.some((name) => covers(name, pattern))
}

function lower(set: NameSet): NameSet {
  return 'include' in set
    ? { include: set.include.map((name) => name.toLowerCase()) }
    : { exclude: set.exclude.map((name) => name.toLowerCase()) }
}
