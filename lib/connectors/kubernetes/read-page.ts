import type { IdentityRecord } from '../contract'
import { unlessForbidden } from '../json-source'
import type { Call, DiscoveryPage, IdentityRights, RightsReport, Skipped } from '../live-contract'
import { type Snapshot, Snapshots } from '../snapshot-pages'
import { annotations, boundTokenType } from './bound-tokens'
import { type KubernetesSession, listAll, mayDo, type NamespaceRules, namespacesOf, rulesIn } from './client'
import { field, isFields, list, path, text, texts } from './fields'
import { ids } from './ids'
import { mapKubernetes } from './map'

interface Kind {
  kind: string
  /** Before the namespace: `/apis/apps/v1`. */
  api: string
  plural: string
  isClusterWide?: true
  fieldSelector?: string
}

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const tokenSecret = { kind: 'Secret', api: '/api/v1', plural: 'secrets' }

/** What is read, what owns before what is owned. */
const kinds: Kind[] = [
  { kind: 'ServiceAccount', api: '/api/v1', plural: 'serviceaccounts' },
  // Only these: the values of other Secrets do not leave the cluster.
  { ...tokenSecret, fieldSelector: 'type=kubernetes.io/service-account-token' },
  { ...tokenSecret, fieldSelector: `type=${boundTokenType}` },
  { kind: 'ClusterRole', api: rbac, plural: 'clusterroles', isClusterWide: true },
  { kind: 'ClusterRoleBinding', api: rbac, plural: 'clusterrolebindings', isClusterWide: true },
  { kind: 'Role', api: rbac, plural: 'roles' },
  { kind: 'RoleBinding', api: rbac, plural: 'rolebindings' },
  { kind: 'Deployment', api: '/apis/apps/v1', plural: 'deployments' },
  { kind: 'StatefulSet', api: '/apis/apps/v1', plural: 'statefulsets' },
  { kind: 'DaemonSet', api: '/apis/apps/v1', plural: 'daemonsets' },
  { kind: 'CronJob', api: '/apis/batch/v1', plural: 'cronjobs' },
  { kind: 'Job', api: '/apis/batch/v1', plural: 'jobs' },
  { kind: 'ReplicaSet', api: '/apis/apps/v1', plural: 'replicasets' },
  { kind: 'ReplicationController', api: '/api/v1', plural: 'replicationcontrollers' },
  { kind: 'Pod', api: '/api/v1', plural: 'pods' },
]

const groupOf = (api: string) => (api === '/api/v1' ? '' : (api.split('/')[2] ?? ''))

/** Without what is large and says nothing here: who wrote which field, the state, and the copy of the manifest. */
function trimmed(item: unknown): Record<string, unknown>[] {
  const metadata = field(item, 'metadata')
  if (!isFields(item) || !isFields(metadata)) return []
  const { managedFields, annotations: said, ...about } = metadata
  const { status, ...rest } = item
  const kept = isFields(said)
    ? Object.fromEntries(Object.entries(said).filter(([key]) => !key.endsWith('/last-applied-configuration')))
    : {}
  return [{ ...rest, metadata: { ...about, annotations: kept } }]
}

/** The whole of what is read, mapped as a file of the same objects is. */
async function readCluster(session: KubernetesSession, call: Call): Promise<Snapshot> {
  session.rules.clear()
  const skipped: Skipped[] = []
  const lists: object[] = []
  const seen = new Set<string>()
  /** What a controller that was read makes is no identity of its own, and needs not be kept. */
  const keepOf = (kind: string) => (item: unknown) => {
    const namespace = text(path(item, 'metadata', 'namespace')) ?? ''
    seen.add(`${namespace}/${kind}/${text(path(item, 'metadata', 'name'))}`)
    const owner = list(path(item, 'metadata', 'ownerReferences')).find((each) => field(each, 'controller') === true)
    const isOwned = seen.has(`${namespace}/${text(field(owner, 'kind'))}/${text(field(owner, 'name'))}`)
    return isOwned ? [] : trimmed(item)
  }
  for (const { kind, api, plural, isClusterWide, fieldSelector } of kinds) {
    if (kind === 'Secret' && session.config.holders === 'leave') continue
    const namespaces = namespacesOf(session)
    const places =
      isClusterWide || namespaces.length === 0
        ? [`${api}/${plural}`]
        : namespaces.map((namespace) => `${api}/namespaces/${namespace}/${plural}`)
    for (const place of places) {
      const read = listAll(session, place, call, keepOf(kind), fieldSelector)
      const tell = ({ message }: Error) => skipped.push({ scope: plural, reason: message })
      const items = await unlessForbidden(read, tell)
      const group = groupOf(api)
      const apiVersion = group === '' ? 'v1' : `${group}/v1`
      if (items !== undefined) lists.push({ kind: `${kind}List`, apiVersion, items })
    }
  }
  const { records, refused, unresolved } = mapKubernetes(
    { kind: 'json', name: 'answers', value: lists },
    session.setting,
  )
  return { records, refused, unresolved, skipped: skipped.filter(isNew()) }
}

/** Two lists of Secrets are refused for one reason. */
function isNew(): (skipped: Skipped) => boolean {
  const told = new Set<string>()
  return ({ scope, reason }) => {
    const key = `${scope} ${reason}`
    return !told.has(key) && told.add(key) !== undefined
  }
}

const pages = new Snapshots<KubernetesSession>(readCluster, async (session, identities, call) => {
  const rights: IdentityRights[] = []
  for (const identity of identities) rights.push(await rightsOf(session, identity, call))
  return { rights }
})

export const readPage = (
  session: KubernetesSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => pages.page(session, from, call)

type Right = [verb: string, group: string, resource: string]

const toEnd: Right[] = [
  ['get', '', 'secrets'],
  ['delete', '', 'secrets'],
]
const toRotate: Right[] = [['create', '', 'secrets'], ['create', '', 'serviceaccounts/token'], ...toEnd]
const toRevoke: Right[] = [...toEnd, ['delete', '', 'serviceaccounts']]

async function rightsOf(session: KubernetesSession, record: IdentityRecord, call: Call): Promise<IdentityRights> {
  const { externalId: identity, attributes } = record
  const none = (why: string) => ({ identity, rotate: false, revoke: false, why })
  if (selfOf(session).includes(identity)) return none('is the account that this connection signs in as')
  if (record.kind === 'workload') return none('has no token of its own: its service account has')
  if (record.kind !== 'service_account' || typeof attributes?.namespace !== 'string')
    return none('is no service account of the cluster')
  const rules = await rulesIn(session, attributes.namespace, call)
  const lacking = (rights: Right[]) => rights.filter((right) => !allows(rules, right))
  const told = (missing: Right[]) => (missing.length === 0 ? true : rules.isPart ? ('unknown' as const) : false)
  const missing = [...new Set([...lacking(toRotate), ...lacking(toRevoke)])]
  const why = missing.map(([verb, , resource]) => `${verb} ${resource}`).join(', ')
  return {
    ...{ identity, rotate: told(lacking(toRotate)), revoke: told(lacking(toRevoke)) },
    ...(missing.length === 0
      ? {}
      : { why: rules.isPart ? `the cluster could not tell whether it may ${why}` : `lacks ${why}` }),
  }
}

/** Whether one of the rules allows it for any name. */
function allows({ rules }: NamespaceRules, [verb, group, resource]: Right): boolean {
  const has = (rule: unknown, name: string, ...wanted: string[]) =>
    texts(field(rule, name)).some((word) => word === '*' || wanted.includes(word))
  const [, part] = resource.split('/')
  return rules.some(
    (rule) =>
      has(rule, 'verbs', verb) &&
      has(rule, 'apiGroups', group) &&
      has(rule, 'resources', resource, ...(part === undefined ? [] : [`*/${part}`])) &&
      list(field(rule, 'resourceNames')).length === 0,
  )
}

/** The account that the connection signs in as, and the Secret that its token lives by, as its token says. */
export function selfOf(session: KubernetesSession): string[] {
  const { account, config } = session
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(account) ?? []
  if (namespace === undefined || name === undefined) return [ids.user('', account).externalId]
  const claims = claimsOf(config.token.reveal())
  const secret =
    text(path(claims, 'kubernetes.io', 'secret', 'name')) ??
    text(field(claims, 'kubernetes.io/serviceaccount/secret.name'))
  const own = ids.serviceAccount('', namespace, name).externalId
  return secret === undefined ? [own] : [own, ids.token('', namespace, secret).externalId]
}

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

export async function describeRights(session: KubernetesSession, call: Call): Promise<RightsReport> {
  const namespace = namespacesOf(session)[0]
  const statements: RightsReport['statements'] = []
  const say = async (what: string, rights: Right[], isClusterWide = false) => {
    const missing: string[] = []
    for (const [verb, group, name] of rights) {
      const [resource = '', subresource] = name.split('/')
      const where = namespace === undefined || isClusterWide ? {} : { namespace }
      const may = { verb, group, resource, ...(subresource === undefined ? {} : { subresource }), ...where }
      if (!(await mayDo(session, may, call))) missing.push(`${verb} ${name}`)
    }
    statements.push(
      missing.length === 0 ? { what, allowed: true } : { what, allowed: false, missing: missing.join(', ') },
    )
  }
  const seeing = (...wanted: string[]) =>
    kinds.filter(({ kind }) => wanted.includes(kind)).map(({ api, plural }): Right => ['list', groupOf(api), plural])
  await say('See service accounts', seeing('ServiceAccount'))
  if (session.config.holders === 'read') await say('See their tokens', [['list', '', 'secrets']])
  await say('See roles and bindings of the cluster', seeing('ClusterRole', 'ClusterRoleBinding'), true)
  await say('See roles and bindings of namespaces', seeing('Role', 'RoleBinding'))
  await say('See what runs', seeing('Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'ReplicaSet', 'Pod'))
  await say('Issue tokens', toRotate.slice(0, 2))
  await say('Ask whether a token is good', [['create', 'authentication.k8s.io', 'tokenreviews']], true)
  await say('Delete tokens', toEnd)
  await say('Delete service accounts', [['delete', '', 'serviceaccounts']])
  const binding = 'rbac.authorization.k8s.io'
  await say('Give and take roles', [
    ['create', binding, 'rolebindings'],
    ['update', binding, 'rolebindings'],
    ['delete', binding, 'rolebindings'],
  ])
  const giving = statements.at(-1)
  const mayBindAny = { verb: 'bind', group: binding, resource: 'clusterroles' }
  if (giving?.allowed === true && !(await mayDo(session, mayBindAny, call)))
    Object.assign(giving, { allowed: 'unknown', missing: 'bind on any role; on which it may is not told' })
  return { account: session.account, product: `Kubernetes ${session.version}`, statements }
}

/** What a Secret says of whose token it holds or binds. */
export const accountSaid = (metadata: unknown): string | undefined => {
  const said = field(metadata, 'annotations')
  return text(field(said, 'kubernetes.io/service-account.name')) ?? text(field(said, annotations.account))
}
