import type { NodeRef, ResourceRecord, Sensitivity } from '../contract'
import type { Graph } from './graph'
import { environmentOf } from './hints'
import { ids } from './ids'

/** The node for what a rule covers: a resource type in one namespace or all (`*`), or one named object of it. */
export function addResource(
  graph: Graph,
  cluster: string,
  scope: string,
  group: string,
  resource: string,
  name?: string,
): NodeRef {
  const isSecret = group === '' && resource === 'secrets'
  if (isSecret && name !== undefined && scope !== '*') return addSecret(graph, cluster, scope, name)
  const ref = ids.resource(cluster, scope, group, resource, name)
  const everything = resource === '*' && group === '*'
  const scopeName = scope === '*' ? 'in every namespace' : `in ${scope}`
  const typeName = resource === '*' ? `everything${group === '*' ? '' : ` of ${group || 'the core API'}`}` : resource
  const record: ResourceRecord = {
    type: 'resource',
    externalId: ref.externalId,
    kind: everything ? (scope === '*' ? 'cluster' : 'namespace') : isSecret ? 'secret_store' : 'kubernetes_resource',
    name:
      everything && scope === '*'
        ? 'everything in the cluster'
        : `${typeName}${name === undefined ? '' : ` "${name}"`} ${scopeName}`,
    attributes: { group: group || 'core', resource, ...(scope === '*' ? {} : { namespace: scope }) },
  }
  const environment = scope === '*' ? undefined : environmentOf(scope)
  if (environment !== undefined) record.environment = environment
  const sensitivity: Sensitivity | undefined =
    everything && scope === '*' ? 'restricted' : everything || isSecret ? 'confidential' : undefined
  if (sensitivity !== undefined) record.sensitivity = sensitivity
  graph.add(record)
  return ref
}

/** A Secret that something names; the file need not define it. */
export function addSecret(graph: Graph, cluster: string, namespace: string, name: string): NodeRef {
  const ref = ids.secret(cluster, namespace, name)
  if (graph.has(ref)) return ref
  graph.add({
    type: 'resource',
    externalId: ref.externalId,
    kind: 'secret_store',
    name: `${namespace}/${name}`,
    environment: environmentOf(namespace),
    sensitivity: 'confidential',
    attributes: { namespace },
  })
  return ref
}

/** A URL of the API server that is no resource, such as `/metrics`. */
export function addUrl(graph: Graph, cluster: string, url: string): NodeRef {
  const ref = ids.url(cluster, url)
  graph.add({
    type: 'resource',
    externalId: ref.externalId,
    kind: 'api_path',
    name: url === '*' ? 'every API path' : url,
  })
  return ref
}
