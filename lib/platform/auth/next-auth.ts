import type { NextApiRequest, NextApiResponse } from 'next'
import NextAuth from 'next-auth'
import { env } from '@/lib/platform/env'
import { isAppError } from '@/lib/platform/errors'
import { CollectedResponse } from './collected-response'
import { cookieHeader, readCookies } from './cookies'
import { deviceCookieDays, deviceCookieName, makeDeviceCookie } from './device-cookie'
import { authOptions, callbackUrlCookie, type Outcome } from './next-auth-options'
import { requestInfo } from './request-context'
import { returnPath } from './return-path'
import { demandSameOrigin } from './same-origin'
import { readSessionToken, sessionCookieName } from './session-token'
import type { SignInDoors, SignInOrigin } from './sign-in-doors'

/** What of next-auth is open. `session` and `_log` are not: sessions live in the database, and the log is ours. */
const openActions = new Set([
  'GET csrf',
  'GET signin',
  'GET callback',
  'GET error',
  'POST signin',
  'POST callback',
  'POST signout',
])
const maxBodyBytes = 16_384

/**
 * Serves `/api/auth/*` with next-auth 4 through its plain request and response interface, which needs no Next
 * runtime, so that tests call it with a Request. Every answer is `no-store`.
 */
export async function handleAuth(request: Request, doors: SignInDoors): Promise<Response> {
  const url = new URL(request.url)
  const action = url.pathname.split('/').filter(Boolean).slice(2)
  if (!openActions.has(`${request.method} ${action[0]}`)) return plain(404, 'There is nothing here.')
  const body = await readForm(request)
  if (body instanceof Response) return body
  // next-auth builds absolute addresses from this variable alone; Host headers are never believed.
  process.env.NEXTAUTH_URL = env().PUBLIC_URL
  const cookies = readCookies(request.headers.get('cookie'))
  cookies.set(callbackUrlCookie, safeReturn(cookies.get(callbackUrlCookie)))
  const outcome: Outcome = {}
  const options = authOptions(doors, await originOf(request, cookies), outcome)
  const response = new CollectedResponse()
  const query = { ...Object.fromEntries(url.searchParams), nextauth: action }
  const headers = Object.fromEntries(request.headers)
  const nextAuthRequest = {
    method: request.method,
    query: withSafeReturn(query),
    body: withSafeReturn(body),
    cookies: Object.fromEntries(cookies),
    headers,
  }
  await NextAuth(nextAuthRequest as unknown as NextApiRequest, response as unknown as NextApiResponse, options)
  if (outcome.signedInAccount) {
    const device = makeDeviceCookie(outcome.signedInAccount)
    response.cookies.push(cookieHeader(deviceCookieName(), device, deviceCookieDays * 86_400))
  }
  return response.toResponse()
}

async function originOf(request: Request, cookies: Map<string, string>): Promise<SignInOrigin> {
  const { id, ip } = requestInfo(request.headers)
  return {
    requestId: id,
    ip,
    userAgent: request.headers.get('user-agent')?.slice(0, 400),
    deviceCookie: cookies.get(deviceCookieName()),
    previous: await readSessionToken(cookies.get(sessionCookieName())),
  }
}

/** The fields of a form; a Response when the request is refused. */
async function readForm(request: Request): Promise<Record<string, string> | Response> {
  if (request.method !== 'POST') return {}
  try {
    demandSameOrigin(request)
  } catch (error) {
    return plain(403, isAppError(error) ? error.message : 'Refused.')
  }
  if (!request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    return plain(415, 'Send a form: application/x-www-form-urlencoded.')
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) return plain(413, 'Too much.')
  const text = await request.text()
  if (text.length > maxBodyBytes) return plain(413, 'Too much.')
  return Object.fromEntries(new URLSearchParams(text))
}

/** next-auth fails on an address that it cannot parse; it is given an address of this site from the start. */
function withSafeReturn<T extends Record<string, unknown>>(fields: T): T {
  return 'callbackUrl' in fields ? { ...fields, callbackUrl: safeReturn(fields.callbackUrl) } : fields
}

function safeReturn(given: unknown): string {
  const site = env().PUBLIC_URL
  return site + returnPath(typeof given === 'string' ? given : null, '/', site)
}

function plain(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' },
  })
}
