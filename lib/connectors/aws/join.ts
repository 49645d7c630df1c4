import type { CredentialRecord, MapResult, NormalisedRecord } from '../contract'
import { nameOf } from './arn'
import { ceilingsOf, type Level } from './control-ceilings'
import { accountResource } from './resources'
import { withinCeiling } from './within-ceiling'

/**
 * AWS files that came together, each with what the others tell: what an account's policies grant is cut down to what its
 * organization's service control policies leave, and credentials whose listing names the user only get the user's own ARN.
 */
export function joinAws(results: readonly MapResult[]): MapResult[] {
  if (results.length < 2) return [...results]
  const ceilings = ceilingsOf(results)
  const users = usersByName(results)
  const capped = results.map((result) => {
    const levels = ceilings.get(result.instance)
    return levels === undefined ? { result, taken: 0 } : cap(result, levels)
  })
  const takenFrom = (account: string) =>
    capped.reduce((sum, { result, taken }) => sum + (result.instance === account ? taken : 0), 0)
  return capped.map(({ result }) => {
    const levels = ceilings.get(result.instance)
    return named(levels === undefined ? result : tell(result, levels, takenFrom(result.instance)), users)
  })
}

/** Service-linked roles are exempt, and nothing else can hold their policies. */
const exempt = ':policy/aws-service-role/'

function cap(result: MapResult, levels: Level[]): { result: MapResult; taken: number } {
  let taken = 0
  const records = result.records.flatMap((record): NormalisedRecord[] => {
    if (record.type !== 'entitlement' || record.effect === 'deny' || record.basis !== 'entitlement') return [record]
    if (record.from.type !== 'role' || record.kind === 'member_of' || record.from.externalId.includes(exempt))
      return [record]
    const left = withinCeiling(record, levels)
    taken += record.scopeCount - (left?.scopeCount ?? 0)
    return left === undefined ? [] : [left]
  })
  return { result: { ...result, records }, taken }
}

/** The account says what binds it, the same in every file of it. */
function tell(result: MapResult, levels: Level[], taken: number): MapResult {
  const { records } = result
  const account = accountResource(result.instance, result.instance)
  const index = records.findIndex((record) => record.type === 'resource' && record.externalId === account.externalId)
  const known = records[index]
  const facts = { serviceControlPolicies: [...new Set(levels.flatMap(({ names }) => names))], scopesTakenAway: taken }
  const base = known?.type === 'resource' ? known : account
  const told = { ...base, attributes: { ...base.attributes, ...facts } }
  return { ...result, records: index < 0 ? [told, ...records] : records.with(index, told) }
}

/** The ARN of each user that some file defines, by account and name. */
function usersByName(results: readonly MapResult[]): Map<string, { type: 'identity' | 'human'; externalId: string }> {
  const users = new Map<string, { type: 'identity' | 'human'; externalId: string }>()
  for (const { instance, records } of results) {
    for (const { type, externalId } of records.filter(
      (record) => record.type === 'identity' || record.type === 'human',
    ))
      if (externalId.includes(':user/')) users.set(`${instance} ${nameOf(externalId)}`, { type, externalId })
  }
  return users
}

function named(result: MapResult, users: Map<string, { type: 'identity' | 'human'; externalId: string }>): MapResult {
  const found = new Set<string>()
  const records = result.records.map((record): NormalisedRecord => {
    const user = record.type === 'credential' ? record.attributes?.userName : undefined
    const owner = typeof user === 'string' ? users.get(`${result.instance} ${user}`) : undefined
    if (record.type !== 'credential' || owner === undefined || record.subject?.global !== true) return record
    found.add(record.subject.externalId)
    return { ...record, subject: owner } satisfies CredentialRecord
  })
  if (found.size === 0) return result
  return { ...result, records, unresolved: result.unresolved.filter(({ reference }) => !found.has(reference)) }
}
