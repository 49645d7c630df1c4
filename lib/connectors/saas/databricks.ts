import type { MapContext, NodeRef, Privilege } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, idText, known, list, path, text } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'
import { secretFacts } from './secret'
import { connectorOf, type EntryKind } from './system'

/** Built-in groups, account roles and workspace entitlements. */
export const databricksRights: Record<string, Privilege> = wordTable({
  admins: 'admin',
  users: 'read',
  account_admin: 'admin',
  billing_admin: 'write',
  marketplace_admin: 'write',
  'roles/servicePrincipal.manager': 'admin',
  'roles/servicePrincipal.user': 'write',
  'workspace-access': 'write',
  'databricks-sql-access': 'read',
  'allow-cluster-create': 'write',
  'allow-instance-pool-create': 'write',
  'workspace-consume': 'read',
})

const workspace: NodeRef = { type: 'resource', externalId: 'databricks:workspace' }

function workspaceOf(graph: Graph, at: string): NodeRef {
  const name = 'Databricks workspace'
  graph.add({ type: 'resource', externalId: workspace.externalId, kind: 'workspace', name }, at)
  return workspace
}

/** What SCIM lists with a principal: groups to belong to, roles and entitlements to hold. */
function addHoldings({ value, at }: Entry, from: NodeRef, graph: Graph): void {
  for (const group of list(field(value, 'groups'))) {
    const id = idText(field(group, 'value'))
    if (id === undefined) continue
    addGroup(id, text(field(group, 'display')) ?? id, graph, at)
    graph.edge({ kind: 'member_of', from, to: { type: 'role', externalId: id } }, at)
  }
  for (const name of ['roles', 'entitlements']) {
    for (const held of list(field(value, name))) grant(graph, from, text(field(held, 'value')), at)
  }
}

function grant(graph: Graph, from: NodeRef, right: string | undefined, at: string): void {
  if (right === undefined) return
  const privilege = databricksRights[right]
  const notEvaluable = privilege === undefined ? `what ${right} allows is not known` : undefined
  graph.edge({ kind: 'grants', from, to: workspaceOf(graph, at), scopes: [right], privilege, notEvaluable }, at)
}

function addGroup(externalId: string, name: string, graph: Graph, at: string): void {
  graph.add({ type: 'role', externalId, kind: 'group', name }, at)
  if (databricksRights[name] !== undefined) grant(graph, { type: 'role', externalId }, name, at)
}

function readPrincipal(entry: Entry, graph: Graph): string | undefined {
  const { value, at } = entry
  const applicationId = text(field(value, 'applicationId')) ?? text(field(value, 'application_id'))
  const externalId = idText(field(value, 'id')) ?? applicationId
  if (externalId === undefined) return 'has no id'
  const active = field(value, 'active')
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: text(field(value, 'displayName')) ?? text(field(value, 'display_name')) ?? applicationId ?? externalId,
      status: active === false ? 'disabled' : active === true ? 'active' : 'unknown',
      attributes: known({ applicationId, entraObjectId: text(field(value, 'externalId')) }),
    },
    at,
  )
  addHoldings(entry, { type: 'identity', externalId }, graph)
  return undefined
}

function readUser(entry: Entry, graph: Graph): string | undefined {
  const { value, at } = entry
  const externalId = idText(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const userName = text(field(value, 'userName')) ?? text(field(value, 'user_name')) ?? externalId
  const name = text(field(value, 'displayName')) ?? userName
  const email = userName.includes('@') ? userName : undefined
  graph.human({ externalId, name, ...known({ email }), reason: 'signs in with a user name' }, at)
  addHoldings(entry, { type: 'human', externalId }, graph)
  return undefined
}

function readGroup({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(value, 'id'))
  const name = text(field(value, 'displayName'))
  if (externalId === undefined || name === undefined) return 'has no id or no name'
  addGroup(externalId, name, graph, at)
  for (const member of list(field(value, 'members'))) {
    const id = idText(field(member, 'value'))
    if (id === undefined) continue
    const ref = text(field(member, '$ref')) ?? ''
    const from: NodeRef = ref.startsWith('ServicePrincipals/')
      ? { type: 'identity', externalId: id }
      : ref.startsWith('Groups/')
        ? { type: 'role', externalId: id }
        : graph.principal(id)
    graph.edge({ kind: 'member_of', from, to: { type: 'role', externalId } }, at)
  }
  for (const right of ['roles', 'entitlements']) {
    for (const held of list(field(value, right)))
      grant(graph, { type: 'role', externalId }, text(field(held, 'value')), at)
  }
  return undefined
}

/**
 * A personal access token. Its owner may be a service principal: then someone else made it on its behalf, which
 * Databricks allows for service principals only.
 */
function readToken({ value, at }: Entry, graph: Graph, { fingerprint }: MapContext): string | undefined {
  const externalId = text(field(value, 'token_id'))
  if (externalId === undefined) return 'has no token_id'
  const owner = idText(field(value, 'owner_id'))
  const creator = idText(field(value, 'created_by_id'))
  const creatorName = text(field(value, 'created_by_username'))
  const comment = text(field(value, 'comment'))
  const key = {
    externalId,
    credentialType: 'access_token' as const,
    name: comment ?? externalId,
    status: 'active' as const,
    ...secretFacts(field(value, 'token_value'), fingerprint),
    createdAt: instant(field(value, 'creation_time')),
    expiresAt: instantOrNone(field(value, 'expiry_time')),
    lastUsedAt: instant(field(value, 'last_used_day')),
  }
  if (creator !== undefined && creatorName?.includes('@') === true)
    graph.human(
      { externalId: creator, name: creatorName, email: creatorName, reason: 'made a token under an e-mail address' },
      at,
    )
  if (owner === undefined) {
    graph.add({ type: 'credential', ...key }, at)
    return undefined
  }
  const byApplication = creator === owner && creatorName !== undefined && !creatorName.includes('@')
  if (graph.has('identity', owner) || byApplication || (creator !== undefined && creator !== owner)) {
    graph.add({ type: 'credential', ...key, subject: { type: 'identity', externalId: owner } }, at)
    return undefined
  }
  const ownerHints = [{ value: creatorName ?? owner, from: 'owner' }]
  addPersonalKey(graph, key, { type: 'human', externalId: owner }, at, { ownerHints })
  return undefined
}

/** A client secret of a service principal; the file is keyed by the principal, or does not say. */
function readSecret({ value, at, keys }: Entry, graph: Graph, { fingerprint }: MapContext): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const principal = keys.findLast((key) => /^\d{6,}$/.test(key))
  graph.add(
    {
      type: 'credential',
      externalId,
      ...(principal === undefined ? {} : { subject: { type: 'identity' as const, externalId: principal } }),
      credentialType: 'client_secret',
      name: externalId,
      status: text(field(value, 'status')) === 'ACTIVE' ? 'active' : 'unknown',
      ...secretFacts(field(value, 'secret'), fingerprint),
      createdAt: instant(field(value, 'create_time')),
      expiresAt: instantOrNone(field(value, 'expire_time')),
    },
    at,
  )
  return undefined
}

/** Tokens of an outside issuer that a service principal takes for its own. */
function readFederation({ value, at, keys }: Entry, graph: Graph): string | undefined {
  const issuer = text(path(value, 'oidc_policy', 'issuer'))
  const principal = keys.findLast((key) => /^\d{6,}$/.test(key)) ?? idText(field(value, 'service_principal_id'))
  if (issuer === undefined) return 'names no issuer'
  if (principal === undefined) return 'is for the whole account and names no service principal'
  const subject = text(path(value, 'oidc_policy', 'subject')) ?? '*'
  const externalId = `${issuer}#${subject}`
  const attributes = known({ issuer, subject, federationPolicy: text(field(value, 'name')) })
  graph.add(
    { type: 'identity', externalId, kind: 'workload', name: `${issuer} ${subject}`, status: 'active', attributes },
    at,
  )
  const from: NodeRef = { type: 'identity', externalId }
  graph.edge({ kind: 'assumes', from, to: { type: 'identity', externalId: principal } }, at)
  return undefined
}

const has = ({ value }: Entry, ...names: string[]) => names.every((name) => field(value, name) !== undefined)
const kinds: EntryKind[] = [
  {
    name: 'service principal',
    is: (entry) =>
      (has(entry, 'applicationId') || has(entry, 'application_id')) &&
      (has(entry, 'displayName') || has(entry, 'active', 'id') || has(entry, 'display_name', 'id')) &&
      !has(entry, 'servicePrincipalType') &&
      !has(entry, 'type'),
    read: readPrincipal,
  },
  {
    name: 'user',
    is: (entry) =>
      has(entry, 'userName', 'id') && (has(entry, 'emails') || has(entry, 'groups') || has(entry, 'entitlements')),
    weak: true,
    read: readUser,
  },
  {
    name: 'group',
    is: (entry) => has(entry, 'displayName', 'id') && (has(entry, 'members') || has(entry, 'entitlements')),
    weak: true,
    read: readGroup,
  },
  { name: 'token', is: (entry) => has(entry, 'token_id', 'creation_time'), read: readToken },
  { name: 'secret', is: (entry) => has(entry, 'secret_hash', 'create_time'), read: readSecret },
  { name: 'federation policy', is: (entry) => has(entry, 'oidc_policy'), read: readFederation },
]

export const databricks = connectorOf({
  id: 'saas-databricks',
  system: 'databricks',
  title: 'Databricks',
  expects:
    'a Databricks listing of service principals ("applicationId", "displayName") or tokens ("token_id", "creation_time")',
  yields: 'Service principals, their groups, tokens, client secrets and federation; people kept apart',
  production: [
    {
      from: 'Databricks CLI, signed in to the workspace',
      steps: [
        'databricks service-principals list --output json > databricks-service-principals.json',
        'databricks token-management list --output json > databricks-tokens.json',
        'databricks groups list --output json > databricks-groups.json',
      ],
      rights: 'Workspace admin (token management and the full SCIM listing need it)',
    },
    {
      from: 'REST API of the workspace',
      steps: [
        'curl -H "Authorization: Bearer $TOKEN" "$HOST/api/2.0/token-management/tokens" > databricks-tokens.json',
      ],
      rights: 'Workspace admin',
    },
  ],
  kinds,
})
