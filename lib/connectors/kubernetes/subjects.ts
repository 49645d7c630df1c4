import type { NodeRef } from '../contract'
import { field, isFields, text } from './fields'
import type { Graph } from './graph'
import { ids } from './ids'

/** How a service account is written as a user name. */
const accountAsUser = /^system:serviceaccount:([^:]+):([^:]+)$/

/** User names that are machine principals of a cloud, by the id that the cloud gives them. */
const cloudPrincipal =
  /^(?:arn:[\w-]+:(?:iam|sts)::\d{12}:(?:role|user|assumed-role)\/\S+|[^\s@]+@[^\s@]+\.gserviceaccount\.com)$/

/** The node of one subject of a binding, made known to the graph where the binding itself proves it. */
export function subjectOf(
  entry: unknown,
  cluster: string,
  binding: string,
  at: string,
  graph: Graph,
): NodeRef | string {
  if (!isFields(entry)) return 'the subject is not an object'
  const kind = text(field(entry, 'kind'))
  const name = text(field(entry, 'name'))
  if (name === undefined) return 'the subject has no name'
  if (kind === 'ServiceAccount') {
    const namespace = text(field(entry, 'namespace'))
    if (namespace === undefined) return `the subject ServiceAccount ${name} has no namespace`
    return account(cluster, namespace, name, at, graph)
  }
  if (kind === 'Group') return group(cluster, name, graph)
  if (kind === 'User') return user(cluster, name, binding, at, graph)
  return `the subject is of kind ${JSON.stringify(kind ?? null)}, not ServiceAccount, User or Group`
}

function account(cluster: string, namespace: string, name: string, at: string, graph: Graph): NodeRef {
  const ref = ids.serviceAccount(cluster, namespace, name)
  if (!graph.has(ref))
    graph.unresolved(ref.externalId, at, 'is bound to a role, but the file does not define this ServiceAccount')
  return ref
}

function group(cluster: string, name: string, graph: Graph): NodeRef {
  const ref = ids.group(cluster, name)
  graph.add({
    type: 'role',
    externalId: ref.externalId,
    kind: 'group',
    name,
    attributes: { system: name.startsWith('system:') },
  })
  return ref
}

function user(cluster: string, name: string, binding: string, at: string, graph: Graph): NodeRef {
  const [, namespace, accountName] = accountAsUser.exec(name) ?? []
  if (namespace !== undefined && accountName !== undefined) return account(cluster, namespace, accountName, at, graph)
  if (name.startsWith('system:')) {
    const ref = ids.component(cluster, name)
    graph.add({
      type: 'identity',
      externalId: ref.externalId,
      kind: 'service_account',
      name,
      status: 'active',
      attributes: { component: true },
    })
    return ref
  }
  if (cloudPrincipal.test(name)) {
    graph.unresolved(name, at, 'is a principal of a cloud; it links when an export of that cloud is imported')
    return { type: 'identity', externalId: name, global: true }
  }
  const ref = ids.user(cluster, name)
  const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(name) ? { email: name } : {}
  graph.add({ type: 'human', externalId: ref.externalId, name, ...email, reason: `is named as a User by ${binding}` })
  return ref
}
