import type { z } from 'zod'
import { AppError, type ErrorCode, errorCodes, type Missing } from '../errors'

/** What the server refused, with what a person needs to report it. `requestId` finds the trace and the audit rows. */
export class ApiError extends AppError {
  readonly status: number
  readonly requestId: string | undefined

  constructor(code: ErrorCode, message: string, status: number, details: ApiErrorDetails = {}) {
    super(code, message, details)
    this.name = 'ApiError'
    this.status = status
    this.requestId = details.requestId
  }
}

interface ApiErrorDetails {
  fields?: Record<string, string>
  missing?: Missing | undefined
  retryAfterSeconds?: number
  requestId?: string
  cause?: unknown
}

export interface ApiRequest<Output> {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON; a `FormData` is sent as it is. */
  body?: unknown
  /**
   * The contract that the answer must meet, or a way to it that is fetched beside the answer; without one the parsed JSON is
   * returned as `unknown`.
   */
  schema?: z.ZodType<Output> | (() => Promise<z.ZodType<Output>>)
  signal?: AbortSignal
  headers?: Record<string, string>
}

/**
 * Calls the product's own API with the session cookie.
 * @param path begins with `/api/`; other origins are refused.
 * @throws ApiError for every answer that is not 2xx, for a lost network (`upstream_failed`, status 0) and for an
 * answer that breaks the contract (`internal`). An aborted request throws the browser's own `AbortError`.
 */
export async function apiFetch<Output = unknown>(path: string, request: ApiRequest<Output> = {}): Promise<Output> {
  if (!path.startsWith('/') || path.startsWith('//')) {
    throw new AppError('internal', 'The address of the request is not one of this product.', { detail: path })
  }
  const [response, schema] = await Promise.all([send(path, request), schemaOf(request)])
  if (!response.ok) throw await problemToError(response)
  const value: unknown = response.status === 204 ? undefined : await response.json()
  if (!schema) return value as Output
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ApiError('internal', 'The server answered in a form that this page does not know.', response.status, {
    requestId: response.headers.get('x-request-id') ?? undefined,
    cause: parsed.error,
  })
}

async function schemaOf<Output>({ schema }: ApiRequest<Output>): Promise<z.ZodType<Output> | undefined> {
  if (typeof schema !== 'function') return schema
  try {
    return await schema()
  } catch (cause) {
    const message = 'A part of this page could not be loaded. Load the page again.'
    throw new ApiError('upstream_failed', message, 0, { cause })
  }
}

async function send(path: string, request: ApiRequest<unknown>): Promise<Response> {
  const isForm = typeof FormData !== 'undefined' && request.body instanceof FormData
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers }
  if (request.body !== undefined && !isForm) headers['content-type'] = 'application/json'
  try {
    return await fetch(path, {
      method: request.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      body: request.body === undefined ? undefined : isForm ? (request.body as FormData) : JSON.stringify(request.body),
      signal: request.signal,
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError('upstream_failed', 'The server could not be reached. Nothing was changed.', 0, { cause })
  }
}

/** Turns an RFC 9457 answer (`application/problem+json`) into an error; an answer without one is told by its status. */
export async function problemToError(response: Response): Promise<ApiError> {
  const problem = await readProblem(response)
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const code = errorCodes.find((known) => known === problem.code || problem.type?.endsWith(known))
  return new ApiError(
    code ?? codeOfStatus(response.status),
    problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
    response.status,
    {
      fields: problem.fields,
      missing: problem.missing,
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
      requestId: problem.requestId ?? response.headers.get('x-request-id') ?? undefined,
    },
  )
}

interface Problem {
  type?: string
  code?: string
  title?: string
  detail?: string
  requestId?: string
  fields?: Record<string, string>
  missing?: Missing | undefined
}

async function readProblem(response: Response): Promise<Problem> {
  const value: unknown = await response.json().catch(() => undefined)
  if (typeof value !== 'object' || value === null) return {}
  const entry = value as Record<string, unknown>
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : undefined)
  const fields = entry.fields
  return {
    type: text('type'),
    code: text('code'),
    title: text('title'),
    detail: text('detail'),
    requestId: text('reference'),
    fields: isTextRecord(fields) ? fields : undefined,
    missing: isMissing(entry.missing) ? entry.missing : undefined,
  }
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string')
}

function isMissing(value: unknown): value is Missing {
  if (typeof value !== 'object' || value === null || !('permission' in value) || !('roles' in value)) return false
  return typeof value.permission === 'string' && Array.isArray(value.roles)
}

function codeOfStatus(status: number): ErrorCode {
  const known: Record<number, ErrorCode> = {
    400: 'invalid_input',
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not_found',
    409: 'conflict',
    412: 'precondition_failed',
    422: 'invalid_input',
    429: 'rate_limited',
    502: 'upstream_failed',
    503: 'upstream_failed',
  }
  return known[status] ?? 'internal'
}
