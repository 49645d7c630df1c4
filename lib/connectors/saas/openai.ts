import type { CredentialRecord, MapContext, NodeRef, Privilege } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, idText, isFields, known, path, text } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'
import { secretFacts } from './secret'
import { connectorOf, type EntryKind } from './system'

/** Roles of organizations and projects. A member may use every model and file of the project. */
export const openaiRoles: Record<string, Privilege> = wordTable({
  owner: 'admin',
  member: 'write',
  reader: 'write',
  viewer: 'read',
})

const organization: NodeRef = { type: 'resource', externalId: 'openai:organization' }

/** The entry's type; some recordings write `object: organization.project…` into it. */
function objectOf({ value }: Entry): string {
  const object = field(value, 'object')
  return typeof object === 'string' ? object.replace(/^object:\s*/, '') : ''
}

/** The project that a listing was asked for, when the file is keyed by project. */
function projectOf({ value, keys }: Entry): string | undefined {
  return text(field(value, 'project_id')) ?? keys.findLast((key) => key.startsWith('proj_'))
}

function organizationOf(graph: Graph, at: string): NodeRef {
  graph.add({ type: 'resource', externalId: organization.externalId, kind: 'account', name: 'OpenAI organization' }, at)
  return organization
}

function kind(name: string, object: string | RegExp, read: EntryKind['read']): EntryKind {
  const matches = (found: string) => (typeof object === 'string' ? found === object : object.test(found))
  return { name, is: (entry) => matches(objectOf(entry)), read }
}

function grantRole(entry: Entry, from: NodeRef, role: string | undefined, graph: Graph): void {
  const project = projectOf(entry)
  const inProject = objectOf(entry).startsWith('organization.project.')
  if (role === undefined || (inProject && project === undefined)) return
  const to: NodeRef =
    inProject && project !== undefined ? { type: 'resource', externalId: project } : organizationOf(graph, entry.at)
  const privilege = openaiRoles[role]
  graph.edge(
    {
      kind: 'grants',
      from,
      to,
      scopes: [role],
      privilege,
      ...(privilege === undefined ? { notEvaluable: `the role ${role} is not known` } : {}),
    },
    entry.at,
  )
}

function readUser(entry: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(entry.value, 'id'))
  if (externalId === undefined) return 'has no id'
  const email = text(field(entry.value, 'email'))
  const name = text(field(entry.value, 'name')) ?? email ?? externalId
  graph.human({ externalId, name, ...known({ email }), reason: 'is a member with an e-mail address' }, entry.at)
  grantRole(entry, { type: 'human', externalId }, text(field(entry.value, 'role')), graph)
  return undefined
}

function readServiceAccount(entry: Entry, graph: Graph, context: MapContext): string | undefined {
  const { value, at } = entry
  const externalId = idText(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const role = text(field(value, 'role'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: text(field(value, 'name')) ?? externalId,
      status: 'active',
      createdAt: instant(field(value, 'created_at')),
      attributes: known({ role, project: projectOf(entry) }),
    },
    at,
  )
  grantRole(entry, { type: 'identity', externalId }, role, graph)
  const key = field(value, 'api_key')
  if (isFields(key)) addKey(key, `${at}.api_key`, { type: 'identity', externalId }, graph, context)
  return undefined
}

function keyRecord(value: unknown, { fingerprint }: MapContext): Omit<CredentialRecord, 'type'> | undefined {
  const externalId = idText(field(value, 'id'))
  if (externalId === undefined) return undefined
  const secret = field(value, 'value') ?? field(value, 'redacted_value')
  return {
    externalId,
    credentialType: 'api_key',
    name: text(field(value, 'name')) ?? externalId,
    status: 'active',
    ...secretFacts(secret, fingerprint),
    createdAt: instant(field(value, 'created_at')),
    expiresAt: instantOrNone(field(value, 'expires_at')),
    lastUsedAt: instantOrNone(field(value, 'last_used_at')),
  }
}

function addKey(value: unknown, at: string, subject: NodeRef, graph: Graph, context: MapContext): string | undefined {
  const key = keyRecord(value, context)
  if (key === undefined) return 'has no id'
  graph.add({ type: 'credential', ...key, subject }, at)
  return undefined
}

function readProjectKey(entry: Entry, graph: Graph, context: MapContext): string | undefined {
  const { value, at } = entry
  const owner = field(value, 'owner')
  const account = field(owner, 'service_account')
  const accountId = idText(field(account, 'id'))
  if (accountId !== undefined) {
    if (text(field(account, 'name')) !== undefined && isFields(account))
      readServiceAccount(
        { ...entry, value: { object: 'organization.project.service_account', ...account } },
        graph,
        context,
      )
    return addKey(value, at, { type: 'identity', externalId: accountId }, graph, context)
  }
  const key = keyRecord(value, context)
  if (key === undefined) return 'has no id'
  const user = field(owner, 'user')
  const userId = idText(field(user, 'id'))
  if (userId === undefined) {
    graph.add({ type: 'credential', ...key }, at)
    return undefined
  }
  const name = text(field(user, 'name')) ?? text(field(user, 'email'))
  if (isFields(user) && name !== undefined) readUser({ ...entry, value: { ...user, role: undefined } }, graph)
  addPersonalKey(graph, key, { type: 'human', externalId: userId }, at, {
    ownerHints: [{ value: text(field(user, 'email')) ?? userId, from: 'owner' }],
    attributes: known({ project: projectOf(entry) }),
  })
  return undefined
}

function readAdminKey({ value, at }: Entry, graph: Graph, context: MapContext): string | undefined {
  const key = keyRecord(value, context)
  if (key === undefined) return 'has no id'
  const self: NodeRef = { type: 'identity', externalId: key.externalId }
  const owner = text(path(value, 'owner', 'name')) ?? idText(path(value, 'owner', 'id'))
  graph.add(
    {
      type: 'identity',
      externalId: key.externalId,
      kind: 'api_client',
      name: key.name,
      status: 'active',
      createdAt: key.createdAt,
      lastUsedAt: key.lastUsedAt,
      attributes: { adminKey: true },
      ...(owner === undefined ? {} : { ownerHints: [{ value: owner, from: 'owner' }] }),
    },
    at,
  )
  graph.add({ type: 'credential', ...key, subject: self }, at)
  const to = organizationOf(graph, at)
  graph.edge({ kind: 'grants', from: self, to, scopes: ['admin_api_key'], privilege: 'admin' }, at)
  return undefined
}

function readProject({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const status = text(field(value, 'status'))
  const name = text(field(value, 'name')) ?? externalId
  graph.add({ type: 'resource', externalId, kind: 'project', name, attributes: known({ status }) }, at)
  return undefined
}

export const openai = connectorOf({
  id: 'saas-openai',
  system: 'openai',
  title: 'OpenAI',
  expects: 'an OpenAI listing of projects, users, service accounts or API keys ("object": "organization.…")',
  yields: 'Service accounts, project and admin API keys, projects; people kept apart',
  production: [
    {
      from: 'OpenAI administration API, for each project',
      steps: [
        'curl -H "Authorization: Bearer $OPENAI_ADMIN_KEY" "https://api.openai.com/v1/organization/projects/$PROJECT/service_accounts?limit=100" > openai-service-accounts.json',
        'curl -H "Authorization: Bearer $OPENAI_ADMIN_KEY" "https://api.openai.com/v1/organization/projects/$PROJECT/api_keys?limit=100" > openai-api-keys.json',
        'curl -H "Authorization: Bearer $OPENAI_ADMIN_KEY" "https://api.openai.com/v1/organization/admin_api_keys?limit=100" > openai-admin-keys.json',
      ],
      rights: 'An admin API key with read permission (platform.openai.com, Organization, Admin keys)',
    },
  ],
  kinds: [
    kind('project', 'organization.project', readProject),
    kind('user', /^organization\.(?:project\.)?user$/, readUser),
    kind('service account', 'organization.project.service_account', readServiceAccount),
    kind('API key', 'organization.project.api_key', readProjectKey),
    kind('admin API key', 'organization.admin_api_key', readAdminKey),
  ],
})
