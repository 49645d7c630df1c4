import { requestInfo } from '../auth/request-context'
import { checkAction } from '../authz/check'
import type { Context } from '../context'
import { AppError } from '../errors'
import { log } from '../telemetry/log'
import { Accepted, type Endpoint, isRawResponse, successStatus } from './endpoint'
import {
  hashRequest,
  type KeyUse,
  keepReply,
  readIdempotencyKey,
  releaseKey,
  reserveKey,
  standingOf,
} from './idempotency'
import { type ParsedInput, parseInput } from './parse-input'
import { problemResponse, toAppError, toProblem } from './problem'
import { countRequest } from './rate-limit'

/** Who asks and for which organization; refuses strangers and, for cookies, pages of other sites. */
export type Authenticate = (request: Request) => Promise<Context>

/** The second argument of a Next route handler. */
export interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>
}

export type Handler = (request: Request, route: RouteContext) => Promise<Response>

/** Makes the handler of one endpoint: everything between the socket and the use case. */
export function handlerOf(endpoint: Endpoint, authenticate: Authenticate): Handler {
  return async (request, route) => {
    const started = performance.now()
    const headers = new Headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    const seen: Seen = { reference: requestInfo(request.headers).id, headers }
    let response: Response
    let failure: AppError | undefined
    try {
      response = await answer(endpoint, authenticate, request, route, seen)
    } catch (error) {
      failure = toAppError(error)
      response = problemResponse(failure, seen.reference)
    }
    headers.set('x-request-id', seen.reference)
    for (const [name, value] of headers) response.headers.set(name, value)
    record(endpoint, response.status, failure, seen, performance.now() - started)
    return response
  }
}

/** What is known of the request so far, for whatever way it ends. */
interface Seen {
  reference: string
  headers: Headers
  ctx?: Context
}

type Caller = Exclude<Context['actor'], { kind: 'job' }>

async function answer(
  endpoint: Endpoint,
  authenticate: Authenticate,
  request: Request,
  route: RouteContext,
  seen: Seen,
): Promise<Response> {
  const ctx = await authenticate(request)
  seen.ctx = ctx
  seen.reference = ctx.request.id
  const { actor } = ctx
  if (actor.kind === 'job') throw new AppError('unauthenticated', 'Jobs have no door here.')
  const allowance = await countRequest(actor.kind, actor.id)
  for (const [name, value] of Object.entries(allowance.headers)) seen.headers.set(name, value)
  if (allowance.refusal) throw allowance.refusal
  if (actor.kind === 'api_key' || takesFiles(endpoint)) await assertDoor(endpoint, actor)
  const parsed = await parseInput(endpoint, request, await route.params)
  try {
    return await carryOut(endpoint, ctx, actor, request, parsed, seen)
  } finally {
    parsed.close()
  }
}

async function carryOut(
  endpoint: Endpoint,
  ctx: Context,
  actor: Caller,
  request: Request,
  { input, essence }: ParsedInput,
  seen: Seen,
): Promise<Response> {
  const isKeyed = endpoint.method === 'POST' && !endpoint.takesSecret
  const key = isKeyed ? readIdempotencyKey(request.headers) : undefined
  if (key === undefined) return toResponse(endpoint, await run(endpoint, ctx, input))
  const use: KeyUse = {
    tenant: ctx.tenant,
    actorKey: `${actor.kind}:${actor.id}`,
    key,
    standing: standingOf(actor),
    requestHash: hashRequest(endpoint.method, new URL(request.url).pathname, essence),
  }
  return runOnce(endpoint, use, seen, () => run(endpoint, ctx, input))
}

/**
 * Asks the decision point whether the caller may pass at all: keys for their scope, and whoever brings files before the
 * first byte of them is read.
 */
async function assertDoor(endpoint: Endpoint, actor: Caller): Promise<void> {
  const attr = { scope: endpoint.scope, takesFiles: takesFiles(endpoint) }
  const decision = await checkAction(actor, 'call', { kind: 'endpoint', id: endpoint.operationId, attr })
  if (decision.allowed) return
  const isScoped = actor.kind !== 'api_key' || actor.scopes.includes(endpoint.scope)
  const message = isScoped
    ? 'Your role does not allow sending files here. Ask an administrator of the organization.'
    : `This API key lacks the scope ${endpoint.scope}.`
  throw new AppError('forbidden', message, { detail: `decision ${decision.decisionId}` })
}

function takesFiles({ body }: Endpoint): boolean {
  return body === 'multipart' || body === 'binary'
}

/** Runs the use case and keeps of its result what the contract names. */
async function run(endpoint: Endpoint, ctx: Context, input: Parameters<Endpoint['run']>[1]): Promise<unknown> {
  const result = await endpoint.run(ctx, input)
  const isAccepted = result instanceof Accepted
  const response = isAccepted ? endpoint.accepted : endpoint.response
  if (response === undefined || isRawResponse(response)) return result
  const checked = response.safeParse(isAccepted ? result.value : result)
  if (checked.success) return isAccepted ? new Accepted(checked.data) : checked.data
  throw new AppError('internal', 'The answer was not in its promised form, so it was withheld.', {
    detail: `${endpoint.operationId} broke its contract`,
    cause: checked.error,
  })
}

function toResponse(endpoint: Endpoint, result: unknown): Response {
  if (result instanceof Response) return new Response(result.body, result)
  if (result instanceof Accepted) return Response.json(result.value, { status: 202 })
  const status = successStatus(endpoint)
  if (status === 204) return new Response(null, { status })
  return Response.json(result, { status, headers: etagOf(endpoint, result) })
}

function etagOf(endpoint: Endpoint, result: unknown): Record<string, string> | undefined {
  if (!endpoint.isVersioned || typeof result !== 'object' || result === null || !('version' in result)) return undefined
  return { etag: `"${result.version}"` }
}

/** Does the work once for each Idempotency-Key; a repeated request gets the first one's answer. */
async function runOnce(endpoint: Endpoint, use: KeyUse, seen: Seen, work: () => Promise<unknown>): Promise<Response> {
  const stored = await reserveKey(use)
  if (stored) {
    if (!('body' in stored)) {
      throw new AppError('conflict', 'This request was already carried out, and its answer is shown only once.')
    }
    if (stored.standing !== use.standing) {
      const message =
        'This request was already carried out. What you may see has changed since: ask for the result anew.'
      throw new AppError('conflict', message)
    }
    seen.headers.set('idempotency-replayed', 'true')
    const isProblem = stored.status >= 400
    const headers = isProblem ? { 'content-type': 'application/problem+json' } : undefined
    if (stored.status === 204) return new Response(null, { status: 204 })
    return Response.json(stored.body, { status: stored.status, headers })
  }
  try {
    const result = await work()
    const isKept = !endpoint.revealsSecret && !(result instanceof Response)
    const [status, body] = result instanceof Accepted ? [202, result.value] : [successStatus(endpoint), result ?? null]
    await keepReply(use, { status, ...(isKept ? { body } : {}) })
    return toResponse(endpoint, result)
  } catch (error) {
    const failure = toAppError(error)
    // A refusal did nothing. After `internal` nobody can tell, so the work must not be done a second time.
    if (failure.code === 'internal') await keepReply(use, { status: 500, body: toProblem(failure, seen.reference) })
    else await releaseKey(use)
    throw failure
  }
}

function record(endpoint: Endpoint, status: number, failure: AppError | undefined, seen: Seen, ms: number): void {
  const line = {
    requestId: seen.reference,
    operation: endpoint.operationId,
    status,
    ms: Math.round(ms),
    org: seen.ctx?.tenant.orgId,
    actor: seen.ctx && `${seen.ctx.actor.kind}:${seen.ctx.actor.id}`,
    ...(failure && { code: failure.code, detail: failure.detail }),
  }
  if (failure?.code === 'internal') log.error({ ...line, error: failure.cause ?? failure }, 'request failed')
  else log.info(line, 'request')
}
