import type { IdentityRecord, NodeRef } from '../contract'
import type { Graph } from './graph'
import { ids } from './ids'
import { type PolicyRule, patternCovers } from './privileges'

const changing = ['create', 'update', 'patch']

/**
 * What lets its holder act as any service account of the namespace: its token, its name, a command in what runs as it, or
 * something new that runs as it. https://kubernetes.io/docs/concepts/security/rbac-good-practices/
 */
const ways: { group: string; resources: string[]; verbs: string[] }[] = [
  { group: '', resources: ['serviceaccounts'], verbs: ['impersonate'] },
  { group: '', resources: ['serviceaccounts/token', 'pods'], verbs: ['create'] },
  { group: '', resources: ['pods/exec', 'pods/attach', 'nodes/proxy'], verbs: ['get', 'create'] },
  { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
  { group: '', resources: ['replicationcontrollers'], verbs: changing },
  { group: 'apps', resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'], verbs: changing },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs: changing },
]

/** The verbs of a rule that are such a way for resources of this group, as `create pods`. */
function waysOf(rule: PolicyRule, group: string, resource: string): string[] {
  if (rule.names.length > 0) return []
  const found = ways.filter(
    (way) => (group === '*' || group === way.group) && way.resources.some((name) => patternCovers(resource, name)),
  )
  const verbs = rule.verbs.filter((verb) => found.some((way) => verb === '*' || way.verbs.includes(verb)))
  return verbs.map((verb) => `${verb} ${resource}`)
}

/** Leads a role to all service accounts of a namespace, or of the cluster (`*`), where a rule lets its holder act as them. */
export function leadToAccounts(
  graph: Graph,
  cluster: string,
  role: NodeRef,
  scope: string,
  rule: PolicyRule,
  group: string,
  resource: string,
): void {
  const scopes = waysOf(rule, group, resource)
  if (scopes.length > 0) leadTo(graph, cluster, role, scope, scopes)
}

/** See `leadToAccounts`; by these scopes. */
export function leadTo(graph: Graph, cluster: string, role: NodeRef, scope: string, scopes: string[]): void {
  const to = ids.anyAccount(cluster, scope)
  const where = scope === '*' ? 'the cluster' : scope
  graph.add({
    type: 'role',
    externalId: to.externalId,
    kind: 'principal_set',
    name: `Any service account of ${where}`,
    attributes: { namespace: scope },
    isWorkedOut: true,
  })
  graph.edge({ kind: 'impersonates', from: role, to, basis: 'entitlement', scopes, isWorkedOut: true })
}

/** Once all roles and accounts are known: from every such set to each account that is in it. */
export function fillCrowds(
  graph: Graph,
  cluster: string,
  accounts: Iterable<{ externalId: string; namespace: string }>,
): void {
  const scopes = new Map<string, NodeRef | undefined>()
  const crowdOf = (scope: string) => {
    const ref = ids.anyAccount(cluster, scope)
    if (!scopes.has(scope)) scopes.set(scope, graph.holds(ref) ? ref : undefined)
    return scopes.get(scope)
  }
  for (const { externalId, namespace } of accounts) {
    for (const from of [crowdOf('*'), crowdOf(namespace)])
      if (from)
        graph.edge({
          kind: 'impersonates',
          from,
          to: { type: 'identity', externalId },
          basis: 'inferred',
          isWorkedOut: true,
        })
  }
}

/** Accounts with their namespaces, as `fillCrowds` takes them. */
export function accountsOf(records: readonly IdentityRecord[]): { externalId: string; namespace: string }[] {
  return records.flatMap(({ externalId, attributes }) =>
    typeof attributes?.namespace === 'string' ? [{ externalId, namespace: attributes.namespace }] : [],
  )
}
