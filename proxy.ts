import { type NextRequest, NextResponse } from 'next/server'
import { signInPath } from '@/lib/platform/auth/return-path'
import { demandSameOrigin } from '@/lib/platform/auth/same-origin'
import { securityHeaders } from '@/lib/platform/auth/security-headers'
import { readSessionToken, sessionCookieName } from '@/lib/platform/auth/session-token'
import { isSecureSite } from '@/lib/platform/auth/settings'
import { isAppError } from '@/lib/platform/errors'

/** Pages that people see before they are signed in, the API (which answers 401 itself), and files. */
const open = /^\/(api|access|sign-in|signed-out|setup|invitations)(\/|$)|\.(svg|png|ico|txt|webmanifest|woff2)$/

/**
 * Gives every answer its security headers and every request its id, and leads people who are not signed in to the
 * sign-in page. A courtesy, not the lock: whether a session holds and what it may do is asked in the use cases, and
 * everything is as safe without this file.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, searchParams } = request.nextUrl
  const site = {
    nonce: Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
    isSecure: isSecureSite(),
    isDevelopment: process.env.NODE_ENV !== 'production',
  }
  const answer = securityHeaders(site)
  const requestId = crypto.randomUUID()
  const isPage = request.method === 'GET' || request.method === 'HEAD'
  const path = pathWithQuery(pathname, searchParams)
  const refusal = pathname.startsWith('/api/') ? undefined : refusalOf(request)
  if (refusal) return new NextResponse(refusal, { status: 403, headers: { ...answer, 'x-request-id': requestId } })
  if (isPage && !open.test(pathname) && !(await readSessionToken(request.cookies.get(sessionCookieName())?.value))) {
    const url = request.nextUrl.clone()
    const [signIn = '/sign-in', query = ''] = signInPath(path).split('?')
    url.pathname = signIn
    url.search = query
    return NextResponse.redirect(url, { headers: { ...answer, 'x-request-id': requestId } })
  }
  // Next reads the nonce for its own scripts from the request's policy.
  const headers = new Headers(request.headers)
  headers.set('x-nonce', site.nonce)
  headers.set('content-security-policy', answer['content-security-policy'] ?? '')
  headers.set('x-request-id', requestId)
  headers.set('x-bailiwick-path', path)
  return NextResponse.next({ request: { headers }, headers: { ...answer, 'x-request-id': requestId } })
}

/**
 * Why a server action is refused, if it is: it comes from a page of another site. Next compares origin and host too, but
 * lets a request without origin through. The API asks at its own door, as a key needs no origin.
 */
function refusalOf(request: NextRequest): string | undefined {
  try {
    demandSameOrigin(request)
    return undefined
  } catch (error) {
    if (isAppError(error)) return error.message
    throw error
  }
}

/** Where a person wanted to go, without what the framework adds to the query for itself. */
function pathWithQuery(pathname: string, searchParams: URLSearchParams): string {
  const query = new URLSearchParams(searchParams)
  query.delete('_rsc')
  const text = query.toString()
  return text ? `${pathname}?${text}` : pathname
}

/**
 * Without files of the build, and without uploads: Next keeps the body of every request that comes through here in
 * memory, before anybody was asked who they are, and hands on only its first 10 MB. The API's own door limits them.
 */
export const config = { matcher: '/((?!_next/static|_next/image|api/v1/imports$|access/|\\.well-known/).*)' }
