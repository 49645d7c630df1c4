import { demandGood, unlessGone } from '../json-source'
import type { Call, Effect, GrantOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, ask, type KubernetesSession, listAll } from './client'
import { type Fields, field, isFields, list, path, text } from './fields'

interface Account {
  namespace: string
  name: string
}

/** What a binding gives, and where. */
interface Given {
  roleRef: { apiGroup: string; kind: 'Role' | 'ClusterRole'; name: string }
  /** Absent = in the whole cluster. */
  namespace?: string
}

const apiGroup = 'rbac.authorization.k8s.io'

/** `role:shop:reader`, `clusterrole:view@shop`, `clusterrole:view`. */
function givenOf({ on, scopes }: GrantOrder): Given {
  if (scopes.length > 0)
    throw new LiveError('conflict', 'Kubernetes gives roles as a whole: name the role, and nothing of what it holds.')
  const [, namespace, role] = /^role:([a-z0-9-]+):([^/@]+)$/.exec(on) ?? []
  if (namespace !== undefined && role !== undefined)
    return { namespace, roleRef: { apiGroup, kind: 'Role', name: role } }
  const [, name, where] = /^clusterrole:([^/@]+?)(?:@([a-z0-9-]+))?$/.exec(on) ?? []
  if (name === undefined) throw new LiveError('conflict', `${on} is no role of the cluster.`)
  return {
    roleRef: { apiGroup, kind: 'ClusterRole', name },
    ...(where === undefined ? {} : { namespace: where }),
  }
}

const placeOf = (namespace: string | undefined) =>
  namespace === undefined
    ? `/apis/${apiGroup}/v1/clusterrolebindings`
    : `/apis/${apiGroup}/v1/namespaces/${namespace}/rolebindings`

const isSubject =
  ({ namespace, name }: Account) =>
  (subject: unknown) =>
    field(subject, 'kind') === 'ServiceAccount' &&
    field(subject, 'name') === name &&
    field(subject, 'namespace') === namespace

/** The bindings that give this role to this account by name. What it has by a group stays as it is. */
async function bindingsOf(session: KubernetesSession, account: Account, given: Given, call: Call): Promise<Fields[]> {
  const keep = (binding: unknown) => {
    const isOfRole =
      path(binding, 'roleRef', 'kind') === given.roleRef.kind && path(binding, 'roleRef', 'name') === given.roleRef.name
    return isFields(binding) && isOfRole && list(field(binding, 'subjects')).some(isSubject(account)) ? [binding] : []
  }
  return listAll(session, placeOf(given.namespace), call, keep)
}

export async function changeBindings(
  session: KubernetesSession,
  account: Account,
  order: GrantOrder,
  wanted: boolean,
  call: Call,
): Promise<Effect> {
  const given = givenOf(order)
  const bindings = await bindingsOf(session, account, given, call)
  const where = given.namespace === undefined ? 'the cluster' : given.namespace
  const evidence = `${wanted ? 'a binding' : 'no binding'} in ${where} names the account for ${given.roleRef.name}`
  if (wanted === bindings.length > 0) return { did: 'already', evidence }
  if (!wanted) {
    for (const binding of bindings) await takeFrom(session, account, given, binding, call)
    const names = bindings.map((binding) => text(path(binding, 'metadata', 'name')))
    return { did: 'done', former: new Secret(JSON.stringify(names)), evidence }
  }
  const subject = { kind: 'ServiceAccount', ...account }
  // Those from which it was taken are given back, where they are still there; else one is made.
  let isBack = false
  for (const name of formerNames(order)) isBack = (await giveBack(session, subject, given, name, call)) || isBack
  if (isBack) return { did: 'done', evidence }
  const metadata = {
    name: `bailiwick:${given.roleRef.name}:${account.namespace}:${account.name}`,
    ...(given.namespace === undefined ? {} : { namespace: given.namespace }),
  }
  const kind = given.namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding'
  const body = { apiVersion: `${apiGroup}/v1`, kind, metadata, roleRef: given.roleRef, subjects: [subject] }
  await administer(session, { method: 'POST', path: placeOf(given.namespace), body }, call)
  return { did: 'done', evidence }
}

function formerNames({ former }: GrantOrder): string[] {
  if (former === undefined) return []
  try {
    return list(JSON.parse(former.reveal())).filter((name): name is string => text(name) !== undefined)
  } catch {
    return []
  }
}

/** Of a binding to several the account alone is taken out; one that names only it goes. What changed meanwhile is a conflict. */
async function takeFrom(
  session: KubernetesSession,
  account: Account,
  { namespace }: Given,
  binding: Fields,
  call: Call,
): Promise<void> {
  const place = `${placeOf(namespace)}/${encodeURIComponent(text(path(binding, 'metadata', 'name')) ?? '')}`
  const others = list(field(binding, 'subjects')).filter((subject) => !isSubject(account)(subject))
  if (others.length > 0) {
    const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding'
    const body = { ...binding, apiVersion: `${apiGroup}/v1`, kind, subjects: others }
    await administer(session, { method: 'PUT', path: place, body }, call)
    return
  }
  const version = { resourceVersion: path(binding, 'metadata', 'resourceVersion') }
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: version }
  await unlessGone(administer(session, { method: 'DELETE', path: place, body }, call))
}

/** Whether the binding is there and names the account (again). */
async function giveBack(
  session: KubernetesSession,
  subject: object,
  { namespace, roleRef }: Given,
  name: string,
  call: Call,
): Promise<boolean> {
  const place = `${placeOf(namespace)}/${encodeURIComponent(name)}`
  const answer = await ask(session, { method: 'GET', path: place }, call)
  if (answer.status === 404) return false
  const binding = demandGood(session.source, answer)
  if (!isFields(binding) || path(binding, 'roleRef', 'name') !== roleRef.name) return false
  const body = { ...binding, subjects: [...list(field(binding, 'subjects')), subject] }
  await administer(session, { method: 'PUT', path: place, body }, call)
  return true
}
