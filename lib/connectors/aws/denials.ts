import type { Statement } from './policy'
import { covers, intersect, isEmpty, type NameSet, overlaps } from './wildcards'

/** More pairs of an Allow and a Deny than this are not computed; the policy is kept whole. */
const mostPairs = 20_000

/** Denies that hold whatever happens: without a condition, and known in full. */
export function certainDenies(statements: readonly Statement[]): Statement[] {
  return statements.filter(
    ({ effect, condition, notes, resources }) =>
      effect === 'deny' &&
      condition === undefined &&
      notes.length === 0 &&
      resources !== undefined &&
      'include' in resources,
  )
}

/** Whether one of the certain denies takes the action away on all that the pattern names. */
export function isDenied(denies: readonly Statement[], action: string, pattern: string): boolean {
  return denies.some((deny) => holds(folded(deny.actions), action.toLowerCase()) && holdsResource(deny, pattern))
}

/**
 * What is left of the Allows after certain denies of other policies of the same holder. An action of which a Deny takes only a
 * part, and a resource of which it covers only a part, stay as they are: what is told may be too much, never too little.
 * The very list that was given when nothing is taken away.
 */
export function lessDenied(statements: readonly Statement[], denies: readonly Statement[]): readonly Statement[] {
  const allows = statements.filter(({ effect }) => effect === 'allow')
  if (denies.length === 0 || allows.length * denies.length > mostPairs) return statements
  let isChanged = false
  const left = statements.flatMap((statement) => {
    if (statement.effect === 'deny') return [statement]
    const parts = denies.reduce<Statement[]>((rest, deny) => rest.flatMap((part) => without(part, deny)), [statement])
    if (parts.length !== 1 || parts[0] !== statement) isChanged = true
    return parts
  })
  return isChanged ? left : statements
}

function without(allow: Statement, deny: Statement): Statement[] {
  const { resources } = allow
  if (resources === undefined) return [allow]
  const actions = minus(allow.actions, folded(deny.actions))
  if (actions === undefined) return [allow]
  if ('exclude' in resources) {
    if (!holdsResource(deny, '*')) return [allow]
    return isEmpty(actions) ? [] : [{ ...allow, actions }]
  }
  const covered = resources.include.filter((pattern) => holdsResource(deny, pattern))
  if (covered.length === 0) return [allow]
  const rest = resources.include.filter((pattern) => !covered.includes(pattern))
  return [
    ...(rest.length === 0 ? [] : [{ ...allow, resources: { include: rest } }]),
    ...(isEmpty(actions) ? [] : [{ ...allow, actions, resources: { include: covered } }]),
  ]
}

/** The actions that are not denied; `undefined` when all stay. `*` less a service is every action except that service's. */
function minus(given: NameSet, denied: NameSet): NameSet | undefined {
  if ('exclude' in denied) {
    const { set } = intersect(given, { include: denied.exclude })
    return set
  }
  if ('exclude' in given) return { exclude: [...new Set([...given.exclude, ...denied.include])] }
  const left = given.include.filter((action) => !holds(denied, action.toLowerCase()))
  const isEvery = left.some((action) => /^\*(:\*)?$/.test(action.trim()))
  if (isEvery) return { exclude: denied.include }
  return left.length === given.include.length ? undefined : { include: left }
}

function folded(set: NameSet): NameSet {
  return 'include' in set
    ? { include: set.include.map((name) => name.trim().toLowerCase()) }
    : { exclude: set.exclude.map((name) => name.trim().toLowerCase()) }
}

/** Whether all that the pattern names is in the set; never wrongly true. */
function holds(set: NameSet, pattern: string): boolean {
  if ('include' in set) return set.include.some((name) => covers(name === '*:*' ? '*' : name, pattern))
  return !set.exclude.some((name) => overlaps(name, pattern))
}

function holdsResource({ resources }: Statement, pattern: string): boolean {
  return resources !== undefined && holds(resources, pattern)
}
