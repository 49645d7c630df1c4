import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { field, path as fieldAt, list, text } from '../json-fields'
import { unlessGone } from '../json-source'
import type { Call, Effect, GrantOrder, Hands, Issued, IssueOrder, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { clientIdOf } from './applications'
import {
  administer,
  type Client,
  type ClientProof,
  everything,
  listPage,
  type OktaSession,
  originOf,
  readKey,
  tryApiToken,
  tryClient,
} from './client'

const statusOf = (thing: unknown) => text(field(thing, 'status'))?.toUpperCase()
const isId = (id: string) => /^\w{1,100}$/.test(id)

/** The app or the integration of a client id, which for a few apps is not their own id. */
async function demandClient(session: OktaSession, { target }: Order, call: Call): Promise<Client> {
  const id = target.identity
  if (!isId(id)) throw new LiveError('not_found', `${id} is no client of Okta.`)
  const app = `/api/v1/apps/${session.appOf.get(id) ?? id}`
  const body = await unlessGone(administer(session, { method: 'GET', path: app }, call))
  if (body !== undefined && (clientIdOf(body) ?? id) === id) return { path: app, isApp: true, body }
  const service = `/integrations/api/v1/api-services/${id}`
  const found = await unlessGone(administer(session, { method: 'GET', path: service }, call))
  if (found !== undefined) return { path: service, isApp: false, body: found }
  for (let at: string | undefined = '/api/v1/apps?limit=200'; at !== undefined; ) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(session, at, call)
    const match = list(page.body).find((each) => clientIdOf(each) === id)
    const own = text(field(match, 'id'))
    if (own !== undefined) return { path: `/api/v1/apps/${own}`, isApp: true, body: match }
    at = page.nextPath
  }
  throw new LiveError('not_found', `Okta knows no client ${id} (any more).`)
}

async function demandApp(session: OktaSession, order: Order, call: Call): Promise<Client> {
  const client = await demandClient(session, order, call)
  if (!client.isApp)
    throw new LiveError(
      'conflict',
      'An API service integration cannot be switched: its secrets can, and it can be deleted.',
    )
  return client
}

// The client as a whole.

async function switchApp(session: OktaSession, order: Order, to: 'ACTIVE' | 'INACTIVE', call: Call): Promise<Effect> {
  const { path, body } = await demandApp(session, order, call)
  const evidence = `Okta shows the app as ${to}`
  if (statusOf(body) === to) return { did: 'already', evidence }
  const act = to === 'ACTIVE' ? 'activate' : 'deactivate'
  await administer(session, { method: 'POST', path: `${path}/lifecycle/${act}` }, call)
  return { did: 'done', evidence }
}

async function removeClient(session: OktaSession, order: Order, call: Call): Promise<Effect> {
  if (isApiToken(order.target.identity)) return removeToken(session, order, call)
  const evidence = 'Okta knows no such client'
  const client = await unlessGone(demandClient(session, order, call))
  if (client === undefined) return { did: 'already', evidence }
  // Okta deletes only what is inactive.
  if (client.isApp && statusOf(client.body) === 'ACTIVE')
    await administer(session, { method: 'POST', path: `${client.path}/lifecycle/deactivate` }, call)
  await administer(session, { method: 'DELETE', path: client.path }, call)
  return { did: 'done', evidence }
}

/** All refresh tokens of the app, and the access tokens that came with them. */
async function endSessions(session: OktaSession, order: Order, call: Call) {
  const { path } = await demandApp(session, order, call)
  const open = (await everything(session, `${path}/tokens`, call)).filter((token) => statusOf(token) !== 'REVOKED')
  const evidence = 'Okta lists no refresh token of the app'
  if (open.length === 0) return { did: 'already' as const, ended: 0, evidence }
  await administer(session, { method: 'DELETE', path: `${path}/tokens` }, call)
  return { did: 'done' as const, ended: open.length, evidence }
}

async function grantsOf(session: OktaSession, order: GrantOrder, call: Call) {
  if (
    order.on !== 'okta:org' ||
    order.scopes.length === 0 ||
    order.scopes.some((scope) => !/^okta\.[\w.]+$/.test(scope))
  )
    throw new LiveError('conflict', 'Name scopes of Okta, on the organization.')
  const { path } = await demandApp(session, order, call)
  const had = await everything(session, `${path}/grants`, call)
  const idOf = new Map(had.map((each) => [text(field(each, 'scopeId')) ?? '', text(field(each, 'id')) ?? '']))
  return { path: `${path}/grants`, idOf }
}

async function grant(session: OktaSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { path, idOf } = await grantsOf(session, order, call)
  const missing = order.scopes.filter((scope) => !idOf.has(scope))
  for (const scopeId of missing)
    await administer(session, { method: 'POST', path, body: { issuer: originOf(session.config), scopeId } }, call)
  return { did: missing.length === 0 ? 'already' : 'done', evidence: 'Okta lists the scopes among the app’s grants' }
}

async function ungrant(session: OktaSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { path, idOf } = await grantsOf(session, order, call)
  const ids = order.scopes.flatMap((scope) => idOf.get(scope) ?? [])
  for (const id of ids) await administer(session, { method: 'DELETE', path: `${path}/${id}` }, call)
  const evidence = 'Okta does not list the scopes among the app’s grants; access tokens keep them for up to an hour'
  return { did: ids.length === 0 ? 'already' : 'done', evidence }
}

// Its secrets and its keys.

const kinds = { secret: 'credentials/secrets', key: 'credentials/jwks' } as const
type Kind = keyof typeof kinds

async function listOf(session: OktaSession, client: Client, kind: Kind, call: Call): Promise<unknown[]> {
  const path = `${client.path}/${kinds[kind]}`
  if (kind === 'secret') return everything(session, path, call)
  if (!client.isApp) throw new LiveError('conflict', 'An API service integration has secrets, and no keys.')
  const { body } = await listPage(session, path, call)
  return list(fieldAt(body, 'jwks', 'keys') ?? field(body, 'keys') ?? body)
}

async function demandOne(session: OktaSession, order: Order, kind: Kind, call: Call) {
  const client = await demandClient(session, order, call)
  const all = await listOf(session, client, kind, call)
  const found = all.find((each) => text(field(each, 'id')) === order.target.credential)
  if (found === undefined) throw new LiveError('not_found', `The client has no such ${kind} (any more).`)
  return { client, found, path: `${client.path}/${kinds[kind]}/${order.target.credential}` }
}

/** A second secret, as it was proposed: apps take one, integrations make their own. */
async function issueSecret(session: OktaSession, order: IssueOrder, call: Call): Promise<Issued> {
  const client = await demandClient(session, order, call)
  if ((await listOf(session, client, 'secret', call)).length >= 2)
    throw new LiveError('conflict', 'The client has two secrets, and Okta allows no third: delete one first.')
  const proposed = client.isApp ? order.secret : undefined
  const question = {
    ...{ method: 'POST' as const, path: `${client.path}/${kinds.secret}` },
    ...(proposed === undefined ? {} : { body: { client_secret: proposed.reveal() } }),
  }
  const made = await administer(session, question, call, proposed === undefined ? [] : [proposed])
  const [id, value] = [text(field(made, 'id')), text(field(made, 'client_secret'))]
  const secret = proposed ?? (value === undefined ? undefined : new Secret(value))
  if (id === undefined || secret === undefined)
    throw new LiveError('unexpected_answer', 'Okta made a secret and did not say which.')
  return { credential: id, secret, replacesFormer: false }
}

/** A new key of a client, of which Okta is given the public half. */
export const makeKey = () =>
  new Secret(
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey,
  )

async function issueKey(session: OktaSession, order: IssueOrder, call: Call): Promise<Issued> {
  const client = await demandApp(session, order, call)
  const secret = order.secret ?? makeKey()
  const { key } = readKey(secret)
  const jwk = createPublicKey(key as never).export({ format: 'jwk' })
  const alg = jwk.kty === 'EC' ? 'ES256' : 'RS256'
  const body = { ...jwk, kid: randomBytes(16).toString('base64url'), use: 'sig', alg, status: 'ACTIVE' }
  const made = await administer(session, { method: 'POST', path: `${client.path}/${kinds.key}`, body }, call)
  const id = text(field(made, 'id'))
  if (id === undefined) throw new LiveError('unexpected_answer', 'Okta took a key and did not say which.')
  return { credential: id, secret, replacesFormer: false }
}

const switched = (kind: Kind, to: 'ACTIVE' | 'INACTIVE') => async (session: OktaSession, order: Order, call: Call) => {
  const { found, path } = await demandOne(session, order, kind, call)
  const evidence = `Okta shows the ${kind} as ${to}`
  if (statusOf(found) === to) return { did: 'already' as const, evidence }
  const act = to === 'ACTIVE' ? 'activate' : 'deactivate'
  await administer(session, { method: 'POST', path: `${path}/lifecycle/${act}` }, call)
  return { did: 'done' as const, evidence }
}

const removed =
  (kind: Kind) =>
  async (session: OktaSession, order: Order, call: Call): Promise<Effect> => {
    const evidence = `Okta lists no such ${kind}`
    const one = await unlessGone(demandOne(session, order, kind, call))
    if (one === undefined) return { did: 'already', evidence }
    // Okta deletes only what is inactive.
    if (statusOf(one.found) === 'ACTIVE')
      await administer(session, { method: 'POST', path: `${one.path}/lifecycle/deactivate` }, call)
    await administer(session, { method: 'DELETE', path: one.path }, call)
    return { did: 'done', evidence }
  }

async function verdictOf(session: OktaSession, order: Order, proof: ClientProof, call: Call): Promise<Verdict> {
  const { status, reason } = await tryClient(session, order.target.identity, proof, call)
  if (status === 200) return { answer: 'accepted', reason: 'Okta let the client in (introspect)' }
  if (status === 401) return { answer: 'refused', reason: `Okta refused the client: ${reason}` }
  return { answer: 'unknown', reason: `Okta answered ${status}: ${reason}` }
}

async function verifySecret(session: OktaSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const client = await unlessGone(demandClient(session, order, call))
  if (client === undefined) return { answer: 'refused', reason: 'Okta knows no such client' }
  const method = text(fieldAt(client.body, 'credentials', 'oauthClient', 'token_endpoint_auth_method'))
  if (method !== undefined && !/^client_secret_(basic|post)$/.test(method))
    return { answer: 'unknown', reason: `The client signs in by ${method}, so its secrets cannot be tried` }
  const by = method === 'client_secret_post' ? 'post' : 'basic'
  return verdictOf(session, order, { by, secret: order.secret }, call)
}

async function verifyKey(session: OktaSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const one = await unlessGone(demandOne(session, order, 'key', call))
  if (one === undefined) return { answer: 'refused', reason: 'Okta lists no such key' }
  const keyId = text(field(one.found, 'kid'))
  const proof: ClientProof = { by: 'key', secret: order.secret, ...(keyId === undefined ? {} : { keyId }) }
  return verdictOf(session, order, proof, call)
}

// API tokens.

const isApiToken = (id: string) => /^00T\w+$/.test(id)

async function removeToken(session: OktaSession, { target }: Order, call: Call): Promise<Effect> {
  const id = target.credential ?? target.identity
  if (!isApiToken(id)) throw new LiveError('conflict', `${id} is no API token.`)
  const evidence = 'Okta lists no such API token'
  const all = list(await administer(session, { method: 'GET', path: '/api/v1/api-tokens' }, call))
  if (!all.some((each) => field(each, 'id') === id)) return { did: 'already', evidence }
  await administer(session, { method: 'DELETE', path: `/api/v1/api-tokens/${id}` }, call)
  return { did: 'done', evidence }
}

async function verifyToken(session: OktaSession, { secret }: VerifyOrder, call: Call): Promise<Verdict> {
  const { status, reason } = await tryApiToken(session, secret, call)
  if (status === 401) return { answer: 'refused', reason: `Okta refused the token: ${reason}` }
  // Whose it is, the token does not say; that it may not do this, it does.
  return status === 200 || status === 403
    ? { answer: 'accepted', reason: 'Okta let the token in' }
    : { answer: 'unknown', reason: `Okta answered ${status}: ${reason}` }
}

export const clientHands: Hands<OktaSession> = {
  disable: (session, order, call) => switchApp(session, order, 'INACTIVE', call),
  enable: (session, order, call) => switchApp(session, order, 'ACTIVE', call),
  delete: removeClient,
  ...{ endSessions, grant, ungrant },
}
export const secretHands: Hands<OktaSession> = {
  ...{ issue: issueSecret, verify: verifySecret, delete: removed('secret') },
  disable: switched('secret', 'INACTIVE'),
  enable: switched('secret', 'ACTIVE'),
}
export const keyHands: Hands<OktaSession> = {
  ...{ issue: issueKey, verify: verifyKey, delete: removed('key') },
  disable: switched('key', 'INACTIVE'),
  enable: switched('key', 'ACTIVE'),
}
export const tokenHands: Hands<OktaSession> = { verify: verifyToken, delete: removeToken }
