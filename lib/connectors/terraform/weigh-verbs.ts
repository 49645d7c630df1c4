import type { Privilege } from '../contract'
import { verbPrivilege } from './privileges'
import { higher } from './sink'

/** What the verbs of a rule amount to together, and which are not known. */
export function weigh(
  verbs: string[],
  group: string,
  resource: string,
): { privilege?: Privilege; notEvaluable?: string } {
  let privilege: Privilege | undefined
  const unknown: string[] = []
  for (const verb of verbs) {
    const one = verbPrivilege(verb, group, resource)
    if (one === undefined) unknown.push(verb)
    privilege = higher(privilege, one)
  }
  return {
    ...(privilege === undefined ? {} : { privilege }),
    ...(unknown.length === 0 ? {} : { notEvaluable: `what the verb "${unknown.join('", "')}" allows is not known` }),
  }
}
