import { type Fields, has, isFields, list, own, text } from './fields'

/** What surrounds an entry and helps to tell what it is. */
export interface Hint {
  /** The API's path, with names or with templates: `/orgs/{org}/actions/secrets`. */
  path?: string
  /** The operation in a collection of recorded answers: `GET /orgs/{org}/actions/secrets 200`. */
  operation?: string
  /** The variable's name in a file of literals: `GET_ORG_SECRETS`. */
  literal?: string
  /** The list's name in its envelope: `installations`. */
  listed?: string
  /** The id under which the entry stands in a map. */
  parent?: string
}

export type Entry = { at: string; hint: Hint } & (
  | { kind: 'object'; value: Fields }
  /** An answer that holds nothing to import, in plain words why. */
  | { kind: 'none'; reason: string; fault: boolean }
)

/** Deeper than any real envelope. */
const deepest = 8

const listNames = [
  'installations', 'secrets', 'variables', 'workflows', 'environments', 'runners', 'runner_groups', 'repositories',
  'hooks', 'keys', 'deploy_keys', 'credential_authorizations', 'personal_access_tokens', 'members', 'collaborators',
  'items', 'nodes', 'selected_repositories', 'codespaces_secrets',
] // biome-ignore format: a list of words
const operation = /^(GET|POST|PUT|PATCH|DELETE) (\/[\w{}/.+-]*)(?: (\d{3}))?$/
/** Where an operation of GitHub's own API begins. */
const githubPath =
  /^\/(?:app|apps|applications|app-manifests|enterprises|orgs|organizations|repos|repositories|user|users|installation|scim|actions)(?:\/|$)/

/** True for a map of recorded answers by operation (`GET /orgs/{org}/installations 200`) of GitHub's API. */
export function isCollection(value: unknown): boolean {
  if (!isFields(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.slice(0, 50).every((key) => githubPath.test(operation.exec(key)?.[2] ?? ''))
}

/**
 * The objects of a file, out of any envelope: lists and lists of lists (`gh api --paginate --slurp`), JSON Lines,
 * `{ total_count, installations }`, recorded answers, collections by operation, cassettes, literals by name.
 */
export function* entriesOf(value: unknown, at = '$', hint: Hint = {}, depth = 0): Generator<Entry> {
  if (depth > deepest) yield none(at, hint, 'is nested too deeply', true)
  else if (Array.isArray(value)) {
    if (value.length === 0 && depth > 0 && isNamed(hint))
      yield none(at, hint, `an empty list of ${nameOf(hint)}`, false)
    for (const [index, entry] of value.entries()) yield* entriesOf(entry, `${at}[${index}]`, hint, depth + 1)
  } else if (isFields(value)) yield* entriesOfObject(value, at, hint, depth + 1)
  else if (value === null && hint.operation !== undefined) yield none(at, hint, 'an answer without content', false)
  else yield none(at, hint, 'is not an object', true)
}

function* entriesOfObject(value: Fields, at: string, hint: Hint, depth: number): Generator<Entry> {
  if (isCollection(value)) {
    for (const [key, answers] of Object.entries(value)) {
      const path = operation.exec(key)?.[2] ?? ''
      const inner = { path, operation: key }
      if (!isFields(answers)) yield* entriesOf(answers, `$[${JSON.stringify(key)}]`, inner, depth)
      else if (isExamples(answers))
        for (const [name, answer] of Object.entries(answers))
          yield* entriesOf(answer, `$[${JSON.stringify(key)}].${name}`, inner, depth)
      else yield* entriesOfObject(answers, `$[${JSON.stringify(key)}]`, inner, depth)
    }
    return
  }
  if (Array.isArray(own(value, 'interactions'))) {
    for (const [index, played] of list(own(value, 'interactions')).entries())
      yield* entriesOfRecording(played, `${at}.interactions[${index}]`, hint, depth)
    return
  }
  if (isFields(value.response) && isFields(value.request)) {
    yield* entriesOfRecording(value, at, hint, depth)
    return
  }
  if (has(value, 'method', 'path', 'response')) {
    yield* entriesOf(value.response, `${at}.response`, withPath(hint, text(value.path)), depth)
    return
  }
  const body = bodyOf(value)
  if (body !== undefined) {
    yield* entriesOf(body.value, `${at}.${body.key}`, withPath(hint, text(own(value, 'url'))), depth)
    return
  }
  if (isMessage(value)) {
    const words = (text(value.message) ?? '').slice(0, 200)
    if (/ 2\d\d$/.test(hint.operation ?? '')) yield none(at, hint, `an answer that only says: ${words}`, false)
    else yield none(at, hint, `GitHub answered with an error: ${words}`, true)
    return
  }
  const listed = listNames.find((name) => Array.isArray(own(value, name)) && isEnvelope(value, name))
  if (listed !== undefined) {
    const entries = list(own(value, listed))
    if (entries.length === 0) yield none(at, hint, `an empty list of ${listed.replaceAll('_', ' ')}`, false)
    else yield* entriesOf(entries, `${at}.${listed}`, { ...hint, listed }, depth)
    return
  }
  if (isLiterals(value)) {
    for (const [literal, entry] of Object.entries(value))
      if (typeof entry === 'object' && entry !== null)
        yield* entriesOf(entry, `${at}.${literal}`, { ...hint, literal }, depth)
    return
  }
  if (isMapById(value)) {
    for (const [parent, entry] of Object.entries(value))
      yield* entriesOf(entry, `${at}.${parent}`, { ...hint, parent }, depth)
    return
  }
  if (isFields(value.node) && (has(value, 'role') || has(value, 'permission') || has(value, 'organizationRole'))) {
    yield { kind: 'object', at, hint, value: { ...value.node, graphRole: value.role ?? value.permission } }
    return
  }
  yield { kind: 'object', at, hint, value }
}

function* entriesOfRecording(recording: unknown, at: string, around: Hint, depth: number): Generator<Entry> {
  const request = own(recording, 'request')
  const response = own(recording, 'response')
  if (isFields(own(request, 'payload'))) {
    yield none(at, around, 'a delivery of a webhook; upload its payload as a file of its own', false)
    return
  }
  const path = text(own(request, 'uri')) ?? text(own(request, 'url')) ?? text(own(request, 'path'))
  const hint = withPath({ operation: around.operation ?? path ?? 'a recorded answer' }, path)
  const held = own(response, 'body') ?? own(response, 'data') ?? own(response, 'payload')
  const body = isFields(held) ? (own(held, 'string') ?? held) : held
  yield* entriesOf(typeof body === 'string' ? parsed(body) : (body ?? null), `${at}.response.body`, hint, depth)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return null
  }
}

function withPath(hint: Hint, address: string | undefined): Hint {
  return address === undefined ? hint : { ...hint, path: address.replace(/^https?:\/\/[^/]+(?:\/api\/v3)?/, '') }
}

/** `{ default: …, with_warning: … }`: answers by the example's name. */
function isExamples(value: Fields): boolean {
  return (
    Object.hasOwn(value, 'default') || Object.values(value).every((entry) => isFields(entry) && has(entry, 'value'))
  )
}

/** The answer within `{ status, headers, data }`, `{ status_code, data }`, `{ headers, body }`, `{ value }`. */
function bodyOf(value: Fields): { key: string; value: unknown } | undefined {
  const around = ['status', 'status_code', 'statusCode', 'headers', 'url', 'ok', 'statusText', 'request', 'scope']
  for (const key of ['data', 'body', 'value']) {
    const rest = Object.keys(value).filter((name) => name !== key)
    const held = value[key]
    if (typeof held === 'object' && held !== null && rest.every((name) => around.includes(name)))
      return { key, value: held }
  }
  return undefined
}

/** `{ message, documentation_url }`, with or without errors and status. */
export function isMessage(value: Fields): boolean {
  const message = text(value.message)
  if (message === undefined) return false
  return Object.keys(value).every((key) =>
    ['message', 'documentation_url', 'errors', 'status', 'warning'].includes(key),
  )
}

/** A list in its envelope, not an object that also has a list of that name. */
function isEnvelope(value: Fields, name: string): boolean {
  if (has(value, 'total_count')) return true
  const rest = Object.keys(value).filter((key) => key !== name)
  return rest.every((key) => ['repository_selection', 'pageInfo', 'page_info', 'incomplete_results'].includes(key))
}

function isLiterals(value: Fields): boolean {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => /^[A-Z][A-Z0-9_]{2,}$/.test(key))
}

function isMapById(value: Fields): boolean {
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([key, entry]) => /^\d+$/.test(key) && typeof entry === 'object')
}

function isNamed(hint: Hint): boolean {
  return hint.listed !== undefined || hint.literal !== undefined || hint.operation !== undefined
}

function nameOf({ listed, literal, operation: asked }: Hint): string {
  return (listed ?? literal ?? asked ?? 'entries').replaceAll('_', ' ')
}

function none(at: string, hint: Hint, reason: string, fault: boolean): Entry {
  return { kind: 'none', at, hint, reason, fault }
}
