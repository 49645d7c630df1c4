import http from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type AccountClaims } from 'oidc-provider'
import { readCookies } from '../auth/cookies'

export interface IdentityProvider {
  issuer: string
  clientId: string
  clientSecret: string
  /** What the provider says of each person, by subject. */
  people: Map<string, AccountClaims>
  /** Signs a person in at the provider, as a browser would, and gives the address that it then leads to. */
  authorize: (authorizationUrl: string, subject: string) => Promise<string>
  close: () => Promise<void>
}

/**
 * A real OpenID Connect provider on loopback (`oidc-provider`), with PKCE required and its claims in userinfo alone.
 * @param site where the application is reached; its callback is the only one that the provider leads to
 */
export async function startIdentityProvider(site = 'http://localhost:3000'): Promise<IdentityProvider> {
  const people = new Map<string, AccountClaims>()
  const server = http.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [clientId, clientSecret] = ['bailiwick', 'a-secret-of-the-test-provider']
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${site}/api/auth/callback/oidc`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_ctx, subject) => ({
      accountId: subject,
      claims: () => ({ ...people.get(subject), sub: subject }),
    }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['only-for-tests'] },
  })
  server.on('request', provider.callback())
  return {
    issuer,
    clientId,
    clientSecret,
    people,
    authorize: (url, subject) => walk(issuer, url, subject),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Follows the provider's redirects, fills in its two forms (who are you, do you agree), and stops where it leaves. */
async function walk(issuer: string, start: string, subject: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  let form: URLSearchParams | undefined
  for (let step = 0; step < 12; step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const header of response.headers.getSetCookie()) {
      for (const [name, value] of readCookies(header.split(';')[0])) cookies.set(name, value)
    }
    form = undefined
    const location = response.headers.get('location')
    if (location) {
      url = new URL(location, url).href
      if (!url.startsWith(issuer)) return url
      continue
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(await response.text())?.[1]
    if (!prompt) throw new Error(`the provider answered ${response.status} without a form at ${url}`)
    form = new URLSearchParams({ prompt, login: subject, password: 'any' })
  }
  throw new Error('the provider leads in circles')
}
