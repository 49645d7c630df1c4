import type { RoleRecord } from '../contract'
import { field, list } from './fields'
import type { Graph } from './graph'
import { defaultNamespace, ids } from './ids'
import { inside, type KubernetesObject, printPlace } from './objects'
import type { PolicyRule } from './privileges'
import { grantRules, readRules, selects } from './rules'

/** What aggregation may take: ClusterRoles that gather, roles and rules gathered by one of them. Real clusters have dozens. */
const gatherersAtMost = 200
const sourcesAtMost = 1_000
const gatheredAtMost = 5_000

export interface ClusterRole {
  object: KubernetesObject
  rules: PolicyRule[]
  aggregation: unknown
  /** Another piece of the file defines it. */
  isElsewhere?: boolean
}

/** A ClusterRole as other pieces of its file must know it. */
export function knownRole(object: KubernetesObject): ClusterRole {
  const aggregation = field(object.body, 'aggregationRule')
  const small = { ...object, annotations: {}, metadata: {}, body: {} }
  return { object: small, rules: readRules(object.body, () => {}), aggregation, isElsewhere: true }
}

/** The Roles and ClusterRoles of one cluster, with aggregation worked out. */
export class Roles {
  #clusterRoles = new Map<string, ClusterRole>()
  #sources = new Map<string, string[]>()
  #cutRoles = new Set<string>()

  constructor(
    private readonly cluster: string,
    private readonly graph: Graph,
  ) {}

  addRole(object: KubernetesObject): void {
    const namespace = object.namespace ?? defaultNamespace
    const ref = ids.role(this.cluster, namespace, object.name)
    const rules = this.#rulesOf(object)
    this.graph.add({
      type: 'role',
      externalId: ref.externalId,
      kind: 'role',
      name: `${namespace}/${object.name}`,
      attributes: { namespace, rules: rules.length },
    })
    grantRules(this.graph, this.cluster, ref, namespace, rules)
  }

  /** Call for every ClusterRole before `finishClusterRoles`: aggregation looks at all of them. */
  addClusterRole(object: KubernetesObject): void {
    const aggregation = field(object.body, 'aggregationRule')
    this.#clusterRoles.set(object.name, { object, rules: this.#rulesOf(object), aggregation })
  }

  /** A ClusterRole of another piece of the file: others may need its rules, but it is told of there. */
  addKnown(role: ClusterRole): void {
    this.#clusterRoles.set(role.object.name, role)
  }

  finishClusterRoles(): void {
    for (const [name, { object, rules, aggregation, isElsewhere }] of this.#clusterRoles) {
      if (isElsewhere === true) continue
      const ref = ids.clusterRole(this.cluster, name)
      const sources = this.#aggregatedBy(name)
      const record: RoleRecord = {
        type: 'role',
        externalId: ref.externalId,
        kind: 'cluster_role',
        name,
        attributes: { rules: rules.length, ...(sources.length === 0 ? {} : { aggregatedFrom: sources }) },
      }
      this.graph.add(record)
      const all = this.rulesOf(name) ?? []
      grantRules(this.graph, this.cluster, ref, '*', all)
      if (list(field(aggregation, 'clusterRoleSelectors')).length > 0 && all.length === 0) {
        const reason = 'aggregates ClusterRoles by label, and the file holds none of them'
        this.graph.unresolved(`parts of ${ref.externalId}`, printPlace(object.place), reason)
      }
    }
  }

  /** A ClusterRole's own rules and those that it aggregates, directly or through others; `undefined` = not in the file. */
  rulesOf(name: string): PolicyRule[] | undefined {
    if (!this.#clusterRoles.has(name)) return this.graph.has(ids.clusterRole(this.cluster, name)) ? [] : undefined
    const seen = new Set([name])
    const rules: PolicyRule[] = []
    for (const role of seen) {
      for (const rule of this.#clusterRoles.get(role)?.rules ?? []) rules.push(rule)
      if (seen.size > 1 && (rules.length > gatheredAtMost || seen.size > sourcesAtMost)) return this.#cut(name, rules)
      for (const source of this.#aggregatedBy(role)) seen.add(source)
    }
    return rules
  }

  #aggregatedBy(name: string): string[] {
    const known = this.#sources.get(name)
    if (known !== undefined) return known
    const role = this.#clusterRoles.get(name)
    if (role?.aggregation === undefined || role.aggregation === null) return []
    const isOneTooMany = this.#sources.size >= gatherersAtMost
    if (isOneTooMany) this.#cut(name, [])
    const sources = isOneTooMany
      ? []
      : [...this.#clusterRoles].flatMap(([other, { object }]) => {
          return other !== name && selects(role.aggregation, object.labels) ? [other] : []
        })
    const followed = sources.slice(0, sourcesAtMost)
    this.#sources.set(name, followed)
    return followed
  }

  /** Says once per role that its aggregation was not followed to the end. */
  #cut(name: string, rules: PolicyRule[]): PolicyRule[] {
    const role = this.#clusterRoles.get(name)
    if (role !== undefined && !this.#cutRoles.has(name)) {
      this.#cutRoles.add(name)
      this.graph.refuse(
        printPlace(role.object.place),
        `ClusterRole ${name} aggregates more than is followed; a part of its rules is left out`,
      )
    }
    return rules.slice(0, gatheredAtMost)
  }

  #rulesOf(object: KubernetesObject): PolicyRule[] {
    return readRules(object.body, (suffix, reason) => {
      this.graph.refuse(printPlace(inside(object.place, suffix)), `${object.kind} ${object.name}: ${reason}`)
    })
  }
}
