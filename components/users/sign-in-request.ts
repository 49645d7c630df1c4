import { AppError } from '@/lib/platform/errors'
import { failureOf } from './failure-words'

/** Asks next-auth for the token that its forms must carry; the browser keeps its cookie. */
async function csrfToken(): Promise<string> {
  const answer = await send('/api/auth/csrf')
  const { csrfToken: token } = (await answer.json()) as { csrfToken?: unknown }
  if (typeof token !== 'string')
    throw new AppError('internal', 'The server answered in a form that this page does not know.')
  return token
}

async function send(path: string, form?: Record<string, string>): Promise<Response> {
  try {
    const body = form && new URLSearchParams(form)
    return await fetch(path, { method: form ? 'POST' : 'GET', body, credentials: 'same-origin', redirect: 'error' })
  } catch (cause) {
    throw new AppError('upstream_failed', 'The server could not be reached. Check the connection and try again.', {
      cause,
    })
  }
}

/** Posts a form to next-auth and gives the address that it leads to. @throws AppError with words for the person */
async function submit(path: string, form: Record<string, string>): Promise<string> {
  const answer = await send(path, { ...form, csrfToken: await csrfToken(), json: 'true' })
  const { url } = (await answer.json().catch(() => ({}))) as { url?: unknown }
  if (typeof url !== 'string' || !URL.canParse(url, window.location.origin)) {
    throw new AppError('internal', failureOf('internal').text)
  }
  const code = new URL(url, window.location.origin).searchParams.get('error')
  if (!code) return url
  const failure = failureOf(code)
  throw new AppError(failure.isLockOut ? 'rate_limited' : 'unauthenticated', failure.text, {
    retryAfterSeconds: failure.retryAfterSeconds,
  })
}

/** Signs in with a password; afterwards the browser holds a session. @throws AppError with words for the person */
export async function signInWithPassword(given: { email: string; password: string }): Promise<void> {
  await submit('/api/auth/callback/credentials', { ...given, callbackUrl: '/' })
}

/** Begins single sign-on: the address of the identity provider to go to. @throws AppError with words for the person */
export function beginSingleSignOn(returnPath: string): Promise<string> {
  return submit('/api/auth/signin/oidc', { callbackUrl: returnPath })
}
