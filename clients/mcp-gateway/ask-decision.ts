import { isRecord } from './map-request'

export interface DecisionPoint {
  /** Where it lies: `https://bailiwick.example`. */
  url: string
  /** The API key of the gateway itself. */
  apiKey: string
  /** Without an answer by then it is a failure, and a failure is a refusal. Milliseconds. */
  timeoutMs: number
}

export interface Decision {
  isAllowed: boolean
  /** For whoever was refused. */
  says?: string
  /** What the decision point says beside it, as what may be requested instead. */
  context?: Record<string, unknown>
}

/** The decision point did not give an answer that can be relied on. */
export class NoDecision extends Error {}

/**
 * Asks a decision point of the AuthZEN Authorization API 1.0. Several questions are all to be answered with yes.
 * @throws NoDecision when it is away, slow or odd: nobody may take that for a yes
 */
export async function askDecision(
  point: DecisionPoint,
  api: 'evaluation' | 'evaluations',
  body: Record<string, unknown>,
  requestId: string,
): Promise<Decision> {
  const answer = await send(point, `/access/v1/${api}`, body, requestId)
  const asked = api === 'evaluations' && Array.isArray(body.evaluations) ? body.evaluations.length : 1
  const said = api === 'evaluation' ? [answer] : isRecord(answer) ? answer.evaluations : undefined
  if (!Array.isArray(said) || said.length !== asked) throw new NoDecision('It did not answer everything it was asked.')
  const decisions = said.map(readDecision)
  const denials = decisions.filter(({ isAllowed }) => !isAllowed)
  const [first] = denials
  // A grant for so many times counts where its use is taken, which is here: right before the call goes on. Two at once are not taken.
  const at = first ? executionOf(first) : undefined
  if (at === undefined || denials.length > 1) return first ?? decisions[0] ?? { isAllowed: false }
  const { evaluations, ...rest } = body
  const part = Array.isArray(evaluations) ? evaluations[decisions.indexOf(first as Decision)] : {}
  return readDecision(await send(point, at, { ...rest, ...(isRecord(part) ? part : {}) }, requestId))
}

/** Where a use of a grant is taken; undefined where the decision point offers none. Only its path counts: the key goes to no other place. */
function executionOf({ context }: Decision): string | undefined {
  const said = isRecord(context?.execution) ? context.execution.endpoint : undefined
  if (typeof said !== 'string' || !URL.canParse(said)) return undefined
  const { pathname } = new URL(said)
  return pathname.startsWith('//') ? undefined : pathname
}

async function send(
  point: DecisionPoint,
  path: string,
  body: Record<string, unknown>,
  requestId: string,
): Promise<unknown> {
  try {
    const response = await fetch(new URL(path, point.url), {
      method: 'POST',
      redirect: 'error',
      headers: {
        authorization: `Bearer ${point.apiKey}`,
        'content-type': 'application/json',
        'x-request-id': requestId,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(point.timeoutMs),
    })
    if (response.status !== 200) throw new NoDecision(`It answered with the status ${response.status}.`)
    return await response.json()
  } catch (cause) {
    if (cause instanceof NoDecision) throw cause
    const isSlow = cause instanceof Error && cause.name === 'TimeoutError'
    throw new NoDecision(isSlow ? `It did not answer within ${point.timeoutMs} ms.` : 'It could not be reached.')
  }
}

function readDecision(answer: unknown): Decision {
  if (!isRecord(answer) || typeof answer.decision !== 'boolean') throw new NoDecision('Its answer is no decision.')
  const context = isRecord(answer.context) ? answer.context : undefined
  const says = firstText(context?.reason_user, context?.reason, context?.reason_admin)
  return { isAllowed: answer.decision, ...(says ? { says } : {}), ...(context ? { context } : {}) }
}

/** AuthZEN names no place for a reason: a text, or texts by code or language. */
function firstText(...values: unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === 'string' && value !== '') return value.slice(0, 500)
    const inner = isRecord(value) ? Object.values(value).find((each) => typeof each === 'string') : undefined
    if (typeof inner === 'string' && inner !== '') return inner.slice(0, 500)
  }
  return undefined
}
