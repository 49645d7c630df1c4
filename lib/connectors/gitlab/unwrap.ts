import { type Fields, has, isFields, list, own, text } from './fields'

/** What surrounds an entry and helps to tell whose it is. */
export interface Hint {
  /** The request's path where it was recorded: `/projects/7/access_tokens`. */
  path?: string
  /** The variable's name in a file of literals: `GET_GROUP_RUNNERS_LIST`. */
  literal?: string
}

export type Entry = { at: string; hint: Hint } & ({ kind: 'object'; value: Fields } | { kind: 'none'; reason: string })

/** Deeper than any real envelope. */
const deepest = 8

/** Objects of a file out of lists, lists of lists, JSON Lines, recorded answers, cassettes, and literals by name. */
export function* entriesOf(value: unknown, at = '$', hint: Hint = {}, depth = 0): Generator<Entry> {
  if (depth > deepest) yield { kind: 'none', at, hint, reason: 'is nested too deeply' }
  else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* entriesOf(entry, `${at}[${index}]`, hint, depth + 1)
  } else if (!isFields(value)) yield { kind: 'none', at, hint, reason: 'is not an object' }
  else yield* entriesOfObject(value, at, hint, depth + 1)
}

function* entriesOfObject(value: Fields, at: string, hint: Hint, depth: number): Generator<Entry> {
  if (Array.isArray(own(value, 'interactions'))) {
    for (const [index, played] of list(own(value, 'interactions')).entries())
      yield* entriesOfRecording(played, `${at}.interactions[${index}]`, depth)
    return
  }
  if (isFields(value.request) && isFields(value.response)) {
    yield* entriesOfRecording(value, at, depth)
    return
  }
  const error = errorOf(value)
  if (error !== undefined) {
    yield { kind: 'none', at, hint, reason: `GitLab answered with an error: ${error}` }
    return
  }
  const body = bodyOf(value)
  if (body !== undefined) {
    yield* entriesOf(value[body], `${at}.${body}`, withPath(hint, text(value.url)), depth)
    return
  }
  if (isLiterals(value)) {
    for (const [literal, entry] of Object.entries(value))
      if (typeof entry === 'object' && entry !== null)
        yield* entriesOf(entry, `${at}.${literal}`, { ...hint, literal }, depth)
    return
  }
  if (isMapById(value)) {
    for (const [id, entry] of Object.entries(value)) yield* entriesOf(entry, `${at}.${id}`, hint, depth)
    return
  }
  yield { kind: 'object', at, hint, value }
}

function* entriesOfRecording(recording: unknown, at: string, depth: number): Generator<Entry> {
  const request = own(recording, 'request')
  const hint = withPath({}, text(own(request, 'uri')) ?? text(own(request, 'url')) ?? text(own(request, 'path')))
  const held = own(own(recording, 'response'), 'body') ?? own(own(recording, 'response'), 'data')
  const body = isFields(held) ? (own(held, 'string') ?? held) : held
  yield* entriesOf(typeof body === 'string' ? parsed(body) : body, `${at}.response.body`, hint, depth)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

function withPath(hint: Hint, address: string | undefined): Hint {
  if (address === undefined) return hint
  return {
    ...hint,
    path: address
      .replace(/^https?:\/\/[^/]+/, '')
      .replace(/^.*?\/api\/v4/, '')
      .replace(/\?.*$/, ''),
  }
}

/** `{ message: '401 Unauthorized' }`, `{ error, error_description }`. */
function errorOf(value: Fields): string | undefined {
  const known = ['message', 'error', 'error_description', 'scope', 'state']
  if (!Object.keys(value).every((key) => known.includes(key))) return undefined
  const words = text(own(value, 'error_description')) ?? text(value.message) ?? text(value.error)
  return words?.slice(0, 200)
}

/** True for an error answer that is GitLab's own wording, so that a file of it alone is recognised. */
export function isGitlabError(value: unknown): boolean {
  const message = text(own(value, 'message')) ?? ''
  return (
    isFields(value) &&
    Object.keys(value).length === 1 &&
    /^(?:401 Unauthorized|403 Forbidden|404 (?:Project|Group|User|Not)\b.*)$/.test(message)
  )
}

function bodyOf(value: Fields): string | undefined {
  const around = ['status', 'status_code', 'statusCode', 'headers', 'url', 'ok', 'statusText', 'pagination']
  return ['data', 'body'].find((key) => {
    const held = value[key]
    const rest = Object.keys(value).filter((name) => name !== key)
    return typeof held === 'object' && held !== null && rest.every((name) => around.includes(name))
  })
}

function isLiterals(value: Fields): boolean {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => /^[A-Z][A-Z0-9_]{2,}$/.test(key)) && !has(value, 'ID')
}

function isMapById(value: Fields): boolean {
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([key, entry]) => /^\d+$/.test(key) && typeof entry === 'object')
}
