import type { ParsedFile } from '../contract'
import { classify, type EntryKind } from './classify'
import { type Fields, field, isFields, path, text } from './fields'

/** What the surroundings of an entry say of it. */
export interface Surroundings {
  /** Full resource name (`//storage.googleapis.com/…`) of what holds the entry. */
  resource?: string | undefined
  /** Address that was asked, for recorded answers. */
  url?: string | undefined
  project?: string | undefined
  organization?: string | undefined
  /** The number of the project that the asset inventory names as what holds the entry. */
  parent?: string | undefined
}

/** Something of the file that is known by its shape, with its place. */
export interface Entry {
  kind: EntryKind
  value: Fields
  at: string
  around: Surroundings
}

export interface Found {
  entries: Entry[]
  /** Elements of the lists that could not be told. */
  unknown: { at: string; reason: string }[]
  /** Lists that hold nothing, by name. */
  empty: { at: string; name: string }[]
  /** Answers of the API that hold nothing at all: what it says after a deletion. */
  silent: string[]
}

/** Lists of Google's answers, in which every element should be known. */
const knownLists =
  /^(?:accounts|keys|roles|results|projects|organizations|folders|keyRings|cryptoKeys|secrets|assets|workloadIdentityPools|workloadIdentityPoolProviders|policy_results|policies|items)$/

/** Fields that are a policy of the object that they stand in. */
const policyFields = ['iamPolicy', 'policy', 'c7n:iamPolicy']
const deepest = 14

/** Every known thing of a file, whatever it is wrapped in: lists, pages, recorded answers, one list per name. */
export function findEntries(file: ParsedFile, most = Number.POSITIVE_INFINITY): Found {
  const found: Found = { entries: [], unknown: [], empty: [], silent: [] }
  if (file.kind === 'json') walk(file.value, '$', {}, 0, '', found, most)
  if (file.kind === 'yaml')
    for (const { line, value } of file.documents) walk(value, `line ${line}`, {}, 0, '', found, most)
  return found
}

function walk(
  node: unknown,
  at: string,
  around: Surroundings,
  depth: number,
  name: string,
  found: Found,
  most: number,
) {
  if (depth > deepest || found.entries.length >= most) return
  if (Array.isArray(node)) {
    walkList(node, at, around, depth, name, found, most)
    return
  }
  if (!isFields(node)) return
  const kind = classify(node)
  const inside = surroundingsOf(node, around)
  if (kind !== undefined) {
    found.entries.push({ kind, value: node, at, around: kind === 'policy' ? around : inside })
    if (kind !== 'policy') walkPolicies(node, at, inside, depth, found, most)
    return
  }
  if (isAnswer(node)) {
    const body = bodyOf(node)
    if (isFields(body) && Object.keys(body).length === 0) found.silent.push(at)
    walk(body, `${at}.body`, inside, depth + 1, 'body', found, most)
    return
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'request' && isFields(node.response)) continue
    walk(value, `${at}.${key}`, inside, depth + 1, key, found, most)
  }
}

function walkList(
  nodes: unknown[],
  at: string,
  around: Surroundings,
  depth: number,
  name: string,
  found: Found,
  most: number,
): void {
  if (nodes.length === 0 && knownLists.test(name)) found.empty.push({ at, name })
  const before = found.entries.length
  const strange: { at: string; reason: string }[] = []
  for (const [index, node] of nodes.entries()) {
    const known = found.entries.length + found.empty.length + found.silent.length + found.unknown.length
    walk(node, `${at}[${index}]`, around, depth + 1, '', found, most)
    const after = found.entries.length + found.empty.length + found.silent.length + found.unknown.length
    if (after === known && found.entries.length < most)
      strange.push({ at: `${at}[${index}]`, reason: strangeness(node) })
  }
  if (found.entries.length > before || (knownLists.test(name) && nodes.some(isFields)))
    for (const one of strange) found.unknown.push(one)
}

function strangeness(node: unknown): string {
  if (!isFields(node)) return 'is not an object'
  const keys = Object.keys(node)
    .slice(0, 5)
    .map((key) => key.slice(0, 40))
  return `is nothing of Google Cloud that is known; its fields: ${keys.join(', ') || 'none'}`
}

/** Policies inside of what they protect, as Cloud Custodian and the asset inventory write them. */
function walkPolicies(node: Fields, at: string, around: Surroundings, depth: number, found: Found, most: number) {
  for (const name of policyFields) {
    const policy = field(node, name)
    if (isFields(policy)) walk(policy, `${at}.${name}`, around, depth + 1, name, found, most)
  }
}

/** A recorded answer: `{headers, body}`, or the response of a cassette. */
function isAnswer(node: Fields): boolean {
  return Object.hasOwn(node, 'body') && (isFields(node.headers) || isFields(node.status) || Array.isArray(node.headers))
}

function bodyOf(node: Fields): unknown {
  const { body } = node
  const inner = isFields(body) ? (body.data ?? body.string ?? body) : body
  if (typeof inner !== 'string') return inner
  try {
    return JSON.parse(inner)
  } catch {
    return undefined
  }
}

function surroundingsOf(node: Fields, outer: Surroundings): Surroundings {
  const named = [field(node, 'attachedResource'), field(node, 'fullResourceName'), node.resource, node.name]
  const resource = named.flatMap((value) => text(value) ?? []).find((value) => value.startsWith('//'))
  const url =
    text(path(node, 'request', 'uri')) ??
    text(path(node, 'request', 'url')) ??
    text(path(node, 'headers', 'content-location'))
  const project = text(field(node, 'projectId')) ?? text(node.project)?.replace(/^projects\//, '')
  const organization = text(node.organization)
  const parent = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/(\d+)$/.exec(text(node.parent) ?? '')?.[1]
  return {
    resource: resource ?? ownResource(node) ?? outer.resource,
    url: url ?? outer.url,
    project: project ?? outer.project,
    organization: organization ?? outer.organization,
    parent: parent ?? outer.parent,
  }
}

/** The full name of a thing that stands with its policy inside. */
function ownResource(node: Fields): string | undefined {
  if (!policyFields.some((key) => isFields(field(node, key)))) return undefined
  const name = text(node.name)
  const project = text(field(node, 'projectId'))
  if (name !== undefined && /\/serviceAccounts\//.test(name)) return `//iam.googleapis.com/${name}`
  if (name !== undefined && /^(?:projects|folders|organizations)\/[^/]+$/.test(name))
    return `//cloudresourcemanager.googleapis.com/${project === undefined ? name : `projects/${project}`}`
  if (name !== undefined && /\/keyRings\//.test(name)) return `//cloudkms.googleapis.com/${name}`
  if (name !== undefined && /\/secrets\//.test(name)) return `//secretmanager.googleapis.com/${name}`
  if (node.kind === 'storage#bucket' && name !== undefined) return `//storage.googleapis.com/${name}`
  return project === undefined ? undefined : `//cloudresourcemanager.googleapis.com/projects/${project}`
}
