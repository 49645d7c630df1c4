import type { NodeRef } from '../contract'
import { leadTo } from './crowds'
import { field, isFields, path, text } from './fields'
import type { Graph, NewEdge } from './graph'
import { defaultNamespace, ids } from './ids'
import { inside, type KubernetesObject, printPlace } from './objects'
import { addResource } from './resources'
import type { Roles } from './roles'
import { grantRules } from './rules'
import { subjectOf } from './subjects'

/** A RoleBinding or ClusterRoleBinding: each subject becomes a member of the role, named after the binding. */
export function mapBinding(object: KubernetesObject, roles: Roles, graph: Graph): void {
  const { cluster, kind, place } = object
  const namespace = kind === 'RoleBinding' ? (object.namespace ?? defaultNamespace) : undefined
  const title = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${object.name}`
  const role = roleOf(object, namespace, roles, graph)
  if (typeof role === 'string') {
    graph.refuse(printPlace(inside(place, '.roleRef')), `${title}: ${role}`)
    return
  }
  const subjects = field(object.body, 'subjects')
  if (subjects === null || subjects === undefined) return
  if (!Array.isArray(subjects)) {
    graph.refuse(printPlace(inside(place, '.subjects')), `${title}: subjects are not a list`)
    return
  }
  for (const [i, entry] of subjects.entries()) {
    const at = printPlace(inside(place, `.subjects[${i}]`))
    const subject = subjectOf(entry, cluster, title, at, graph)
    if (typeof subject === 'string') graph.refuse(at, `${title}: ${subject}`)
    else graph.edge({ kind: 'member_of', from: subject, to: role, basis: 'entitlement', scopes: [title] })
  }
}

/** The role that a binding gives, made known to the graph; a string says why there is none. */
function roleOf(object: KubernetesObject, namespace: string | undefined, roles: Roles, graph: Graph): NodeRef | string {
  const roleRef = field(object.body, 'roleRef')
  if (!isFields(roleRef)) return 'it has no roleRef'
  const name = text(field(roleRef, 'name'))
  const kind = text(field(roleRef, 'kind'))
  if (name === undefined) return 'its roleRef has no name'
  if (kind !== 'Role' && kind !== 'ClusterRole')
    return `its roleRef is of kind ${JSON.stringify(kind ?? null)}, not Role or ClusterRole`
  const at = printPlace(inside(object.place, '.roleRef'))
  const { cluster } = object
  if (kind === 'Role') {
    if (namespace === undefined) return 'a ClusterRoleBinding cannot refer to a Role'
    const ref = ids.role(cluster, namespace, name)
    if (!graph.has(ref)) graph.unresolved(ref.externalId, at, 'is bound, but the file does not define this Role')
    return ref
  }
  const whole = ids.clusterRole(cluster, name)
  const rules = roles.rulesOf(name)
  if (rules === undefined)
    graph.unresolved(whole.externalId, at, 'is bound, but the file does not define this ClusterRole')
  if (namespace === undefined) {
    if (rules === undefined && name === superuser) addSuperuser(graph, cluster, whole, '*', name)
    return whole
  }
  const scoped = ids.clusterRoleIn(cluster, namespace, name)
  if (rules === undefined && name === superuser)
    addSuperuser(graph, cluster, scoped, namespace, `${name} in ${namespace}`)
  const isNew = graph.add({
    type: 'role',
    externalId: scoped.externalId,
    kind: 'cluster_role',
    name: `${name} in ${namespace}`,
    attributes: { namespace, clusterRole: name, rulesKnown: rules !== undefined },
  })
  if (isNew && rules !== undefined) grantRules(graph, cluster, scoped, namespace, rules)
  return scoped
}

/** Present in every cluster and always everything, so its rules are known without its definition. */
const superuser = 'cluster-admin'

function addSuperuser(graph: Graph, cluster: string, ref: NodeRef, scope: string, name: string): void {
  graph.add({
    type: 'role',
    externalId: ref.externalId,
    kind: 'cluster_role',
    name,
    attributes: { builtIn: true, rulesKnown: false },
  })
  const edge = { kind: 'grants', from: ref, basis: 'inferred', scopes: ['*'] } satisfies Partial<NewEdge>
  graph.edge({ ...edge, to: addResource(graph, cluster, scope, '*', '*'), privilege: 'admin' })
  graph.edge({ ...edge, to: addResource(graph, cluster, scope, '', 'secrets'), privilege: 'secret_read' })
  leadTo(graph, cluster, ref, scope, ['*'])
}

/** True when the object is one of the two bindings of RBAC. */
export function isBinding({ kind, body }: KubernetesObject): boolean {
  return (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') && path(body, 'spec') === undefined
}
