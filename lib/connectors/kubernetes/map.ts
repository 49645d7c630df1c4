import type { IdentityRecord, MapContext, MapResult, ParsedFile } from '../contract'
import { isBinding, mapBinding } from './bindings'
import { accountsOf, fillCrowds } from './crowds'
import { Graph } from './graph'
import { defaultNamespace } from './ids'
import { isNative } from './native'
import { collectObjects, type KubernetesObject, printPlace } from './objects'
import { Roles } from './roles'
import { mapSecret } from './secrets'
import { addImplicitGroups, mapServiceAccount, noteTokenSecrets } from './service-accounts'
import { ClusterSurvey } from './survey'
import { controllersOf, isBrokenWorkload, mapWorkload, podSpecOf } from './workloads'

/** Kubernetes objects to records. Order matters only within: roles before bindings, accounts before what names them. */
export function mapKubernetes(file: ParsedFile, context: MapContext): MapResult {
  const survey = context.survey instanceof ClusterSurvey ? context.survey : undefined
  const graph = new Graph(survey)
  const { objects, refused } = collectObjects(file)
  for (const { at, reason } of refused) graph.refuse(at, reason)
  const kept = withoutDuplicates(objects, graph)
  for (const cluster of new Set(kept.map((object) => object.cluster))) {
    mapCluster(
      kept.filter((object) => object.cluster === cluster),
      cluster,
      graph,
      context,
      survey,
    )
  }
  const instance = context.instance ?? 'default'
  const result = graph.finish()
  if (result.records.length === 0 && result.refused.length === 0 && context.isPiece !== true) {
    result.refused.push({ at: 'file', reason: `holds nothing that acts or grants access, only ${census(kept)}` })
  }
  return { system: 'kubernetes', instance, instanceName: `Kubernetes cluster ${instance}`, ...result }
}

function mapCluster(
  objects: KubernetesObject[],
  cluster: string,
  graph: Graph,
  { fingerprint }: MapContext,
  survey: ClusterSurvey | undefined,
): void {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind && isNative(object))
  for (const object of ofKind('ServiceAccount')) mapServiceAccount(object, graph)
  for (const object of ofKind('Secret')) mapSecret(object, graph, fingerprint)
  for (const object of ofKind('ServiceAccount')) noteTokenSecrets(object, graph)
  const roles = new Roles(cluster, graph)
  for (const object of ofKind('Role')) roles.addRole(object)
  for (const object of survey?.clusterRoles ?? []) roles.addKnown(object)
  for (const object of ofKind('ClusterRole')) roles.addClusterRole(object)
  roles.finishClusterRoles()
  mapWorkloads(objects, graph, fingerprint, survey)
  for (const object of [...ofKind('ClusterRoleBinding'), ...ofKind('RoleBinding')]) {
    if (isBinding(object)) mapBinding(object, roles, graph)
  }
  const accounts = graph.finish().records.filter((record): record is IdentityRecord => {
    return record.type === 'identity' && record.kind === 'service_account' && record.attributes?.component === undefined
  })
  const own = cluster === '' ? accounts : accounts.filter(({ externalId }) => externalId.startsWith(`${cluster}/`))
  addImplicitGroups(own, cluster, graph)
  fillCrowds(graph, cluster, survey?.accounts(cluster) ?? accountsOf(own))
}

function mapWorkloads(
  objects: KubernetesObject[],
  graph: Graph,
  fingerprint: (secret: string) => string,
  survey: ClusterSurvey | undefined,
): void {
  const idOf = (object: KubernetesObject, owner: string) => `${object.namespace ?? defaultNamespace}/${owner}`
  const present = new Set(objects.map((object) => idOf(object, `${object.kind}/${object.name}`)))
  const isPresent = (owner: string) => present.has(owner) || survey?.hasOwner(owner) === true
  for (const object of objects) {
    const spec = podSpecOf(object)
    if (spec !== undefined && !controllersOf(object).some((owner) => isPresent(idOf(object, owner)))) {
      mapWorkload(object, spec, graph, fingerprint)
    } else if (isBrokenWorkload(object))
      graph.refuse(printPlace(object.place), `${object.kind} ${object.name} has no pod spec`)
  }
}

/** A repeated object counts once when it says the same; when it does not, the first stays and the other is refused. */
function withoutDuplicates(objects: KubernetesObject[], graph: Graph): KubernetesObject[] {
  const seen = new Map<string, KubernetesObject>()
  for (const object of objects) {
    const key = JSON.stringify([object.cluster, object.kind, object.group, object.namespace ?? '', object.name])
    const first = seen.get(key)
    if (first === undefined) seen.set(key, object)
    else if (JSON.stringify(first.body) !== JSON.stringify(object.body)) {
      const title = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`
      graph.refuse(
        printPlace(object.place),
        `a second ${title} with other content; the one at ${printPlace(first.place)} is kept`,
      )
    }
  }
  return [...seen.values()]
}

/** `ConfigMap (2), Service (1)`, the most frequent first. */
function census(objects: KubernetesObject[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const shown = [...counts].sort(([, a], [, b]) => b - a).slice(0, 8)
  return shown.length === 0 ? 'empty lists' : shown.map(([kind, count]) => `${kind.slice(0, 60)} (${count})`).join(', ')
}
