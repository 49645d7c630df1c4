import type { NodeRef, Privilege, ResourceRecord } from '../contract'
import { wordTable } from '../word-table'
import { block, blocks, type Fields, field, isFields, list, said, text, textMap, textOf, texts, truth } from './fields'
import { environmentOf, ownerHints } from './hints'
import type { Provider, Scene } from './scene'
import { isSecretName } from './secret-names'
import { safeTags, tracesOf } from './secrets'
import type { Graph } from './sink'
import type { StateResource } from './state'
import { weigh } from './weigh-verbs'

type Made = { about?: NodeRef }

interface KubernetesObject {
  name: string
  namespace: string | undefined
  labels: Record<string, string>
  annotations: Record<string, string>
  uid: string | undefined
  /** Attributes of the resource, or the fields of a raw manifest. */
  body: Fields
  at: string
  address: string
}

/** Ids as the Kubernetes manifests' importer gives them. */
const accountRef = (namespace: string, name: string): NodeRef => ({
  type: 'identity',
  externalId: `serviceaccount:${namespace}:${name}`,
})
const roleRef = (namespace: string, name: string): NodeRef => ({
  type: 'role',
  externalId: `role:${namespace}:${name}`,
})
const clusterRoleRef = (name: string): NodeRef => ({ type: 'role', externalId: `clusterrole:${name}` })

const workloads = /^(deployment|stateful_set|daemon_set|daemonset|job|cron_job|pod|replication_controller)$/
const kindNames: Record<string, string> = wordTable({
  deployment: 'Deployment',
  stateful_set: 'StatefulSet',
  daemon_set: 'DaemonSet',
  daemonset: 'DaemonSet',
  job: 'Job',
  cron_job: 'CronJob',
  pod: 'Pod',
  replication_controller: 'ReplicationController',
})

export function kubernetesProvider(scene: Scene): Provider {
  const { context, resources } = scene
  const instance = context.instance ?? 'default'
  const graphOf = (): Graph => scene.sink.of('kubernetes', instance, `Kubernetes cluster ${instance}`)
  const clusterRoles = new Map<string, Fields[]>()
  for (const resource of resources) {
    const object = readObject(resource)
    if (object?.kind === 'cluster_role') clusterRoles.set(object.name, rulesOf(object.body))
  }

  function mapAccount(object: KubernetesObject): Made {
    const namespace = object.namespace ?? 'default'
    const ref = accountRef(namespace, object.name)
    const automount = truth(object.body.automount_service_account_token ?? object.body.automountServiceAccountToken)
    graphOf().add({
      type: 'identity',
      externalId: ref.externalId,
      kind: 'service_account',
      name: object.name,
      environment: environmentOf(object.labels, namespace),
      status: 'active',
      tags: object.labels,
      attributes: said<string | boolean>({
        namespace,
        namespaceAssumed: object.namespace === undefined ? true : undefined,
        uid: object.uid,
        automountServiceAccountToken: automount,
        terraform: object.address,
      }),
      ownerHints: ownerHints({ ...object.labels, ...object.annotations }, ''),
    })
    for (const key of [
      'eks.amazonaws.com/role-arn',
      'iam.gke.io/gcp-service-account',
      'azure.workload.identity/client-id',
    ]) {
      const value = object.annotations[key]?.trim()
      if (value === undefined || value === '') continue
      const to: NodeRef = { type: 'identity', externalId: value, global: true }
      graphOf().edge({ kind: 'assumes', from: ref, to, basis: 'declared', scopes: [key], at: object.at })
    }
    return { about: ref }
  }

  function mapSecret(object: KubernetesObject): Made {
    const namespace = object.namespace ?? 'default'
    const externalId = `secret:${namespace}:${object.name}`
    const data = {
      ...fieldsOf(object.body.data),
      ...fieldsOf(object.body.binary_data),
      ...fieldsOf(object.body.stringData),
    }
    const keys = Object.keys(data).slice(0, 100)
    const secretType = textOf(object.body, 'type') ?? 'Opaque'
    graphOf().add({
      type: 'resource',
      externalId,
      kind: 'secret_store',
      name: `${namespace}/${object.name}`,
      environment: environmentOf(object.labels, namespace),
      sensitivity: 'confidential',
      attributes: { namespace, secretType, ...(keys.length === 0 ? {} : { keys }) },
    })
    const store: NodeRef = { type: 'resource', externalId }
    const account = object.annotations['kubernetes.io/service-account.name']
    if (secretType !== 'kubernetes.io/service-account-token' || account === undefined) return { about: store }
    const ref: NodeRef = { type: 'credential', externalId: `token:${namespace}:${object.name}` }
    graphOf().add(
      {
        type: 'credential',
        externalId: ref.externalId,
        subject: accountRef(namespace, account),
        credentialType: 'access_token',
        name: `${namespace}/${object.name}`,
        status: 'active',
        expiresAt: null,
        ...tracesOf(data.token, context),
        attributes: { namespace, legacyToken: true },
      },
      object.at,
    )
    graphOf().edge({ kind: 'stores', from: store, to: ref, basis: 'declared', at: object.at })
    return { about: ref }
  }

  function mapRole(object: KubernetesObject, isClusters: boolean): Made {
    const namespace = object.namespace ?? 'default'
    const ref = isClusters ? clusterRoleRef(object.name) : roleRef(namespace, object.name)
    graphOf().add({
      type: 'role',
      externalId: ref.externalId,
      kind: isClusters ? 'cluster_role' : 'role',
      name: object.name,
      attributes: said<string>({ namespace: isClusters ? undefined : namespace, terraform: object.address }),
    })
    grantRules(ref, isClusters ? '*' : namespace, rulesOf(object.body), object.at)
    return {}
  }

  function grantRules(from: NodeRef, scope: string, rules: Fields[], at: string): void {
    for (const rule of rules.slice(0, 1000)) {
      const verbs = texts(rule.verbs)
      const groups = [...new Set(list(rule.api_groups ?? rule.apiGroups).map(String))]
      for (const group of groups.length === 0 ? [''] : groups)
        for (const resource of texts(rule.resources)) {
          const names = texts(rule.resource_names ?? rule.resourceNames)
          const { privilege, notEvaluable } = weigh(verbs, group, resource)
          for (const name of names.length === 0 ? [undefined] : names) {
            const to = addResource(scope, group, resource, name)
            const condition = name === undefined ? undefined : `resourceNames: ${name}`
            graphOf().edge({ kind: 'grants', from, to, scopes: verbs, privilege, notEvaluable, condition, at })
          }
        }
      for (const url of scope === '*' ? texts(rule.non_resource_urls ?? rule.nonResourceURLs) : []) {
        const externalId = `k8s:url:${url}`
        graphOf().add({ type: 'resource', externalId, kind: 'api_path', name: url === '*' ? 'every API path' : url })
        const privilege: Privilege = verbs.every((verb) => /^(?:get|head|options)$/.test(verb))
          ? 'read'
          : url === '*'
            ? 'admin'
            : 'write'
        graphOf().edge({ kind: 'grants', from, to: { type: 'resource', externalId }, scopes: verbs, privilege, at })
      }
    }
  }

  function addResource(scope: string, group: string, resource: string, name: string | undefined): NodeRef {
    if (group === '' && resource === 'secrets' && name !== undefined && scope !== '*') {
      const externalId = `secret:${scope}:${name}`
      graphOf().add({
        type: 'resource',
        externalId,
        kind: 'secret_store',
        name: `${scope}/${name}`,
        sensitivity: 'confidential',
      })
      return { type: 'resource', externalId }
    }
    const externalId = `k8s:${scope}:${group === '' ? 'core' : group}/${resource}${name === undefined ? '' : `/${name}`}`
    const isAll = resource === '*' && group === '*'
    const isSecret = group === '' && resource === 'secrets'
    const where = scope === '*' ? 'in every namespace' : `in ${scope}`
    const record: ResourceRecord = {
      type: 'resource',
      externalId,
      kind: isAll ? (scope === '*' ? 'cluster' : 'namespace') : isSecret ? 'secret_store' : 'kubernetes_resource',
      name:
        isAll && scope === '*'
          ? 'everything in the cluster'
          : `${resource === '*' ? 'everything' : resource}${name === undefined ? '' : ` "${name}"`} ${where}`,
      attributes: { group: group || 'core', resource, ...(scope === '*' ? {} : { namespace: scope }) },
    }
    if (isAll || isSecret) record.sensitivity = isAll && scope === '*' ? 'restricted' : 'confidential'
    graphOf().add(record)
    return { type: 'resource', externalId }
  }

  function mapBinding(object: KubernetesObject, isClusters: boolean): Made {
    const written = block(object.body.role_ref ?? object.body.roleRef)
    const [kind, name] = [textOf(written, 'kind'), textOf(written, 'name')]
    const namespace = isClusters ? undefined : (object.namespace ?? 'default')
    if (name === undefined || (kind !== 'Role' && kind !== 'ClusterRole')) {
      graphOf().refuse(object.at, `The binding ${object.name} names no role`)
      return {}
    }
    const role = boundRole(kind, name, namespace, object.at)
    const title = `${isClusters ? 'ClusterRoleBinding' : 'RoleBinding'} ${namespace === undefined ? '' : `${namespace}/`}${object.name}`
    for (const subject of blocks(object.body.subject ?? object.body.subjects)) {
      const from = subjectOf(subject, title)
      if (from === undefined) graphOf().refuse(object.at, `${title} has a subject that cannot be read`)
      else graphOf().edge({ kind: 'member_of', from, to: role, scopes: [title], at: object.at })
    }
    return {}
  }

  /** A ClusterRole in a RoleBinding is a role of its own: the same rules in one namespace. */
  function boundRole(kind: string, name: string, namespace: string | undefined, at: string): NodeRef {
    if (kind === 'Role') return roleRef(namespace ?? 'default', name)
    if (namespace === undefined) {
      if (name === 'cluster-admin' && !clusterRoles.has(name)) {
        graphOf().add({ type: 'role', externalId: clusterRoleRef(name).externalId, kind: 'cluster_role', name })
        graphOf().edge({
          kind: 'grants',
          from: clusterRoleRef(name),
          to: addResource('*', '*', '*', undefined),
          scopes: ['*'],
          privilege: 'admin',
          basis: 'inferred',
          at,
        })
      }
      return clusterRoleRef(name)
    }
    const ref: NodeRef = { type: 'role', externalId: `clusterrole:${name}@${namespace}` }
    const rules = clusterRoles.get(name)
    const isNew = graphOf().add({
      type: 'role',
      externalId: ref.externalId,
      kind: 'cluster_role',
      name: `${name} in ${namespace}`,
      attributes: { namespace, clusterRole: name, rulesKnown: rules !== undefined },
    })
    if (isNew && rules !== undefined) grantRules(ref, namespace, rules, at)
    else if (rules === undefined)
      graphOf().unresolved(
        clusterRoleRef(name).externalId,
        at,
        'Is bound, but the state does not manage this ClusterRole',
      )
    return ref
  }

  function subjectOf(subject: Fields, title: string): NodeRef | undefined {
    const [kind, name] = [textOf(subject, 'kind'), textOf(subject, 'name')]
    if (name === undefined) return undefined
    const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? []
    if (kind === 'User' && namespace !== undefined && account !== undefined) return accountRef(namespace, account)
    if (kind === 'ServiceAccount') return accountRef(textOf(subject, 'namespace') ?? 'default', name)
    if (kind === 'Group') {
      graphOf().add({
        type: 'role',
        externalId: `group:${name}`,
        kind: 'group',
        name,
        attributes: { system: name.startsWith('system:') },
      })
      return { type: 'role', externalId: `group:${name}` }
    }
    if (kind !== 'User') return undefined
    if (/^arn:|\.gserviceaccount\.com$/.test(name)) return { type: 'identity', externalId: name, global: true }
    const externalId = `user:${name}`
    if (name.startsWith('system:')) {
      graphOf().add({
        type: 'identity',
        externalId,
        kind: 'service_account',
        name,
        status: 'active',
        attributes: { component: true },
      })
      return { type: 'identity', externalId }
    }
    graphOf().add({ type: 'human', externalId, name, reason: `is named as a User by ${title}` })
    return { type: 'human', externalId }
  }

  function mapWorkload(object: KubernetesObject, kind: string): Made {
    const namespace = object.namespace ?? 'default'
    const spec = podSpecOf(object.body)
    if (spec === undefined) return {}
    const account = textOf(spec, 'service_account_name', 'serviceAccountName', 'service_account') ?? 'default'
    const title = kindNames[kind] ?? kind
    const from: NodeRef = { type: 'identity', externalId: `${title}:${namespace}:${object.name}` }
    graphOf().add({
      type: 'identity',
      externalId: from.externalId,
      kind: 'workload',
      name: object.name,
      environment: environmentOf(object.labels, namespace),
      status: 'active',
      tags: object.labels,
      attributes: { namespace, workloadKind: title, terraform: object.address },
      ownerHints: ownerHints({ ...object.labels, ...object.annotations }, ''),
    })
    graphOf().edge({ kind: 'runs_as', from, to: accountRef(namespace, account), basis: 'declared', at: object.at })
    for (const container of blocks(spec.container ?? spec.containers)) {
      for (const env of blocks(container.env)) {
        const name = textOf(env, 'name')
        const value = text(env.value)
        if (name === undefined || value === undefined || !isSecretName(name)) continue
        graphOf().add({
          type: 'sighting',
          externalId: `${from.externalId}#${textOf(container, 'name') ?? ''}/${name}`,
          about: from,
          name,
          place: `${title} ${namespace}/${object.name}, container ${textOf(container, 'name') ?? '?'}, $${name}`,
          ...tracesOf(value, context),
        })
      }
    }
    return { about: from }
  }

  return {
    graphOf,
    map(resource) {
      const object = readObject(resource)
      if (object === undefined) return undefined
      const { kind } = object
      if (kind === 'service_account') return mapAccount(object)
      if (kind === 'secret') return mapSecret(object)
      if (kind === 'role' || kind === 'cluster_role') return mapRole(object, kind === 'cluster_role')
      if (kind === 'role_binding' || kind === 'cluster_role_binding')
        return mapBinding(object, kind === 'cluster_role_binding')
      return workloads.test(kind) ? mapWorkload(object, kind) : undefined
    },
  }
}

/** A typed resource (`kubernetes_role_v1`) or a raw manifest (`kubernetes_manifest`, `kubectl_manifest`), with its kind in snake case. */
function readObject({
  type,
  attributes,
  at,
  address,
}: StateResource): (KubernetesObject & { kind: string }) | undefined {
  const raw = type === 'kubernetes_manifest' ? manifestOf(attributes) : undefined
  const kind = raw === undefined ? /^kubernetes_(.+?)(?:_v\d\w*)?$/.exec(type)?.[1] : snake(textOf(raw, 'kind') ?? '')
  if (kind === undefined || kind === 'manifest') return undefined
  const metadata = block(raw === undefined ? attributes.metadata : raw.metadata)
  const name = textOf(metadata, 'name')
  if (name === undefined) return undefined
  return {
    kind,
    name,
    namespace: textOf(metadata, 'namespace'),
    labels: safeTags(textMap(field(metadata, 'labels'))),
    annotations: textMap(field(metadata, 'annotations')),
    uid: textOf(metadata, 'uid'),
    body: raw ?? attributes,
    at,
    address,
  }
}

/** `kubernetes_manifest` keeps the object as it is, or as `{type, value}` of its dynamic type. */
function manifestOf(attributes: Fields): Fields | undefined {
  const manifest = attributes.manifest
  const value = field(manifest, 'value')
  return isFields(value) ? value : isFields(manifest) ? manifest : undefined
}

const snake = (kind: string) => kind.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
const rulesOf = (body: Fields): Fields[] => blocks(body.rule ?? body.rules)

function podSpecOf(body: Fields): Fields | undefined {
  const spec = block(body.spec)
  const job = block(field(spec, 'job_template') ?? field(spec, 'jobTemplate'))
  const template = block(field(block(field(job, 'spec')) ?? spec, 'template'))
  return (
    block(field(template, 'spec')) ??
    (field(spec, 'container') !== undefined || field(spec, 'containers') !== undefined ? spec : undefined)
  )
}
