import http from 'node:http'
import https from 'node:https'
import { LiveError } from './live-error'
import { type CheckedPlace, checkPlace, connectTimeoutMs, type OutboundPolicy } from './outbound'

/** As much of an answer is read, in bytes; more is refused, not cut. */
const answerBytes = 32 * 1024 * 1024

export interface HttpQuestion {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with query, beginning with a slash. Never holds a secret. */
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface HttpAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
  /** The same as it came. */
  bytes: Buffer
}

/**
 * Asks a place that was checked. Follows no redirect: the answer with its 3xx is given back, so that nobody sends credentials to
 * where somebody else points. Bounded in time by the signal and in size by `answerBytes`.
 * @throws LiveError `unexpected_answer` for an answer that is too large; errors of the socket as they are
 */
export function askHttp(place: CheckedPlace, question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, path, headers = {}, body } = question
  const options: https.RequestOptions = {
    ...{ method, path, signal, agent: false, timeout: connectTimeoutMs * 3 },
    // The address that was checked; the name goes into the Host header and the certificate's check only.
    ...{ host: place.address, port: place.port, ...(place.tls ?? {}) },
    headers: {
      host: `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
  }
  return new Promise((resolve, reject) => {
    const read = (answer: http.IncomingMessage) => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > answerBytes)
          answer.destroy(new LiveError('unexpected_answer', 'The answer is larger than 32 MiB: it was not read.'))
        else chunks.push(chunk)
      })
      answer.once('error', reject)
      answer.once('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: bytes.toString('utf8'), bytes })
      })
    }
    const request = place.tls === undefined ? http.request(options, read) : https.request(options, read)
    request.once('timeout', () => request.destroy(new LiveError('timed_out', 'The source did not answer in time.')))
    request.once('error', reject)
    request.end(body)
  })
}

/**
 * The same for an http or https address of somebody's own choice: where it lies is judged first. @param caPem the authority that signed
 * the server's certificate, when it is not a public one
 * @throws LiveError `blocked_address`, `unreachable`, and as `askHttp`
 */
export async function askUrl(
  url: string,
  policy: OutboundPolicy,
  question: Omit<HttpQuestion, 'path'> & { caPem?: string | undefined },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { hostname, port, protocol, pathname, search } = new URL(url)
  const isSecure = protocol === 'https:'
  const { caPem, ...asked } = question
  const endpoint = {
    ...{
      host: hostname,
      port: Number(port) || (isSecure ? 443 : 80),
      tls: isSecure ? ('verify' as const) : ('off' as const),
    },
    ...(caPem === undefined ? {} : { caPem }),
  }
  const place = await checkPlace(endpoint, policy)
  return askHttp(place, { ...asked, path: `${pathname}${search}` }, signal)
}

/** How long a 429 or 503 asks to wait, in milliseconds; absent when it does not say. */
export function retryAfterMs({ headers }: Pick<HttpAnswer, 'headers'>, now = Date.now()): number | undefined {
  const text = headers['retry-after']
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
