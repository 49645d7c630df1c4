import type { IdentityRecord, NodeRef } from '../contract'
import { field, instant, list, path, text } from './fields'
import type { Graph } from './graph'
import { environmentOf, ownerHints } from './hints'
import { defaultNamespace, ids } from './ids'
import { type KubernetesObject, printPlace } from './objects'

/** Annotations that let a service account act as an identity of a cloud, and where the other side is found. */
const cloudIdentities = [
  { key: 'eks.amazonaws.com/role-arn', where: 'AWS', valid: /^arn:[\w-]+:iam::\d{12}:role\/\S+$/ },
  { key: 'iam.gke.io/gcp-service-account', where: 'Google Cloud', valid: /^[^\s@]+@[^\s@]+\.gserviceaccount\.com$/ },
  { key: 'azure.workload.identity/client-id', where: 'Azure', valid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i },
]

/** A ServiceAccount as an identity, with the cloud identity that it may assume. */
export function mapServiceAccount(object: KubernetesObject, graph: Graph): void {
  const namespace = object.namespace ?? defaultNamespace
  const ref = ids.serviceAccount(object.cluster, namespace, object.name)
  const automount = field(object.body, 'automountServiceAccountToken')
  const secrets = list(field(object.body, 'secrets')).flatMap((entry) => text(field(entry, 'name')) ?? [])
  const uid = text(field(object.metadata, 'uid'))
  graph.add({
    type: 'identity',
    externalId: ref.externalId,
    ...(uid === undefined ? {} : { aliases: [{ id: uid, global: true }] }),
    kind: 'service_account',
    name: object.name,
    environment: environmentOf(namespace, object.labels),
    status: 'active',
    createdAt: instant(field(object.metadata, 'creationTimestamp')),
    tags: object.labels,
    attributes: {
      namespace,
      ...(object.namespace === undefined ? { namespaceAssumed: true } : {}),
      ...(uid === undefined ? {} : { uid }),
      ...(typeof automount === 'boolean' ? { automountServiceAccountToken: automount } : {}),
      ...(secrets.length === 0 ? {} : { secrets }),
    },
    ownerHints: ownerHints(object.labels, object.annotations),
  })
  for (const { key, where, valid } of cloudIdentities) {
    const value = Object.hasOwn(object.annotations, key) ? object.annotations[key]?.trim() : undefined
    if (!value) continue
    const at = printPlace(object.place)
    if (!valid.test(value)) {
      graph.refuse(
        at,
        `annotation ${key} of ServiceAccount ${namespace}/${object.name} is not an id that ${where} issues`,
      )
      continue
    }
    // Azure compares ids without regard to case, and its own files are read so.
    const externalId = where === 'Azure' ? value.toLowerCase() : value
    const to: NodeRef = { type: 'identity', externalId, global: true }
    graph.edge({ kind: 'assumes', from: ref, to, basis: 'declared', scopes: [key] })
    graph.unresolved(externalId, at, `lives in ${where}; it links when an export of ${where} is imported`)
  }
}

/** Clusters before 1.24 made a Secret with a token that never ends for each account, and the account still names it. */
const generatedToken = /-token-[a-z0-9]{5}$/

/** Lists the token Secrets that an account names and the file does not hold. */
export function noteTokenSecrets(object: KubernetesObject, graph: Graph): void {
  const namespace = object.namespace ?? defaultNamespace
  for (const entry of list(field(object.body, 'secrets'))) {
    const name = text(field(entry, 'name'))
    if (name === undefined || !generatedToken.test(name)) continue
    const secret = ids.secret(object.cluster, namespace, name)
    const reason = `ServiceAccount ${namespace}/${object.name} has a legacy token in this Secret, which the file does not hold`
    if (!graph.has(secret)) graph.unresolved(secret.externalId, printPlace(object.place), reason)
  }
}

/** Every identity is in these groups without any binding; edges are made only where a binding uses the group. */
export function addImplicitGroups(identities: IdentityRecord[], cluster: string, graph: Graph): void {
  const join = (member: NodeRef, name: string) => {
    const group = ids.group(cluster, name)
    if (graph.has(group)) graph.edge({ kind: 'member_of', from: member, to: group, basis: 'inferred' })
  }
  for (const { externalId, attributes } of identities) {
    const ref: NodeRef = { type: 'identity', externalId }
    join(ref, 'system:serviceaccounts')
    join(ref, `system:serviceaccounts:${attributes?.namespace}`)
    join(ref, 'system:authenticated')
  }
}

/** The token's owner: annotation of a legacy token Secret. */
export function accountOfToken(object: KubernetesObject): string | undefined {
  return text(path(object.metadata, 'annotations', 'kubernetes.io/service-account.name'))
}
