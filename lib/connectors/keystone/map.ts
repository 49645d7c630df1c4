import type { CredentialRecord, EdgeRecord, NodeRef, NormalisedRecord, Privilege, ResourceRecord } from '../contract'
import { instantOrNone } from '../instants'
import { field, known, list, text } from '../json-fields'
import { wordTable } from '../word-table'

export const userRef = (id: string) => `user:${id}`
export const passwordRef = (id: string) => `user:${id}#password`
export const applicationRef = (id: string) => `application_credential:${id}`
export const ec2Ref = (id: string) => `ec2:${id}`

type Fingerprint = (secret: string) => string

/** What Keystone says of one user. */
interface UserFacts {
  user: unknown
  assignments: readonly unknown[]
  applications: readonly unknown[]
  ec2: readonly unknown[]
}

/** Keystone has users and no word for machines: who signs in through a federation is a person, the others are taken for services. */
export function mapUser(
  { user, assignments, applications, ec2 }: UserFacts,
  fingerprint: Fingerprint,
): NormalisedRecord[] {
  const id = text(field(user, 'id'))
  if (id === undefined) return []
  const name = text(field(user, 'name')) ?? id
  const email = text(field(user, 'email'))
  const isPerson = list(field(user, 'federated')).length > 0
  const subject: NodeRef = { type: isPerson ? 'human' : 'identity', externalId: userRef(id) }
  const isOn = field(user, 'enabled')
  const description = text(field(user, 'description'))
  const who: NormalisedRecord = isPerson
    ? {
        ...{ type: 'human', externalId: userRef(id), name, reason: 'signs in through a federation' },
        ...(email === undefined ? {} : { email }),
      }
    : {
        ...{ type: 'identity', externalId: userRef(id), kind: 'service_account', name },
        ...(description === undefined ? {} : { description }),
        status: isOn === true ? 'active' : isOn === false ? 'disabled' : 'unknown',
        attributes: known({
          userId: id,
          domainId: text(field(user, 'domain_id')),
          defaultProjectId: text(field(user, 'default_project_id')),
        }),
        ...(email === undefined ? {} : { ownerHints: [{ value: email, from: 'email' }] }),
      }
  return [
    who,
    ...passwordOf(user, id, name, subject),
    ...applications.flatMap((entry) => mapApplication(entry, subject)),
    ...ec2.flatMap((entry) => mapEc2(entry, subject, fingerprint)),
    ...mapAssignments(assignments, subject),
  ]
}

/** Keystone says that there is a password only where passwords expire. */
function passwordOf(user: unknown, id: string, name: string, subject: NodeRef): CredentialRecord[] {
  const expiresAt = instantOrNone(field(user, 'password_expires_at'))
  if (typeof expiresAt !== 'string') return []
  return [
    {
      ...{ type: 'credential', externalId: passwordRef(id), subject, credentialType: 'password' },
      ...{ name: `Password of ${name}`, status: 'active', expiresAt },
    },
  ]
}

const names = (entries: unknown) => list(entries).flatMap((entry) => text(field(entry, 'name')) ?? [])

function mapApplication(entry: unknown, subject: NodeRef): CredentialRecord[] {
  const id = text(field(entry, 'id'))
  if (id === undefined) return []
  const isUnrestricted = field(entry, 'unrestricted') === true
  const rules = list(field(entry, 'access_rules'))
  return [
    {
      ...{ type: 'credential', externalId: applicationRef(id), subject, credentialType: 'client_secret' },
      name: text(field(entry, 'name')) ?? id,
      status: 'active',
      expiresAt: instantOrNone(field(entry, 'expires_at')),
      attributes: {
        ...known({
          applicationCredentialId: id,
          projectId: text(field(entry, 'project_id')),
          description: text(field(entry, 'description')),
        }),
        roles: names(field(entry, 'roles')).slice(0, 50),
        ...(isUnrestricted ? { unrestricted: true } : {}),
        ...(rules.length > 0 ? { accessRules: rules.length } : {}),
      },
    },
  ]
}

/** The pair of an EC2 credential, which Keystone gives out in the clear. */
export function ec2Pair(entry: unknown): { access: string; secret: string } | undefined {
  try {
    const blob: unknown = JSON.parse(text(field(entry, 'blob')) ?? '')
    const [access, secret] = [text(field(blob, 'access')), text(field(blob, 'secret'))]
    return access === undefined || secret === undefined ? undefined : { access, secret }
  } catch {
    return undefined
  }
}

function mapEc2(entry: unknown, subject: NodeRef, fingerprint: Fingerprint): CredentialRecord[] {
  const id = text(field(entry, 'id'))
  if (id === undefined) return []
  const pair = ec2Pair(entry)
  return [
    {
      ...{ type: 'credential', externalId: ec2Ref(id), subject, credentialType: 'api_key' },
      ...{ name: pair === undefined ? 'EC2 key' : `EC2 key ${pair.access}`, status: 'active', expiresAt: null },
      ...(pair === undefined ? {} : { fingerprint: fingerprint(pair.secret) }),
      attributes: known({ accessKey: pair?.access, projectId: text(field(entry, 'project_id')) }),
    },
  ]
}

/** Only roles that come with Keystone mean the same everywhere. */
const levels: Record<string, Privilege> = wordTable({
  admin: 'admin',
  manager: 'admin',
  member: 'write',
  reader: 'read',
})
const ordered: readonly Privilege[] = ['admin', 'write', 'read']

/** Roles on each project, domain or the system; those of groups and those that others imply are among them. */
function mapAssignments(assignments: readonly unknown[], from: NodeRef): NormalisedRecord[] {
  const held = new Map<string, { resource: ResourceRecord; roles: Set<string> }>()
  for (const assignment of assignments) {
    const resource = scopeOf(field(assignment, 'scope'))
    const role = text(field(field(assignment, 'role'), 'name'))
    if (resource === undefined || role === undefined) continue
    const known = held.get(resource.externalId) ?? { resource, roles: new Set() }
    known.roles.add(role)
    held.set(resource.externalId, known)
  }
  return [...held.values()].flatMap(({ resource, roles }) => {
    const scopes = [...roles].sort()
    const privilege = ordered.find((level) => scopes.some((role) => levels[role] === level))
    const other = scopes.find((role) => levels[role] === undefined)
    const edge: EdgeRecord = {
      ...{ type: 'entitlement', kind: 'grants', effect: 'allow', basis: 'entitlement', from },
      ...{ to: { type: 'resource', externalId: resource.externalId }, scopes, scopeCount: scopes.length },
      ...(privilege === undefined ? {} : { privilege }),
      ...(other === undefined || privilege === 'admin'
        ? {}
        : { notEvaluable: `what the role ${other} may do is said by the policies of each service` }),
    }
    return [resource, edge]
  })
}

function scopeOf(scope: unknown): ResourceRecord | undefined {
  if (field(scope, 'system') !== undefined) return cloud
  for (const [kind, entry] of [
    ['project', field(scope, 'project')],
    ['domain', field(scope, 'domain')],
  ] as const) {
    const mapped = mapPlace(kind, entry)
    if (mapped !== undefined) return mapped
  }
  return undefined
}

const cloud: ResourceRecord = { type: 'resource', externalId: 'system', kind: 'system', name: 'OpenStack cloud' }
export const mapCloud = (instance: string): ResourceRecord => ({ ...cloud, name: `OpenStack cloud ${instance}` })

export function mapPlace(kind: 'project' | 'domain', entry: unknown): ResourceRecord | undefined {
  const id = text(field(entry, 'id'))
  if (id === undefined) return undefined
  const domainId = text(field(entry, 'domain_id')) ?? text(field(field(entry, 'domain'), 'id'))
  const isOff = field(entry, 'enabled') === false
  return {
    ...{ type: 'resource', externalId: `${kind}:${id}`, kind, name: text(field(entry, 'name')) ?? id },
    attributes: { ...known({ domainId }), ...(isOff ? { isDisabled: true } : {}) },
  }
}
