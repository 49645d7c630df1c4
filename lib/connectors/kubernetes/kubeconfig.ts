import type { FileConnector, MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { withoutEndingSlashes } from '../json-fields'
import { type Fields, field, isFields, list, text } from './fields'
import { Graph } from './graph'
import { credentialsOf, type Principal } from './kubeconfig-users'

/** A named entry of one of the file's three lists. */
interface Named {
  name: string
  value: Fields
  at: string
}

interface Config {
  value: Fields
  at: string
}

function configsOf(file: ParsedFile): Config[] {
  const documents =
    file.kind === 'yaml'
      ? file.documents.map(({ line, value }) => ({ value, at: `line ${line}, $` }))
      : file.kind === 'json'
        ? [{ value: file.value, at: '$' }]
        : []
  return documents.flatMap(({ value, at }) => (isConfig(value) ? [{ value, at }] : []))
}

/** `kind: Config` alone is also what other programs write; the lists of a client are not. */
function isConfig(value: unknown): value is Fields {
  if (!isFields(value) || Object.hasOwn(value, 'metadata')) return false
  const kind = text(field(value, 'kind'))
  if (kind !== undefined && kind !== 'Config') return false
  const entries = [...list(field(value, 'users')), ...list(field(value, 'contexts')), ...list(field(value, 'clusters'))]
  return entries.slice(0, 20).some((entry) => ['user', 'context', 'cluster'].some((key) => isFields(field(entry, key))))
}

function named({ value, at }: Config, key: string, inner: string, graph: Graph): Named[] {
  return list(field(value, key)).flatMap((entry, index) => {
    const place = `${at}.${key}[${index}]`
    const name = text(field(entry, 'name'))
    const held = field(entry, inner)
    if (name !== undefined && isFields(held)) return [{ name, value: held, at: place }]
    graph.refuse(place, `has no ${name === undefined ? 'name' : inner}`)
    return []
  })
}

/** The address without user, query and fragment, as the cluster's id: two files name one cluster differently. */
function addressOf(value: Fields): string | undefined {
  const address = text(field(value, 'server'))?.replace(/[?#].*$/s, '')
  return address && withoutEndingSlashes(address.replace(/^(\w+:\/\/)[^/@]*@/, '$1'))
}

/** A kubeconfig: what each of its users signs in with, and to which clusters; a result for each cluster. */
function map(file: ParsedFile, context: MapContext): MapResult[] {
  const configs = configsOf(file)
  const first = new Graph()
  const clusters = configs.flatMap((config) => named(config, 'clusters', 'cluster', first))
  const users = configs.flatMap((config) => named(config, 'users', 'user', first))
  const contexts = configs.flatMap((config) => named(config, 'contexts', 'context', first))
  const graphs = new Map<string, Graph>()
  const graphOf = (cluster: string) => {
    const graph = graphs.get(cluster) ?? (graphs.size === 0 ? first : new Graph())
    graphs.set(cluster, graph)
    return graph
  }
  for (const cluster of clusters) addCluster(cluster, graphOf(cluster.name))
  const used = new Set<string>()
  for (const { value, at, name } of contexts) {
    const [clusterName, userName] = [text(field(value, 'cluster')), text(field(value, 'user'))]
    const user = users.find((entry) => entry.name === userName)
    const cluster = clusters.find((entry) => entry.name === clusterName)
    const graph = graphOf(clusterName ?? clusters[0]?.name ?? 'default')
    if (cluster === undefined)
      graph.unresolved(clusterName ?? `context ${name}`, at, 'is a cluster that the file does not describe')
    if (user === undefined)
      graph.unresolved(userName ?? `context ${name}`, at, 'is a user that the file does not describe')
    if (user === undefined) continue
    used.add(user.name)
    const principal = addUser(user, graph, context)
    if (cluster !== undefined) reach(principal, cluster, text(field(value, 'namespace')), graph)
  }
  for (const user of users) if (!used.has(user.name)) addUser(user, graphOf(clusters[0]?.name ?? 'default'), context)
  if (graphs.size === 0) graphs.set('default', first)
  if (users.length === 0) first.refuse('file', 'the kubeconfig has no users')
  return [...graphs].map(([name, graph]) => {
    const instance = graphs.size === 1 ? (context.instance ?? 'default') : name
    return { system: 'kubernetes', instance, instanceName: `Kubernetes cluster ${instance}`, ...graph.finish() }
  })
}

function clusterRef({ name, value }: Named): NodeRef {
  return { type: 'resource', externalId: `cluster:${addressOf(value) ?? name}` }
}

function addCluster(cluster: Named, graph: Graph): void {
  const server = addressOf(cluster.value)
  graph.add({
    type: 'resource',
    externalId: clusterRef(cluster).externalId,
    kind: 'cluster',
    name: cluster.name,
    attributes: {
      ...(server === undefined ? {} : { server }),
      ...(field(cluster.value, 'insecure-skip-tls-verify') === true ? { certificateIsNotChecked: true } : {}),
    },
  })
}

function addUser({ name, value, at }: Named, graph: Graph, { fingerprint }: MapContext): Principal {
  const principal = credentialsOf(name, value, fingerprint)
  for (const record of principal.records) graph.add(record)
  for (const { to, how } of principal.acts) {
    graph.edge({ kind: 'assumes', from: principal.ref, to, basis: 'declared', scopes: [how] })
    graph.unresolved(to.externalId, at, 'lives in a cloud; it links when an export of that cloud is imported')
  }
  for (const group of principal.groups) {
    const to: NodeRef = { type: 'role', externalId: `group:${group}` }
    graph.add({ ...to, type: 'role', kind: 'group', name: group, attributes: { system: group.startsWith('system:') } })
    graph.edge({ kind: 'member_of', from: principal.ref, to, basis: 'declared' })
  }
  if (!graph.has(principal.ref))
    graph.unresolved(principal.ref.externalId, at, 'is whose token this is; it links when the cluster is imported')
  if (principal.isEmpty) graph.refuse(at, 'has nothing to sign in with')
  return principal
}

function reach({ ref }: Principal, cluster: Named, namespace: string | undefined, graph: Graph): void {
  graph.edge({
    kind: 'grants',
    from: ref,
    to: clusterRef(cluster),
    basis: 'declared',
    scopes: namespace === undefined ? ['sign in'] : [`sign in (namespace ${namespace})`],
    notEvaluable: 'what the cluster lets it do is not in a kubeconfig',
  })
}

/** `~/.kube/config` and what clouds and installers write in its form. */
export const kubeconfig: FileConnector = {
  id: 'kubernetes-kubeconfig',
  title: 'kubeconfig',
  expects: 'a kubeconfig (kind Config with clusters, users and contexts)',
  yields:
    'Who signs in to which cluster and with what: client certificates with their expiry, tokens, passwords, the programs and cloud identities that fetch tokens; secrets by fingerprint',
  production: [
    {
      from: 'kubectl on the machine; the file as it is, so that its secrets can be found again elsewhere',
      steps: ['cp ~/.kube/config kubeconfig.yaml'],
      rights: 'read access to the file, as its user; none in the cluster',
    },
    {
      from: 'kubectl, secrets left out (they then cannot be joined by fingerprint)',
      steps: ['kubectl config view -o json > kubeconfig.json'],
      rights: 'read access to the file, as its user; none in the cluster',
    },
  ],
  coverage: 'file',
  accepts: (file) => configsOf(file).length > 0,
  map,
}
