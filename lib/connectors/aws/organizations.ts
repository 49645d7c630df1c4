import type { NodeRef } from '../contract'
import { isObject, listAt, textOf } from './account-export'
import type { Found } from './answers'
import { addControlPolicy, policyIdOf } from './control-policies'
import { parseInstant } from './instants'
import { attributes } from './policies'
import type { RecordSet } from './record-set'
import { accountResource } from './resources'

type Fields = Record<string, unknown>

/** The organization's id, from the ARN of any part of it. */
export function organizationOf(
  found: readonly Found[],
): { id: string; managementAccount: string | undefined } | undefined {
  for (const { kind, fields } of found) {
    if (!kind.startsWith('organization')) continue
    const summary = isObject(fields.PolicySummary) ? fields.PolicySummary : fields
    const arn = textOf(summary, 'Arn') ?? ''
    const match = /^arn:[\w-]+:organizations::(\d+):\w+\/(o-[a-z0-9]+)/.exec(arn)
    if (match?.[2] !== undefined) return { id: match[2], managementAccount: match[1] }
  }
  return undefined
}

/** Root, units and accounts of an organization as a tree of resources, with the control policies attached to each. */
export function addOrganization(
  found: readonly Found[],
  organization: string,
  managementAccount: string | undefined,
  set: RecordSet,
): void {
  for (const entry of found) {
    const { kind, at, fields } = entry
    if (kind === 'organization') addWhole(fields, set)
    if (kind === 'organizationPolicy' || kind === 'organizationPolicyText')
      addControlPolicy(fields, at, organization, set)
    if (kind === 'organizationRoot' || kind === 'organizationUnit' || kind === 'organizationAccount')
      addNode(fields, at, undefined, { organization, managementAccount, set, depth: 0 })
    if (kind === 'organizationTarget') {
      const reason =
        'The list of targets does not say which policy they have. Upload the answers of `list-policies-for-target` kept under their target, or the tree'
      set.unresolved.push({ at, reference: String(fields.TargetId), reason })
    }
  }
}

interface Scene {
  organization: string
  managementAccount: string | undefined
  set: RecordSet
  depth: number
}

function addWhole(fields: Fields, set: RecordSet): void {
  const externalId = textOf(fields, 'Id') ?? String(fields.Arn)
  set.addNode({
    type: 'resource',
    externalId,
    kind: 'organization',
    name: `AWS organization ${externalId}`,
    attributes: attributes<string>({
      managementAccount: textOf(fields, 'MasterAccountId') ?? textOf(fields, 'ManagementAccountId'),
      contact: textOf(fields, 'MasterAccountEmail') ?? textOf(fields, 'ManagementAccountEmail'),
      features: textOf(fields, 'FeatureSet'),
    }),
  })
}

/** Deeper than AWS allows (five levels of units) nothing is followed. */
const deepest = 12

function addNode(fields: Fields, at: string, parent: NodeRef | undefined, scene: Scene): void {
  const { set, organization, managementAccount } = scene
  const arn = textOf(fields, 'Arn')
  const id = textOf(fields, 'Id')
  const isAccount = /^\d{12}$/.test(id ?? '') || (arn?.includes(':account/') ?? false)
  if (id === undefined && arn === undefined) {
    set.refused.push({ at, reason: 'The part of the organization has no Id' })
    return
  }
  const number = isAccount ? (id ?? arn?.split('/').at(-1) ?? '') : ''
  const self: NodeRef = {
    type: 'resource',
    externalId: isAccount ? accountResource(number, number).externalId : (arn ?? id ?? ''),
  }
  set.addNode({
    type: 'resource',
    externalId: self.externalId,
    kind: isAccount
      ? 'account'
      : arn?.includes(':root/') || id?.startsWith('r-')
        ? 'organization_root'
        : 'organizational_unit',
    name: isAccount
      ? `${textOf(fields, 'Name') ?? 'AWS account'} (${number})`
      : (textOf(fields, 'Name') ?? id ?? self.externalId),
    attributes: attributes<string | boolean | string[]>({
      id,
      arn: isAccount ? arn : undefined,
      account: isAccount ? number : undefined,
      organization,
      contact: textOf(fields, 'Email'),
      state: textOf(fields, 'State') ?? textOf(fields, 'Status'),
      joined: textOf(fields, 'JoinedMethod'),
      joinedAt: parseInstant(fields.JoinedTimestamp),
      // Control policies bind no principal of the management account.
      managementAccount: isAccount && number === managementAccount ? true : undefined,
      policyTypes: policyTypes(fields.PolicyTypes),
    }),
  })
  if (parent !== undefined)
    set.addEdge({ kind: 'member_of', from: self, to: parent, effect: 'allow', scopes: [], basis: 'declared' })
  for (const policy of listAt(fields, 'Policies', at, set.refused)) {
    const added = isObject(policy.value) ? addControlPolicy(policy.value, policy.at, organization, set) : undefined
    const policyId = added ?? (typeof policy.value === 'string' ? policyIdOf({ Id: policy.value }) : undefined)
    if (policyId === undefined) set.refused.push({ at: policy.at, reason: 'The attached policy has no Id' })
    else
      set.addEdge({
        kind: 'member_of',
        from: self,
        to: { type: 'role', externalId: policyId },
        effect: 'allow',
        scopes: [],
        basis: 'entitlement',
      })
  }
  if (scene.depth > deepest) return
  for (const key of ['Children', 'OrganizationalUnits', 'Accounts']) {
    for (const child of listAt(fields, key, at, set.refused)) {
      if (isObject(child.value)) addNode(child.value, child.at, self, { ...scene, depth: scene.depth + 1 })
      else set.refused.push({ at: child.at, reason: 'The part of the organization is not an object' })
    }
  }
}

function policyTypes(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.flatMap((type: unknown) =>
    isObject(type) && type.Status === 'ENABLED' ? (textOf(type, 'Type') ?? []) : [],
  )
}
