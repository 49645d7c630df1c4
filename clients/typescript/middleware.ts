import type { AccessClient, AccessDecision, AccessQuestion } from './access-client'

/** What a refused caller is told: that it is refused, why in one word, and by which id an administrator finds the decision. */
function refusalOf({ reason, id }: AccessDecision) {
  return { type: 'about:blank', title: 'Not allowed', status: 403, reason, ...(id === null ? {} : { decision: id }) }
}

/** What the question is for a request. One that cannot be made (it throws) is a no. */
export type QuestionOf<Request> = (request: Request) => AccessQuestion | Promise<AccessQuestion>

async function decide<Request>(
  client: AccessClient,
  questionOf: QuestionOf<Request>,
  request: Request,
): Promise<AccessDecision> {
  try {
    return await client.decide(await questionOf(request))
  } catch {
    return { isAllowed: false, reason: 'no_question', id: null, isCached: false }
  }
}

interface ExpressAnswer {
  status: (code: number) => ExpressAnswer
  json: (body: unknown) => unknown
}

/** Express: `app.post('/orders', guardExpress(client, questionOf), handler)`. */
export function guardExpress<Request>(client: AccessClient, questionOf: QuestionOf<Request>) {
  return async (request: Request, response: ExpressAnswer, next: () => void): Promise<void> => {
    const decision = await decide(client, questionOf, request)
    if (decision.isAllowed) next()
    else response.status(403).json(refusalOf(decision))
  }
}

interface FastifyAnswer {
  code: (status: number) => FastifyAnswer
  send: (body: unknown) => unknown
}

/** Fastify: `fastify.post('/orders', { preHandler: guardFastify(client, questionOf) }, handler)`. */
export function guardFastify<Request>(client: AccessClient, questionOf: QuestionOf<Request>) {
  return async (request: Request, reply: FastifyAnswer): Promise<unknown> => {
    const decision = await decide(client, questionOf, request)
    return decision.isAllowed ? undefined : reply.code(403).send(refusalOf(decision))
  }
}

/** Next and every other server of web requests: `export const POST = guardRoute(client, questionOf, handler)`. */
export function guardRoute<Rest extends unknown[]>(
  client: AccessClient,
  questionOf: QuestionOf<Request>,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
) {
  return async (request: Request, ...rest: Rest): Promise<Response> => {
    // The question may read the body; the handler gets its own.
    const decision = await decide(client, questionOf, request.clone() as Request)
    if (decision.isAllowed) return handler(request, ...rest)
    return Response.json(refusalOf(decision), { status: 403, headers: { 'content-type': 'application/problem+json' } })
  }
}
