import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto'
import { z } from 'zod'
import { field, list, text } from '../json-fields'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource } from '../json-source'
import { nextPath } from '../linked-pages'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { endpointFields } from '../outbound'
import type { HttpAnswer } from '../outbound-http'
import { Secret } from '../secret'

const { host, ...endpoint } = endpointFields(443)

/** What discovery reads. */
export const readingScopes = ['okta.apps.read', 'okta.appGrants.read', 'okta.apiTokens.read', 'okta.oauthIntegrations.read', 'okta.roles.read'] // biome-ignore format: a list of words
/** What hands need beside it. */
export const actingScopes = ['okta.apps.manage', 'okta.appGrants.manage', 'okta.apiTokens.manage', 'okta.oauthIntegrations.manage'] // biome-ignore format: a list of words

export const oktaConfig = z.object({
  host: host.meta({ title: 'Host', description: 'Of the organization: acme.okta.com. Not that of its administrators' }),
  ...endpoint,
  clientId: z
    .string()
    .trim()
    .regex(/^\w{1,100}$/, 'must be the client id of a service app')
    .meta({ title: 'Client id', description: 'Of the service app that this connection signs in as' }),
  privateKeyPem: secretField('Private key of the service app', 'As PEM, or as the JWK that Okta showed once').meta({
    isLong: true,
  }),
  keyId: z
    .string()
    .trim()
    .max(500)
    .optional()
    .meta({ title: 'Key id', description: 'The kid under which Okta knows the key, where the key does not say it' }),
  scopes: z
    .string()
    .trim()
    .max(2000)
    .regex(/^okta\.[\w.]+(\s+okta\.[\w.]+)*$/, 'must be scopes of Okta with blanks between them')
    .default(readingScopes.join(' '))
    .meta({
      title: 'Scopes',
      description: 'Those that the service app was granted; others make Okta refuse the sign-in',
    }),
})
export type OktaConfig = z.output<typeof oktaConfig>

/** An app that signs in by OAuth, or an API service integration: where its secrets are kept. */
export interface Client {
  /** `/api/v1/apps/0oa…` or `/integrations/api/v1/api-services/0oa…`. */
  path: string
  isApp: boolean
  body: unknown
}

export interface OktaSession {
  config: OktaConfig
  setting: LiveSetting
  source: JsonSource
  token: { value: Secret; until: number }
  scopes: ReadonlySet<string>
  /** Ids of apps whose client id is another, by the client id. */
  appOf: Map<string, string>
}

export async function openOkta(config: OktaConfig, setting: LiveSetting, call: Call): Promise<OktaSession> {
  const source: JsonSource = {
    ...{ title: 'Okta', endpoint: config, outbound: setting.outbound },
    ...{ reasonOf, waitMs },
  }
  readKey(config.privateKeyPem)
  const session: OktaSession = {
    ...{ config, setting, source, scopes: new Set<string>(), appOf: new Map() },
    token: { value: new Secret(''), until: 0 },
  }
  await signIn(session, call)
  return session
}

/** The address by which the organization names itself. */
export function originOf({ host: name, port, tls }: OktaConfig): string {
  const shown = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  const origin = `${tls === 'off' ? 'http' : 'https'}://${shown}:${port}`
  if (!URL.canParse(origin)) throw new LiveError('invalid_config', 'The host is not the name or address of a server.')
  return new URL(origin).origin
}

/** @throws LiveError `invalid_config` where it is no private key, or has a passphrase */
export function readKey(secret: Secret): { key: KeyObject; kid?: string } {
  const written = secret.reveal().trim()
  try {
    if (!written.startsWith('{')) return { key: createPrivateKey(written) }
    const jwk = JSON.parse(written) as Record<string, unknown>
    const kid = text(jwk.kid)
    return { key: createPrivateKey({ key: jwk as never, format: 'jwk' }), ...(kid === undefined ? {} : { kid }) }
  } catch {
    throw new LiveError('invalid_config', 'That is no private key, or it has a passphrase: give PEM or a JWK without.')
  }
}

/** What a client proves itself by at one address (RFC 7523). */
export function assertionOf(clientId: string, secret: Secret, audience: string, keyId?: string): Secret {
  const { key, kid = keyId } = readKey(secret)
  const isEc = key.asymmetricKeyType === 'ec'
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = { alg: isEc ? 'ES256' : 'RS256', typ: 'JWT', ...(kid ? { kid } : {}) }
  const claims = { iss: clientId, sub: clientId, aud: audience, iat: now, exp: now + 300, jti: randomUUID() }
  const content = `${part(head)}.${part(claims)}`
  const options = isEc ? { key, dsaEncoding: 'ieee-p1363' as const } : key
  return new Secret(`${content}.${sign('sha256', Buffer.from(content), options).toString('base64url')}`)
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** @throws LiveError `login_refused`, `invalid_config` for scopes that the app was not granted */
async function signIn(session: OktaSession, call: Call): Promise<void> {
  const { config } = session
  const at = `${originOf(config)}/oauth2/v1/token`
  const assertion = assertionOf(config.clientId, config.privateKeyPem, at, config.keyId)
  const fields = {
    ...{ grant_type: 'client_credentials', scope: config.scopes },
    ...{ client_assertion_type: assertionType, client_assertion: assertion.reveal() },
  }
  const { status, body, reason } = await post(session, '/oauth2/v1/token', fields, {}, call, [assertion])
  const token = text(field(body, 'access_token'))
  const error = text(field(body, 'error'))
  if (status === 200 && token !== undefined) {
    const seconds = Number(field(body, 'expires_in')) || 3600
    session.token = { value: new Secret(token), until: Date.now() + (seconds - 60) * 1000 }
    session.scopes = new Set((text(field(body, 'scope')) ?? config.scopes).split(/\s+/))
    return
  }
  if (error === 'invalid_scope')
    throw new LiveError('invalid_config', `Okta does not give the service app these scopes: ${reason}`)
  if (error === 'invalid_dpop_proof')
    throw new LiveError(
      'invalid_config',
      'The service app asks for proof of possession (DPoP): switch that off for it.',
    )
  if (error !== undefined || status === 401)
    throw new LiveError('login_refused', `Okta refused the service app: ${reason}`)
  throw new LiveError('unexpected_answer', `What answers there is not Okta (${reason}).`)
}

const formEncoded = (value: string) => new URLSearchParams({ v: value }).toString().slice(2)

function post(
  { source }: OktaSession,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string>,
  call: Call,
  secrets: readonly Secret[],
): Promise<JsonAnswer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams(fields).toString()
  return askJson(source, { method: 'POST', path, body, headers: { ...type, ...headers } }, call, secrets)
}

export interface ClientProof {
  by: 'basic' | 'post' | 'key'
  secret: Secret
  /** The kid of the key, where its own text does not say it. */
  keyId?: string
}

/** No token of any organization: whoever asks about it learns only whether it may ask. */
const noToken = 'no-token-only-asking-who-i-am'

/** Whether Okta lets a client in: it asks about a token that is none, which needs no right but its own sign-in. */
export async function tryClient(session: OktaSession, id: string, proof: ClientProof, call: Call): Promise<JsonAnswer> {
  const path = '/oauth2/v1/introspect'
  const fields = { token: noToken, token_type_hint: 'access_token' }
  if (proof.by === 'basic') {
    const login = new Secret(Buffer.from(`${formEncoded(id)}:${formEncoded(proof.secret.reveal())}`).toString('base64'))
    const headers = { authorization: `Basic ${login.reveal()}` }
    return post(session, path, fields, headers, call, [login, proof.secret])
  }
  if (proof.by === 'post') {
    const own = { client_id: id, client_secret: proof.secret.reveal() }
    return post(session, path, { ...fields, ...own }, {}, call, [proof.secret])
  }
  const assertion = assertionOf(id, proof.secret, `${originOf(session.config)}${path}`, proof.keyId)
  const own = { client_assertion_type: assertionType, client_assertion: assertion.reveal() }
  return post(session, path, { ...fields, ...own }, {}, call, [assertion])
}

/** Whether Okta takes an API token at all. */
export async function tryApiToken({ source }: OktaSession, token: Secret, call: Call): Promise<JsonAnswer> {
  const headers = { authorization: `SSWS ${token.reveal()}` }
  return askJson(source, { method: 'GET', path: '/api/v1/api-tokens', headers }, call, [token])
}

/** One question with the connection's own rights. */
export async function ask(
  session: OktaSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<JsonAnswer> {
  if (Date.now() > session.token.until) await signIn(session, call)
  const once = () => {
    const headers = { authorization: `Bearer ${session.token.value.reveal()}`, ...question.headers }
    return askJson(session.source, { ...question, headers }, call, [session.token.value, ...secrets])
  }
  const answer = await once()
  if (answer.status !== 401) return answer
  await signIn(session, call)
  return once()
}

/** The body of a good answer. @throws what `demandGood` throws */
export async function administer(
  session: OktaSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<unknown> {
  return demandGood(session.source, await ask(session, question, call, secrets))
}

/** One page of a list. */
export async function listPage(session: OktaSession, path: string, call: Call) {
  const answer = await ask(session, { method: 'GET', path }, call)
  const body = demandGood(session.source, answer)
  return { body, nextPath: nextPath(session.source.endpoint, answer.headers) }
}

/** All pages of a list that belongs to one entry. */
export async function everything(session: OktaSession, path: string, call: Call): Promise<unknown[]> {
  const found: unknown[] = []
  for (let at: string | undefined = path; at !== undefined; ) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(session, at, call)
    found.push(...list(page.body))
    at = page.nextPath
  }
  return found
}

function reasonOf(body: unknown): string | undefined {
  const causes = list(field(body, 'errorCauses')).map((cause) => field(cause, 'errorSummary'))
  const said = [field(body, 'errorSummary'), ...causes, field(body, 'error'), field(body, 'error_description')]
  const words = said.flatMap((each) => text(each) ?? [])
  return words.length === 0 ? undefined : words.join(': ')
}

/** Okta says when it will answer again, and not how long that is. */
export function waitMs({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>): number | undefined {
  const reset = Number(headers['x-rate-limit-reset']) * 1000
  return status === 429 && Number.isFinite(reset) ? Math.max(0, reset - Date.now()) : undefined
}
