export interface Failure {
  text: string
  isLockOut?: boolean
  retryAfterSeconds?: number
}

const singleSignOn =
  'Single sign-on was broken off, or the answer of the identity provider could not be verified. Nobody was signed in; start again.'

const words: Record<string, string> = {
  unauthenticated: 'The e-mail address or the password is not right.',
  CredentialsSignin: 'The e-mail address or the password is not right.',
  invalid_input: 'The e-mail address or the password is not right.',
  upstream_failed:
    'The service that decides what people may do gives no answer, so nobody can be let in. Try again in a minute.',
  OAuthSignin: 'The identity provider cannot be reached. Try again, or tell whoever runs this installation.',
  OAuthCallback: singleSignOn,
  Callback: singleSignOn,
}

/** What the sign-in page says for a code of `/api/auth`. Codes come in addresses too, so unknown ones say nothing of themselves. */
export function failureOf(code: string): Failure {
  const [name = '', seconds] = code.split('.')
  if (name === 'rate_limited') {
    const wait = Math.min(Math.max(Number(seconds) || 60, 1), 3600)
    return {
      text: `Too many attempts. Wait ${inWords(wait)}, then try again.`,
      isLockOut: true,
      retryAfterSeconds: wait,
    }
  }
  return {
    text:
      (Object.hasOwn(words, name) ? words[name] : undefined) ??
      'Signing in failed on our side. Try again; if it goes on, tell whoever runs this installation.',
  }
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}
