import { z } from 'zod'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource, usualReason } from '../json-source'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { endpointFields } from '../outbound'
import { Secret } from '../secret'
import { field, id, list, text, texts } from './fields'

const { host, ...endpoint } = endpointFields(443)

export const entraConfig = z.object({
  host: host.default('graph.microsoft.com').meta({
    title: 'Host of Microsoft Graph',
    description: 'In national clouds their own: graph.microsoft.us, microsoftgraph.chinacloudapi.cn',
  }),
  ...endpoint,
  loginHost: host.default('login.microsoftonline.com').meta({
    title: 'Host for sign-in',
    description: 'In national clouds their own: login.microsoftonline.us, login.partner.microsoftonline.cn',
  }),
  tenant: z
    .string()
    .trim()
    .regex(/^[a-z0-9.-]{3,253}$/i, 'must be the id or a domain of a tenant')
    .meta({ title: 'Tenant', description: 'Its id, or a domain of it' }),
  clientId: z
    .guid()
    .transform((value) => value.toLowerCase())
    .meta({ title: 'Application (client) id', description: 'Of the application that the connection signs in as' }),
  clientSecret: secretField('Client secret'),
})
type EntraConfig = z.output<typeof entraConfig>

export interface EntraSession {
  config: EntraConfig
  setting: LiveSetting
  graph: JsonSource
  login: JsonSource
  token: Secret
  /** What the token allows; `undefined` = the token does not say. */
  permissions: readonly string[] | undefined
  /** Object id of the service principal that the connection signs in as. */
  ownPrincipal: string
  /** Object ids of what it owns, as far as it was read. */
  owned: Set<string>
}

export async function openEntra(config: EntraConfig, setting: LiveSetting, call: Call): Promise<EntraSession> {
  const source = { outbound: setting.outbound, reasonOf: usualReason }
  const session: EntraSession = {
    ...{ config, setting, token: new Secret(''), permissions: undefined, ownPrincipal: '', owned: new Set() },
    graph: { ...source, title: 'Microsoft Graph', endpoint: config },
    login: { ...source, title: 'Entra', endpoint: { ...config, host: config.loginHost } },
  }
  await signIn(session, call)
  // Every service principal may read itself.
  const own = await administer(
    session,
    { method: 'GET', path: `/v1.0/servicePrincipals(appId='${config.clientId}')?$select=id` },
    call,
  )
  session.ownPrincipal = id(field(own, 'id')) ?? ''
  if (session.ownPrincipal === '')
    throw new LiveError('unexpected_answer', 'What answers there is not Microsoft Graph.')
  return session
}

/** A sign-in with a client secret (RFC 6749, 4.4); the answer says whether it was taken. */
export function logIn(session: EntraSession, clientId: string, secret: Secret, call: Call): Promise<JsonAnswer> {
  const body = new URLSearchParams({
    ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: secret.reveal() },
    scope: `https://${session.config.host}/.default`,
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const path = `/${encodeURIComponent(session.config.tenant)}/oauth2/v2.0/token`
  return askJson(session.login, { method: 'POST', path, headers, body: body.toString() }, call, [secret])
}

/** @throws LiveError `login_refused`, `unexpected_answer` */
async function signIn(session: EntraSession, call: Call): Promise<void> {
  const { clientId, clientSecret } = session.config
  const { status, body } = await logIn(session, clientId, clientSecret, call)
  const token = text(field(body, 'access_token'))
  if (status === 200 && token !== undefined) {
    session.token = new Secret(token)
    session.permissions = permissionsIn(token)
    return
  }
  const code = text(field(body, 'error'))
  if (code === undefined) throw new LiveError('unexpected_answer', 'What answers there is no sign-in of Entra.')
  throw new LiveError('login_refused', `Entra refused the tenant, the application or its secret (${code}).`)
}

/** Application permissions of a token, where it can be read. Nothing but what is shown depends on it. */
function permissionsIn(token: string): string[] | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return texts(field(claims, 'roles'))
  } catch {
    return undefined
  }
}

/** One question to Graph with the connection's own rights. A token lives for an hour or so: another is taken when it ended. */
export async function ask(
  session: EntraSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<JsonAnswer> {
  const once = () => {
    const headers = { authorization: `Bearer ${session.token.reveal()}`, ...question.headers }
    return askJson(session.graph, { ...question, headers }, call, [session.token, ...secrets])
  }
  const answer = await once()
  if (answer.status !== 401) return answer
  await signIn(session, call)
  return once()
}

/** The body of a good answer. @throws LiveError as `demandGood` */
export async function administer(
  session: EntraSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<unknown> {
  return demandGood(session.graph, await ask(session, question, call, secrets))
}

/** Pages of one list, at most. */
const mostPages = 2_000

/** A list to its end. @throws LiveError `unexpected_answer` for a list without end, or one that goes on elsewhere */
export async function listAll(session: EntraSession, path: string, call: Call): Promise<unknown[]> {
  const all: unknown[] = []
  for (let [next, page]: [string, number] = [`/v1.0${path}`, 1]; ; page++) {
    const body = await administer(session, { method: 'GET', path: next }, call)
    for (const entry of list(field(body, 'value'))) all.push(entry)
    const link = text(field(body, '@odata.nextLink'))
    if (link === undefined) return all
    if (page === mostPages) throw new LiveError('unexpected_answer', `The list ${path} is too large to be read here.`)
    next = ownPath(session, link)
  }
}

/** What changed in a list since a place in its history, and the place to go on from. */
export interface Delta {
  changed: string[]
  removed: string[]
  place: string
}

/** From here on, without what there is now. */
export const latest = (list: string) => `/v1.0/${list}/delta?$deltatoken=latest`

/** @throws LiveError `mark_refused` where Graph no longer knows the place: after a week, or when it asks to begin anew */
export async function readDelta(session: EntraSession, place: string, call: Call): Promise<Delta> {
  const [changed, removed] = [new Set<string>(), new Set<string>()]
  for (let [next, page] = [place, 1]; ; page++) {
    const headers = { prefer: 'return=minimal' }
    const answer = await ask(session, { method: 'GET', path: next, headers }, call)
    const code = text(field(field(answer.body, 'error'), 'code')) ?? ''
    if (answer.status === 410 || (answer.status === 400 && /^(syncState|resync)/i.test(code)))
      throw new LiveError('mark_refused', 'Microsoft Graph does not tell any more what changed since the last sync.')
    const body = demandGood(session.graph, answer)
    for (const entry of list(field(body, 'value'))) {
      const about = id(field(entry, 'id'))
      if (about === undefined) continue
      // Of several words on one thing the last counts.
      const isGone = field(entry, '@removed') !== undefined
      ;(isGone ? changed : removed).delete(about)
      ;(isGone ? removed : changed).add(about)
    }
    const further = text(field(body, '@odata.nextLink'))
    const end = text(field(body, '@odata.deltaLink'))
    if (end !== undefined) return { changed: [...changed], removed: [...removed], place: ownPath(session, end) }
    if (further === undefined || page === mostPages)
      throw new LiveError('unexpected_answer', 'Microsoft Graph ends a list of changes without saying where to go on.')
    next = ownPath(session, further)
  }
}

/** The path of an address that Graph names: on the server that was asked, and nowhere else. */
function ownPath({ config }: EntraSession, link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined
  const protocol = config.tls === 'off' ? 'http:' : 'https:'
  const port = Number(url?.port || (protocol === 'https:' ? 443 : 80))
  const isOwn = url?.protocol === protocol && url.hostname === config.host.toLowerCase() && port === config.port
  if (url === undefined || !isOwn)
    throw new LiveError('unexpected_answer', 'Microsoft Graph names a further page elsewhere, which is not followed.')
  return `${url.pathname}${url.search}`
}
