import type { NodeRef } from '../contract'
import { field, isFields, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import { builtInClient, rolePrivilege } from './privileges'

/** A role of the realm, or of one of its clients. */
export function roleRef(clientId: string | undefined, name: string): NodeRef {
  return { type: 'role', externalId: clientId === undefined ? `realm-role:${name}` : `client-role:${clientId}/${name}` }
}

export function realmRefOf(graph: Graph, realm: string, at: string): NodeRef {
  const externalId = 'keycloak:realm'
  graph.add({ type: 'resource', externalId, kind: 'realm', name: `Realm ${realm}` }, at)
  return { type: 'resource', externalId }
}

/** A role, and what it grants: on the realm for Keycloak's own roles, on the application for those of its client. */
export function addRole(
  graph: Graph,
  realm: string,
  clientId: string | undefined,
  name: string,
  value: unknown,
  at: string,
): void {
  const ref = roleRef(clientId, name)
  if (graph.has('role', ref.externalId) && !isFields(value)) return
  const description = text(field(value, 'description'))
  graph.add(
    {
      type: 'role',
      externalId: ref.externalId,
      kind: clientId === undefined ? 'realm_role' : 'client_role',
      name: clientId === undefined ? name : `${clientId}/${name}`,
      ...(description === undefined || description.startsWith('${') ? {} : { description }),
      attributes: known({ id: text(field(value, 'id')) }),
    },
    at,
  )
  const composites = field(value, 'composites')
  for (const inner of texts(field(composites, 'realm'))) hold(graph, realm, ref, undefined, inner, at)
  const ofClients = field(composites, 'client')
  for (const [client, names] of isFields(ofClients) ? Object.entries(ofClients) : []) {
    for (const inner of texts(names)) hold(graph, realm, ref, client, inner, at)
  }
  const privilege = rolePrivilege(clientId, name)
  const own = clientId === undefined ? privilege !== undefined : builtInClient(clientId) !== undefined
  if (clientId === undefined && !own) return
  const to =
    own || clientId === undefined ? managedRealm(graph, realm, clientId, at) : applicationOf(graph, clientId, at)
  const notEvaluable =
    privilege === undefined ? `what the role ${name} allows is up to ${clientId ?? 'the realm'}` : undefined
  graph.edge({ kind: 'grants', from: ref, to, scopes: [name], privilege, notEvaluable }, at)
}

/** The realm that a management role is about: in the master realm, the client `acme-realm` manages the realm acme. */
function managedRealm(graph: Graph, realm: string, clientId: string | undefined, at: string): NodeRef {
  const other = /^(.+)-realm$/.exec(clientId ?? '')?.[1]
  if (other === undefined || other === realm) return realmRefOf(graph, realm, at)
  const externalId = `keycloak:realm:${other}`
  graph.add({ type: 'resource', externalId, kind: 'realm', name: `Realm ${other}` }, at)
  return { type: 'resource', externalId }
}

/** The application that a client's own roles are about. */
function applicationOf(graph: Graph, clientId: string, at: string): NodeRef {
  const externalId = `application:${clientId}`
  graph.add({ type: 'resource', externalId, kind: 'application', name: clientId }, at)
  return { type: 'resource', externalId }
}

/** Roles held: realm roles by name, client roles by client; Keycloak's own are known even when the file leaves them out. */
export function addHeldRoles(graph: Graph, realm: string, holder: NodeRef, value: unknown, at: string): void {
  for (const name of texts(field(value, 'realmRoles'))) hold(graph, realm, holder, undefined, name, at)
  const clientRoles = field(value, 'clientRoles')
  if (isFields(clientRoles)) {
    for (const [client, names] of Object.entries(clientRoles)) {
      for (const name of texts(names)) hold(graph, realm, holder, client, name, at)
    }
  }
  for (const mapping of list(field(value, 'realmMappings'))) {
    const name = text(field(mapping, 'name'))
    if (name !== undefined) hold(graph, realm, holder, undefined, name, at)
  }
  const clientMappings = field(value, 'clientMappings')
  if (!isFields(clientMappings)) return
  for (const [client, entry] of Object.entries(clientMappings)) {
    const clientId = text(field(entry, 'client')) ?? client
    for (const mapping of list(path(entry, 'mappings'))) {
      const name = text(field(mapping, 'name'))
      if (name !== undefined) hold(graph, realm, holder, clientId, name, at)
    }
  }
}

function hold(
  graph: Graph,
  realm: string,
  holder: NodeRef,
  clientId: string | undefined,
  name: string,
  at: string,
): void {
  const to = roleRef(clientId, name)
  if (!graph.has('role', to.externalId) && rolePrivilege(clientId, name) !== undefined)
    addRole(graph, realm, clientId, name, undefined, at)
  graph.edge({ kind: 'member_of', from: holder, to }, at)
}

/** Groups with their roles, and groups in groups: an inner group has what the outer one has. */
export function addGroups(
  graph: Graph,
  realm: string,
  groups: unknown,
  outer: NodeRef | undefined,
  prefix: string,
  at: string,
): void {
  for (const [index, group] of list(groups).entries()) {
    const place = `${at}[${index}]`
    const name = text(field(group, 'name'))
    if (name === undefined) {
      graph.refuse(place, 'the group has no name')
      continue
    }
    const path = text(field(group, 'path')) ?? `${prefix}/${name}`
    const ref: NodeRef = { type: 'role', externalId: `group:${path}` }
    graph.add({ type: 'role', externalId: ref.externalId, kind: 'group', name: path }, place)
    if (outer !== undefined) graph.edge({ kind: 'member_of', from: ref, to: outer }, place)
    addHeldRoles(graph, realm, ref, group, place)
    addGroups(graph, realm, field(group, 'subGroups'), ref, path, `${place}.subGroups`)
  }
}
