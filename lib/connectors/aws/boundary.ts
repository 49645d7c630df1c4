import type { Statement } from './policy'
import { intersect, isEmpty } from './wildcards'

/** More statements than this are not multiplied out; the policy is kept whole and marked. */
const maxCapped = 2_000

/** True when the boundary takes nothing away: it allows everything, without a condition and without a Deny. */
export function allowsEverything(boundary: Statement[]): boolean {
  return (
    boundary.every((statement) => statement.effect === 'allow') &&
    boundary.some((statement) => statement.condition === undefined && isWhole(statement))
  )
}

function isWhole({ actions, resources }: Statement): boolean {
  const everyAction =
    'include' in actions ? actions.include.some((a) => a === '*' || a === '*:*') : actions.exclude.length === 0
  if (resources === undefined) return false
  return everyAction && ('include' in resources ? resources.include.includes('*') : resources.exclude.length === 0)
}

/**
 * What a policy still does inside a permission boundary: every Allow cut down to what some Allow of the boundary also
 * holds (actions without regard to case), and every Deny of either. Where two wildcards only overlap, the
 * policy's own is kept and the statement is marked as an upper bound.
 */
export function withinBoundary(policy: Statement[], boundary: Statement[]): Statement[] {
  const denies = [...policy, ...boundary].filter((statement) => statement.effect === 'deny')
  const allows = policy.filter((statement) => statement.effect === 'allow')
  const limits = boundary.filter((statement) => statement.effect === 'allow')
  if (allows.length * limits.length > maxCapped) {
    const notes = ['the permission boundary has too many statements to be computed']
    return [...allows.map((allow) => ({ ...allow, notes: [...allow.notes, ...notes] })), ...denies]
  }
  return [...allows.flatMap((allow) => limits.flatMap((limit) => narrow(allow, limit) ?? [])), ...denies]
}

function narrow(allow: Statement, limit: Statement): Statement | undefined {
  if (allow.resources === undefined || limit.resources === undefined) return undefined
  const actions = intersect(folded(allow.actions), folded(limit.actions))
  const resources = intersect(allow.resources, limit.resources)
  if (isEmpty(actions.set) || isEmpty(resources.set)) return undefined
  const notes = [...allow.notes]
  if (actions.partial || resources.partial) notes.push('wildcards that the permission boundary only partly covers')
  return {
    ...allow,
    actions: spelled(actions.set, allow.actions, limit.actions),
    resources: resources.set,
    condition: both(allow.condition, limit.condition),
    notes,
  }
}

function both(policy: string | undefined, boundary: string | undefined): string | undefined {
  if (boundary === undefined) return policy
  return policy === undefined ? `{"boundary":${boundary}}` : `{"boundary":${boundary},"policy":${policy}}`
}

function names(set: Statement['actions']): string[] {
  return 'include' in set ? set.include : set.exclude
}

function folded(set: Statement['actions']): Statement['actions'] {
  const lower = names(set).map((name) => name.toLowerCase())
  return 'include' in set ? { include: lower } : { exclude: lower }
}

/** The result in the spelling of the policy or, failing that, of the boundary. */
function spelled(set: Statement['actions'], ...sources: Statement['actions'][]): Statement['actions'] {
  const spelling = new Map(
    sources
      .flatMap(names)
      .reverse()
      .map((name) => [name.toLowerCase(), name]),
  )
  const restored = names(set).map((name) => spelling.get(name) ?? name)
  return 'include' in set ? { include: restored } : { exclude: restored }
}
