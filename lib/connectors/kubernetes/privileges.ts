import type { Privilege } from '../contract'
import { wordTable } from '../word-table'
import { higher } from './graph'

/** A rule of a Role or ClusterRole with the role that wrote it (another one, when aggregated). */
export interface PolicyRule {
  verbs: string[]
  groups: string[]
  resources: string[]
  names: string[]
  urls: string[]
}

/** What each verb amounts to on an ordinary resource. https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
const verbs: Record<string, Privilege> = wordTable({
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'write',
  deletecollection: 'write',
  proxy: 'write',
  impersonate: 'admin',
  bind: 'admin',
  escalate: 'admin',
  approve: 'admin',
  sign: 'admin',
  attest: 'admin',
})

const readVerbs = ['get', 'list', 'watch']
const changeVerbs = ['create', 'update', 'patch']
const rbac = 'rbac.authorization.k8s.io'

/** Where a verb does more than its name says. https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const specials: { group: string; resources: string[]; verbs: string[]; privilege: Privilege }[] = [
  { group: '', resources: ['secrets'], verbs: readVerbs, privilege: 'secret_read' },
  // A token of any service account of the namespace.
  { group: '', resources: ['serviceaccounts/token'], verbs: ['create'], privilege: 'admin' },
  // A shell in a running container is the workload's own identity; websockets need only `get`.
  { group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['get', 'create'], privilege: 'admin' },
  { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'], privilege: 'admin' },
  // The kubelet's API runs commands in every container of the node.
  { group: '', resources: ['nodes/proxy'], verbs: ['get', 'create'], privilege: 'admin' },
  { group: '', resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'], privilege: 'admin' },
  {
    group: rbac,
    resources: ['roles', 'clusterroles'],
    verbs: [...changeVerbs, 'bind', 'escalate'],
    privilege: 'admin',
  },
  { group: rbac, resources: ['rolebindings', 'clusterrolebindings'], verbs: changeVerbs, privilege: 'admin' },
  {
    group: 'certificates.k8s.io',
    resources: ['certificatesigningrequests/approval'],
    verbs: changeVerbs,
    privilege: 'admin',
  },
  { group: 'certificates.k8s.io', resources: ['signers'], verbs: ['approve', 'sign', 'attest'], privilege: 'admin' },
]

/** What the verbs of a request for a URL amount to. */
const urlVerbs: Record<string, Privilege> = wordTable({
  get: 'read',
  head: 'read',
  options: 'read',
  post: 'write',
  put: 'write',
  patch: 'write',
  delete: 'write',
})

/**
 * The privilege of one verb on resources of a group, `*` included as RBAC reads it (everything that it covers).
 * `undefined` = a verb that this table does not know: shown as unknown, never taken for harmless.
 */
export function verbPrivilege(verb: string, group: string, resource: string): Privilege | undefined {
  let privilege = verb === '*' ? 'write' : Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  for (const special of specials) {
    if (group !== '*' && group !== special.group) continue
    if (verb !== '*' && !special.verbs.includes(verb)) continue
    if (special.resources.some((name) => patternCovers(resource, name)))
      privilege = higher(privilege, special.privilege)
  }
  return privilege
}

/** The privilege of one verb on a URL that is no resource, such as `/metrics`. */
export function urlPrivilege(verb: string, url: string): Privilege | undefined {
  if (verb === '*') return url === '*' || url === '/*' ? 'admin' : 'write'
  return Object.hasOwn(urlVerbs, verb) ? urlVerbs[verb] : undefined
}

/** The verbs among these that read secrets, if the rule covers secrets by a wildcard. */
export function secretVerbsOfWildcard(ruleVerbs: string[], group: string, resource: string): string[] {
  if ((group !== '' && group !== '*') || resource !== '*') return []
  return ruleVerbs.filter((verb) => verb === '*' || readVerbs.includes(verb))
}

/** RBAC's patterns: an asterisk for all, an exact name, or an asterisk with a subresource. */
export function patternCovers(pattern: string, resource: string): boolean {
  if (pattern === '*' || pattern === resource) return true
  const [, subresource] = resource.split('/')
  return subresource !== undefined && pattern === `*/${subresource}`
}

/** Resources outside any namespace: a RoleBinding cannot grant them. (`namespaces` is absent: a namespace holds itself.) */
const clusterScoped = new Set([
  'nodes',
  'persistentvolumes',
  'componentstatuses',
  'clusterroles',
  'clusterrolebindings',
  'storageclasses',
  'csidrivers',
  'csinodes',
  'volumeattachments',
  'customresourcedefinitions',
  'apiservices',
  'certificatesigningrequests',
  'signers',
  'clustertrustbundles',
  'priorityclasses',
  'runtimeclasses',
  'ingressclasses',
  'flowschemas',
  'prioritylevelconfigurations',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'tokenreviews',
  'subjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'selfsubjectreviews',
])

export function isClusterScoped(resource: string): boolean {
  return clusterScoped.has(resource.split('/')[0] ?? '')
}
