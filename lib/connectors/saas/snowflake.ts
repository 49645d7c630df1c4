import type { MapContext, NodeRef } from '../contract'
import { instant, instantOrNone } from '../instants'
import { anyOf, type Fields, field, flag, isFields, known, list, text, texts } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { snowflakePrivilege, snowflakeRoles } from './snowflake-privileges'
import { connectorOf, type EntryKind } from './system'

/** Columns come in upper case from views and in lower case from the API and from SHOW. */
function row(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, cell]) => [name.toLowerCase(), cell]))
}

/** Why a user is taken for a person; `undefined` for a service. */
function personReason(user: Fields): string | undefined {
  const type = text(field(user, 'type'))?.toUpperCase()
  if (type !== undefined && type !== 'PERSON') return undefined
  if (type === 'PERSON') return 'is of TYPE PERSON'
  const named = ['email', 'first_name', 'last_name'].some((name) => text(field(user, name)) !== undefined)
  const keyOnly = flag(field(user, 'has_rsa_public_key')) === true && flag(field(user, 'has_password')) === false
  return keyOnly && !named ? undefined : 'has no TYPE, which Snowflake treats as PERSON'
}

function readUser({ value, at }: Entry, graph: Graph): string | undefined {
  const user = row(value)
  const externalId = text(field(user, 'name'))
  if (externalId === undefined) return 'has no name'
  if (instant(field(user, 'deleted_on')) !== undefined) return `${externalId} was deleted`
  const name = text(field(user, 'display_name')) ?? externalId
  const email = text(field(user, 'email'))
  const reason = personReason(user)
  if (reason !== undefined) graph.human({ externalId, name, ...known({ email }), reason }, at)
  else addService(user, externalId, name, at, graph)
  addCredentials(user, { type: reason === undefined ? 'identity' : 'human', externalId }, at, graph)
  return undefined
}

function addService(user: Fields, externalId: string, name: string, at: string, graph: Graph): void {
  const description = text(field(user, 'comment'))
  const type = text(field(user, 'type'))?.toUpperCase()
  const disabled = flag(field(user, 'disabled'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name,
      ...known({ description }),
      status: disabled === undefined ? 'unknown' : disabled ? 'disabled' : 'active',
      createdAt: instant(field(user, 'created_on')),
      lastUsedAt: instantOrNone(anyOf(user, 'last_successful_login', 'last_success_login') ?? lastLogin(user)),
      attributes: known<string | boolean>({
        userType: type ?? 'not set; key pair only, no name of a person',
        defaultRole: text(field(user, 'default_role')),
        networkPolicy: text(field(user, 'network_policy')),
        hasPassword: flag(field(user, 'has_password')),
        hasMfa: flag(field(user, 'has_mfa')),
      }),
      ...ownerOf(user),
    },
    at,
  )
}

/** `null` when one of the columns is there and empty: never. */
function lastLogin(user: Fields): null | undefined {
  return ['last_successful_login', 'last_success_login'].some((name) => field(user, name) === null) ? null : undefined
}

function ownerOf(user: Fields): { ownerHints?: { value: string; from: string }[] } {
  const owner = text(field(user, 'owner'))
  return owner === undefined ? {} : { ownerHints: [{ value: owner, from: 'owning role' }] }
}

/** Key pairs of everyone; passwords of services only, as those of people are no concern here. */
function addCredentials(user: Fields, subject: NodeRef, at: string, graph: Graph): void {
  const status = flag(field(user, 'disabled')) === true ? 'disabled' : 'active'
  for (const slot of ['', '_2']) {
    const publicKeyFingerprint = text(field(user, `rsa_public_key${slot}_fp`))
    const present =
      publicKeyFingerprint !== undefined || (slot === '' && flag(field(user, 'has_rsa_public_key')) === true)
    if (!present) continue
    const name = `RSA key ${slot === '' ? 1 : 2} of ${subject.externalId}`
    const externalId = `${subject.externalId}#rsa_public_key${slot}`
    const attributes = known({ publicKeyFingerprint })
    graph.add(
      {
        type: 'credential',
        externalId,
        subject,
        credentialType: 'signing_key',
        name,
        status,
        expiresAt: null,
        attributes,
      },
      at,
    )
  }
  if (subject.type === 'human' || flag(field(user, 'has_password')) !== true) return
  graph.add(
    {
      type: 'credential',
      externalId: `${subject.externalId}#password`,
      subject,
      credentialType: 'password',
      name: `Password of ${subject.externalId}`,
      status,
      rotatedAt: instant(anyOf(user, 'password_last_set', 'password_last_set_time')),
    },
    at,
  )
}

/** A row of SHOW USERS that was cut down to the second factor. */
function readMfa({ value, at }: Entry, graph: Graph): string | undefined {
  const user = row(value)
  const externalId = text(field(user, 'name'))
  if (externalId === undefined) return 'has no name'
  if (graph.has('human', externalId)) return undefined
  if (!graph.has('identity', externalId)) return `names ${externalId}, who is not listed otherwise`
  const attributes = known({ hasMfa: flag(field(user, 'has_mfa')) })
  graph.add(
    { type: 'identity', externalId, kind: 'service_account', name: externalId, status: 'unknown', attributes },
    at,
  )
  return undefined
}

function account(graph: Graph, at: string): NodeRef {
  graph.add({ type: 'resource', externalId: 'snowflake:account', kind: 'account', name: 'Snowflake account' }, at)
  return { type: 'resource', externalId: 'snowflake:account' }
}

function readRole({ value, at }: Entry, graph: Graph): string | undefined {
  const role = row(value)
  const name = text(field(role, 'name'))
  if (name === undefined) return 'has no name'
  const database = text(field(role, 'role_database_name')) ?? text(field(role, 'database_name'))
  const externalId = database === undefined ? name : `${database}.${name}`
  const description = text(field(role, 'comment'))
  const kind = database === undefined ? 'role' : 'database_role'
  graph.add({ type: 'role', externalId, kind, name: externalId, ...known({ description }) }, at)
  const privilege = database === undefined ? snowflakeRoles[name] : undefined
  if (privilege !== undefined)
    graph.edge(
      { kind: 'grants', from: { type: 'role', externalId }, to: account(graph, at), scopes: [name], privilege },
      at,
    )
  return undefined
}

/** Who holds a role: `granted_to` a user or another role. */
function readHolder({ value, at }: Entry, graph: Graph): string | undefined {
  const grant = row(value)
  const role = text(field(grant, 'role'))
  const holder = text(field(grant, 'grantee_name'))
  if (role === undefined || holder === undefined) return 'names no role or no holder'
  const toUser = text(field(grant, 'granted_to'))?.toUpperCase() === 'USER'
  const from: NodeRef = toUser ? graph.principal(holder) : { type: 'role', externalId: holder }
  graph.edge({ kind: 'member_of', from, to: { type: 'role', externalId: role } }, at)
  return undefined
}

/** What a role may do: rows of SHOW GRANTS and of GRANTS_TO_ROLES, or the API's, keyed by role. */
function readGrant({ value, at, keys }: Entry, graph: Graph): string | undefined {
  const grant = row(value)
  const holder = text(field(grant, 'grantee_name')) ?? keys.at(-1)
  const securable = field(grant, 'securable')
  const on = text(anyOf(grant, 'securable_type', 'granted_on'))
  const parts = isFields(securable)
    ? [field(securable, 'database'), field(securable, 'schema'), field(securable, 'name')]
    : [field(grant, 'table_catalog'), field(grant, 'table_schema'), field(grant, 'name')]
  const target = parts.flatMap((part) => text(part) ?? []).join('.')
  if (holder === undefined || on === undefined || target === '') return 'names no holder or no object'
  const scopes = [
    ...texts(field(grant, 'privileges')),
    ...list([text(field(grant, 'privilege'))]).flatMap((p) => text(p) ?? []),
  ]
  const from: NodeRef = { type: 'role', externalId: holder }
  if (/ROLE$/i.test(on) && scopes.every((scope) => scope.toUpperCase() === 'USAGE')) {
    graph.edge({ kind: 'member_of', from, to: { type: 'role', externalId: target } }, at)
    return undefined
  }
  const kind = on.toLowerCase().replaceAll(' ', '_')
  const to: NodeRef = kind === 'account' ? account(graph, at) : { type: 'resource', externalId: `${kind}:${target}` }
  if (kind !== 'account') graph.add({ type: 'resource', externalId: to.externalId, kind, name: target }, at)
  const grantOption = flag(field(grant, 'grant_option')) === true
  for (const scope of scopes) {
    const privilege = snowflakePrivilege(scope, on, grantOption)
    const notEvaluable = privilege === undefined ? `what ${scope} allows is not known` : undefined
    graph.edge({ kind: 'grants', from, to, scopes: [scope], privilege, notEvaluable }, at)
  }
  return undefined
}

/** A programmatic access token: a password that is bound to one user and, for services, to one role. */
function readToken({ value, at }: Entry, graph: Graph, _context: MapContext): string | undefined {
  const token = row(value)
  const name = text(field(token, 'name'))
  const user = text(field(token, 'user_name'))
  if (name === undefined || user === undefined) return 'has no name or no user_name'
  const state = text(field(token, 'status'))?.toUpperCase()
  const role = text(field(token, 'role_restriction'))
  const key = {
    externalId: `${user}#token:${name}`,
    credentialType: 'access_token' as const,
    name,
    status:
      state === 'ACTIVE' ? ('active' as const) : state === undefined ? ('unknown' as const) : ('disabled' as const),
    createdAt: instant(field(token, 'created_on')),
    expiresAt: instant(field(token, 'expires_at')),
    attributes: known({
      tokenStatus: state,
      roleRestriction: role,
      rotatedTo: text(field(token, 'rotated_to')),
      minutesWithoutNetworkPolicy: text(field(token, 'mins_to_bypass_network_policy_requirement')),
    }),
  }
  const owner = graph.principal(user)
  if (owner.type === 'identity') graph.add({ type: 'credential', ...key, subject: owner }, at)
  else addPersonalKey(graph, key, owner, at, { ownerHints: [{ value: user, from: 'user_name' }] })
  return undefined
}

/** The columns of an entry, for the tests below. */
const has = ({ value }: Entry, ...names: string[]) =>
  names.every((name) => Object.hasOwn(value, name) || Object.hasOwn(value, name.toUpperCase()))
const kinds: EntryKind[] = [
  {
    name: 'user',
    is: (entry) => has(entry, 'name', 'login_name') || has(entry, 'name', 'has_rsa_public_key'),
    read: readUser,
  },
  { name: 'SHOW USERS row', is: (entry) => has(entry, 'name', 'has_mfa'), weak: true, read: readMfa },
  {
    name: 'role',
    is: (entry) => has(entry, 'name', 'assigned_to_users') || has(entry, 'name', 'role_type', 'owner'),
    read: readRole,
  },
  {
    name: 'grant',
    is: (entry) => has(entry, 'securable', 'privileges') || has(entry, 'privilege', 'granted_on', 'grantee_name'),
    read: readGrant,
  },
  { name: 'grant of a role', is: (entry) => has(entry, 'role', 'granted_to', 'grantee_name'), read: readHolder },
  { name: 'token', is: (entry) => has(entry, 'user_name', 'role_restriction'), read: readToken },
]

export const snowflake = connectorOf({
  id: 'saas-snowflake',
  system: 'snowflake',
  title: 'Snowflake',
  expects:
    'a Snowflake listing of users ("login_name", "has_rsa_public_key"), roles, grants or access tokens, as JSON or CSV',
  yields: 'Service users, key pairs, passwords and access tokens, roles and grants; people kept apart by TYPE',
  csv: true,
  production: [
    {
      from: 'Snowflake CLI',
      steps: [
        'snow sql --format json -q "SHOW USERS" > snowflake-users.json',
        'snow sql --format json -q "SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.GRANTS_TO_USERS WHERE DELETED_ON IS NULL" > snowflake-grants-to-users.json',
        'snow sql --format json -q "SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.GRANTS_TO_ROLES WHERE DELETED_ON IS NULL" > snowflake-grants-to-roles.json',
      ],
      rights:
        'MANAGE GRANTS or ownership for SHOW USERS; the database role SNOWFLAKE.SECURITY_VIEWER for ACCOUNT_USAGE',
    },
    {
      from: 'Snowsight, for a user with the same rights',
      steps: ['SHOW USERS;', 'Results, download as CSV'],
      rights: 'MANAGE GRANTS, or the role USERADMIN for the users that it owns',
    },
  ],
  kinds,
})
