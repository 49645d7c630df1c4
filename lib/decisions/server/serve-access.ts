import { randomUUID } from 'node:crypto'
import secureJson from 'secure-json-parse'
import type { z } from 'zod'
import { parseCertificate } from '@/lib/access-callers/rules'
import { isAmong, peerAddress } from '@/lib/platform/auth/client-address'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { toAppError, toProblem } from '@/lib/platform/http/problem'
import { log } from '@/lib/platform/telemetry/log'
import { ChangesQuery } from '@/lib/signals/schema'
import { findChanges } from '@/lib/signals/server/find-changes'
import { expandBatch, tooDeep } from '../rules'
import * as contracts from '../schema'
import { type Asking, decideAccess } from './decide-access'
import { decideExecution } from './decide-execution'
import { type Caller, type Credentials, resolveCaller } from './resolve-caller'
import { searchActions, searchResources, searchSubjects } from './search-access'

/** A request and an answer without a web framework, so that two doors share them (decision 060). */
export interface AccessRequest {
  method: string
  path: string
  /** Behind the path. */
  query: URLSearchParams
  header: (name: string) => string | null
  /** The address of the connection's other end; undefined when nobody knows. */
  peer: string | undefined
  /** The whole body; undefined when it is larger than it may be. */
  body: () => Promise<Uint8Array | undefined>
}
export interface AccessAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** In milliseconds: whose key it is must be known by then. */
const callerMs = 700
/** Requests at once in one process; more are told to come again. */
const mostAtOnce = 512
let underWay = 0

export const accessPaths = {
  '/access/v1/evaluation': 'evaluation',
  '/access/v1/evaluations': 'evaluations',
  '/access/v1/search/subject': 'search_subject',
  '/access/v1/search/resource': 'search_resource',
  '/access/v1/search/action': 'search_action',
  '/access/v1/execution': 'execution',
} as const satisfies Record<string, contracts.Asked>

/** Where callers wait for changes; the only one that is asked by GET. */
const changesPath = '/access/v1/changes'

const isQuestionPath = (path: string): path is keyof typeof accessPaths => Object.hasOwn(accessPaths, path)
export const isAccessPath = (path: string): boolean => path === changesPath || isQuestionPath(path)

/** The caller's own id of the request, if it can stand in a header and a log. */
function requestIdOf(given: string | null): string {
  return given !== null && /^[\x21-\x7e]{1,200}$/.test(given) ? given : randomUUID()
}

const fixed = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Answers one request of the AuthZEN Authorization API. Never throws. */
export async function answerAccess(request: AccessRequest): Promise<AccessAnswer> {
  const began = performance.now()
  const requestId = requestIdOf(request.header('x-request-id'))
  const headers = { ...fixed, 'x-request-id': requestId }
  // Who waits for changes takes no place from those who ask.
  const share = request.path === changesPath ? 0 : 1
  underWay += share
  try {
    const value = await answerOf(request, { requestId, began })
    return { status: 200, headers, body: JSON.stringify(value) }
  } catch (error) {
    return problemOf(toAppError(error), headers, requestId)
  } finally {
    underWay -= share
  }
}

async function answerOf(
  request: AccessRequest,
  { requestId, began }: Pick<Asking, 'requestId' | 'began'>,
): Promise<unknown> {
  if (request.path === changesPath) return changes(request)
  if (!isQuestionPath(request.path)) throw new AppError('not_found', 'There is nothing at this address.')
  if (request.method !== 'POST') throw new AppError('invalid_input', 'Send the question by POST.')
  if (underWay > mostAtOnce)
    throw new AppError('upstream_failed', 'Too many questions at once. Ask again in a moment.', {
      retryAfterSeconds: 1,
    })
  const asked = accessPaths[request.path]
  const caller = await withinTime(resolveCaller(credentialsOf(request)))
  const asking = { caller, requestId, asked, began }
  const json = readJson(request.header('content-type'), await request.body())
  switch (asked) {
    case 'evaluation':
      return single(asking, json)
    case 'evaluations':
      return batch(asking, json)
    case 'search_subject':
      return searchSubjects(asking, parse(contracts.SubjectSearch, json))
    case 'search_resource':
      return searchResources(asking, parse(contracts.ResourceSearch, json))
    case 'execution':
      return single(asking, json, decideExecution)
    case 'search_action':
      return searchActions(asking, parse(contracts.ActionSearch, json))
  }
}

/** What of a request says who asks. A certificate's header counts from the proxies alone that the installation named. */
function credentialsOf({ header, peer }: Pick<AccessRequest, 'header' | 'peer'>): Credentials {
  const { CLIENT_CERT_PROXIES, CLIENT_CERT_HEADER } = env()
  const told = isAmong(peer, CLIENT_CERT_PROXIES) ? header(CLIENT_CERT_HEADER) : null
  return {
    authorization: header('authorization'),
    organization: header('x-organization-id'),
    certificate: told === null ? undefined : parseCertificate(CLIENT_CERT_HEADER, told),
  }
}

const decideOne = async (asking: Asking, question: contracts.Question): Promise<contracts.Answer> => {
  const [answer] = await decideAccess(asking, [{ question }])
  if (!answer) throw new Error('one question has one answer')
  return answer
}

async function single(asking: Asking, json: unknown, decide = decideOne): Promise<contracts.Answer> {
  const question = parse(contracts.Question, json)
  const { caller } = asking
  const answer = await decide(asking, question)
  if (!caller.mayAskAny && !caller.isUndecided && !caller.selves.includes(question.subject.id))
    throw new AppError(
      'forbidden',
      'This caller may ask about itself only: an API key needs the scope decisions:ask_any, a client to be allowed it.',
    )
  return answer
}

/** What may have changed an answer, of one subject or, for who may ask about anybody, of all. */
async function changes(request: AccessRequest): Promise<unknown> {
  if (request.method !== 'GET') throw new AppError('invalid_input', 'Ask for changes by GET.')
  const caller = await withinTime(resolveCaller(credentialsOf(request)))
  const { subject_id: subject = null, cursor, wait } = parse(ChangesQuery, Object.fromEntries(request.query))
  if (caller.isUndecided)
    throw new AppError('upstream_failed', 'Nobody can say now what this caller may ask.', { retryAfterSeconds: 1 })
  if (!caller.mayAskAny && (subject === null || !caller.selves.includes(subject)))
    throw new AppError('forbidden', 'This caller may ask about itself only: name it as subject_id.')
  return findChanges(caller.tenant, { subject, cursor, waitMs: wait * 1000 })
}

async function batch(asking: Asking, json: unknown): Promise<unknown> {
  const given = parse(contracts.Batch, json)
  // Without evaluations it is a single question, as the standard says.
  if (!given.evaluations || given.evaluations.length === 0) return single(asking, json)
  const answers = await decideAccess(asking, expandBatch(given), given.options.evaluations_semantic)
  return { evaluations: answers }
}

function readJson(contentType: string | null, bytes: Uint8Array | undefined): unknown {
  const type = contentType?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw wrong('Content-Type', 'must be application/json')
  if (bytes === undefined) throw wrong('body', `is larger than ${contracts.maxQuestionBytes} bytes`)
  let json: unknown
  try {
    json = secureJson.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw wrong('body', bytes.length === 0 ? 'is empty' : 'is not valid JSON in UTF-8')
  }
  const deep = tooDeep(json, contracts.maxDepth)
  if (deep !== undefined) throw wrong(deep || 'body', `is nested more than ${contracts.maxDepth} deep`)
  return json
}

function parse<T extends z.ZodType>(contract: T, value: unknown): z.output<T> {
  const parsed = contract.safeParse(value)
  if (parsed.success) return parsed.data
  const fields: Record<string, string> = {}
  for (const { path, message } of parsed.error.issues.slice(0, 20)) fields[path.join('.') || 'body'] ??= message
  const named = Object.entries(fields).map(([name, message]) => `${name}: ${message}`)
  throw new AppError('invalid_input', named.slice(0, 5).join('; '), { fields })
}

const wrong = (field: string, message: string) =>
  new AppError('invalid_input', `${field}: ${message}`, { fields: { [field]: message } })

/** A database that hangs is no reason to hang too. */
async function withinTime(caller: Promise<Caller>): Promise<Caller> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const message = 'Who asks could not be read in time, so there is no answer. Take it for a no, and ask again.'
    timer = setTimeout(() => reject(new AppError('upstream_failed', message, { retryAfterSeconds: 1 })), callerMs)
  })
  try {
    return await Promise.race([caller, late])
  } finally {
    clearTimeout(timer)
  }
}

function problemOf(error: AppError, headers: Record<string, string>, requestId: string): AccessAnswer {
  const problem = toProblem(error, requestId)
  if (error.code === 'internal') log.error({ requestId, error: error.cause ?? error }, 'a question of access failed')
  else if (error.code === 'unauthenticated') countStranger()
  else log.info({ requestId, code: error.code, detail: error.detail }, 'a question of access was refused')
  return {
    status: problem.status,
    headers: {
      ...headers,
      'content-type': 'application/problem+json',
      ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterSeconds)) }),
    },
    body: JSON.stringify(problem),
  }
}

const strangers = { refused: 0, isTelling: false }

/** Floods without a key are one line a minute, whatever their number. */
function countStranger(): void {
  strangers.refused += 1
  if (strangers.isTelling) return
  strangers.isTelling = true
  setTimeout(() => {
    log.warn({ refused: strangers.refused }, 'questions of access without a valid key, in the last minute')
    strangers.refused = 0
    strangers.isTelling = false
  }, 60_000).unref()
}

/** The metadata of this decision point, by which others find its endpoints. */
export function accessMetadata(): Record<string, unknown> {
  const base = env().PUBLIC_URL
  const [evaluation, evaluations, subject, resource, action, execution] = Object.keys(accessPaths).map(
    (path) => `${base}${path}`,
  )
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: evaluation,
    access_evaluations_endpoint: evaluations,
    search_subject_endpoint: subject,
    search_resource_endpoint: resource,
    search_action_endpoint: action,
    // Beyond the standard: the profile for access requests (draft), and where a use of a grant is taken (decision 066).
    access_request_endpoint: `${base}/api/v1/access-requests`,
    execution_endpoint: execution,
    changes_endpoint: `${base}${changesPath}`,
    capabilities: ['urn:openid:authzen:capability:access-request'],
  }
}

/** The route of Next for one of the paths. */
export async function serveAccess(request: Request): Promise<Response> {
  const { status, headers, body } = await answerAccess({
    method: request.method,
    path: new URL(request.url).pathname,
    query: new URL(request.url).searchParams,
    header: (name) => request.headers.get(name),
    peer: peerAddress(request.headers),
    body: () => readBounded(request),
  })
  return new Response(body, { status, headers })
}

async function readBounded(request: Request): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  if (request.body === null) return new Uint8Array()
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > contracts.maxQuestionBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
