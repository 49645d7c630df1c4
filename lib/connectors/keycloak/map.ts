import type { MapContext, MapResult, NodeRef } from '../contract'
import { withCrowds } from '../crowds'
import { type Fields, field, flag, isFields, known, list, path, text, texts } from '../json-fields'
import { Graph } from '../record-graph'
import { type Entry, walkObjects } from '../walk-answers'
import { readClient, readIdentityProvider, readRealmSecrets, serviceAccountOf } from './clients'
import { powers } from './crowds'
import { addGroups, addHeldRoles, addRole, realmRefOf } from './roles'
import { secretFacts } from './secret'
import { type Shape, shapeOf } from './shapes'

interface Source {
  graph: Graph
  realm: string
  /** Clients by their uuid, which roles and users point at. */
  clientIds: Map<string, string>
  context: MapContext
}

/** Each realm of the file as a result of its own; entries that stand by themselves are of the realm that their addresses name. */
export function mapKeycloak(roots: { value: unknown; at: string }[], context: MapContext): MapResult[] {
  const realms: Entry[] = []
  const loose = new Map<Shape, Entry[]>()
  const left: { at: string; reason: string }[] = []
  const take = (entry: Entry): boolean => {
    const shape = shapeOf(entry)
    if (shape === undefined) return false
    if (shape === 'realm') realms.push(entry)
    else {
      const entries = loose.get(shape)
      if (entries === undefined) loose.set(shape, [entry])
      else entries.push(entry)
    }
    return true
  }
  const leave = (at: string, count: number) =>
    left.push({
      at,
      reason:
        count === 1 ? 'is no entry of a kind that is read here' : `holds ${count} entries of no kind that is read here`,
    })
  for (const { value, at } of roots) walkObjects(value, { take, leave }, at)
  const results = new Map<string, Source>()
  const sourceOf = (realm: string): Source => {
    const source = results.get(realm) ?? { graph: new Graph(), realm, clientIds: new Map(), context }
    results.set(realm, source)
    return source
  }
  for (const entry of realms) {
    const name = text(field(entry.value, 'realm'))
    if (name === undefined) left.push({ at: entry.at, reason: 'the realm has no name' })
    else readRealm(entry, sourceOf(name))
  }
  if (loose.size > 0 || results.size === 0) {
    const single = results.size === 1 ? [...results.keys()][0] : undefined
    readLoose(loose, sourceOf(realmOf(loose.get('client') ?? []) ?? single ?? context.instance ?? 'keycloak'))
  }
  return [...results.values()].map(({ graph, realm }, index) => {
    if (index === 0) graph.refused.unshift(...left)
    if (graph.isEmpty) graph.refuse('file', 'holds nothing that a realm has')
    return withCrowds(graph.finish('keycloak', realm, `Keycloak realm ${realm}`), powers)
  })
}

/** The realm's name in the addresses of Keycloak's own clients: `/realms/acme/account/`, `/admin/acme/console/`. */
function realmOf(clients: Entry[]): string | undefined {
  for (const { value } of clients) {
    const addresses = [field(value, 'baseUrl'), ...texts(field(value, 'redirectUris'))]
    for (const address of texts(addresses)) {
      const name = /^\/(?:auth\/)?(?:realms|admin)\/([^/]+)\/(?:account|console)\//.exec(address)?.[1]
      if (name !== undefined) return name
    }
  }
  return undefined
}

function readRealm({ value, at }: Entry, source: Source): void {
  const { graph, realm, context } = source
  const realmRef = realmRefOf(graph, realm, at)
  readClients(list(field(value, 'clients')), `${at}.clients`, source)
  for (const [index, role] of list(path(value, 'roles', 'realm')).entries())
    readOwnRole(role, undefined, `${at}.roles.realm[${index}]`, source)
  const clientRoles = path(value, 'roles', 'client')
  if (isFields(clientRoles)) {
    for (const [client, roles] of Object.entries(clientRoles)) {
      for (const [index, role] of list(roles).entries())
        readOwnRole(role, client, `${at}.roles.client[${JSON.stringify(client)}][${index}]`, source)
    }
  }
  addGroups(graph, realm, field(value, 'groups'), undefined, '', `${at}.groups`)
  for (const [index, user] of list(field(value, 'users')).entries()) {
    const reason = readUser(user, `${at}.users[${index}]`, source)
    if (reason !== undefined) graph.refuse(`${at}.users[${index}]`, `the user ${reason}`)
  }
  for (const [index, provider] of list(field(value, 'identityProviders')).entries()) {
    const place = `${at}.identityProviders[${index}]`
    const reason = readIdentityProvider(provider, realmRef, place, graph, context)
    if (reason !== undefined) graph.refuse(place, `the identity provider ${reason}`)
  }
  readRealmSecrets(value, realmRef, at, graph, context)
}

function readClients(clients: unknown[], at: string, source: Source): void {
  for (const client of clients) {
    const id = text(field(client, 'id'))
    const clientId = text(field(client, 'clientId'))
    if (id !== undefined && clientId !== undefined) source.clientIds.set(id, clientId)
  }
  for (const [index, client] of clients.entries()) {
    const reason = readClient(client, `${at}[${index}]`, source.graph, source.context)
    if (reason !== undefined) source.graph.refuse(`${at}[${index}]`, `the client ${reason}`)
  }
}

function readOwnRole(role: unknown, clientId: string | undefined, at: string, { graph, realm }: Source): void {
  const name = text(field(role, 'name'))
  if (name === undefined) graph.refuse(at, 'the role has no name')
  else addRole(graph, realm, clientId, name, role, at)
}

/** A person, or the service account of a client: its roles are the client's. */
function readUser(user: unknown, at: string, { graph, realm, clientIds }: Source): string | undefined {
  const username = text(field(user, 'username'))
  if (username === undefined) return 'has no username'
  const client = serviceAccountOf(user, clientIds)
  const externalId = text(field(user, 'id')) ?? username
  let holder: NodeRef = { type: 'human', externalId }
  if (client !== undefined) {
    holder = { type: 'identity', externalId: client }
    const attributes = known({ clientId: client, serviceAccountUserId: text(field(user, 'id')), serviceAccount: true })
    const enabled = flag(field(user, 'enabled')) === false ? 'disabled' : 'active'
    graph.add(
      { type: 'identity', externalId: client, kind: 'service_account', name: client, status: enabled, attributes },
      at,
    )
  } else {
    const full = ['firstName', 'lastName'].flatMap((part) => text(field(user, part)) ?? []).join(' ')
    const email = text(field(user, 'email'))
    graph.human(
      {
        externalId,
        name: full === '' ? username : full,
        ...known({ email }),
        reason: 'is a user of the realm and no service account',
      },
      at,
    )
  }
  addHeldRoles(graph, realm, holder, user, at)
  for (const path of texts(field(user, 'groups'))) {
    const group = path.startsWith('/') ? path : `/${path}`
    graph.edge({ kind: 'member_of', from: holder, to: { type: 'role', externalId: `group:${group}` } }, at)
  }
  return undefined
}

/** Answers of the Admin API: listings of clients, roles, users, identity providers; role mappings and secrets keyed by client. */
function readLoose(loose: ReadonlyMap<Shape, Entry[]>, source: Source): void {
  const { graph, realm, clientIds, context } = source
  const entries = (shape: Shape) => loose.get(shape) ?? []
  const refuse = (at: string, what: string, reason: string | undefined) => {
    if (reason !== undefined) graph.refuse(at, `the ${what} ${reason}`)
  }
  for (const { value } of entries('client')) {
    const id = text(field(value, 'id'))
    const clientId = text(field(value, 'clientId'))
    if (id !== undefined && clientId !== undefined) clientIds.set(id, clientId)
  }
  for (const { value, at } of entries('client')) {
    refuse(at, 'client', readClient(value, at, graph, context))
    const user = field(value, 'service_account_user')
    const externalId = text(field(value, 'clientId'))
    if (isFields(user) && externalId !== undefined)
      addHeldRoles(graph, realm, { type: 'identity', externalId }, user, at)
  }
  for (const { value, at } of entries('role')) {
    const container = flag(field(value, 'clientRole')) === true ? text(field(value, 'containerId')) : undefined
    readOwnRole(
      value,
      container === undefined ? undefined : (clientIds.get(container) ?? guessClient(value) ?? container),
      at,
      source,
    )
  }
  for (const { value, at } of entries('user')) refuse(at, 'user', readUser(value, at, source))
  for (const { value, at } of entries('idp')) {
    refuse(at, 'identity provider', readIdentityProvider(value, realmRefOf(graph, realm, at), at, graph, context))
  }
  for (const entry of entries('role_mappings')) {
    const holder = ownerOf(entry, source)
    if (holder === undefined)
      graph.refuse(entry.at, 'the role mappings do not say whose they are; key them by client or user')
    else addHeldRoles(graph, realm, holder, entry.value, entry.at)
  }
  for (const entry of entries('secret')) readSecret(entry, source)
  for (const { value, at } of entries('error')) {
    graph.refuse(
      at,
      `the answer is an error: ${text(field(value, 'error_description')) ?? text(field(value, 'error'))}`.slice(0, 300),
    )
  }
}

/** A listing of roles without its clients: Keycloak's own management roles are known by their texts. */
function guessClient(role: Fields): string | undefined {
  const text = field(role, 'description')
  const managed =
    /^\$\{role_(?:manage|view|query)-(?:realm|realms|users|clients|groups|events|identity-providers|authorization)\}$|^\$\{role_(?:realm-admin|create-client|impersonation)\}$/
  return typeof text === 'string' && managed.test(text) && !text.includes('view-groups')
    ? 'realm-management'
    : undefined
}

function ownerOf({ keys }: Entry, { clientIds, graph }: Source): NodeRef | undefined {
  for (const key of keys.toReversed()) {
    const clientId = clientIds.get(key) ?? /^service-account-(.+)$/.exec(key)?.[1]
    if (clientId !== undefined) return { type: 'identity', externalId: clientId }
    if (graph.has('identity', key)) return { type: 'identity', externalId: key }
    if (graph.has('human', key)) return { type: 'human', externalId: key }
  }
  return undefined
}

/** The answer to a request for one client's secret. */
function readSecret(entry: Entry, source: Source): void {
  const owner = ownerOf(entry, source)
  const externalId = owner === undefined ? `secret@${entry.at}` : `${owner.externalId}#secret`
  source.graph.add(
    {
      type: 'credential',
      externalId,
      ...known({ subject: owner }),
      credentialType: 'client_secret',
      name: owner === undefined ? 'Client secret' : `Secret of ${owner.externalId}`,
      status: 'unknown',
      ...secretFacts(field(entry.value, 'value'), source.context.fingerprint),
    },
    entry.at,
  )
}
