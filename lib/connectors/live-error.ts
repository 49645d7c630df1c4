export const liveErrorCodes = [
  'invalid_config',
  'blocked_address',
  'unreachable',
  'timed_out',
  'login_refused',
  'forbidden',
  'rate_limited',
  'not_found',
  'conflict',
  'own_credential',
  'refused_by_source',
  'cancelled',
  'unexpected_answer',
] as const
export type LiveErrorCode = (typeof liveErrorCodes)[number]

/** The one error of live connectors. The message may be shown; it holds no secret (`live-connector.ts` sees to it). */
export class LiveError extends Error {
  readonly code: LiveErrorCode
  /** What the source asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(code: LiveErrorCode, message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'LiveError'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
