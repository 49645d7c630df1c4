import type { ParsedFile } from '../contract'
import { classify, type EntryKind } from './classify'
import { type Fields, isFields, text } from './fields'

/** Something of the file that is known by its shape, with its place. */
export interface Entry {
  kind: EntryKind
  value: Fields
  at: string
  /** The address that was asked, for recorded answers, or `@odata.context`. */
  url?: string | undefined
  /** The application or principal in which it stands. */
  holder?: Fields | undefined
  /** The client id of the application that AzureHound writes beside it. */
  application?: string | undefined
}

export interface Found {
  entries: Entry[]
  unknown: { at: string; reason: string }[]
  empty: { at: string }[]
  /** Addresses of further pages that were announced. */
  further: { at: string; link: string }[]
  /** Addresses that were answered without an error. */
  answered: Set<string>
  /** Answers with no content. */
  silent: string[]
}

/** Fields of an entry in which other entries may stand. */
const inside = [
  'federatedIdentityCredentials',
  'federated_identity_credentials',
  'appRoleAssignments',
  'oauth2PermissionGrants',
  'principal',
]
const deepest = 14

/** Every known thing of a file, whatever it is wrapped in: lists, pages, recorded answers, one list per name, rows of a table. */
export function findEntries(file: ParsedFile, most = Number.POSITIVE_INFINITY): Found {
  const found: Found = { entries: [], unknown: [], empty: [], further: [], answered: new Set(), silent: [] }
  const walker = new Walker(found, most)
  if (file.kind === 'json') walker.walk(file.value, '$', {}, 0, '')
  if (file.kind === 'yaml') for (const { line, value } of file.documents) walker.walk(value, `line ${line}`, {}, 0, '')
  if (file.kind === 'csv') for (const { line, cells } of file.rows) walker.row(cells, `line ${line}`)
  return found
}

interface Around {
  url?: string | undefined
  holder?: Fields | undefined
  application?: string | undefined
}

class Walker {
  constructor(
    private readonly found: Found,
    private readonly most: number,
  ) {}

  row(cells: Record<string, string>, at: string): void {
    if (this.found.entries.length >= this.most) return
    const value = Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''))
    const kind = classify(value)
    if (kind !== undefined) this.found.entries.push({ kind, value, at })
    else this.found.unknown.push({ at, reason: 'the row is nothing of Azure that is known' })
  }

  walk(node: unknown, at: string, around: Around, depth: number, name: string): void {
    if (depth > deepest || this.found.entries.length >= this.most) return
    if (Array.isArray(node)) {
      this.#walkList(node, at, around, depth, name)
      return
    }
    if (!isFields(node)) return
    const kind = classify(node)
    if (kind !== undefined) {
      this.found.entries.push({ kind, value: node, at, ...around })
      for (const field of inside)
        this.walk(node[field], `${at}.${field}`, { ...around, holder: node }, depth + 1, field)
      return
    }
    const application = isFields(node.fic) ? text(node.appId) : around.application
    const next = { ...around, url: urlOf(node) ?? around.url, application }
    if (this.#walkAnswer(node, at, next, depth)) return
    const link = text(node.nextLink) ?? text(node['@odata.nextLink'])
    if (link !== undefined) this.found.further.push({ at, link })
    for (const [key, value] of Object.entries(node)) {
      if (key === 'request' && isFields(node.response)) continue
      this.walk(value, `${at}.${key}`, next, depth + 1, key)
    }
  }

  /** A recorded answer: of a cassette, `{status_code, data}`, `{headers, body}`. */
  #walkAnswer(node: Fields, at: string, around: Around, depth: number): boolean {
    const status = isFields(node.status) ? node.status.code : (node.status_code ?? node.statusCode)
    const isAnswer = Object.hasOwn(node, 'body') && (isFields(node.headers) || status !== undefined)
    if (!isAnswer) return false
    const body = bodyOf(node.body)
    const failed = typeof status === 'number' && status >= 400
    if (!failed && around.url !== undefined) this.found.answered.add(around.url)
    if (body === undefined || body === null || body === '' || (isFields(body) && Object.keys(body).length === 0))
      this.found.silent.push(`${at}.body`)
    this.walk(body, `${at}.body`, around, depth + 1, 'body')
    return true
  }

  #walkList(nodes: unknown[], at: string, around: Around, depth: number, name: string): void {
    if (nodes.length === 0 && name === 'value') this.found.empty.push({ at })
    const before = this.found.entries.length
    const strange: { at: string; reason: string }[] = []
    for (const [index, node] of nodes.entries()) {
      const known = this.#count()
      this.walk(node, `${at}[${index}]`, around, depth + 1, '')
      if (this.#count() === known && this.found.entries.length < this.most)
        strange.push({ at: `${at}[${index}]`, reason: strangeness(node) })
    }
    const isListing = name === 'value' && around.url !== undefined
    if (this.found.entries.length > before || isListing) this.found.unknown.push(...strange)
  }

  #count(): number {
    const { entries, empty, unknown, silent, answered } = this.found
    return entries.length + empty.length + unknown.length + silent.length + answered.size
  }
}

function strangeness(node: unknown): string {
  if (!isFields(node)) return 'is not an object'
  const keys = Object.keys(node).slice(0, 5)
  return `is nothing of Azure or Entra that is known; its fields: ${keys.map((key) => key.slice(0, 40)).join(', ') || 'none'}`
}

function urlOf(node: Fields): string | undefined {
  const { request } = node
  const asked = isFields(request) ? (text(request.uri) ?? text(request.url)) : undefined
  return asked ?? text(node['@odata.context'])
}

function bodyOf(body: unknown): unknown {
  const inner =
    isFields(body) && (Object.hasOwn(body, 'data') || Object.hasOwn(body, 'string')) ? (body.data ?? body.string) : body
  if (typeof inner !== 'string') return inner
  try {
    return JSON.parse(inner)
  } catch {
    return undefined
  }
}
