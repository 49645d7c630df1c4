import { wordTable } from '../word-table'
import type { KubernetesObject } from './objects'

/** Groups of the API in which a kind means what this map takes it for. */
const groupsOfKind: Record<string, string[]> = wordTable({
  ServiceAccount: [''],
  Secret: [''],
  Role: ['rbac.authorization.k8s.io', 'authorization.openshift.io'],
  ClusterRole: ['rbac.authorization.k8s.io', 'authorization.openshift.io'],
  RoleBinding: ['rbac.authorization.k8s.io', 'authorization.openshift.io'],
  ClusterRoleBinding: ['rbac.authorization.k8s.io', 'authorization.openshift.io'],
})

/** False for a custom resource that only has the name of a kind of Kubernetes. */
export function isNative({ kind, group }: KubernetesObject): boolean {
  return group === undefined || !Object.hasOwn(groupsOfKind, kind) || (groupsOfKind[kind]?.includes(group) ?? false)
}
