import { type FakeCluster, type Fields, KubeFault, type KubeObject, type KubeUser } from './kubernetes-cluster'

/** The API of a cluster, as far as it is asked here. */

export interface KubeQuestion {
  method: string
  url: URL
  accept: string
  token: string
  body: Fields
}

/** Entries in one answer, at most: so few that lists have several. The server may always give less than it is asked for. */
const mostInPage = 20
/** So many places in lists are remembered before one is forgotten, as happens to all of them after some minutes. */
const forgetEvery = 13

const kindOf: Record<string, { kind: string; group: string; isClusterWide?: true }> = {
  serviceaccounts: { kind: 'ServiceAccount', group: '' },
  secrets: { kind: 'Secret', group: '' },
  pods: { kind: 'Pod', group: '' },
  replicationcontrollers: { kind: 'ReplicationController', group: '' },
  deployments: { kind: 'Deployment', group: 'apps' },
  statefulsets: { kind: 'StatefulSet', group: 'apps' },
  daemonsets: { kind: 'DaemonSet', group: 'apps' },
  replicasets: { kind: 'ReplicaSet', group: 'apps' },
  jobs: { kind: 'Job', group: 'batch' },
  cronjobs: { kind: 'CronJob', group: 'batch' },
  roles: { kind: 'Role', group: 'rbac.authorization.k8s.io' },
  rolebindings: { kind: 'RoleBinding', group: 'rbac.authorization.k8s.io' },
  clusterroles: { kind: 'ClusterRole', group: 'rbac.authorization.k8s.io', isClusterWide: true },
  clusterrolebindings: { kind: 'ClusterRoleBinding', group: 'rbac.authorization.k8s.io', isClusterWide: true },
}

interface Place {
  group: string
  plural: string
  namespace?: string
  name?: string
  part?: string
}

function placeOf({ pathname }: URL): Place {
  const [, group = '', rest = ''] = /^\/(?:api|apis\/([^/]+))\/v1\/(.+)$/.exec(pathname) ?? []
  const [, namespace, inside] = /^namespaces\/([^/]+)\/(.+)$/.exec(rest) ?? []
  const [plural = '', name, part] = (inside ?? rest).split('/').map(decodeURIComponent)
  const place = { group: group ?? '', plural, namespace, name, part }
  return JSON.parse(JSON.stringify(place)) as Place
}

export class KubeApi {
  #places = 0
  readonly #cluster: FakeCluster

  constructor(cluster: FakeCluster) {
    this.#cluster = cluster
  }

  answer(question: KubeQuestion): { status: number; body: unknown } {
    const user = this.#cluster.authenticate(question.token)
    if (user === undefined) throw new KubeFault(401, 'Unauthorized', 'Unauthorized')
    if (question.url.pathname === '/version')
      return { status: 200, body: { major: '1', minor: '29', gitVersion: 'v1.29.4' } }
    const place = placeOf(question.url)
    const review = reviews[place.plural]
    if (review !== undefined) {
      this.#demand(user, 'create', place)
      const given = question.body
      return { status: 201, body: { ...given, status: review(this.#cluster, user, (given.spec ?? {}) as Fields) } }
    }
    const known = kindOf[place.plural]
    if (known === undefined || known.group !== place.group)
      throw new KubeFault(404, 'NotFound', 'the server could not find the requested resource')
    return this.#change(question, user, place, known.kind)
  }

  #demand(user: KubeUser, verb: string, { group, plural, part, namespace, name }: Place): void {
    const resource = part === undefined ? plural : `${plural}/${part}`
    if (this.#cluster.may(user, { verb, group, resource, namespace, name })) return
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
    throw new KubeFault(
      403,
      'Forbidden',
      `${resource} is forbidden: User "${user.username}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
    )
  }

  #change(question: KubeQuestion, user: KubeUser, place: Place, kind: string): { status: number; body: unknown } {
    const { method, body, accept } = question
    const { namespace, name, part } = place
    const cluster = this.#cluster
    const isBinding = kind === 'RoleBinding' || kind === 'ClusterRoleBinding'
    if (method === 'GET' && name === undefined) {
      this.#demand(user, 'list', place)
      return { status: 200, body: this.#list(question.url, place, kind) }
    }
    if (method === 'GET') {
      this.#demand(user, 'get', place)
      const object = cluster.get(kind, namespace, name ?? '')
      const isPart = accept.includes('as=PartialObjectMetadata')
      const shown = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
      return { status: 200, body: isPart ? shown : object }
    }
    if (method === 'POST' && part === 'token') {
      this.#demand(user, 'create', place)
      return { status: 201, body: this.#issue(place, body) }
    }
    if (method === 'POST') {
      this.#demand(user, 'create', place)
      if (isBinding) cluster.demandMayGive(user, body)
      return {
        status: 201,
        body: cluster.create(kind, { ...body, metadata: { ...(body.metadata as Fields), namespace } }),
      }
    }
    if (method === 'PUT') {
      this.#demand(user, 'update', place)
      if (isBinding) cluster.demandMayGive(user, body)
      return { status: 200, body: cluster.replace(kind, namespace, name ?? '', body) }
    }
    if (method !== 'DELETE') throw new KubeFault(405, 'MethodNotAllowed', 'the server does not allow this method')
    this.#demand(user, 'delete', place)
    cluster.remove(kind, namespace, name ?? '', (body.preconditions ?? {}) as Fields)
    return { status: 200, body: { kind: 'Status', status: 'Success' } }
  }

  #list(url: URL, { namespace }: Place, kind: string) {
    const wanted = (url.searchParams.get('fieldSelector') ?? '').split('=')
    const fits = (object: KubeObject) => {
      const value = wanted[0]?.split('.').reduce<unknown>((at, name) => (at as Fields | undefined)?.[name], object)
      return wanted.length < 2 || (value ?? 'Opaque') === wanted[1]
    }
    const all = this.#cluster.all(kind, namespace).filter(fits)
    const from = url.searchParams.get('continue')
    if (from !== null && ++this.#places % forgetEvery === 0)
      throw new KubeFault(
        410,
        'Expired',
        'The provided continue parameter is too old to display a consistent list result.',
      )
    const start = from === null ? 0 : Number(Buffer.from(from, 'base64url').toString())
    const end = start + Math.min(mostInPage, Number(url.searchParams.get('limit') ?? mostInPage))
    const metadata = {
      resourceVersion: '1155964',
      ...(end < all.length ? { continue: Buffer.from(String(end)).toString('base64url') } : {}),
    }
    // Entries of a list do not repeat their kind.
    const items = all.slice(start, end).map(({ kind: _, apiVersion, ...item }) => item)
    return { kind: `${kind}List`, metadata, items }
  }

  #issue({ namespace = '', name = '' }: Place, body: Fields) {
    const spec = (body.spec ?? {}) as { expirationSeconds?: number; boundObjectRef?: Record<string, string> }
    const { expirationSeconds: seconds = 3600, boundObjectRef } = spec
    if (seconds < 600)
      throw new KubeFault(422, 'Invalid', 'spec.expirationSeconds: may not specify a duration less than 10 minutes')
    this.#cluster.get('ServiceAccount', namespace, name)
    const { kind = '', name: boundName = '', uid } = boundObjectRef ?? {}
    const bound = boundObjectRef === undefined ? undefined : this.#cluster.get(kind, namespace, boundName)
    if (bound !== undefined && uid !== bound.metadata.uid)
      throw new KubeFault(409, 'Conflict', 'the UID in the bound object reference does not match the UID in record')
    const { token, until } = this.#cluster.issue(namespace, name, {
      seconds,
      ...(bound === undefined ? {} : { bound }),
    })
    return { ...body, status: { token, expirationTimestamp: `${until.toISOString().slice(0, 19)}Z` } }
  }
}

const reviews: Record<string, (cluster: FakeCluster, user: KubeUser, spec: Fields) => Fields> = {
  selfsubjectreviews: (_, user) => ({ userInfo: user }),
  tokenreviews: (cluster, _, { token }) => {
    const user = cluster.authenticate(String(token))
    return user === undefined
      ? { authenticated: false, error: '[invalid bearer token, token lookup failed]' }
      : { authenticated: true, user }
  },
  selfsubjectaccessreviews: (cluster, user, { resourceAttributes }) => {
    const { verb, group = '', resource, subresource, namespace, name } = resourceAttributes as Record<string, string>
    const full = subresource === undefined ? String(resource) : `${resource}/${subresource}`
    return { allowed: cluster.may(user, { verb: String(verb), group, resource: full, namespace, name }) }
  },
  selfsubjectrulesreviews: (cluster, user, { namespace }) => ({
    resourceRules: cluster.rulesOf(user, String(namespace)).filter(({ resources }) => resources !== undefined),
    nonResourceRules: [],
    incomplete: false,
  }),
}
