import { field } from './json-fields'
import type { Call } from './live-contract'
import { LiveError } from './live-error'
import { checkPlace, type Endpoint, type OutboundPolicy } from './outbound'
import { askHttp, type HttpAnswer, type HttpQuestion, retryAfterMs } from './outbound-http'
import { pause } from './retry'
import { type Secret, withoutSecrets } from './secret'

/** A system that is asked in JSON over HTTPS. */
export interface JsonSource {
  /** As sentences name it: `Kubernetes`. */
  title: string
  endpoint: Endpoint
  outbound: OutboundPolicy
  /** What an answer gives as the reason of a refusal. */
  reasonOf: (body: unknown) => string | undefined
  /** How long an answer asks to wait, in milliseconds, where the source says so in a way of its own; absent = by 429 and 503. */
  waitMs?: (answer: HttpAnswer) => number | undefined
}

export interface JsonQuestion {
  method: HttpQuestion['method']
  path: string
  headers?: Record<string, string>
  /** An object goes as JSON, a text as it is: its kind stands in the headers. */
  body?: object | string
}

export interface JsonAnswer {
  status: number
  headers: HttpAnswer['headers']
  /** `undefined` where nothing came, or no JSON. */
  body: unknown
  /** The source's own words, without secrets, or what it answered. */
  reason: string
}

/** Attempts in all and the longest wait, where the source says that it was asked too often: then nothing has happened there. */
const [tries, firstWaitMs, longestWaitMs] = [5, 500, 20_000]

/**
 * One question. What fails for all of them is thrown, everything else is the caller's. Where the source asks to wait, it is
 * waited for, so long as the call may.
 * @throws LiveError `rate_limited`, `unreachable` for 5xx, `unexpected_answer` for redirects, what `checkPlace` throws
 */
export async function askJson(
  source: JsonSource,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<JsonAnswer> {
  const { title, endpoint, outbound } = source
  const isText = typeof question.body === 'string' || question.body === undefined
  const sent: HttpQuestion = {
    ...{ method: question.method, path: question.path },
    headers: { ...(isText ? {} : { 'content-type': 'application/json' }), ...question.headers },
    ...(question.body === undefined
      ? {}
      : { body: typeof question.body === 'string' ? question.body : JSON.stringify(question.body) }),
  }
  for (let attempt = 1; ; attempt++) {
    await call.pace()
    const answer = await askHttp(await checkPlace(endpoint, outbound), sent, call.signal)
    const { status, headers } = answer
    const body = parse(answer.text)
    const said = withoutSecrets(source.reasonOf(body) ?? '', secrets).slice(0, 500)
    const wished = source.waitMs?.(answer)
    if (wished !== undefined || status === 429 || (status === 503 && headers['retry-after'] !== undefined)) {
      const wait = retryAfterMs(answer) ?? wished ?? firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
      if (attempt === tries || wait > longestWaitMs)
        throw new LiveError('rate_limited', `${title} was asked too often.`, wait)
      await pause(wait, call.signal)
      continue
    }
    if (status >= 500)
      throw new LiveError('unreachable', `${title} failed with ${status}: ${said || 'no reason given'}.`)
    if (status >= 300 && status < 400)
      throw new LiveError(
        'unexpected_answer',
        `${title} points to another place, which is not followed. Name the right address.`,
      )
    return { status, headers, body, reason: said || `it answered ${status}` }
  }
}

/**
 * The body of an answer that has to be a good one.
 * @throws LiveError `login_refused` for 401, `forbidden`, `not_found` (410 too), `conflict` (412 too), `refused_by_source`
 */
export function demandGood({ title }: Pick<JsonSource, 'title'>, { status, body, reason }: JsonAnswer): unknown {
  if (status < 300) return body
  if (status === 401) throw new LiveError('login_refused', `${title} refused the sign-in: ${reason}`)
  if (status === 403) throw new LiveError('forbidden', `${title} does not allow it: ${reason}`)
  if (status === 404 || status === 410)
    throw new LiveError('not_found', `${title} knows no such thing (any more): ${reason}`)
  if (status === 409 || status === 412) throw new LiveError('conflict', `${title} cannot do it now: ${reason}`)
  throw new LiveError('refused_by_source', `${title} refused it: ${reason}`)
}

/** `undefined` where the thing is not there. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error) => {
    if (error instanceof LiveError && error.code === 'not_found') return undefined
    throw error
  })
}

/** `undefined` where the connection may not; what it lacks is told. */
export async function unlessForbidden<T>(work: Promise<T>, tell: (error: LiveError) => void): Promise<T | undefined> {
  return work.catch((error) => {
    if (!(error instanceof LiveError) || error.code !== 'forbidden') throw error
    tell(error)
    return undefined
  })
}

/** Questions beside one another, at most. */
const together = 8

/** Asks for each of the entries, some at a time; the answers in their order. */
export async function askEach<Entry, Result>(
  entries: readonly Entry[],
  ask: (entry: Entry) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < entries.length; from += together)
    results.push(...(await Promise.all(entries.slice(from, from + together).map(ask))))
  return results
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `error.message` of an answer, or `message`, as most APIs have it. */
export function usualReason(body: unknown): string | undefined {
  const error = field(body, 'error')
  for (const said of [field(error, 'message'), field(body, 'message'), field(body, 'error_description'), error])
    if (typeof said === 'string' && said !== '') return said
  return undefined
}
