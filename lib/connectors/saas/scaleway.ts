import type { MapContext, NodeRef, Privilege } from '../contract'
import { instant, instantOrNone } from '../instants'
import { anyOf, field, flag, idText, known, text, texts } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'
import { secretFacts } from './secret'
import { connectorOf, type EntryKind } from './system'

/** Permission sets that can grant, impersonate or make credentials, or that open secrets. */
export const scalewayPermissionSets: Record<string, Privilege> = wordTable({
  AllProductsFullAccess: 'admin',
  OrganizationManager: 'admin',
  ProjectManager: 'admin',
  IAMManager: 'admin',
  IAMApplicationManager: 'admin',
  SecretManagerFullAccess: 'secret_read',
  SecretManagerSecretAccess: 'secret_read',
  KeyManagerFullAccess: 'secret_read',
  BillingManager: 'write',
  SupportTicketManager: 'write',
  SupportTicketReadOnly: 'read',
})

/**
 * The privilege of a permission set. Scaleway's own naming is taken at its word: `…ReadOnly` and `…Read` read, `…FullAccess`,
 * `…Write` and `…Delete` write. Anything else is unknown.
 */
export function permissionSetPrivilege(name: string): Privilege | undefined {
  const listed = Object.hasOwn(scalewayPermissionSets, name) ? scalewayPermissionSets[name] : undefined
  if (listed !== undefined) return listed
  if (/(?:ReadOnly|Read)$/.test(name)) return 'read'
  return /(?:FullAccess|Write|Delete|Create)$/.test(name) ? 'write' : undefined
}

const rank: readonly (Privilege | undefined)[] = [undefined, 'read', 'write', 'secret_read', 'admin']

function readUser({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const email = text(field(value, 'email'))
  const full = [field(value, 'first_name'), field(value, 'last_name')].flatMap((part) => text(part) ?? []).join(' ')
  const name = full === '' ? (text(field(value, 'username')) ?? email ?? externalId) : full
  graph.human({ externalId, name, ...known({ email }), reason: 'is a member who signs in with an e-mail address' }, at)
  return undefined
}

function readApplication({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const description = text(field(value, 'description'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: text(field(value, 'name')) ?? externalId,
      ...known({ description }),
      status: 'active',
      createdAt: instant(field(value, 'created_at')),
      tags: Object.fromEntries(texts(field(value, 'tags')).map((tag) => [tag, ''])),
      attributes: known({ managed: flag(field(value, 'managed')) }),
    },
    at,
  )
  return undefined
}

function readGroup({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const description = text(field(value, 'description'))
  const name = text(field(value, 'name')) ?? externalId
  graph.add({ type: 'role', externalId, kind: 'group', name, ...known({ description }) }, at)
  const to: NodeRef = { type: 'role', externalId }
  for (const id of texts(field(value, 'user_ids')))
    graph.edge({ kind: 'member_of', from: { type: 'human', externalId: id }, to }, at)
  for (const id of texts(field(value, 'application_ids')))
    graph.edge({ kind: 'member_of', from: { type: 'identity', externalId: id }, to }, at)
  return undefined
}

function readKey({ value, at }: Entry, graph: Graph, { fingerprint }: MapContext): string | undefined {
  const externalId = text(field(value, 'access_key'))
  if (externalId === undefined) return 'has no access_key'
  const description = text(field(value, 'description'))
  const key = {
    externalId,
    credentialType: 'api_key' as const,
    name: description ?? externalId,
    status: 'active' as const,
    ...secretFacts(field(value, 'secret_key'), fingerprint),
    createdAt: instant(field(value, 'created_at')),
    expiresAt: instantOrNone(field(value, 'expires_at')),
    attributes: known({
      defaultProject: text(field(value, 'default_project_id')),
      createdFrom: text(field(value, 'creation_ip')),
    }),
  }
  const application = text(field(value, 'application_id'))
  const user = text(field(value, 'user_id'))
  if (application !== undefined)
    graph.add({ type: 'credential', ...key, subject: { type: 'identity', externalId: application } }, at)
  else if (user !== undefined)
    addPersonalKey(graph, key, { type: 'human', externalId: user }, at, {
      ownerHints: [{ value: user, from: 'user_id' }],
    })
  else graph.add({ type: 'credential', ...key }, at)
  return undefined
}

/** A public key that opens the instances of a project. */
function readSshKey({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  graph.add(
    {
      type: 'credential',
      externalId,
      credentialType: 'ssh_key',
      name: text(field(value, 'name')) ?? externalId,
      status: flag(field(value, 'disabled')) === true ? 'disabled' : 'active',
      createdAt: instant(field(value, 'created_at')),
      expiresAt: null,
      attributes: known({
        publicKeyFingerprint: text(field(value, 'fingerprint')),
        project: text(field(value, 'project_id')),
      }),
    },
    at,
  )
  return undefined
}

function readPermissionSet({ value, at }: Entry, graph: Graph): string | undefined {
  const name = text(field(value, 'name'))
  if (name === undefined) return 'has no name'
  const description = text(field(value, 'description'))
  const scopeType = text(field(value, 'scope_type'))
  const externalId = `permission-set:${name}`
  graph.add(
    {
      type: 'role',
      externalId,
      kind: 'permission_set',
      name,
      ...known({ description }),
      attributes: known({ scopeType }),
    },
    at,
  )
  return undefined
}

function readPolicy(entry: Entry, graph: Graph): string | undefined {
  const { value, at } = entry
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const description = text(field(value, 'description'))
  const name = text(field(value, 'name')) ?? externalId
  graph.add({ type: 'role', externalId, kind: 'policy', name, ...known({ description }) }, at)
  const to: NodeRef = { type: 'role', externalId }
  const holders: [string, NodeRef['type']][] = [
    ['user_id', 'human'],
    ['application_id', 'identity'],
    ['group_id', 'role'],
  ]
  for (const [holder, type] of holders) {
    const id = text(field(value, holder))
    if (id !== undefined) graph.edge({ kind: 'member_of', from: { type, externalId: id }, to }, at)
  }
  const rules = field(value, 'rules')
  if (Array.isArray(rules)) {
    for (const [index, rule] of rules.entries()) addRule(rule, `${at}.rules[${index}]`, to, graph)
  }
  return undefined
}

/**
 * A rule listing does not name its policy: it was asked for one. Keyed by policy id it joins; otherwise it stands as a role
 * of its own that nobody is known to hold.
 */
function readRule({ value, at, keys }: Entry, graph: Graph): string | undefined {
  const id = text(field(value, 'id'))
  if (id === undefined) return 'has no id'
  const policy = text(field(value, 'policy_id')) ?? keys.findLast((key) => graph.has('role', key))
  if (policy !== undefined) {
    addRule(value, at, { type: 'role', externalId: policy }, graph)
    return undefined
  }
  const externalId = `rule:${id}`
  const attributes = { policy: 'not stated in the file' }
  graph.add({ type: 'role', externalId, kind: 'policy_rule', name: `Rule ${id}`, attributes }, at)
  addRule(value, at, { type: 'role', externalId }, graph)
  graph.note(at, id, 'the rule does not name its policy, so nobody is known to hold it; key the file by policy id')
  return undefined
}

function addRule(rule: unknown, at: string, from: NodeRef, graph: Graph): void {
  const scopes = texts(field(rule, 'permission_set_names'))
  const found = scopes.map(permissionSetPrivilege)
  const privilege = rank[Math.max(0, ...found.map((one) => rank.indexOf(one)))]
  const unknown = scopes.filter((_, index) => found[index] === undefined)
  const notEvaluable = unknown.length === 0 ? undefined : `what ${unknown.join(', ')} allows is not known`
  const condition = text(field(rule, 'condition'))
  const projects = texts(field(rule, 'project_ids'))
  const organization = text(field(rule, 'organization_id')) ?? text(field(rule, 'account_root_user_id'))
  const targets = [...projects, ...(organization === undefined ? [] : [organization])]
  if (targets.length === 0) graph.refuse(at, 'the rule names neither project nor organization')
  for (const externalId of targets) {
    const kind = projects.includes(externalId) ? 'project' : 'account'
    graph.add({ type: 'resource', externalId, kind, name: `Scaleway ${kind} ${externalId}` }, at)
    graph.edge(
      { kind: 'grants', from, to: { type: 'resource', externalId }, scopes, privilege, condition, notEvaluable },
      at,
    )
  }
}

const has = ({ value }: Entry, ...names: string[]) => names.every((name) => field(value, name) !== undefined)
const owned = (entry: Entry) => has(entry, 'organization_id') || has(entry, 'organizationId')
const kinds: EntryKind[] = [
  {
    name: 'user',
    is: (entry) => has(entry, 'email') && owned(entry) && anyOf(entry.value, 'type_', 'type') !== undefined,
    weak: true,
    read: readUser,
  },
  { name: 'application', is: (entry) => has(entry, 'nb_api_keys', 'name'), read: readApplication },
  { name: 'group', is: (entry) => has(entry, 'application_ids', 'user_ids'), read: readGroup },
  {
    name: 'API key',
    is: (entry) =>
      has(entry, 'access_key') &&
      (has(entry, 'application_id') || has(entry, 'user_id') || has(entry, 'default_project_id')),
    read: readKey,
  },
  { name: 'SSH key', is: (entry) => has(entry, 'public_key', 'project_id', 'fingerprint'), read: readSshKey },
  { name: 'permission set', is: (entry) => has(entry, 'scope_type', 'name'), weak: true, read: readPermissionSet },
  { name: 'policy', is: (entry) => has(entry, 'nb_permission_sets') || has(entry, 'no_principal'), read: readPolicy },
  { name: 'rule', is: (entry) => has(entry, 'permission_set_names'), read: readRule },
]

export const scaleway = connectorOf({
  id: 'saas-scaleway',
  system: 'scaleway',
  title: 'Scaleway',
  expects: 'a Scaleway IAM listing of applications ("nb_api_keys"), API keys ("access_key"), groups or policies',
  yields: 'Applications, API keys, SSH keys, groups, policies and permission sets; people kept apart',
  production: [
    {
      from: 'Scaleway CLI',
      steps: [
        'scw iam application list -o json > scaleway-applications.json',
        'scw iam api-key list -o json > scaleway-api-keys.json',
        'scw iam group list -o json > scaleway-groups.json',
        'scw iam policy list -o json > scaleway-policies.json',
        'scw iam rule list policy-id=$POLICY -o json > rules.json   # for each policy; key them by policy id in one file',
      ],
      rights: 'Permission set IAMReadOnly',
    },
  ],
  kinds,
  instanceOf: ({ value }) => text(field(value, 'organization_id')) ?? idText(field(value, 'organizationId')),
})
