/** The nine ways in which a use case can fail. Mapped to HTTP in `http/problem.ts` and nowhere else. */
export const errorCodes = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'precondition_failed',
  'rate_limited',
  'upstream_failed',
  'internal',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** What somebody who was refused would need: any one of these roles, for this action on this kind of thing. */
export interface Missing {
  permission: string
  roles: string[]
}

export interface ErrorDetails {
  /** Of `forbidden`, where a role would have been enough. */
  missing?: Missing | undefined
  /** Which field of the input was wrong, as a path: `files.0.name`. */
  fields?: Record<string, string>
  /** Seconds after which a retry makes sense. */
  retryAfterSeconds?: number
  /** Logged, never shown. */
  detail?: string
  cause?: unknown
}

/** The one error class of the product. `message` may be shown to the user; `detail` and `cause` are only logged. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: Record<string, string> | undefined
  readonly retryAfterSeconds: number | undefined
  readonly detail: string | undefined
  readonly missing: Missing | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.fields = details.fields
    this.retryAfterSeconds = details.retryAfterSeconds
    this.detail = details.detail
    this.missing = details.missing
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError
}
