/** One question: may this subject do this to that? */
export interface AccessQuestion {
  subject: { type: string; id: string; properties?: Record<string, unknown> }
  action: { name: string; properties?: Record<string, unknown> }
  resource: { type: string; id: string; properties?: Record<string, unknown> }
  context?: Record<string, unknown>
}

export interface AccessDecision {
  /** True only for an explicit yes of the decision point. */
  isAllowed: boolean
  /** The decision point's reason, or why there is no decision: `unreachable`, `timed_out`, `refused_<status>`, `odd_answer`. */
  reason: string
  /** By which the decision is found in the log; null where none was made. */
  id: string | null
  /** Whether it was given before and is still valid. */
  isCached: boolean
}

export interface AccessClientOptions {
  /** Of the installation: `https://bailiwick.example.org`. */
  url: string
  /** An API key with the scope `decisions:ask_any`, or `decisions:ask` for questions about itself. */
  key: string
  /** Past this many milliseconds the answer is no. */
  timeoutMs?: number
  /** How many answers are kept while they are valid; 0 keeps none. */
  cacheSize?: number
}

/** No answer is kept longer than this after its question was sent, in milliseconds, whatever the clocks of both sides say. */
const mostMs = 1000

/** Asks Bailiwick's decision point. Whatever goes wrong is a no: nothing here throws for an answer that did not come. */
export class AccessClient {
  readonly #url: string
  readonly #key: string
  readonly #timeoutMs: number
  readonly #cacheSize: number
  readonly #cache = new Map<string, { until: number; decision: AccessDecision }>()

  constructor({ url, key, timeoutMs = 1000, cacheSize = 1000 }: AccessClientOptions) {
    this.#url = url.replace(/\/+$/, '')
    this.#key = key
    this.#timeoutMs = timeoutMs
    this.#cacheSize = cacheSize
  }

  async decide(question: AccessQuestion): Promise<AccessDecision> {
    const cacheKey = JSON.stringify(question)
    const sentAt = Date.now()
    const known = this.#cache.get(cacheKey)
    if (known && known.until > sentAt) return { ...known.decision, isCached: true }
    this.#cache.delete(cacheKey)
    const answer = await this.#ask('/access/v1/evaluation', question)
    if (answer.problem !== undefined) return no(answer.problem)
    const decision = read(answer.body)
    this.#keep(cacheKey, decision, untilOf(answer.body, sentAt))
    return decision
  }

  /** The answers in the order of the questions, which are sent as one. */
  async decideMany(questions: readonly AccessQuestion[]): Promise<AccessDecision[]> {
    if (questions.length === 0) return []
    const answer = await this.#ask('/access/v1/evaluations', { evaluations: questions })
    const list = answer.problem === undefined && isRecord(answer.body) ? answer.body.evaluations : undefined
    if (!Array.isArray(list) || list.length !== questions.length)
      return questions.map(() => no(answer.problem ?? 'odd_answer'))
    return list.map(read)
  }

  async #ask(path: string, body: unknown): Promise<{ body: unknown; problem?: string }> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` },
        body: JSON.stringify(body),
        // A key goes to the address that it is for, and not to where an answer points.
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      const text = await response.text()
      if (response.status !== 200) return { body: undefined, problem: `refused_${response.status}` }
      return { body: JSON.parse(text) as unknown }
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      if (name === 'SyntaxError') return { body: undefined, problem: 'odd_answer' }
      return { body: undefined, problem: name === 'TimeoutError' ? 'timed_out' : 'unreachable' }
    }
  }

  #keep(key: string, decision: AccessDecision, until: number): void {
    if (this.#cacheSize === 0 || decision.id === null || until <= Date.now()) return
    this.#cache.set(key, { until, decision })
    const oldest = this.#cache.size > this.#cacheSize ? this.#cache.keys().next().value : undefined
    if (oldest !== undefined) this.#cache.delete(oldest)
  }
}

function no(reason: string): AccessDecision {
  return { isAllowed: false, reason, id: null, isCached: false }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function read(body: unknown): AccessDecision {
  if (!isRecord(body) || typeof body.decision !== 'boolean') return no('odd_answer')
  const context = isRecord(body.context) ? body.context : {}
  return {
    isAllowed: body.decision,
    reason: typeof context.reason === 'string' ? context.reason : body.decision ? 'allowed' : 'denied',
    id: typeof context.id === 'string' ? context.id : null,
    isCached: false,
  }
}

/** Until when an answer may be used again; never longer than `mostMs` after its question was sent. */
function untilOf(body: unknown, sentAt: number): number {
  const context = isRecord(body) && isRecord(body.context) ? body.context : {}
  const until = typeof context.valid_until === 'string' ? Date.parse(context.valid_until) : Number.NaN
  return Number.isNaN(until) ? 0 : Math.min(until, sentAt + mostMs)
}
