import { AppError } from '../errors'
import { problemResponse } from './problem'

/** What an address of the API answers that no endpoint has: 404 as problem+json, to whoever asks. */
export function answerNowhere(request: Request): Response {
  const { pathname } = new URL(request.url)
  const given = request.headers.get('x-request-id') ?? ''
  const id = /^[\w-]{1,64}$/.test(given) ? given : crypto.randomUUID()
  const error = new AppError(
    'not_found',
    `The API has nothing at ${pathname.slice(0, 200)}. /api/v1/openapi.json lists every address.`,
  )
  const response = problemResponse(error, id)
  response.headers.set('cache-control', 'no-store')
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('x-request-id', id)
  return response
}
