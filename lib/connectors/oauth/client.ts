import { z } from 'zod'
import { pathField, secretField } from '../live-config'
import type { Call, LiveSetting, Verdict } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, endpointFields } from '../outbound'
import { askHttp, type HttpQuestion, retryAfterMs } from '../outbound-http'
import { Secret, withoutSecrets } from '../secret'
import { type Registration, readRegistrations } from './registrations'

export const oauthConfig = z.object({
  ...endpointFields(443),
  issuerPath: pathField('Path of the issuer', 'What follows the host in the issuer: /realms/shop. Or empty'),
  clientId: z.string().trim().min(1).max(500).meta({
    title: 'Client id',
    description: 'The client that the connection itself signs in as, to ask about tokens',
  }),
  secret: secretField('Client secret'),
  atUpdate: z.enum(['unknown', 'new', 'kept']).default('unknown').meta({
    title: 'Client secrets at an update',
    description:
      'What the server does with a client’s secret when an update does not repeat it: new: makes another one; kept: leaves it',
  }),
  registrations: secretField(
    'Clients to govern',
    'One on each line: client id, its registration access token, and its registration_client_uri where the server has its own',
  )
    .optional()
    .meta({ isLong: true }),
  tokens: secretField('Tokens to watch', 'Long-lived access or refresh tokens whose value you hold, one on each line')
    .optional()
    .meta({ isLong: true }),
})
export type OauthConfig = z.output<typeof oauthConfig>

/** What the server says of itself (RFC 8414). Endpoints are paths on its own address. */
export interface ServerMetadata {
  issuer: string
  token?: string
  introspection?: string
  revocation?: string
  registration?: string
  /** Absent = the server does not say. */
  authMethods?: readonly string[]
}

/** Who signs in at an endpoint, and by which of the two ways to send a secret. */
export interface ClientLogin {
  id: string
  secret: Secret
  method: 'client_secret_basic' | 'client_secret_post'
}

export interface OauthSession {
  config: OauthConfig
  setting: LiveSetting
  metadata: ServerMetadata
  own: ClientLogin
  registrations: Map<string, Registration>
  tokens: readonly Secret[]
  mayIntrospect: boolean
}

export interface Answer {
  status: number
  /** `{}` where nothing came, or no JSON. */
  body: Record<string, unknown>
  /** What the server gives as its reason, without what it was sent. */
  reason: string
}

/** No token of any server: whoever asks about it learns only whether it may ask. */
const noToken = 'no-token-only-asking-who-i-am'

export async function openOauth(config: OauthConfig, setting: LiveSetting, call: Call): Promise<OauthSession> {
  const session: OauthSession = {
    ...{ config, setting, metadata: { issuer: issuerOf(config) } },
    own: { id: config.clientId, secret: config.secret, method: 'client_secret_basic' },
    registrations: new Map(
      readRegistrations(config.registrations?.reveal() ?? '').map((registration) => [registration.id, registration]),
    ),
    tokens: (config.tokens?.reveal() ?? '').split(/\s+/).flatMap((line) => (line === '' ? [] : [new Secret(line)])),
    mayIntrospect: false,
  }
  session.metadata = await readMetadata(session, call)
  await signIn(session, call)
  return session
}

/** Whether the server takes the connection's own client, and lets it introspect. @throws LiveError `login_refused` */
export async function signIn(session: OauthSession, call: Call): Promise<void> {
  const { introspection } = session.metadata
  if (introspection === undefined) {
    const { answer } = await tryLogin(session, session.own, call)
    if (answer === 'refused') throw refusedLogin()
    return
  }
  const { status, body } = await post(session, introspection, { token: noToken }, session.own, call)
  if (status === 401 || body.error === 'invalid_client') throw refusedLogin()
  session.mayIntrospect = status === 200 && body.active === false
}

const refusedLogin = () =>
  new LiveError('login_refused', 'The server refused the connection’s client id or its secret.')

function issuerOf({ host, port, tls, issuerPath }: OauthConfig): string {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const origin = `${tls === 'off' ? 'http' : 'https'}://${bracketed}:${port}`
  if (!URL.canParse(origin)) throw new LiveError('invalid_config', 'The host is not the name or address of a server.')
  return `${new URL(origin).origin}${(issuerPath ?? '').replace(/\/+$/, '')}`
}

const Metadata = z.object({
  issuer: z.string(),
  token_endpoint: z.string().optional(),
  introspection_endpoint: z.string().optional(),
  revocation_endpoint: z.string().optional(),
  registration_endpoint: z.string().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
})

/** Looks where RFC 8414 says, and then where OpenID Connect does. */
async function readMetadata(session: OauthSession, call: Call): Promise<ServerMetadata> {
  const { issuer } = session.metadata
  const path = (session.config.issuerPath ?? '').replace(/\/+$/, '')
  for (const place of [`/.well-known/oauth-authorization-server${path}`, `${path}/.well-known/openid-configuration`]) {
    const { status, body } = await ask(session, { method: 'GET', path: place }, call)
    const found = Metadata.safeParse(body)
    if (status !== 200 || !found.success) continue
    const { data } = found
    // RFC 8414, 3.3: metadata of another issuer must not be used.
    if (data.issuer.replace(/\/+$/, '') !== issuer)
      throw new LiveError(
        'unexpected_answer',
        `The server says that it is ${data.issuer.slice(0, 300)}, not ${issuer}.`,
      )
    const at = (name: string, url: string | undefined) => (url === undefined ? {} : { [name]: ownPath(session, url) })
    return {
      issuer: data.issuer,
      ...at('token', data.token_endpoint),
      ...at('introspection', data.introspection_endpoint),
      ...at('revocation', data.revocation_endpoint),
      ...at('registration', data.registration_endpoint),
      ...(data.token_endpoint_auth_methods_supported === undefined
        ? {}
        : { authMethods: data.token_endpoint_auth_methods_supported }),
    }
  }
  throw new LiveError('unexpected_answer', 'What answers there does not describe itself as an OAuth server.')
}

/** The path of an address that the server names: on its own origin, and nowhere else. */
export function ownPath({ metadata }: OauthSession, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.origin !== new URL(metadata.issuer).origin)
    throw new LiveError(
      'unexpected_answer',
      `The server points to ${parsed?.host ?? 'no address'}, which is not its own and is not followed.`,
    )
  return `${parsed.pathname}${parsed.search}`
}

/** One question; what fails for all of them is thrown, everything else is the caller's. */
export async function ask(
  { config, setting }: OauthSession,
  question: HttpQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<Answer> {
  await call.pace()
  const place = await checkPlace(config, setting.outbound)
  const answer = await askHttp(place, question, call.signal)
  const { status } = answer
  if (status === 429 || status === 503) throw new LiveError('rate_limited', 'The server is busy.', retryAfterMs(answer))
  if (status >= 500) throw new LiveError('unreachable', `The server failed with ${status}.`)
  if (status >= 300 && status < 400)
    throw new LiveError(
      'unexpected_answer',
      'The server points elsewhere, which is not followed. Name the right address.',
    )
  const body = parse(answer.text)
  const said = [body.error, body.error_description].filter((part) => typeof part === 'string').join(': ')
  return { status, body, reason: withoutSecrets(said, secrets).slice(0, 300) || `it answered ${status}` }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const formEncoded = (text: string) => new URLSearchParams({ v: text }).toString().slice(2)

/** A form as a client sends it, with its secret in the header or in the body (RFC 6749, 2.3.1). */
export function post(
  session: OauthSession,
  path: string,
  fields: Record<string, string>,
  { id, secret, method }: ClientLogin,
  call: Call,
): Promise<Answer> {
  const isBasic = method === 'client_secret_basic'
  const login = Buffer.from(`${formEncoded(id)}:${formEncoded(secret.reveal())}`).toString('base64')
  const body = new URLSearchParams(isBasic ? fields : { ...fields, client_id: id, client_secret: secret.reveal() })
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(isBasic ? { authorization: `Basic ${login}` } : {}),
  }
  return ask(session, { method: 'POST', path, headers, body: body.toString() }, call, [secret, new Secret(login)])
}

/**
 * A sign-in that leaves nothing behind: a token that is none is revoked, for which the client has to prove itself first (RFC 7009,
 * 2.1). A server without revocation is asked for a token.
 */
export async function tryLogin(session: OauthSession, login: ClientLogin, call: Call): Promise<Verdict> {
  const { revocation, token } = session.metadata
  try {
    if (revocation !== undefined) {
      const { status, body, reason } = await post(session, revocation, { token: noToken }, login, call)
      if (status === 200) return { answer: 'accepted', reason: 'the server took the client and its secret' }
      if (status === 401 || body.error === 'invalid_client')
        return { answer: 'refused', reason: `the server refused it (${reason})` }
      return { answer: 'unknown', reason: `the server did not say whether the secret is right (${reason})` }
    }
    if (token === undefined) return { answer: 'unknown', reason: 'the server names no endpoint to try it at' }
    const { status, body, reason } = await post(session, token, { grant_type: 'client_credentials' }, login, call)
    if (status === 200) return { answer: 'accepted', reason: 'the server issued a token' }
    if (status === 401 || body.error === 'invalid_client')
      return { answer: 'refused', reason: `the server refused it (${reason})` }
    // Who may not have a token this way was recognised before.
    if (body.error === 'unauthorized_client' || body.error === 'invalid_scope')
      return { answer: 'accepted', reason: `the secret was taken; no token was issued (${reason})` }
    return { answer: 'unknown', reason: `the server did not say whether the secret is right (${reason})` }
  } catch (error) {
    if (error instanceof LiveError && ['unreachable', 'timed_out', 'rate_limited'].includes(error.code))
      return { answer: 'unknown', reason: 'no answer came' }
    throw error
  }
}

/** What the server says of a token (RFC 7662). @throws LiveError `forbidden` where this connection may not ask */
export async function introspect(session: OauthSession, token: Secret, call: Call): Promise<Record<string, unknown>> {
  const { introspection } = session.metadata
  if (introspection === undefined)
    throw new LiveError('refused_by_source', 'The server has no introspection: nobody can ask it about a token.')
  const { status, body, reason } = await post(session, introspection, { token: token.reveal() }, session.own, call)
  if (status === 401) throw refusedLogin()
  if (status === 403) throw new LiveError('forbidden', `The client may not ask about tokens: ${reason}.`)
  if (status !== 200 || typeof body.active !== 'boolean')
    throw new LiveError('unexpected_answer', `The server did not say whether the token is active: ${reason}.`)
  return body
}
