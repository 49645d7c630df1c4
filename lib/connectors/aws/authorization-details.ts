import type { FileConnector, MapContext, MapResult, ParsedFile } from '../contract'
import { isAccountExport, listAt, listKeys, readAccountExport, textOf } from './account-export'
import { AccountSurvey, readRoleTrust, takeSurvey, uniqueIdOf } from './account-survey'
import { accountOf, mostFrequentAccount, nameOf } from './arn'
import { drawHoldings } from './holdings'
import { joinAws } from './join'
import { readManagedPolicy } from './policies'
import { PrincipalTable } from './principal-table'
import { describeGroup, describeRole, describeUser } from './principals'
import { production } from './production'
import { createRecordSet } from './record-set'
import { indexTargets } from './target-index'
import type { Trust } from './trust'
import { linkTrust } from './trust-edges'

function map(file: ParsedFile, context: MapContext): MapResult {
  const found = readAccountExport(file)
  const set = createRecordSet()
  set.refused.push(...found.refused)
  const principals = [...found.UserDetailList, ...found.RoleDetailList, ...found.GroupDetailList]
  const known = context.survey instanceof AccountSurvey ? context.survey : undefined
  const account =
    known?.account ??
    mostFrequentAccount(principals.map((entry) => entry.arn)) ??
    mostFrequentAccount(found.Policies.map((entry) => entry.arn)) ??
    context.instance ??
    'unknown'

  const policies = new Map(found.Policies.map((entry) => [entry.arn, readManagedPolicy(entry, set.refused)]))
  const own = new PrincipalTable()
  for (const entry of found.UserDetailList) own.addUser(describeUser(entry, set, context))
  const trusts = new Map<string, Trust>()
  for (const entry of found.RoleDetailList) {
    const trust = readRoleTrust(entry, set.refused)
    trusts.set(entry.arn, trust)
    describeRole(entry, trust, set, context)
    own.addRole(entry.arn, trust)
  }
  for (const entry of [...found.UserDetailList, ...found.RoleDetailList]) {
    const id = uniqueIdOf(entry)
    if (id !== undefined) own.addUniqueId(entry.arn, id)
  }
  for (const entry of found.GroupDetailList) describeGroup(entry, set)
  for (const policy of policies.values()) set.addNode(policy.record)

  const refs = known?.principals ?? own
  const targets = known?.targets ?? indexTargets(own)
  const policyOf = (arn: string) => policies.get(arn) ?? known?.policyOf(arn)
  const groups = new Map(
    found.GroupDetailList.map((entry) => [textOf(entry.fields, 'GroupName') ?? nameOf(entry.arn), entry]),
  )
  const groupOf = (name: string) => (known === undefined ? groups.get(name) : known.groupOf(name))
  const holdings = drawHoldings({ set, account, policyOf, groupOf, refs, targets, crowds: known?.crowds })
  for (const policy of policies.values()) holdings.emitPolicy(policy.arn, policy.statements)
  for (const entry of found.GroupDetailList)
    holdings.holdPolicies({ type: 'role', externalId: entry.arn }, entry, 'GroupPolicyList')
  for (const entry of found.UserDetailList) {
    const ref = own.get(entry.arn)
    if (ref === undefined) continue
    holdings.holdPolicies(ref, entry, 'UserPolicyList')
    for (const { at, value } of listAt(entry.fields, 'GroupList', entry.at, set.refused)) {
      if (typeof value !== 'string') set.refused.push({ at, reason: 'The group name is not text' })
      else holdings.joinGroup(ref, entry, groupOf(value), value, at)
    }
  }
  for (const entry of found.RoleDetailList)
    holdings.holdPolicies({ type: 'identity', externalId: entry.arn }, entry, 'RolePolicyList')
  for (const { arn } of known === undefined ? [] : [...found.UserDetailList, ...found.RoleDetailList])
    for (const { crowd, member } of known?.crowds.of(arn) ?? []) holdings.joinCrowd(crowd, member)
  for (const [arn, trust] of trusts) linkTrust({ arn, trust, account: accountOf(arn) ?? account, known: refs, set })

  return {
    system: 'aws',
    instance: account,
    instanceName: `AWS account ${account}`,
    records: set.records(),
    refused: distinct(set.refused),
    unresolved: distinct(set.unresolved),
  }
}

/** A policy that is drawn once more inside a boundary tells of its faults once more. */
function distinct<T>(list: T[]): T[] {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()]
}

/** `aws iam get-account-authorization-details`: users, groups, roles and policies of one account with all that they may do. */
export const authorizationDetails: FileConnector = {
  id: 'aws-authorization-details',
  title: 'AWS account authorization details',
  expects:
    'the JSON of `aws iam get-account-authorization-details`, with UserDetailList, GroupDetailList, RoleDetailList and Policies',
  yields:
    'Users, roles, groups and policies, what each of them may do within its permission boundary, and who may become whom',
  production: production['aws-authorization-details'],
  coverage: 'source',
  accepts: isAccountExport,
  map,
  pieces: listKeys.flatMap((key) => [key, `data.${key}`]),
  // The copies of what is held within boundaries are many times as large as what tells of them.
  pieceBytes: 512 * 1024,
  survey: { rounds: 2, take: takeSurvey },
  join: joinAws,
  joinGroup: 'aws',
}
