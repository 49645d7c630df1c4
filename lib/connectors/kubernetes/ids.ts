import type { NodeRef } from '../contract'

/** The namespace that Kubernetes puts an object into when the manifest and the caller name none. */
export const defaultNamespace = 'default'

const prefixed = (cluster: string, id: string) => (cluster === '' ? id : `${cluster}/${id}`)

/** External ids within one cluster. `cluster` is '' unless one file holds several clusters. */
export const ids = {
  serviceAccount: (cluster: string, namespace: string, name: string): NodeRef => ({
    type: 'identity',
    externalId: prefixed(cluster, `serviceaccount:${namespace}:${name}`),
  }),
  workload: (cluster: string, kind: string, namespace: string, name: string): NodeRef => ({
    type: 'identity',
    externalId: prefixed(cluster, `${kind}:${namespace}:${name}`),
  }),
  component: (cluster: string, name: string): NodeRef => ({
    type: 'identity',
    externalId: prefixed(cluster, `user:${name}`),
  }),
  user: (cluster: string, name: string): NodeRef => ({ type: 'human', externalId: prefixed(cluster, `user:${name}`) }),
  group: (cluster: string, name: string): NodeRef => ({ type: 'role', externalId: prefixed(cluster, `group:${name}`) }),
  role: (cluster: string, namespace: string, name: string): NodeRef => ({
    type: 'role',
    externalId: prefixed(cluster, `role:${namespace}:${name}`),
  }),
  clusterRole: (cluster: string, name: string): NodeRef => ({
    type: 'role',
    externalId: prefixed(cluster, `clusterrole:${name}`),
  }),
  /** A ClusterRole as a RoleBinding grants it: in one namespace only. */
  clusterRoleIn: (cluster: string, namespace: string, name: string): NodeRef => ({
    type: 'role',
    externalId: prefixed(cluster, `clusterrole:${name}@${namespace}`),
  }),
  /** Every service account of a namespace, or of the cluster (`*`). */
  anyAccount: (cluster: string, scope: string): NodeRef => ({
    type: 'role',
    externalId: prefixed(cluster, `serviceaccounts:${scope}`),
  }),
  secret: (cluster: string, namespace: string, name: string): NodeRef => ({
    type: 'resource',
    externalId: prefixed(cluster, `secret:${namespace}:${name}`),
  }),
  token: (cluster: string, namespace: string, name: string): NodeRef => ({
    type: 'credential',
    externalId: prefixed(cluster, `token:${namespace}:${name}`),
  }),
  projectedToken: (cluster: string, namespace: string, owner: string, place: string): NodeRef => ({
    type: 'credential',
    externalId: prefixed(cluster, `projectedtoken:${namespace}:${owner}:${place}`),
  }),
  /** All objects of a resource type in a namespace, or in every one (`*`). */
  resource: (cluster: string, scope: string, group: string, resource: string, name?: string): NodeRef => ({
    type: 'resource',
    externalId: prefixed(
      cluster,
      `k8s:${scope}:${group === '' ? 'core' : group}/${resource}${name === undefined ? '' : `/${name}`}`,
    ),
  }),
  url: (cluster: string, url: string): NodeRef => ({
    type: 'resource',
    externalId: prefixed(cluster, `k8s:url:${url}`),
  }),
}
