import type { IdentityRecord, MapContext, NodeRef, Privilege } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, idText, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'
import { lastFourShown, secretFacts } from './secret'
import { connectorOf, type EntryKind } from './system'

/** Roles of the organization and of workspaces, as the Admin API names them. */
export const anthropicRoles: Record<string, Privilege> = wordTable({
  admin: 'admin',
  owner: 'admin',
  primary_owner: 'admin',
  developer: 'write',
  billing: 'write',
  claude_code_user: 'write',
  managed: 'read',
  user: 'read',
  workspace_admin: 'admin',
  workspace_developer: 'write',
  workspace_restricted_developer: 'write',
  workspace_user: 'write',
  workspace_billing: 'read',
  'org:admin': 'admin',
  'workspace:developer': 'write',
})

const organization: NodeRef = { type: 'resource', externalId: 'anthropic:organization' }

function organizationOf(graph: Graph, at: string): NodeRef {
  const name = 'Anthropic organization'
  graph.add({ type: 'resource', externalId: organization.externalId, kind: 'account', name }, at)
  return organization
}

function workspaceRef(id: string): NodeRef {
  return { type: 'resource', externalId: id }
}

function grant(
  graph: Graph,
  from: NodeRef,
  to: NodeRef,
  role: string | undefined,
  at: string,
  condition?: string,
): void {
  if (role === undefined) return
  const privilege = anthropicRoles[role]
  const notEvaluable = privilege === undefined ? `the role ${role} is not known` : undefined
  graph.edge({ kind: 'grants', from, to, scopes: [role], privilege, condition, notEvaluable }, at)
}

/** Entries tell their type; a prefix of the id makes sure that it is this system's. */
function kind(name: string, type: string, id: RegExp, read: EntryKind['read'], idField = 'id'): EntryKind {
  return {
    name,
    is: ({ value }) => field(value, 'type') === type && id.test(idText(field(value, idField)) ?? ''),
    read,
  }
}

function statusOf(value: unknown): IdentityRecord['status'] {
  return instant(field(value, 'archived_at')) === undefined ? 'active' : 'disabled'
}

function readUser({ value, at }: Entry, graph: Graph): undefined {
  const externalId = idText(field(value, 'id')) ?? ''
  const email = text(field(value, 'email'))
  const name = text(field(value, 'name')) ?? email ?? externalId
  graph.human({ externalId, name, ...known({ email }), reason: 'is a member of the organization' }, at)
  grant(graph, { type: 'human', externalId }, organizationOf(graph, at), text(field(value, 'role')), at)
}

function readWorkspace({ value, at }: Entry, graph: Graph): undefined {
  const externalId = idText(field(value, 'id')) ?? ''
  const environment = text(path(value, 'tags', 'env')) ?? text(path(value, 'tags', 'environment'))
  const archivedAt = instant(field(value, 'archived_at'))
  const name = text(field(value, 'name')) ?? externalId
  const facts = environment === undefined ? {} : { environment: environment.toLowerCase() }
  graph.add({ type: 'resource', externalId, kind: 'workspace', name, ...facts, attributes: known({ archivedAt }) }, at)
}

function readServiceAccount({ value, at }: Entry, graph: Graph): undefined {
  const externalId = idText(field(value, 'id')) ?? ''
  const role = text(field(value, 'organization_role'))
  const description = text(field(value, 'description'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: text(field(value, 'name')) ?? externalId,
      ...known({ description }),
      status: statusOf(value),
      createdAt: instant(field(value, 'created_at')),
      attributes: known({ organizationRole: role }),
    },
    at,
  )
  grant(graph, { type: 'identity', externalId }, organizationOf(graph, at), role, at)
}

function readMember({ value, at }: Entry, graph: Graph): string | undefined {
  const workspace = idText(field(value, 'workspace_id'))
  const account = idText(field(value, 'service_account_id'))
  const user = idText(field(value, 'user_id'))
  if (workspace === undefined) return 'names no workspace'
  const from: NodeRef | undefined =
    account !== undefined
      ? { type: 'identity', externalId: account }
      : user !== undefined
        ? { type: 'human', externalId: user }
        : undefined
  if (from === undefined) return 'names no member'
  grant(graph, from, workspaceRef(workspace), text(field(value, 'workspace_role')), at)
  return undefined
}

/** A key belongs to a workspace, not to a person: it is its own principal. Without a workspace it is of the default one. */
function readKey({ value, at }: Entry, graph: Graph, { fingerprint }: MapContext): undefined {
  const externalId = idText(field(value, 'id')) ?? ''
  const self: NodeRef = { type: 'identity', externalId }
  const name = text(field(value, 'name')) ?? externalId
  const state = text(field(value, 'status'))
  const status = state === 'active' ? 'active' : state === undefined ? 'unknown' : 'disabled'
  const createdAt = instant(field(value, 'created_at'))
  const creator = idText(path(value, 'created_by', 'id'))
  const workspace = idText(field(value, 'workspace_id'))
  const attributes = known({ keyStatus: state === 'active' ? undefined : state, workspace })
  const ownerHints = creator === undefined ? {} : { ownerHints: [{ value: creator, from: 'created_by' }] }
  graph.add(
    { type: 'identity', externalId, kind: 'api_client', name, status, createdAt, attributes, ...ownerHints },
    at,
  )
  graph.add(
    {
      type: 'credential',
      externalId,
      subject: self,
      credentialType: 'api_key',
      name,
      status,
      ...lastFourShown(field(value, 'partial_key_hint')),
      ...secretFacts(field(value, 'api_key') ?? field(value, 'key'), fingerprint),
      createdAt,
      expiresAt: instantOrNone(field(value, 'expires_at')),
      lastUsedAt: instantOrNone(field(value, 'last_used_at')),
    },
    at,
  )
  const to = workspaceRef(workspace ?? 'anthropic:default-workspace')
  if (workspace === undefined)
    graph.add({ type: 'resource', externalId: to.externalId, kind: 'workspace', name: 'Default workspace' }, at)
  graph.edge({ kind: 'grants', from: self, to, scopes: ['api_key'], privilege: 'write' }, at)
}

/** Workloads elsewhere that may become a service account, told by issuer and subject. */
function readFederationRule({ value, at }: Entry, graph: Graph): string | undefined {
  const account = idText(path(value, 'target', 'service_account_id'))
  const subject = text(path(value, 'match', 'subject_prefix')) ?? text(path(value, 'match', 'subject')) ?? '*'
  const issuer =
    text(field(value, 'issuer_url')) ?? text(field(value, 'issuer_name')) ?? text(field(value, 'issuer_id'))
  if (account === undefined || issuer === undefined) return 'names no issuer or no service account'
  const externalId = `${issuer}#${subject}`
  const scope = text(field(value, 'oauth_scope'))
  const audience = text(path(value, 'match', 'audience'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'workload',
      name: subject,
      status: statusOf(value),
      attributes: known({ issuer, subject, audience, federationRule: text(field(value, 'name')), oauthScope: scope }),
    },
    at,
  )
  const condition = audience === undefined ? undefined : `audience is ${audience}`
  const scopes = scope === undefined ? [] : [scope]
  const from: NodeRef = { type: 'identity', externalId }
  graph.edge({ kind: 'assumes', from, to: { type: 'identity', externalId: account }, scopes, condition }, at)
  return undefined
}

/** A managed agent, its tools and the servers that it calls. */
function readAgent({ value, at }: Entry, graph: Graph): undefined {
  const externalId = idText(field(value, 'id')) ?? ''
  const tools = list(field(value, 'tools')).flatMap(
    (tool) => text(field(tool, 'name')) ?? text(field(tool, 'type')) ?? [],
  )
  const model = text(path(value, 'model', 'id')) ?? text(field(value, 'model'))
  const description = text(field(value, 'description'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'ai_agent',
      name: text(field(value, 'name')) ?? externalId,
      ...known({ description }),
      status: statusOf(value),
      createdAt: instant(field(value, 'created_at')),
      attributes: { ...known({ model }), ...(tools.length === 0 ? {} : { tools: texts(tools).slice(0, 200) }) },
    },
    at,
  )
  for (const server of list(field(value, 'mcp_servers'))) {
    const url = text(field(server, 'url'))
    if (url === undefined) continue
    const name = text(field(server, 'name')) ?? url
    graph.add({ type: 'resource', externalId: url, kind: 'tool_server', name }, at)
    const notEvaluable = 'what the agent may do there is not stated'
    const to: NodeRef = { type: 'resource', externalId: url, global: true }
    graph.edge({ kind: 'grants', from: { type: 'identity', externalId }, to, basis: 'declared', notEvaluable }, at)
  }
}

export const anthropic = connectorOf({
  id: 'saas-anthropic',
  system: 'anthropic',
  title: 'Anthropic',
  expects:
    'an Anthropic Admin API listing of keys, workspaces, members or service accounts (ids such as "apikey_…", "wrkspc_…")',
  yields: 'API keys, workspaces, service accounts, federation rules, managed agents; people kept apart',
  production: [
    {
      from: 'Anthropic Admin API',
      steps: [
        'curl -H "x-api-key: $ANTHROPIC_ADMIN_KEY" -H "anthropic-version: 2023-06-01" "https://api.anthropic.com/v1/organizations/api_keys?limit=1000" > anthropic-keys.json',
        'curl -H "x-api-key: $ANTHROPIC_ADMIN_KEY" -H "anthropic-version: 2023-06-01" "https://api.anthropic.com/v1/organizations/workspaces?limit=1000" > anthropic-workspaces.json',
      ],
      rights: 'An Admin API key; only the organization role admin can make one',
    },
  ],
  kinds: [
    kind('user', 'user', /^user_/, readUser),
    kind('workspace', 'workspace', /^wrkspc_/, readWorkspace),
    kind('service account', 'service_account', /^svac_/, readServiceAccount),
    kind('workspace member', 'workspace_member', /^wrkspc_/, readMember, 'workspace_id'),
    kind('workspace member', 'service_account_workspace_member', /^svac_/, readMember, 'service_account_id'),
    kind('API key', 'api_key', /^apikey_/, readKey),
    kind('federation rule', 'federation_rule', /^fdrl_/, readFederationRule),
    kind('agent', 'agent', /^agent_/, readAgent),
  ],
})
