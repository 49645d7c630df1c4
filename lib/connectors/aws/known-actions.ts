import { wordTable } from '../word-table'
import { actionsAToC } from './known-actions-a-to-c'
import { actionsDToL } from './known-actions-d-to-l'
import { actionsMToZ } from './known-actions-m-to-z'
import { retiredActions } from './privilege-table'
import { matches } from './wildcards'

const written: Record<string, string> = wordTable({ ...actionsAToC, ...actionsDToL, ...actionsMToZ })
const read = new Map<string, ReadonlySet<string>>()

/** The names of a service's actions in lower case, read on first use; `undefined` = no service of that prefix is known. */
function actionsOf(service: string): ReadonlySet<string> | undefined {
  const known = read.get(service)
  if (known !== undefined) return known
  const current = Object.hasOwn(written, service) ? written[service] : undefined
  const retired = Object.hasOwn(retiredActions, service) ? retiredActions[service] : undefined
  if (current === undefined && retired === undefined) return undefined
  const names = new Set<string>()
  for (const group of `${current ?? ''} ${retired ?? ''}`.toLowerCase().split(' ')) {
    const [verb = '', rest] = group.split(':')
    for (const name of rest === undefined ? [''] : rest.split(',')) if (verb !== '') names.add(`${verb}${name}`)
  }
  read.set(service, names)
  return names
}

/** True when AWS has an action of that service that the name, which may hold wildcards, matches. Both in lower case. */
export function isKnownAction(service: string, name: string): boolean {
  const names = actionsOf(service)
  if (names === undefined) return false
  if (!/[*?]/.test(name)) return names.has(name)
  for (const known of names) if (matches(name, known)) return true
  return false
}
