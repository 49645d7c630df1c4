import type { IdentityRecord, NodeRef, ParsedFile } from '../contract'
import { field, list, path, text } from './fields'
import { defaultNamespace, ids } from './ids'
import { isNative } from './native'
import { collectObjects, type KubernetesObject } from './objects'
import { type ClusterRole, knownRole } from './roles'
import { selects } from './rules'

/**
 * What the objects of a large list must know of one another when they come in pieces: what is defined at all, whether accounts
 * mount tokens, and the rules of those ClusterRoles alone that are bound in namespaces or aggregated.
 */
export class ClusterSurvey {
  /** ClusterRoles whose rules other objects need. */
  readonly clusterRoles: ClusterRole[] = []
  readonly #defined = new Set<string>()
  readonly #workloads = new Set<string>()
  readonly #automounts = new Map<string, boolean>()
  readonly #bound = new Set<string>()
  readonly #accounts: { cluster: string; externalId: string; namespace: string }[] = []
  readonly #aggregations: unknown[] = []

  has({ type, externalId }: NodeRef): boolean {
    return this.#defined.has(`${type} ${externalId}`)
  }

  /** The service accounts of a cluster of the file. */
  accounts(cluster: string): { externalId: string; namespace: string }[] {
    return this.#accounts.filter((account) => account.cluster === cluster)
  }

  /** Whether the file holds what owns a pod: `shop/ReplicaSet/till`. */
  hasOwner(owner: string): boolean {
    return this.#workloads.has(owner)
  }

  /** A service account of the file, as far as what runs as it must know. */
  account({ type, externalId }: NodeRef): IdentityRecord | undefined {
    if (type !== 'identity' || !this.has({ type, externalId })) return undefined
    const automount = this.#automounts.get(externalId)
    const attributes: IdentityRecord['attributes'] =
      automount === undefined ? {} : { automountServiceAccountToken: automount }
    return { type, externalId, kind: 'service_account', name: externalId, status: 'active', attributes }
  }

  take(objects: readonly KubernetesObject[], round: number): void {
    for (const object of objects) {
      if (round === 1) this.#learn(object)
      else if (isNative(object) && object.kind === 'ClusterRole') this.#keep(object)
    }
  }

  #learn(object: KubernetesObject): void {
    const { kind, name, body, cluster } = object
    const namespace = object.namespace ?? defaultNamespace
    if (!isNative(object)) this.#workloads.add(`${namespace}/${kind}/${name}`)
    else if (kind === 'ServiceAccount') {
      const ref = ids.serviceAccount(cluster, namespace, name)
      const automount = field(body, 'automountServiceAccountToken')
      this.#define(ref)
      this.#accounts.push({ cluster, externalId: ref.externalId, namespace })
      if (typeof automount === 'boolean') this.#automounts.set(ref.externalId, automount)
    } else if (kind === 'Secret') this.#define(ids.secret(cluster, namespace, name))
    else if (kind === 'Role') this.#define(ids.role(cluster, namespace, name))
    else if (kind === 'ClusterRole') {
      this.#define(ids.clusterRole(cluster, name))
      const aggregation = field(body, 'aggregationRule')
      if (aggregation !== undefined && aggregation !== null) this.#aggregations.push(aggregation)
    } else if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') this.#learnBinding(object)
    else this.#workloads.add(`${namespace}/${kind}/${name}`)
  }

  #learnBinding({ kind, body, cluster }: KubernetesObject): void {
    const role = text(path(body, 'roleRef', 'name'))
    if (kind === 'RoleBinding' && role !== undefined) this.#bound.add(role)
    for (const subject of list(field(body, 'subjects'))) {
      const group = text(field(subject, 'kind')) === 'Group' ? text(field(subject, 'name')) : undefined
      if (group?.startsWith('system:')) this.#define(ids.group(cluster, group))
    }
  }

  #keep(object: KubernetesObject): void {
    const { name, labels } = object
    const isNeeded = this.#bound.has(name) || this.#aggregations.some((aggregation) => selects(aggregation, labels))
    if (!isNeeded) return
    this.clusterRoles.push(knownRole(object))
  }

  #define({ type, externalId }: NodeRef): void {
    this.#defined.add(`${type} ${externalId}`)
  }
}

/** One piece of the file, in the first or second round. */
export function takeSurvey(file: ParsedFile, before: unknown, round: number): ClusterSurvey {
  const survey = before instanceof ClusterSurvey ? before : new ClusterSurvey()
  survey.take(collectObjects(file).objects, round)
  return survey
}
