import type { MapContext, NodeRef } from '../contract'
import { type Entry, isObject, listAt, numberOf, textOf } from './account-export'
import { nameOf, otherIds } from './arn'
import { parseInstant } from './instants'
import { attributes } from './policies'
import type { RecordSet } from './record-set'
import { environmentOf, ownerHints, personReason, readTags, secretTags } from './tags'
import type { Trust } from './trust'

/** Adds the record of an IAM user: a service account, unless its path or a tag says that it is a person. */
export function describeUser(entry: Entry, set: RecordSet, context: MapContext): NodeRef {
  const { arn, fields } = entry
  const name = textOf(fields, 'UserName') ?? nameOf(arn)
  const path = textOf(fields, 'Path') ?? '/'
  const tags = safeTags(entry, name, set, context)
  const signIn = parseInstant(fields.PasswordLastUsed)
  const reason = personReason(path, tags) ?? (signIn === undefined ? undefined : 'has signed in to the console')
  if (reason !== undefined) {
    const email = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/.exec(name)?.[0]
    const aliases = otherIds(arn, textOf(fields, 'UserId'))
    set.addNode({ type: 'human', externalId: arn, aliases, name, email, reason })
    return { type: 'human', externalId: arn }
  }
  set.addNode({
    type: 'identity',
    externalId: arn,
    aliases: otherIds(arn, textOf(fields, 'UserId')),
    kind: 'service_account',
    name,
    environment: environmentOf(tags, name, path),
    status: 'active',
    createdAt: parseInstant(fields.CreateDate),
    tags,
    attributes: attributes<string | number | boolean | string[]>({
      iamType: 'user',
      path,
      uniqueId: textOf(fields, 'UserId'),
      attachedPolicies: count(entry, 'AttachedManagedPolicies'),
      inlinePolicies: count(entry, 'UserPolicyList'),
      groups: count(entry, 'GroupList'),
      permissionsBoundary: boundaryArn(entry),
    }),
    ownerHints: ownerHints(tags, name),
  })
  return { type: 'identity', externalId: arn }
}

/** Adds the record of an IAM role with what its trust policy says in one word each. */
export function describeRole(entry: Entry, trust: Trust, set: RecordSet, context: MapContext): NodeRef {
  const { at, arn, fields } = entry
  const name = textOf(fields, 'RoleName') ?? nameOf(arn)
  const path = textOf(fields, 'Path') ?? '/'
  const tags = safeTags(entry, name, set, context)
  const used = isObject(fields.RoleLastUsed) ? fields.RoleLastUsed : undefined
  const lastUsedAt = parseInstant(used?.LastUsedDate)
  const profiles = listAt(fields, 'InstanceProfileList', at, set.refused).flatMap(({ value }) =>
    isObject(value) ? (textOf(value, 'InstanceProfileName') ?? []) : [],
  )
  const sso = path.startsWith('/aws-reserved/sso.amazonaws.com/')
  set.addNode({
    type: 'identity',
    externalId: arn,
    aliases: otherIds(arn, textOf(fields, 'RoleId')),
    kind: 'iam_role',
    name,
    description: textOf(fields, 'Description'),
    environment: environmentOf(tags, name, path),
    status: 'active',
    createdAt: parseInstant(fields.CreateDate),
    lastUsedAt,
    tags,
    attributes: attributes<string | number | boolean | string[]>({
      iamType: 'role',
      path,
      uniqueId: textOf(fields, 'RoleId'),
      serviceLinked: path.startsWith('/aws-service-role/') ? true : undefined,
      ssoPermissionSet: sso ? name.replace(/^AWSReservedSSO_/, '').replace(/_[0-9a-f]{16}$/, '') : undefined,
      attachedPolicies: count(entry, 'AttachedManagedPolicies'),
      inlinePolicies: count(entry, 'RolePolicyList'),
      permissionsBoundary: boundaryArn(entry),
      maxSessionSeconds: numberOf(fields, 'MaxSessionDuration'),
      instanceProfiles: filled(profiles),
      trustedServices: filled(trust.services),
      trustedFederated: filled(trust.federated),
      federatedConditions: filled(trust.federatedConditions),
      anyoneMayAssume: trust.anyone === undefined ? undefined : true,
      anyoneMayAssumeUnderCondition: trust.anyone === 'conditional' ? true : undefined,
      trustNotEvaluable: trust.notEvaluable,
      lastUsedRegion: used === undefined ? undefined : textOf(used, 'Region'),
      // AWS keeps the last use for 400 days: an empty RoleLastUsed says that there was none within them.
      unusedForAtLeastDays: used !== undefined && Object.keys(used).length === 0 ? 400 : undefined,
    }),
    ownerHints: ownerHints(tags, name),
  })
  return { type: 'identity', externalId: arn }
}

/** Adds the record of an IAM group. */
export function describeGroup(entry: Entry, set: RecordSet): void {
  const { arn, fields } = entry
  set.addNode({
    type: 'role',
    externalId: arn,
    kind: 'group',
    name: textOf(fields, 'GroupName') ?? nameOf(arn),
    attributes: attributes<string | number | boolean>({
      path: textOf(fields, 'Path'),
      uniqueId: textOf(fields, 'GroupId'),
      attachedPolicies: count(entry, 'AttachedManagedPolicies'),
      inlinePolicies: count(entry, 'GroupPolicyList'),
      createdAt: parseInstant(fields.CreateDate),
    }),
  })
}

/** The ARN of the entry's permission boundary, if it has one. */
export function boundaryArn({ fields }: Entry): string | undefined {
  return isObject(fields.PermissionsBoundary) ? textOf(fields.PermissionsBoundary, 'PermissionsBoundaryArn') : undefined
}

/** The tags, those that hold a secret replaced by a sighting of its fingerprint. */
function safeTags(entry: Entry, name: string, set: RecordSet, context: MapContext): Record<string, string> {
  const tags = readTags(entry.fields.Tags)
  const secrets = new Map(secretTags(tags))
  for (const [key, value] of secrets) {
    set.addNode({
      type: 'sighting',
      externalId: `${entry.arn}#tag/${key}`,
      about: { type: 'identity', externalId: entry.arn },
      name: key,
      place: `tag ${key} of ${name}`,
      fingerprint: context.fingerprint(value),
    })
  }
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [key, secrets.has(key) ? '(secret, not kept)' : value]),
  )
}

/** How many the entry holds. An export leaves out empty lists; a listing does not speak of them at all. */
function count({ fields, isListing }: Entry, key: string): number | undefined {
  const value = fields[key]
  if (Array.isArray(value)) return value.length
  return isListing === true ? undefined : 0
}

function filled(list: string[]): string[] | undefined {
  return list.length === 0 ? undefined : list
}
