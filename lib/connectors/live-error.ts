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
  'mark_refused',
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

/** What the sockets of every driver say. `undefined` = not of the network. */
export function networkError(thrown: unknown): LiveError | undefined {
  const code = (thrown as { code?: unknown } | null)?.code
  if (typeof code !== 'string') return undefined
  if (code === 'ETIMEDOUT') return new LiveError('timed_out', 'The source did not answer in time.')
  if (/^(ECONN|EPIPE|EHOST|ENET|EAI_|ENOTFOUND)/.test(code))
    return new LiveError('unreachable', `The source cannot be reached, or it ended the connection (${code}).`)
  if (/CERT|SIGNATURE|TLS|SSL|ALTNAME|ERR_OSSL|UNABLE_TO/.test(code))
    return new LiveError('unreachable', `The server’s certificate does not prove who it is (${code}).`)
  return undefined
}
