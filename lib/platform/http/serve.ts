import { contextFromRequest } from '../auth/request-context'
import type { Endpoint } from './endpoint'
import { type Handler, handlerOf } from './handle'

/**
 * The Next route handler of an endpoint: `export const GET = serve(listIdentities)`. Authenticates by session cookie or
 * API key, checks origin and scope, limits the rate, parses, runs the use case, checks the answer, and turns every failure
 * into problem+json.
 */
export function serve(endpoint: Endpoint): Handler {
  return handlerOf(endpoint, contextFromRequest)
}
