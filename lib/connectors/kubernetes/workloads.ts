import type { IdentityRecord } from '../contract'
import { wordTable } from '../word-table'
import { type Fields, field, instant, isFields, list, path, text } from './fields'
import type { Graph } from './graph'
import { environmentOf, ownerHints } from './hints'
import { defaultNamespace, ids } from './ids'
import { type KubernetesObject, printPlace } from './objects'
import { containersOf, plainSecrets, secretsOf, tokensOf } from './pod-spec'
import { addProjectedTokens, tokenMount } from './projected-tokens'
import { addSecret } from './resources'

/** Where each built-in workload keeps the spec of its pods. */
const podSpecs: Record<string, string[]> = wordTable({
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  DeploymentConfig: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
})

const builtInGroups = new Set(['', 'apps', 'batch', 'extensions', 'apps.openshift.io'])

/**
 * The pod spec of anything that runs as a service account: the built-in workloads, and custom resources that name a
 * service account or carry a pod template (Prometheus, Rollout, …). `undefined` = it runs nothing.
 */
export function podSpecOf({ kind, group, body }: KubernetesObject): Fields | undefined {
  const builtIn = Object.hasOwn(podSpecs, kind) && (group === undefined || builtInGroups.has(group))
  if (builtIn) {
    const spec = path(body, ...(podSpecs[kind] ?? []))
    return isFields(spec) ? spec : undefined
  }
  const spec = field(body, 'spec')
  const template = path(spec, 'template', 'spec')
  if (
    isFields(template) &&
    (text(field(template, 'serviceAccountName')) !== undefined || containersOf(template).length > 0)
  )
    return template
  return isFields(spec) && text(field(spec, 'serviceAccountName')) !== undefined ? spec : undefined
}

/** True for a built-in workload that lacks its pod spec. */
export function isBrokenWorkload(object: KubernetesObject): boolean {
  const builtIn =
    Object.hasOwn(podSpecs, object.kind) && (object.group === undefined || builtInGroups.has(object.group))
  return builtIn && podSpecOf(object) === undefined
}

/** The name by which the graph knows the kind: custom resources carry their group. */
function workloadType({ kind, group }: KubernetesObject): string {
  const bare = kind.toLowerCase()
  return Object.hasOwn(podSpecs, kind) || group === undefined || group === '' ? bare : `${bare}.${group}`
}

/** A workload as an identity: what it runs as, and the secrets that its manifest hands to it. */
export function mapWorkload(
  object: KubernetesObject,
  spec: Fields,
  graph: Graph,
  fingerprint: (secret: string) => string,
): void {
  const namespace = object.namespace ?? defaultNamespace
  const ref = ids.workload(object.cluster, workloadType(object), namespace, object.name)
  const accountName = text(field(spec, 'serviceAccountName')) ?? text(field(spec, 'serviceAccount')) ?? 'default'
  const account = ids.serviceAccount(object.cluster, namespace, accountName)
  const suspended = path(object.body, 'spec', 'suspend') === true || path(object.body, 'spec', 'replicas') === 0
  const record: IdentityRecord = {
    type: 'identity',
    externalId: ref.externalId,
    kind: 'workload',
    name: object.name,
    environment: environmentOf(namespace, object.labels),
    status: suspended ? 'disabled' : 'active',
    createdAt: instant(field(object.metadata, 'creationTimestamp')),
    tags: object.labels,
    attributes: {
      namespace,
      workloadKind: object.kind,
      serviceAccount: accountName,
      ...(object.namespace === undefined ? { namespaceAssumed: true } : {}),
      ...facts(spec),
    },
    ownerHints: ownerHints(object.labels, object.annotations),
  }
  if (!graph.add(record)) return
  const at = printPlace(object.place)
  const mount = tokenMount(spec, graph.find(account))
  record.attributes = { ...record.attributes, ...(mount === undefined ? {} : { tokenMounted: mount.isMounted }) }
  const condition = mount?.isMounted === false ? `no token is mounted: ${mount.why}` : undefined
  graph.edge({ kind: 'runs_as', from: ref, to: account, basis: 'declared', condition })
  addProjectedTokens(object, spec, account, graph)
  if (!graph.has(account)) {
    const reason =
      accountName === 'default'
        ? 'every namespace has one, but the file does not define it'
        : 'the file does not define this ServiceAccount'
    graph.unresolved(account.externalId, at, `${object.kind} ${namespace}/${object.name} runs as it; ${reason}`)
  }
  for (const { name, how } of secretsOf(spec)) {
    const to = addSecret(graph, object.cluster, namespace, name)
    graph.edge({ kind: 'grants', from: ref, to, basis: 'declared', privilege: 'secret_read', scopes: [how] })
  }
  for (const { container, variable, value } of plainSecrets(spec)) {
    graph.add({
      type: 'sighting',
      externalId: `${ref.externalId}#${container}/${variable}`,
      about: ref,
      name: variable,
      place: `${object.kind} ${namespace}/${object.name}, container ${container}, written in plain text`,
      fingerprint: fingerprint(value),
    })
  }
}

/** Facts of the pod spec that matter for what its identity can reach. */
function facts(spec: Fields): NonNullable<IdentityRecord['attributes']> {
  const automount = field(spec, 'automountServiceAccountToken')
  const audiences = tokensOf(spec).map(({ audience, seconds }) => `${audience ?? 'API server'}, ${seconds} s`)
  const containers = containersOf(spec)
  const images = [...new Set(containers.flatMap((container) => text(field(container, 'image')) ?? []))].slice(0, 20)
  const privileged = containers.some((container) => path(container, 'securityContext', 'privileged') === true)
  const hostPaths = list(field(spec, 'volumes')).flatMap((volume) => text(path(volume, 'hostPath', 'path')) ?? [])
  return {
    ...(typeof automount === 'boolean' ? { automountServiceAccountToken: automount } : {}),
    ...(audiences.length === 0 ? {} : { projectedTokens: audiences }),
    ...(images.length === 0 ? {} : { images }),
    ...(privileged ? { privileged: true } : {}),
    ...(field(spec, 'hostNetwork') === true ? { hostNetwork: true } : {}),
    ...(field(spec, 'hostPID') === true ? { hostPID: true } : {}),
    ...(hostPaths.length === 0 ? {} : { hostPaths: hostPaths.slice(0, 20) }),
  }
}

/** The controllers that own the object, as `Kind/name`; a Pod of a ReplicaSet is no identity of its own. */
export function controllersOf(object: KubernetesObject): string[] {
  return list(field(object.metadata, 'ownerReferences')).flatMap((owner) => {
    const kind = text(field(owner, 'kind'))
    const name = text(field(owner, 'name'))
    return field(owner, 'controller') === true && kind !== undefined && name !== undefined ? [`${kind}/${name}`] : []
  })
}
