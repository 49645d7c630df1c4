import { generateKeyPairSync } from 'node:crypto'
import type { Call, Effect, GrantOrder, Hands, IssueOrder, Order, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { type ClientLogin, introspect, type OauthSession, post, tryLogin } from './client'
import { type ClientRecord, deleteClient, demandClient, loginOf, readClient, updateClient } from './manage-client'
import { isOff, offKey, secretRef, tokenRef } from './map'

function clientId({ target }: Order): string {
  const id = /^client:(.+)$/s.exec(target.identity)?.[1]
  if (id === undefined) throw new LiveError('not_found', `${target.identity} is not a client of this server.`)
  return id
}

const usesSecret = ({ token_endpoint_auth_method: method = 'client_secret_basic' }: ClientRecord) =>
  String(method).startsWith('client_secret_')

/**
 * An update without the secret: servers that make new ones then do. None takes one from us (RFC 7592, 2.2), and a server may as
 * well leave the old one as it is, which is told and not taken for done.
 */
async function issue(session: OauthSession, order: IssueOrder, call: Call) {
  const id = clientId(order)
  if (order.secret !== undefined)
    throw new LiveError('conflict', 'The server makes the secrets of clients itself: it takes none.')
  if (session.config.atUpdate === 'kept')
    throw new LiveError(
      'refused_by_source',
      'The server keeps a client’s secret at an update, as this connection says.',
    )
  const { client_secret: before, ...rest } = await demandClient(session, id, call)
  if (!usesSecret(rest)) throw new LiveError('conflict', `The client ${id} does not sign in by a secret.`)
  const { client_secret: after } = await updateClient(session, id, rest, call)
  if (typeof after !== 'string' || after === before)
    throw new LiveError(
      'refused_by_source',
      'The server kept the client’s secret. RFC 7592 leaves it to the server whether an update makes a new one.',
    )
  return { credential: secretRef(id), secret: new Secret(after), replacesFormer: true }
}

/**
 * Changes something else than the secret, which is repeated so that it stays. Where the server does not give it back, an update might
 * make a new one that nobody asked for.
 */
async function change(session: OauthSession, id: string, before: ClientRecord, changes: object, call: Call) {
  if (usesSecret(before) && before.client_secret === undefined && session.config.atUpdate !== 'kept')
    throw new LiveError(
      'conflict',
      'The server does not give the secret back, so that an update might replace it. If it keeps secrets, say so in the connection.',
    )
  const after = await updateClient(session, id, { ...before, ...changes }, call)
  if (before.client_secret !== undefined && after.client_secret !== before.client_secret)
    throw new LiveError('unexpected_answer', `The server changed the secret of ${id} as well, which nobody asked for.`)
}

const waysIn = ['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'jwks', 'jwks_uri'] as const

/** A key whose private half was never anywhere but here, and is gone. */
function keyOfNobody(): object {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...publicKey.export({ format: 'jwk' }), kid: offKey, use: 'sig', alg: 'ES256' }
}

/** OAuth knows no switch: the client is made to prove itself by a key that nobody holds, so that nothing else is taken. */
async function disable(session: OauthSession, order: Order, call: Call): Promise<Effect> {
  const id = clientId(order)
  const before = await demandClient(session, id, call)
  if (isOff(before)) return { did: 'already', evidence: 'the client signs in by a key that nobody holds' }
  if (session.metadata.authMethods?.includes('private_key_jwt') === false)
    throw new LiveError(
      'refused_by_source',
      'The server takes no keys of clients, so that a client can only be deleted.',
    )
  const former = Object.fromEntries(
    waysIn.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]]])),
  )
  const none = Object.fromEntries(waysIn.map((name) => [name, undefined]))
  const off = { ...none, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [keyOfNobody()] } }
  const kept = new Secret(JSON.stringify(former))
  await order.keep?.(kept)
  await change(session, id, before, off, call)
  return { did: 'done', former: kept, evidence: 'the registration shows the one key of nobody' }
}

async function enable(session: OauthSession, order: Order, call: Call): Promise<Effect> {
  const id = clientId(order)
  const before = await demandClient(session, id, call)
  if (!isOff(before)) return { did: 'already', evidence: 'the client signs in by what it had' }
  if (order.former === undefined)
    throw new LiveError(
      'conflict',
      'How the client signed in before was not kept: change its registration at the server.',
    )
  const former = JSON.parse(order.former.reveal()) as object
  await change(session, id, before, { ...Object.fromEntries(waysIn.map((name) => [name, undefined])), ...former }, call)
  return { did: 'done', evidence: 'the registration shows how the client signed in before' }
}

async function remove(session: OauthSession, order: Order, call: Call): Promise<Effect> {
  const did = await deleteClient(session, clientId(order), call)
  return { did, evidence: 'the server refuses the client’s registration access token' }
}

async function scopesOf(session: OauthSession, { target, on, scopes }: GrantOrder, call: Call) {
  const id = clientId({ target })
  if (on !== 'server' || scopes.length === 0 || scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)))
    throw new LiveError('conflict', 'Name scopes that the client may ask for, on the server.')
  const before = await demandClient(session, id, call)
  if (typeof before.scope !== 'string')
    throw new LiveError(
      'conflict',
      `The registration of ${id} names no scopes: what it may ask for is the server’s to say.`,
    )
  return { id, before, had: before.scope.split(' ').filter((scope) => scope !== '') }
}

async function grant(session: OauthSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { id, before, had } = await scopesOf(session, order, call)
  const scope = [...new Set([...had, ...order.scopes])]
  if (scope.length === had.length) return { did: 'already', evidence: 'the registration names the scopes' }
  await change(session, id, before, { scope: scope.join(' ') }, call)
  return { did: 'done', evidence: 'the registration names the scopes' }
}

async function ungrant(session: OauthSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { id, before, had } = await scopesOf(session, order, call)
  const scope = had.filter((word) => !order.scopes.includes(word))
  if (scope.length === had.length) return { did: 'already', evidence: 'the registration does not name the scopes' }
  // Without any scope a registration means whatever is the server's default.
  if (scope.length === 0)
    throw new LiveError(
      'conflict',
      `${id} would be left without a named scope, which may mean all of them: disable it.`,
    )
  await change(session, id, before, { scope: scope.join(' ') }, call)
  return { did: 'done', evidence: 'the registration does not name the scopes' }
}

/** How the client signs in stands in its registration, where that can be read. */
async function verifySecret(session: OauthSession, order: VerifyOrder, call: Call) {
  const id = clientId(order)
  const read = session.registrations.has(id) ? await readClient(session, id, call) : undefined
  const isPost = read !== undefined && 'found' in read && read.found.token_endpoint_auth_method === 'client_secret_post'
  const method = isPost ? 'client_secret_post' : 'client_secret_basic'
  return tryLogin(session, { id, secret: order.secret, method }, call)
}

async function verifyToken(session: OauthSession, { secret }: VerifyOrder, call: Call) {
  const { active } = await introspect(session, secret, call)
  return active === true
    ? ({ answer: 'accepted', reason: 'the server says that the token is active' } as const)
    : ({ answer: 'refused', reason: 'the server says that the token is not active' } as const)
}

/** Only the client that a token was issued to may revoke it (RFC 7009, 2.1): this acts as that client where its secret is to be had. */
async function revokeToken(session: OauthSession, { target }: Order, call: Call): Promise<Effect> {
  const token = session.tokens.find(
    (held) => tokenRef(session.setting.fingerprint(held.reveal())) === target.credential,
  )
  if (token === undefined)
    throw new LiveError(
      'not_found',
      'This token is not among those that the connection watches, so that it cannot be named.',
    )
  const { active, client_id: id } = await introspect(session, token, call)
  if (active !== true) return { did: 'already', evidence: 'introspection says that it is not active' }
  const { revocation } = session.metadata
  if (revocation === undefined) throw new LiveError('refused_by_source', 'The server has no revocation of tokens.')
  const login = typeof id === 'string' ? await loginFor(session, id, call) : session.own
  const { status, reason } = await post(session, revocation, { token: token.reveal() }, login, call)
  if (status === 401 || status === 403) throw new LiveError('forbidden', `The token may not be revoked: ${reason}.`)
  if (status !== 200) throw new LiveError('refused_by_source', `The token was not revoked: ${reason}.`)
  // A server answers 200 also where it did nothing.
  if ((await introspect(session, token, call)).active === true)
    throw new LiveError('forbidden', 'The server answered that it is done, and the token is still active.')
  return { did: 'done', evidence: 'introspection says that it is not active' }
}

async function loginFor(session: OauthSession, id: string, call: Call): Promise<ClientLogin> {
  if (id === session.own.id || !session.registrations.has(id)) return session.own
  return loginOf(id, await demandClient(session, id, call)) ?? session.own
}

export const identityHands: Hands<OauthSession> = { disable, enable, delete: remove, grant, ungrant }
export const secretHands: Hands<OauthSession> = { issue, verify: verifySecret }
export const tokenHands: Hands<OauthSession> = { verify: verifyToken, delete: revokeToken }
