import type { NodeRef, Privilege } from '../contract'
import type { Accounts } from './accounts'
import type { Entry } from './entries'
import { type Fields, field, instant, isFields, list, text } from './fields'
import { projectOfEmail, readMember } from './members'
import { type Located, locate, resourceOfFileName, resourceOfInstance, resourceOfUrl } from './names'
import { everywhere, type Results } from './results'
import type { Roles } from './roles'

export interface PolicyScene {
  results: Results
  roles: Roles
  accounts: Accounts
  /** The file's name and what the user calls the source: both may tell whose policy it is. */
  fileName: string
  instance?: string | undefined
}

/** The bindings of one policy as edges from each member to what the policy protects. */
export function mapPolicy(entry: Entry, scene: PolicyScene): void {
  const { results } = scene
  const bindings = list(entry.value.bindings)
  if (bindings.length === 0) {
    results.refuse(entry.at, 'the policy has no bindings: it grants nothing to anyone')
    return
  }
  const { resource, instance } = targetOf(entry, scene)
  for (const [index, binding] of bindings.entries()) {
    const at = `${entry.at}.bindings[${index}]`
    const role = text(field(binding, 'role'))
    if (!isFields(binding) || role === undefined) results.refuse(at, 'the binding names no role')
    else mapBinding(binding, role, at, { resource, instance }, scene)
  }
}

function mapBinding(binding: Fields, role: string, at: string, target: Located, scene: PolicyScene): void {
  const { results, roles, accounts } = scene
  const members = list(binding.members)
  if (members.length === 0) results.refuse(at, `the binding of ${role} has no members`)
  if (!roles.isDefined(role) && !role.startsWith('roles/'))
    results.unresolved(at, role, 'is a role of your own; its permissions are not in this file')
  const condition = conditionOf(binding.condition)
  for (const [index, member] of members.entries()) {
    const place = `${at}.members[${index}]`
    const read = readMember(member)
    if (read.is === 'refused') results.refuse(place, read.reason)
    if (read.is === 'gone') results.unresolved(place, read.reference, read.reason)
    if (read.is === 'refused' || read.is === 'gone') continue
    if (read.is === 'known') results.add(read.instance, read.record)
    const from = read.is === 'known' ? read.ref : accounts.refer(read.email, target.instance, place)
    grant(from, role, condition, target, scene)
  }
}

/** One grant; a role that lets its holder act as service accounts also leads to those that it covers. */
function grant(from: NodeRef, role: string, condition: Condition, target: Located, scene: PolicyScene): void {
  const { results, roles, accounts } = scene
  const { resource, instance } = target
  const worth = roles.worthOf(role)
  const to: NodeRef = { type: 'resource', externalId: resource.externalId, global: true }
  const isAccount = resource.kind === 'service_account'
  const edge = { from, scopes: [role], basis: 'entitlement' as const, ...condition }
  const privilege: Privilege | undefined = worth.privilege
  if (!roles.letsImpersonate(role)) {
    results.add(instance, resource)
    results.edge(instance, { kind: 'grants', to, ...edge, ...worth })
    return
  }
  if (isAccount) {
    results.edge(instance, { kind: 'impersonates', to: accounts.ofResource(resource.name, instance), ...edge })
    return
  }
  results.add(instance, resource)
  results.edge(instance, { kind: 'grants', to, ...edge, ...worth, privilege: privilege ?? 'admin' })
  if (resource.kind !== 'account') return
  for (const account of accounts.ofProject(resource.name))
    if (account.externalId !== from.externalId)
      results.edge(instance, { kind: 'impersonates', to: account, ...edge, basis: 'inferred' })
}

interface Condition {
  condition?: string
  expiresAt?: string
}

/** The condition as canonical JSON; a condition that is only an end date is also the end of the grant. */
function conditionOf(value: unknown): Condition {
  const expression = text(field(value, 'expression'))
  if (expression === undefined) return {}
  const title = text(field(value, 'title'))
  const end = /^\s*request\.time\s*<=?\s*timestamp\(\s*(["'])([^"']+)\1\s*\)\s*$/.exec(expression)?.[2]
  const expiresAt = instant(end)
  return {
    condition: JSON.stringify({ expression, ...(title === undefined ? {} : { title }) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** What the policy protects: as its surroundings say, else its own id, the recorded address, the file's name, the user. */
function targetOf({ value, around }: Entry, { fileName, instance, results, accounts }: PolicyScene): Located {
  const own = text(field(value, 'resourceId'))
  const full =
    around.resource ??
    (own === undefined ? undefined : `//storage.googleapis.com/${own}`) ??
    (around.url === undefined ? undefined : resourceOfUrl(around.url)) ??
    resourceOfFileName(fileName) ??
    (instance === undefined ? undefined : resourceOfInstance(instance))
  if (full !== undefined) {
    const project = accounts.projectOf(around.project) ?? projectOfMembers(value)
    const located = locate(byId(full, accounts), project, around.organization)
    const home = located.resource.kind === 'service_account' ? projectOfEmail(located.resource.name) : undefined
    return home === undefined ? located : { ...located, instance: home }
  }
  const externalId = `policy:${fileName}`
  results.unresolved(
    'file',
    externalId,
    'the file does not say which project, folder, organization or resource the policy belongs to; name it when importing',
  )
  return {
    instance: around.project ?? everywhere,
    resource: { type: 'resource', externalId, kind: 'unknown', name: `what the policy in ${fileName} belongs to` },
  }
}

/** A project by its id where the file tells it: inventories name projects by number, listings by id. */
function byId(full: string, accounts: PolicyScene['accounts']): string {
  const number = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/(\d+)$/.exec(full)?.[1]
  const id = accounts.projectOf(number)
  return id === undefined || id === number ? full : full.replace(/\d+$/, id)
}

/** A bucket's own policy names its project in the members `projectOwner:…`. */
function projectOfMembers(policy: Fields): string | undefined {
  for (const binding of list(policy.bindings)) {
    for (const member of list(field(binding, 'members'))) {
      const project = /^project(?:Owner|Editor|Viewer):(.+)$/.exec(text(member) ?? '')?.[1]
      if (project !== undefined) return project
    }
  }
  return undefined
}
