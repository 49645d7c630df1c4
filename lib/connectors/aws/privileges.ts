import type { Privilege } from '../contract'
import { privileges } from '../contract'
import { isKnownAction } from './known-actions'
import { adminActions, grantOnlyServices, readingVerbs, secretActions, writingReads } from './privilege-table'
import { matches } from './wildcards'

const readVerb =
  /^(?:get|list|describe|head|batch(?:get|describe|list|check)|query|scan|select|search|view|lookup|count|estimate|simulate|filter|read|decode|check|test|validate|verify|detect|preview|download|discover|retrieve|predict|explain|introspect)/
/** What a grant is called where the table does not name the action; only for actions written out in full. */
const grantName =
  /^(?:put|set|create|update|delete|attach)\w*(?:resource|bucket|key|access|auth|repository|registry|permissions?)policy$|^(?:add|put|create|batchgrant|grant|update)\w*permissions?$|^create\w*(?:apikey|accesskey|logintoken)$/

const tables: [Privilege, Map<string, string[]>][] = [
  ['admin', byService(adminActions)],
  ['secret_read', byService(secretActions)],
  ['write', byService(writingReads)],
]

const readingStarts = byService(readingVerbs)

function byService(table: Record<string, string>): Map<string, string[]> {
  return new Map(Object.entries(table).map(([service, names]) => [service, names.toLowerCase().split(' ')]))
}

/** So many actions are kept as they were read: an account writes the same few again and again. */
const keptActions = 4096

export function kept<Answer>(read: (action: string) => Answer): (action: string) => Answer {
  const answers = new Map<string, Answer>()
  return (action) => {
    const known = answers.get(action)
    if (known !== undefined || answers.has(action)) return known as Answer
    const answer = read(action)
    // What is longer than any action would keep too much.
    if (action.length > 100) return answer
    if (answers.size >= keptActions) answers.clear()
    answers.set(action, answer)
    return answer
  }
}

/** `service` and `name` of an action, lower case; `undefined` when it is not written `service:Name`. A bare `*` is `*:*`. */
export const parseAction = kept((action): Readonly<{ service: string; name: string }> | undefined => {
  const text = action.trim().toLowerCase()
  if (text === '*') return { service: '*', name: '*' }
  const [service, name, ...rest] = text.split(':')
  if (service === undefined || name === undefined || rest.length > 0) return undefined
  return /^[a-z0-9*?-]+$/.test(service) && /^[\w*?.-]+$/.test(name) ? { service, name } : undefined
})

/**
 * The most that an IAM action or wildcard may do. What AWS calls by a reading verb is `read`, every other action of its
 * reference at least `write`; `undefined` when the reference has no such action. Case does not matter.
 */
export const privilegeOfAction = kept((action): Privilege | undefined => {
  const parsed = parseAction(action)
  if (parsed === undefined) return undefined
  const { service, name } = parsed
  if (/[*?]/.test(service)) return 'admin'
  for (const [privilege, table] of tables) {
    if (table.get(service)?.some((known) => matches(name, known))) return privilege
  }
  if (!isKnownAction(service, name)) return undefined
  const literal = name.split(/[*?]/, 1)[0] ?? ''
  const reads = readVerb.test(literal) || readingStarts.get(service)?.some((start) => literal.startsWith(start))
  if (reads) return 'read'
  if (grantOnlyServices.has(service)) return 'admin'
  return literal === name && grantName.test(name) ? 'admin' : 'write'
})

/** The higher of two privileges; an unknown one gives way to any other. */
export function higher(left: Privilege | undefined, right: Privilege | undefined): Privilege | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return privileges.indexOf(left) >= privileges.indexOf(right) ? left : right
}

/** The most that a set of actions amounts to; `undefined` when none of them is an action. */
export function privilegeOfActions(actions: Iterable<string>): Privilege | undefined {
  let most: Privilege | undefined
  for (const action of actions) {
    most = higher(most, privilegeOfAction(action))
    if (most === 'admin') return most
  }
  return most
}
