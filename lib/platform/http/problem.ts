import { env } from '../env'
import { AppError, type ErrorCode, errorCodes, isAppError, type Missing } from '../errors'

/** Titles and statuses of the nine codes. This table is the only place where a code becomes an HTTP status. */
const kinds: Record<ErrorCode, { status: number; title: string }> = {
  invalid_input: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in, or send a valid API key' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflicts with the present state' },
  precondition_failed: { status: 412, title: 'Changed by somebody else in the meantime' },
  rate_limited: { status: 429, title: 'Too many requests' },
  upstream_failed: { status: 502, title: 'A system behind this one did not answer' },
  internal: { status: 500, title: 'Something went wrong on our side' },
}

/** An upstream that says when to come back is unavailable (503) rather than broken (502). */
function statusOf(error: AppError): number {
  if (error.code === 'upstream_failed' && error.retryAfterSeconds !== undefined) return 503
  return kinds[error.code].status
}

/** RFC 9457 problem details, with this product's members `code`, `reference` and `fields`. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  /** The request's id; names the log lines and audit events of this request. */
  reference: string
  /** Only for `forbidden`: the roles any one of which would be enough, and where one can be asked for. */
  missing?: Missing
  access_request?: { endpoint: string; template: string; form_url: string; display: { en: string } }
  /** What is wrong, by field; only for `invalid_input`. */
  fields?: Record<string, string>
}

/** Every code with its status and title, for the documentation. */
export const problemKinds = errorCodes.map((code) => ({ code, type: `/problems/${code}`, ...kinds[code] }))

/** Any failure as an error of the product: what is not one becomes `internal` and says nothing of its cause. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  return new AppError('internal', 'Something went wrong on our side. The reference names it in our log.', {
    cause: error,
  })
}

export function toProblem(error: AppError, reference: string): Problem {
  const { status, title } = { ...kinds[error.code], status: statusOf(error) }
  return {
    type: `/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    reference,
    ...(error.fields ? { fields: error.fields } : {}),
    ...(error.missing ? { missing: error.missing, access_request: accessRequestOf(error.missing) } : {}),
  }
}

/** What may be asked for in the place of a denial, in the form of the AuthZEN profile for access requests (draft). */
function accessRequestOf({ permission, roles: [role = ''] }: Missing): NonNullable<Problem['access_request']> {
  const base = env().PUBLIC_URL
  return {
    endpoint: `${base}/api/v1/role-requests`,
    template: 'role_for_a_time',
    form_url: `${base}/ask?${new URLSearchParams({ role, for: permission })}`,
    display: { en: `Ask for the role ${role} for a time` },
  }
}

/** The error as an `application/problem+json` answer. */
export function problemResponse(error: AppError, reference: string): Response {
  const problem = toProblem(error, reference)
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(Math.ceil(error.retryAfterSeconds)))
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer')
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
