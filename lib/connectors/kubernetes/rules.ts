import type { NodeRef, Privilege } from '../contract'
import { leadToAccounts } from './crowds'
import { field, isFields, list, texts } from './fields'
import { type Graph, higher } from './graph'
import { isClusterScoped, type PolicyRule, secretVerbsOfWildcard, urlPrivilege, verbPrivilege } from './privileges'
import { addResource, addUrl } from './resources'

/** The rules of a role. What is no rule is handed to `refuse` with its path inside the role. */
export function readRules(body: unknown, refuse: (suffix: string, reason: string) => void): PolicyRule[] {
  const written = field(body, 'rules')
  if (written === null || written === undefined) return []
  if (!Array.isArray(written)) {
    refuse('.rules', 'rules are not a list')
    return []
  }
  return written.flatMap((entry, i) => {
    const reason = faultOf(entry)
    if (reason !== undefined) {
      refuse(`.rules[${i}]`, reason)
      return []
    }
    const groups = texts(field(entry, 'apiGroups'))
    return [
      {
        verbs: unique(texts(field(entry, 'verbs'))),
        groups: groups.length === 0 ? [''] : unique(groups),
        resources: unique(texts(field(entry, 'resources'))),
        names: unique(texts(field(entry, 'resourceNames'))),
        urls: unique(texts(field(entry, 'nonResourceURLs')).concat(texts(field(entry, 'non_resource_ur_ls')))),
      },
    ]
  })
}

/** Verbs of one rule, and targets (groups x resources x names) that one rule may spell out. */
const verbsAtMost = 500
const targetsAtMost = 10_000

function faultOf(entry: unknown): string | undefined {
  if (!isFields(entry)) return 'the rule is not an object'
  const verbs = texts(field(entry, 'verbs'))
  if (verbs.length === 0) return 'the rule has no verbs'
  if (verbs.length > verbsAtMost) return `the rule has more than ${verbsAtMost} verbs`
  const spelt = ['apiGroups', 'resources', 'resourceNames'].map((name) => Math.max(1, texts(field(entry, name)).length))
  if (spelt.reduce((product, length) => product * length, 1) > targetsAtMost)
    return `the rule spells out more than ${targetsAtMost.toLocaleString('en')} targets`
  const targets = ['resources', 'nonResourceURLs', 'non_resource_ur_ls'].flatMap((name) => texts(field(entry, name)))
  return targets.length === 0 ? 'the rule names neither resources nor URLs' : undefined
}

function unique(entries: string[]): string[] {
  return [...new Set(entries)]
}

/**
 * Turns rules into `grants` edges of `role`.
 * @param scope a namespace, or `*` for the whole cluster; within a namespace, cluster-scoped resources and URLs are no grant
 */
export function grantRules(graph: Graph, cluster: string, role: NodeRef, scope: string, rules: PolicyRule[]): void {
  for (const rule of rules) {
    if (graph.isFull) return
    for (const group of rule.groups)
      for (const resource of rule.resources) grantResource(graph, cluster, role, scope, rule, group, resource)
    if (scope !== '*') continue
    for (const url of rule.urls) {
      const { privilege, notEvaluable } = weigh(rule.verbs, (verb) => urlPrivilege(verb, url))
      graph.edge({
        kind: 'grants',
        from: role,
        to: addUrl(graph, cluster, url),
        basis: 'entitlement',
        scopes: rule.verbs,
        privilege,
        notEvaluable,
      })
    }
  }
}

function grantResource(
  graph: Graph,
  cluster: string,
  role: NodeRef,
  scope: string,
  rule: PolicyRule,
  group: string,
  resource: string,
): void {
  if (scope !== '*' && isClusterScoped(resource)) return
  const { privilege, notEvaluable } = weigh(rule.verbs, (verb) => verbPrivilege(verb, group, resource))
  const edge = {
    kind: 'grants',
    from: role,
    basis: 'entitlement',
    scopes: rule.verbs,
    privilege,
    notEvaluable,
  } as const
  if (rule.names.length === 0) graph.edge({ ...edge, to: addResource(graph, cluster, scope, group, resource) })
  leadToAccounts(graph, cluster, role, scope, rule, group, resource)
  for (const name of rule.names) {
    const condition = `resourceNames: ${name}`
    graph.edge({ ...edge, to: addResource(graph, cluster, scope, group, resource, name), condition })
  }
  const secretVerbs = rule.names.length === 0 ? secretVerbsOfWildcard(rule.verbs, group, resource) : []
  if (secretVerbs.length === 0) return
  const secrets = addResource(graph, cluster, scope, '', 'secrets')
  graph.edge({ ...edge, to: secrets, scopes: secretVerbs, privilege: 'secret_read', notEvaluable: undefined })
}

function weigh(verbs: string[], privilegeOf: (verb: string) => Privilege | undefined) {
  let privilege: Privilege | undefined
  const unknown: string[] = []
  for (const verb of verbs) {
    const one = privilegeOf(verb)
    if (one === undefined) unknown.push(verb)
    privilege = higher(privilege, one)
  }
  const notEvaluable =
    unknown.length === 0 ? undefined : unknown.map((verb) => `what the verb "${verb}" allows is not known`).join('; ')
  return { privilege, notEvaluable }
}

/** True when the labels satisfy one of an aggregation rule's selectors. */
export function selects(aggregationRule: unknown, labels: Record<string, string>): boolean {
  return list(field(aggregationRule, 'clusterRoleSelectors')).some((selector) => {
    const wanted = field(selector, 'matchLabels')
    const expressions = list(field(selector, 'matchExpressions'))
    const pairs = isFields(wanted) ? Object.entries(wanted) : []
    if (pairs.length === 0 && expressions.length === 0) return isFields(selector)
    const labelled = (key: string) => Object.hasOwn(labels, key)
    return (
      pairs.every(([key, value]) => labelled(key) && labels[key] === value) &&
      expressions.every((expression) => {
        const key = String(field(expression, 'key'))
        const values = texts(field(expression, 'values'))
        const operator = field(expression, 'operator')
        if (operator === 'Exists') return labelled(key)
        if (operator === 'DoesNotExist') return !labelled(key)
        if (operator === 'In') return labelled(key) && values.includes(labels[key] ?? '')
        return operator === 'NotIn' && !(labelled(key) && values.includes(labels[key] ?? ''))
      })
    )
  })
}
