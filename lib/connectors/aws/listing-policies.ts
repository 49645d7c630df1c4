import type { NodeRef } from '../contract'
import { type Entry, isObject, listAt, textOf } from './account-export'
import { type AnswerScene, principalsOf } from './answer-scene'
import type { Found } from './answers'
import { nameOf, parseArn } from './arn'
import { drawHoldings } from './holdings'
import { attributes, type ManagedPolicy } from './policies'
import { readPolicy } from './policy'
import { indexTargets } from './target-index'

const holders = [
  { key: 'UserName', type: 'user', inline: 'UserPolicyList' },
  { key: 'RoleName', type: 'role', inline: 'RolePolicyList' },
  { key: 'GroupName', type: 'group', inline: 'GroupPolicyList' },
] as const
type HolderType = (typeof holders)[number]['type']

/** Whose policies some answers tell, with what each of them said. */
interface Holder {
  arn: string
  type: HolderType
  inline: { at: string; value: unknown }[]
  attached: { at: string; value: unknown }[]
}

/** The policies of `get-role-policy`, `list-attached-role-policies`, `get-policy-version` and the like, as grants of their holders. */
export function addPolicies(found: readonly Found[], scene: AnswerScene): void {
  const { set, refs, account } = scene
  const policies = readVersions(found, scene)
  for (const policy of policies.values()) set.addNode(policy.record)
  const told = holdersOf(found, scene)
  if (told.size === 0 && policies.size === 0) return
  const targets = indexTargets(principalsOf(scene))
  const policyOf = (arn: string) => policies.get(arn)
  const drawn = drawHoldings({ set, account, policyOf, groupOf: () => undefined, refs, targets })
  for (const policy of policies.values()) drawn.emitPolicy(policy.arn, policy.statements)
  const places: [string, string][] = []
  const before = [set.refused.length, set.unresolved.length] as const
  for (const [index, holder] of [...told.values()].entries()) {
    const entry = entryOf(holder, `holder ${index}`, found)
    const { inline } = holders.find(({ type }) => type === holder.type) ?? holders[0]
    for (const [i, { at }] of holder.inline.entries()) places.push([`${entry.at}.${inline}[${i}]`, at])
    for (const [i, { at }] of holder.attached.entries()) places.push([`${entry.at}.AttachedManagedPolicies[${i}]`, at])
    places.push([entry.at, holder.inline[0]?.at ?? holder.attached[0]?.at ?? '$'])
    drawn.holdPolicies(refOf(holder, scene), entry, inline)
  }
  // What was put together for the holder stands elsewhere in the file.
  const placed = (at: string) => {
    const known = places.find(([made]) => at === made || at.startsWith(`${made}.`) || at.startsWith(`${made}[`))
    return known === undefined ? at : `${known[1]}${at.slice(known[0].length)}`
  }
  for (const refusal of set.refused.slice(before[0])) refusal.at = placed(refusal.at)
  for (const open of set.unresolved.slice(before[1])) open.at = placed(open.at)
}

function holdersOf(found: readonly Found[], scene: AnswerScene): Map<string, Holder> {
  const told = new Map<string, Holder>()
  for (const { kind, at } of found) {
    if (kind !== 'policyNames') continue
    const reason =
      'This lists names of inline policies only; their texts are in the answers of get-user-policy, get-role-policy or get-group-policy'
    scene.set.refused.push({ at, reason })
  }
  for (const entry of found.flatMap((one) => (one.kind === 'attachedPolicies' ? attachedIn(one, scene) : [one]))) {
    if (entry.kind !== 'inlinePolicy' && entry.kind !== 'attachedPolicy') continue
    if (entry.kind === 'attachedPolicy') addNamed(entry, scene)
    const holder = holderOf(entry, scene)
    if (holder === undefined) continue
    const known = told.get(holder.arn) ?? { ...holder, inline: [], attached: [] }
    told.set(holder.arn, known)
    const list = entry.kind === 'inlinePolicy' ? known.inline : known.attached
    list.push({ at: entry.at, value: entry.fields })
  }
  return told
}

/** The policies of one `list-attached-…-policies`, each with the holder's name where it was added to the answer. */
function attachedIn({ at, fields, under }: Found, { set }: AnswerScene): Found[] {
  const name = Object.fromEntries(holders.flatMap(({ key }) => (fields[key] === undefined ? [] : [[key, fields[key]]])))
  if (fields.IsTruncated === true || fields.IsTruncated === 'true')
    set.refused.push({ at: `${at}.IsTruncated`, reason: 'The list AttachedPolicies was cut: there is more' })
  return listAt(fields, 'AttachedPolicies', at, set.refused).flatMap((item): Found[] => {
    const { value } = item
    if (isObject(value) && textOf(value, 'PolicyArn') !== undefined)
      return [
        {
          kind: 'attachedPolicy',
          at: item.at,
          fields: { ...name, ...value },
          ...(under === undefined ? {} : { under }),
        },
      ]
    set.refused.push({ at: item.at, reason: 'The attached policy has no PolicyArn' })
    return []
  })
}

/** A managed policy of which the file has name and ARN. */
function addNamed({ fields }: Found, { set }: AnswerScene): void {
  const arn = textOf(fields, 'PolicyArn')
  if (arn === undefined) return
  set.addNode({
    type: 'role',
    externalId: arn,
    kind: 'managed_policy',
    name: textOf(fields, 'PolicyName') ?? nameOf(arn),
    attributes: attributes<boolean>({ awsManaged: parseArn(arn)?.account === 'aws', textNotInFile: true }),
  })
}

/** Whose policy it is: by the name in the answer or beside its list, by the ARN that the list was kept under. */
function holderOf({ kind, fields, under, at }: Found, scene: AnswerScene): Pick<Holder, 'arn' | 'type'> | undefined {
  const kept = /^arn:[\w-]+:iam::\d*:(user|role|group)\//.exec(under ?? '')?.[1]
  if (under !== undefined && kept !== undefined) return { arn: under, type: kept as HolderType }
  for (const { key, type } of holders) {
    const name = textOf(fields, key)
    if (name === undefined) continue
    const known = [...scene.refs.keys()].find((arn) => arn.includes(`:${type}/`) && nameOf(arn) === name)
    if (known !== undefined) return { arn: known, type }
    if (!/^\d+$/.test(scene.account)) {
      const reason =
        'The answer names the holder only, and nothing in the file tells the account. Give the account number as the name of the source'
      if (kind === 'inlinePolicy') scene.set.refused.push({ at, reason })
      else scene.set.unresolved.push({ at, reference: `${type} ${name}`, reason })
      return undefined
    }
    const arn = `arn:aws:iam::${scene.account}:${type}/${name}`
    const reason = `The ${type} is not in this file; its ARN is this unless the ${type} has a path`
    scene.set.unresolved.push({ at, reference: arn, reason })
    return { arn, type }
  }
  const reason =
    'The answer does not say to whom the policy is attached; add UserName, RoleName or GroupName to each answer'
  scene.set.unresolved.push({ at, reference: textOf(fields, 'PolicyArn') ?? 'a policy', reason })
  return undefined
}

function refOf({ arn, type }: Holder, { refs }: AnswerScene): NodeRef {
  const node = type === 'group' ? 'role' : 'identity'
  return refs.get(arn) ?? { type: node, externalId: arn, global: true }
}

/** The holder as the account's export would have it, with the boundary that its own listing tells. */
function entryOf({ arn, type, inline, attached }: Holder, at: string, found: readonly Found[]): Entry {
  const listed = found.find((one) => one.kind === type && one.fields.Arn === arn)
  const key = holders.find((one) => one.type === type)?.inline ?? 'RolePolicyList'
  const fields = {
    ...(listed === undefined ? {} : { PermissionsBoundary: listed.fields.PermissionsBoundary }),
    [key]: inline.map(({ value }) => value),
    AttachedManagedPolicies: attached.map(({ value }) => value),
  }
  return { at, arn, fields, isListing: true }
}

/** Texts of managed policies: `get-policy-version` with the ARN that was asked for, which the answer itself does not repeat. */
function readVersions(found: readonly Found[], { set }: AnswerScene): Map<string, ManagedPolicy> {
  const policies = new Map<string, ManagedPolicy>()
  for (const { kind, at, fields } of found) {
    if (kind !== 'policyVersion') continue
    const version = isObject(fields.PolicyVersion) ? fields.PolicyVersion : {}
    const arn = textOf(fields, 'PolicyArn')
    if (arn === undefined || parseArn(arn) === undefined) {
      const reason = 'The answer does not say of which policy this is the text; add PolicyArn to each answer'
      set.refused.push({ at, reason })
      continue
    }
    const { statements, refused } = readPolicy(version.Document, `${at}.PolicyVersion.Document`)
    set.refused.push(...refused)
    if (policies.has(arn) && version.IsDefaultVersion !== true) continue
    const facts = { awsManaged: parseArn(arn)?.account === 'aws', defaultVersion: textOf(version, 'VersionId') }
    policies.set(arn, {
      arn,
      name: nameOf(arn),
      statements,
      record: {
        type: 'role',
        externalId: arn,
        kind: 'managed_policy',
        name: nameOf(arn),
        attributes: attributes<string | boolean>(facts),
      },
    })
  }
  return policies
}
