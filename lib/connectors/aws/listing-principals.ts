import { type Entry, isObject, listAt, textOf } from './account-export'
import { type AnswerScene, know, principalsOf } from './answer-scene'
import type { Found } from './answers'
import { accountOf, nameOf, parseArn } from './arn'
import { parseInstant } from './instants'
import { attributes } from './policies'
import { readPolicy } from './policy'
import { describeGroup, describeRole, describeUser } from './principals'
import { readTrust, type Trust } from './trust'
import { linkTrust } from './trust-edges'

const entryOf = ({ at, fields }: Found): Entry => ({ at, arn: String(fields.Arn), fields, isListing: true })

const isArn = (value: unknown) => typeof value === 'string' && parseArn(value) !== undefined

/** The roles that stand inside instance profiles, as entries of their own. */
export function rolesWithin(found: readonly Found[]): Found[] {
  return found.flatMap(({ kind, at, fields }) => {
    if (kind !== 'instanceProfile' || !Array.isArray(fields.Roles)) return []
    return fields.Roles.flatMap((role: unknown, index): Found[] =>
      isObject(role) && isArn(role.Arn) && typeof role.RoleName === 'string'
        ? [{ kind: 'role', at: `${at}.Roles[${index}]`, fields: role }]
        : [],
    )
  })
}

/** Users, roles and groups of listings, with who may assume the roles; in that order, so that later answers find them. */
export function addPrincipals(found: readonly Found[], scene: AnswerScene): void {
  const { set, context, refs, account, trusts } = scene
  const of = (kind: Found['kind']) => found.filter((entry) => entry.kind === kind)
  const members = of('groupMembers').flatMap(({ at, fields }) => listAt(fields, 'Users', at, set.refused))
  const users = [...of('user'), ...members.flatMap(({ at, value }): Found[] => asUser(at, value))]
  for (const user of users) addUser(entryOf(user), scene)
  for (const role of [...of('role'), ...rolesWithin(found)]) {
    const entry = entryOf(role)
    if (refs.has(entry.arn)) continue
    const trust = trustOf(entry, scene)
    trusts.set(entry.arn, trust)
    know(entry.arn, describeRole(entry, trust, set, context), scene)
  }
  const known = principalsOf(scene)
  for (const { fields } of [...users, ...of('role')]) {
    const id = textOf(fields, 'UserId') ?? textOf(fields, 'RoleId')
    if (id !== undefined) known.addUniqueId(String(fields.Arn), id)
  }
  for (const group of of('group')) describeGroup(entryOf(group), set)
  for (const group of of('groupMembers')) addMembers(group, scene)
  for (const [arn, trust] of trusts) linkTrust({ arn, trust, account: accountOf(arn) ?? account, known, set })
}

function asUser(at: string, value: unknown): Found[] {
  return isObject(value) && isArn(value.Arn) && typeof value.UserName === 'string'
    ? [{ kind: 'user', at, fields: value }]
    : []
}

function addUser(entry: Entry, scene: AnswerScene): void {
  const { set, context, refs } = scene
  if (refs.has(entry.arn)) return
  const ref = describeUser(entry, set, context)
  know(entry.arn, ref, scene)
  const lastUsedAt = parseInstant(entry.fields.PasswordLastUsed)
  if (lastUsedAt === undefined) return
  set.addNode({
    type: 'credential',
    externalId: `${entry.arn}#password`,
    subject: ref,
    credentialType: 'password',
    name: `Console password of ${nameOf(entry.arn)}`,
    status: 'active',
    lastUsedAt,
  })
}

function trustOf({ at, fields }: Entry, { set }: AnswerScene): Trust {
  const document = fields.AssumeRolePolicyDocument
  const outcome = document == null ? undefined : readPolicy(document, `${at}.AssumeRolePolicyDocument`)
  set.refused.push(...(outcome?.refused ?? []))
  const trust = readTrust(outcome?.statements ?? [])
  return outcome === undefined ? { ...trust, notEvaluable: 'The trust policy is not in the file' } : trust
}

function addMembers({ at, fields }: Found, { set, refs }: AnswerScene): void {
  const group = isObject(fields.Group) ? fields.Group : {}
  const arn = textOf(group, 'Arn')
  if (arn === undefined) {
    set.refused.push({ at: `${at}.Group`, reason: 'The group has no Arn' })
    return
  }
  describeGroup({ at: `${at}.Group`, arn, fields: group, isListing: true }, set)
  for (const { at: place, value } of listAt(fields, 'Users', at, [])) {
    const from = isObject(value) ? refs.get(String(value.Arn)) : undefined
    if (from === undefined) set.refused.push({ at: place, reason: 'The member of the group has no Arn' })
    else
      set.addEdge({
        kind: 'member_of',
        from,
        to: { type: 'role', externalId: arn },
        effect: 'allow',
        scopes: [],
        basis: 'entitlement',
      })
  }
}

/** Policies without their text, instance profiles with the roles that they hand to machines, and identity providers. */
export function addHolders(found: readonly Found[], scene: AnswerScene): void {
  const { set, refs } = scene
  for (const { kind, at, fields } of found) {
    const arn = String(fields.Arn)
    if (kind === 'managedPolicy') {
      set.addNode({
        type: 'role',
        externalId: arn,
        kind: 'managed_policy',
        name: textOf(fields, 'PolicyName') ?? nameOf(arn),
        description: textOf(fields, 'Description'),
        attributes: attributes<string | number | boolean>({
          awsManaged: arn.includes(':iam::aws:policy/'),
          path: textOf(fields, 'Path'),
          policyId: textOf(fields, 'PolicyId'),
          attachments: typeof fields.AttachmentCount === 'number' ? fields.AttachmentCount : undefined,
          textNotInFile: true,
        }),
      })
    } else if (kind === 'instanceProfile') {
      const externalId = arn
      set.addNode({
        type: 'resource',
        externalId,
        kind: 'instance_profile',
        name: textOf(fields, 'InstanceProfileName') ?? nameOf(arn),
        attributes: attributes<string>({ path: textOf(fields, 'Path'), createdAt: parseInstant(fields.CreateDate) }),
      })
      for (const role of listAt(fields, 'Roles', at, set.refused)) {
        const to = isObject(role.value) ? refs.get(String(role.value.Arn)) : undefined
        if (to === undefined) set.refused.push({ at: role.at, reason: 'The role of the instance profile has no Arn' })
        else
          set.addEdge({
            kind: 'runs_as',
            from: { type: 'resource', externalId },
            to,
            effect: 'allow',
            scopes: [],
            basis: 'declared',
          })
      }
    } else if (kind === 'identityProvider') {
      set.addNode({
        type: 'resource',
        externalId: arn,
        kind: 'identity_provider',
        name: arn.split('-provider/').at(-1) ?? arn,
        attributes: attributes<string>({
          createdAt: parseInstant(fields.CreateDate),
          validUntil: parseInstant(fields.ValidUntil),
        }),
      })
    }
  }
}
