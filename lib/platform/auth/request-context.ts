import { randomUUID } from 'node:crypto'
import { type Context, makeContext, type RequestInfo } from '@/lib/platform/context'
import { tenantOf } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { contextOfPerson } from './actor-context'
import { resolveApiKey } from './api-key-actor'
import { clientAddress } from './client-address'
import { readCookies } from './cookies'
import { resolveSession, type SignedIn } from './resolve-session'
import { demandSameOrigin } from './same-origin'
import { readSessionToken, sessionCookieName } from './session-token'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The request's id (given by `proxy.ts`, else drawn here) and the client's address. */
export function requestInfo(headers: Headers): RequestInfo {
  const given = headers.get('x-request-id') ?? ''
  return { id: uuid.test(given) ? given : randomUUID(), ip: clientAddress(headers) }
}

/** Who the session cookie of a request belongs to, if its session holds. */
export async function signedInOf(headers: Headers): Promise<SignedIn | undefined> {
  const token = await readSessionToken(readCookies(headers.get('cookie')).get(sessionCookieName()))
  return token ? resolveSession(token) : undefined
}

/**
 * The context of an HTTP request: by `Authorization: Bearer bwk_…`, else by the session cookie. A request that changes
 * something by cookie must come from a page of this site. A bad key is never made good by a cookie.
 * @throws AppError `unauthenticated`; `forbidden` for a request from another site or a person without organization
 */
export async function contextFromRequest(request: Request): Promise<Context> {
  const info = requestInfo(request.headers)
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? []
    const found = token ? await resolveApiKey(token) : undefined
    if (found) return makeContext(found.actor, found.tenant, info)
    throw new AppError('unauthenticated', 'This API key is not valid: unknown, expired, revoked, or its owner left.')
  }
  const person = await signedInOf(request.headers)
  if (!person) {
    throw new AppError('unauthenticated', 'Sign in, or send an API key: Authorization: Bearer bwk_….')
  }
  demandSameOrigin(request)
  if (!person.active) throw new AppError('forbidden', 'You do not belong to an organization that admits this session.')
  return contextOfPerson(person, person.active, info)
}

/** The context of a background job in the organization that it was enqueued in. */
export function contextForJob(orgId: string, name: string): Context {
  return makeContext({ kind: 'job', id: name, name }, tenantOf(orgId), { id: randomUUID() })
}
