import type { MapResult, RoleRecord } from '../contract'
import { readPolicy, type Statement } from './policy'

/** One level of an organization above an account, with what its service control policies say. */
export interface Level {
  names: string[]
  statements: Statement[]
}

/**
 * The levels of service control policies above each account of the organizations in these results, from the account up to the
 * root. The management account has none: it is exempt. A level without policies says nothing, so it is left out.
 */
export function ceilingsOf(results: readonly MapResult[]): Map<string, Level[]> {
  const ceilings = new Map<string, Level[]>()
  for (const { records } of results) {
    const policies = new Map<string, RoleRecord>()
    const attached = new Map<string, string[]>()
    const parents = new Map<string, string>()
    for (const record of records) {
      if (record.type === 'role' && record.kind === 'service_control_policy') policies.set(record.externalId, record)
      if (record.type !== 'entitlement' || record.kind !== 'member_of' || record.from.type !== 'resource') continue
      const { from, to } = record
      if (to.type === 'role') attached.set(from.externalId, [...(attached.get(from.externalId) ?? []), to.externalId])
      if (to.type === 'resource') parents.set(from.externalId, to.externalId)
    }
    if (policies.size === 0) continue
    for (const record of records) {
      if (record.type !== 'resource' || record.kind !== 'account' || record.attributes?.managementAccount === true)
        continue
      const account = record.attributes?.account
      const levels = levelsAbove(record.externalId, parents, attached, policies)
      if (typeof account === 'string' && levels.length > 0) ceilings.set(account, levels)
    }
  }
  return ceilings
}

function levelsAbove(
  start: string,
  parents: Map<string, string>,
  attached: Map<string, string[]>,
  policies: Map<string, RoleRecord>,
): Level[] {
  const levels: Level[] = []
  const seen = new Set<string>()
  for (let node: string | undefined = start; node !== undefined && !seen.has(node); node = parents.get(node)) {
    seen.add(node)
    const held = (attached.get(node) ?? []).flatMap((id) => policies.get(id) ?? [])
    const known = held.filter(({ attributes }) => Array.isArray(attributes?.statements))
    // With a policy whose text is missing, what the level allows is not known; what the others deny still is.
    const isWhole = known.length === held.length
    const statements = known.flatMap(statementsOf).filter(({ effect }) => isWhole || effect === 'deny')
    if (statements.length > 0) levels.push({ names: held.map(({ name }) => name), statements })
  }
  return levels
}

function statementsOf({ externalId, attributes }: RoleRecord): Statement[] {
  const texts = Array.isArray(attributes?.statements) ? attributes.statements : []
  const parsed = texts.flatMap((text): unknown[] => {
    try {
      return [JSON.parse(text)]
    } catch {
      return []
    }
  })
  return readPolicy({ Statement: parsed }, externalId).statements
}
