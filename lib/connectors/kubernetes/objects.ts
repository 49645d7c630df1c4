import type { ParsedFile, Refusal } from '../contract'
import { wordTable } from '../word-table'
import { type Fields, field, isFields, list, path, text, textMap } from './fields'
import { isRelease, isReleaseHeader, releaseNamespace, releaseObjects } from './helm'
import { inferKind } from './infer-kind'

/** Where in the file an object is. */
export interface Place {
  line?: number
  path: string
}

/** One Kubernetes object, whichever wrapping it came in. */
export interface KubernetesObject {
  kind: string
  /** API group without its version; '' is the core group, undefined = not stated. */
  group: string | undefined
  name: string
  /** As written; undefined for cluster-scoped objects and where the manifest leaves it to the caller. */
  namespace: string | undefined
  labels: Record<string, string>
  annotations: Record<string, string>
  metadata: Fields
  body: Fields
  place: Place
  /** Tells clusters apart when one file holds several; '' otherwise. */
  cluster: string
}

export interface Collected {
  objects: KubernetesObject[]
  refused: Refusal[]
}

interface Hint {
  kind?: string
  apiVersion?: string | undefined
  cluster: string
  /** Where a release of Helm puts what names no namespace. */
  namespace?: string | undefined
}

/** Longest name kept; Kubernetes itself allows 253. */
const longestName = 512

/** `line 12`, `$.items[3]` or both. */
export function printPlace({ line, path: at }: Place): string {
  if (line === undefined) return at
  return at === '$' ? `line ${line}` : `line ${line}, ${at}`
}

export function inside(place: Place, suffix: string): Place {
  return { ...place, path: `${place.path}${suffix}` }
}

/** Keys of a file that holds one list per kind, `…SERVICE_ACCOUNTS_RAW` or `clusterRoles`: prefix, kind. */
const listKey =
  /^(.*?)_?(service_?accounts|cluster_?role_?bindings|role_?bindings|cluster_?roles|roles|secrets|pods|deployments|daemon_?sets|stateful_?sets|replica_?sets|cron_?jobs|jobs)(?:_raw|_data|_list)?$/i

const kindOfList: Record<string, string> = wordTable({
  serviceaccounts: 'ServiceAccount',
  clusterrolebindings: 'ClusterRoleBinding',
  rolebindings: 'RoleBinding',
  clusterroles: 'ClusterRole',
  roles: 'Role',
  secrets: 'Secret',
  pods: 'Pod',
  deployments: 'Deployment',
  daemonsets: 'DaemonSet',
  statefulsets: 'StatefulSet',
  replicasets: 'ReplicaSet',
  cronjobs: 'CronJob',
  jobs: 'Job',
})

/** True for an object or list of the Kubernetes API, by its shape alone. */
export function isKubernetes(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.slice(0, 20).some(isKubernetes)
  if (!isFields(value)) return false
  if (list(field(value, 'interactions')).slice(0, 20).some(isRecordedCall)) return true
  if (keyedLists(value).length > 0 || isRelease(value) || isBareList(value)) return true
  const named = typeof field(value, 'kind') === 'string' && typeof field(value, 'apiVersion') === 'string'
  return named && (isFields(field(value, 'metadata')) || Array.isArray(field(value, 'items')))
}

/** A list whose kind is missing or null, of items that are known by their own fields. */
function isBareList(value: Fields): boolean {
  const items = field(value, 'items')
  if (text(field(value, 'kind')) !== undefined || !Array.isArray(items) || items.length === 0) return false
  return items.slice(0, 20).some((item) => isFields(item) && (isKubernetes(item) || inferKind(item) !== undefined))
}

/** Every object of the file, lists unwrapped. Entries that are none are refused with their place. */
export function collectObjects(file: ParsedFile): Collected {
  const collected: Collected = { objects: [], refused: [] }
  if (file.kind === 'json') visit(file.value, { path: '$' }, { cluster: '' }, collected)
  if (file.kind === 'yaml') {
    let namespace: string | undefined
    for (const { line, value } of file.documents) {
      if (isFields(value) && isReleaseHeader(value)) namespace = releaseNamespace(value)
      else visit(value, { line, path: '$' }, { cluster: '', namespace }, collected)
    }
  }
  return collected
}

function visit(value: unknown, place: Place, hint: Hint, collected: Collected): void {
  if (Array.isArray(value)) {
    for (const [i, entry] of value.entries()) visit(entry, inside(place, `[${i}]`), hint, collected)
    return
  }
  if (!isFields(value)) {
    collected.refused.push({ at: printPlace(place), reason: 'is not an object' })
    return
  }
  if (isRelease(value)) {
    visitRelease(value, place, hint, collected)
    return
  }
  const items = field(value, 'items')
  const kind = text(field(value, 'kind')) ?? hint.kind ?? (Array.isArray(items) ? undefined : inferKind(value))
  const apiVersion = text(field(value, 'apiVersion')) ?? hint.apiVersion
  if (kind === undefined && hint.kind === undefined) {
    const calls = list(field(value, 'interactions'))
    const lists = keyedLists(value)
    if (calls.some(isRecordedCall)) visitRecording(calls, place, collected)
    else visitLists(lists, place, collected)
    if (calls.some(isRecordedCall) || lists.length > 0) return
  }
  if (Array.isArray(items) && (kind === undefined || kind.endsWith('List'))) {
    const itemKind = kind?.slice(0, -'List'.length) || undefined
    const next: Hint = {
      cluster: hint.cluster,
      namespace: hint.namespace,
      ...(itemKind === undefined ? {} : { kind: itemKind, apiVersion }),
    }
    for (const [i, item] of items.entries()) visit(item, inside(place, `.items[${i}]`), next, collected)
    return
  }
  if (kind?.endsWith('List') && (items === null || items === undefined) && !text(path(value, 'metadata', 'name')))
    return
  const object = toObject(value, kind, apiVersion, place, hint)
  if (typeof object === 'string') collected.refused.push({ at: printPlace(place), reason: object })
  else collected.objects.push(object)
}

function toObject(
  body: Fields,
  kind: string | undefined,
  apiVersion: string | undefined,
  place: Place,
  { cluster, namespace: release }: Hint,
): KubernetesObject | string {
  if (kind === undefined) return 'has no kind'
  const metadata = field(body, 'metadata')
  if (!isFields(metadata)) return `${kind} has no metadata`
  const name = text(field(metadata, 'name'))
  if (name === undefined) return `${kind} has no metadata.name`
  if (name.length > longestName) return `${kind} has a name of more than ${longestName} characters`
  const group =
    apiVersion === undefined
      ? undefined
      : apiVersion.includes('/')
        ? apiVersion.slice(0, apiVersion.lastIndexOf('/'))
        : ''
  return {
    kind,
    group,
    name,
    namespace: text(field(metadata, 'namespace')) ?? (kind.startsWith('Cluster') ? undefined : release),
    labels: textMap(field(metadata, 'labels')),
    annotations: textMap(field(metadata, 'annotations')),
    metadata,
    body,
    place,
    cluster,
  }
}

function visitRelease(release: Fields, place: Place, hint: Hint, collected: Collected): void {
  const namespace = releaseNamespace(release)
  for (const { at, documents } of releaseObjects(release)) {
    const where = inside(place, at)
    if (typeof documents === 'string') collected.refused.push({ at: printPlace(where), reason: documents })
    else
      for (const [i, document] of documents.entries())
        visit(document, inside(where, ` document ${i + 1}`), { ...hint, namespace }, collected)
  }
}

/** A recorded HTTP exchange (VCR cassette) with a Kubernetes API server. */
function isRecordedCall(call: unknown): boolean {
  return /\/apis?\//.test(text(path(call, 'request', 'uri')) ?? '')
}

function visitRecording(calls: unknown[], place: Place, collected: Collected): void {
  for (const [i, call] of calls.entries()) {
    const at = inside(place, `.interactions[${i}].response.body.string`)
    const body = text(path(call, 'response', 'body', 'string'))
    const method = text(path(call, 'request', 'method'))
    if (!isRecordedCall(call) || body === undefined || (method !== undefined && method.toUpperCase() !== 'GET'))
      continue
    let answer: unknown
    try {
      answer = JSON.parse(body)
    } catch {
      collected.refused.push({ at: printPlace(at), reason: 'the recorded answer is not JSON' })
      continue
    }
    if (isKubernetes(answer)) visit(answer, at, { cluster: '' }, collected)
  }
}

interface KeyedList {
  key: string
  cluster: string
  kind: string
  entries: unknown[]
}

/** The lists of a file that keeps one list of bare objects (metadata, no kind) per key. */
function keyedLists(value: Fields): KeyedList[] {
  if (Object.hasOwn(value, 'kind') || Object.hasOwn(value, 'apiVersion')) return []
  return Object.entries(value).flatMap(([key, entries]) => {
    const match = listKey.exec(key)
    const kind = kindOfList[(match?.[2] ?? '').replaceAll('_', '').toLowerCase()]
    if (kind === undefined || !Array.isArray(entries)) return []
    if (!entries.some((entry) => text(path(entry, 'metadata', 'name')) !== undefined)) return []
    return [{ key, cluster: (match?.[1] ?? '').toLowerCase(), kind, entries }]
  })
}

function visitLists(lists: KeyedList[], place: Place, collected: Collected): void {
  const clusters = new Set(lists.map(({ cluster }) => cluster))
  for (const { key, cluster, kind, entries } of lists) {
    const hint: Hint = { kind, cluster: clusters.size > 1 ? cluster : '' }
    for (const [i, entry] of entries.entries()) visit(entry, inside(place, `.${key}[${i}]`), hint, collected)
  }
}
