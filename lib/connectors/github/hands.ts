import { setTimeout as sleep } from 'node:timers/promises'
import { demandGood, unlessGone } from '../json-source'
import { nextPath } from '../linked-pages'
import type { Call, Effect, Hands, Issued, IssueOrder, LiveUse, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import type { Secret } from '../secret'
import { ask, type GithubSession, greetingFor, makeKey, publicKeyOf, read } from './client'
import { type Fields, idText, instantOrNull, isFields, list, own, text } from './fields'
import { kindOf } from './live-map'

const numberOf = (kind: string, id: string | undefined) => new RegExp(`^${kind}:(\\d{1,18})$`).exec(id ?? '')?.[1]

/** A revocation of GitHub is asked for, not done: so long it is looked whether it was. */
const revokedWithinMs = 20_000

// Installations of apps.

/** The installation, and the key of its app, which alone may act on it. */
async function demandInstallation(session: GithubSession, { target }: Order, call: Call) {
  const id = numberOf('installation', target.identity)
  if (id === undefined)
    throw new LiveError('conflict', `${target.identity} cannot be switched off at GitHub: end its keys or tokens.`)
  const path: string = `/orgs/${session.config.organization}/installations?per_page=100`
  for (let at: string | undefined = path; at !== undefined; ) {
    const answer = await ask(session, { method: 'GET', path: at }, call)
    const body = demandGood(session.source, answer)
    const found = list(own(body, 'installations')).find((each) => idText(own(each, 'id')) === id)
    if (isFields(found)) return { id, found, asker: askerFor(session, found) }
    at = inside(session, nextPath(session.source.endpoint, answer.headers))
  }
  throw new LiveError('not_found', `No app is installed as ${id} (any more).`)
}

function inside({ config }: GithubSession, path: string | undefined): string | undefined {
  const prefix = (config.path ?? '').replace(/\/+$/, '')
  return path?.startsWith(prefix) ? path.slice(prefix.length) : path
}

function askerFor({ apps }: GithubSession, installation: Fields) {
  const app = idText(installation.app_id) ?? ''
  const key = apps.get(app)
  if (key !== undefined) return { app, key }
  throw new LiveError(
    'forbidden',
    `Only the app ${app} itself may do that, and this connection does not hold its private key.`,
  )
}

const isSuspended = (installation: Fields) => text(installation.suspended_at) !== undefined

async function suspend(session: GithubSession, order: Order, call: Call): Promise<Effect> {
  const { id, found, asker } = await demandInstallation(session, order, call)
  if (isSuspended(found)) return { did: 'already', evidence: 'GitHub shows the installation as suspended' }
  const path = `/app/installations/${id}/suspended`
  demandGood(session.source, await ask(session, { method: 'PUT', path }, call, asker))
  return { did: 'done', evidence: 'GitHub suspended the installation' }
}

async function unsuspend(session: GithubSession, order: Order, call: Call): Promise<Effect> {
  const { id, found, asker } = await demandInstallation(session, order, call)
  if (!isSuspended(found)) return { did: 'already', evidence: 'GitHub shows the installation as not suspended' }
  const path = `/app/installations/${id}/suspended`
  demandGood(session.source, await ask(session, { method: 'DELETE', path }, call, asker))
  return { did: 'done', evidence: 'GitHub took the suspension back' }
}

async function removeIdentity(session: GithubSession, order: Order, call: Call): Promise<Effect> {
  if (numberOf('deploy-key', order.target.identity) !== undefined) return removeKey(session, order, call)
  const found = await unlessGone(demandInstallation(session, order, call))
  const gone = 'GitHub lists no such installation'
  if (found === undefined) return { did: 'already', evidence: gone }
  const path = `/app/installations/${found.id}`
  const done = await unlessGone(
    ask(session, { method: 'DELETE', path }, call, found.asker).then(
      (answer) => demandGood(session.source, answer) ?? true,
    ),
  )
  return { did: done === undefined ? 'already' : 'done', evidence: gone }
}

// Deploy keys.

const keyIn = ({ target }: Order) => numberOf('deploy-key', target.credential ?? target.identity)

/** The key and its repository, which its id does not name: it was seen there, or all repositories are looked through. */
async function demandKey(
  session: GithubSession,
  order: Order,
  call: Call,
): Promise<{ repository: string; key: Fields }> {
  const id = keyIn(order)
  if (id === undefined)
    throw new LiveError('conflict', `${order.target.credential ?? order.target.identity} is no deploy key.`)
  const look = async (repository: string) => {
    const key = await unlessGone(read(session, `/repos/${repository}/keys/${id}`, call))
    return isFields(key) ? { repository, key } : undefined
  }
  const seen = session.repositoryOf.get(id)
  const known = seen === undefined ? undefined : await look(seen)
  if (known !== undefined) return known
  for (let at: string | undefined = '/installation/repositories?per_page=100'; at !== undefined; ) {
    const answer = await ask(session, { method: 'GET', path: at }, call)
    const body = demandGood(session.source, answer)
    const names = list(own(body, 'repositories')).flatMap((each) => text(own(each, 'full_name')) ?? [])
    for (const name of names) {
      const found = await look(name)
      if (found === undefined) continue
      session.repositoryOf.set(id, name)
      return found
    }
    at = inside(session, nextPath(session.source.endpoint, answer.headers))
  }
  if (session.installation.repository_selection === 'all')
    throw new LiveError('not_found', `No repository has the deploy key ${id} (any more).`)
  throw new LiveError('conflict', `None of the repositories that the app is installed on has the deploy key ${id}.`)
}

/** A key beside the old one, with the same title and the same right. GitHub gives it an id of its own. */
async function issue(session: GithubSession, order: IssueOrder, call: Call): Promise<Issued> {
  const { repository, key } = await demandKey(session, order, call)
  const secret = order.secret ?? makeKey()
  const body = {
    title: text(key.title) ?? 'deploy key',
    key: publicKeyOf(secret),
    // Where GitHub does not say that the old key may write, the new one may not.
    read_only: key.read_only !== false,
  }
  const question = { method: 'POST', path: `/repos/${repository}/keys`, body } as const
  const made = demandGood(session.source, await ask(session, question, call))
  const id = idText(own(made, 'id'))
  if (id === undefined) throw new LiveError('unexpected_answer', 'GitHub took a deploy key and did not say which.')
  session.repositoryOf.set(id, repository)
  return { credential: `deploy-key:${id}`, secret, replacesFormer: false }
}

async function verifyKey(session: GithubSession, { target, secret }: VerifyOrder, call: Call): Promise<Verdict> {
  publicKeyOf(secret)
  try {
    const greeting = await greetingFor(session, secret, call)
    if (greeting === undefined) return { answer: 'refused', reason: 'Git by SSH refused the key' }
    const who = /^Hi ([\w.-]+(?:\/[\w.-]+)?)!/m.exec(greeting)?.[1]
    const seen = session.repositoryOf.get(numberOf('deploy-key', target.credential) ?? '')
    if (who !== undefined && seen !== undefined && who.toLowerCase() !== seen.toLowerCase())
      return { answer: 'unknown', reason: `GitHub takes the key for one of ${who}, not of ${seen}` }
    return { answer: 'accepted', reason: `Git by SSH let it in${who === undefined ? '' : ` as ${who}`}` }
  } catch (thrown) {
    if (!(thrown instanceof LiveError)) throw thrown
    return { answer: 'unknown', reason: thrown.message }
  }
}

async function removeKey(session: GithubSession, order: Order, call: Call): Promise<Effect> {
  if (numberOf('authorized-credential', order.target.credential) !== undefined)
    return removeAuthorization(session, order, call)
  const evidence = 'GitHub knows no such deploy key'
  const found = await unlessGone(demandKey(session, order, call))
  if (found === undefined) return { did: 'already', evidence }
  const path = `/repos/${found.repository}/keys/${keyIn(order)}`
  demandGood(session.source, await ask(session, { method: 'DELETE', path }, call))
  return { did: 'done', evidence }
}

async function keyUse(session: GithubSession, order: Order, call: Call): Promise<LiveUse> {
  const { key } = await demandKey(session, order, call)
  return seenLast(own(key, 'last_used'))
}

function seenLast(at: unknown): LiveUse {
  const lastUsedAt = instantOrNull(at)
  return {
    sessions: [],
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    blindSpots: 'GitHub tells the last use, not from where; connections of Git are over in seconds and are not listed',
  }
}

// Tokens.

/** The grant by which the organization lets a fine-grained token in; `undefined` = there is none. */
async function grantOf(session: GithubSession, { target }: Order, call: Call): Promise<Fields | undefined> {
  const [token, grant] = [numberOf('pat', target.credential), numberOf('pat-grant', target.credential)]
  if (token === undefined && grant === undefined)
    throw new LiveError('conflict', 'Name the token that is meant, as discovery gives it.')
  for (
    let at: string | undefined = `/orgs/${session.config.organization}/personal-access-tokens?per_page=100`;
    at !== undefined;
  ) {
    const answer = await ask(session, { method: 'GET', path: at }, call)
    const found = list(demandGood(session.source, answer)).find(
      (each) => idText(own(each, 'token_id')) === token || idText(own(each, 'id')) === grant,
    )
    if (isFields(found)) return found
    at = inside(session, nextPath(session.source.endpoint, answer.headers))
  }
  return undefined
}

/** The token whose value the connection holds. */
function heldToken({ tokens, setting }: GithubSession, { target }: Order): Secret | undefined {
  return tokens.find((token) => target.credential === `token:${setting.fingerprint(token.reveal())}`)
}

const tokenState = async (session: GithubSession, token: Secret, call: Call) =>
  (await ask(session, { method: 'GET', path: '/user' }, call, { token })).status

async function verifyToken(session: GithubSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const status = await tokenState(session, order.secret, call)
  if (status === 401) return { answer: 'refused', reason: 'GitHub refuses the token (GET /user)' }
  if (status !== 200) return { answer: 'unknown', reason: `GitHub answered ${status} to GET /user` }
  if (!/^pat(-grant)?:/.test(order.target.credential ?? ''))
    return { answer: 'accepted', reason: 'GitHub says whose token it is (GET /user)' }
  const grant = await grantOf(session, order, call)
  return grant === undefined
    ? { answer: 'refused', reason: 'The token lives, and this organization lets it in no longer' }
    : { answer: 'accepted', reason: 'GitHub says whose token it is (GET /user), and the organization lets it in' }
}

async function removeToken(session: GithubSession, order: Order, call: Call): Promise<Effect> {
  const { credential } = order.target
  if (numberOf('authorized-credential', credential) !== undefined) return removeAuthorization(session, order, call)
  const held = heldToken(session, order)
  if (held !== undefined) return revokeEverywhere(session, held, call)
  if (credential?.startsWith('token:'))
    throw new LiveError('not_found', 'The value of this token is not among those that the connection holds.')
  const evidence = 'the organization lists no such token'
  const grant = await grantOf(session, order, call)
  if (grant === undefined) return { did: 'already', evidence }
  const path = `/orgs/${session.config.organization}/personal-access-tokens/${idText(grant.id)}`
  demandGood(session.source, await ask(session, { method: 'POST', path, body: { action: 'revoke' } }, call))
  return { did: 'done', evidence }
}

/** GitHub takes this from anybody who holds the value, and from nobody who signs in. */
async function revokeEverywhere(session: GithubSession, token: Secret, call: Call): Promise<Effect> {
  const refused = 'GitHub refuses the token (GET /user)'
  if ((await tokenState(session, token, call)) === 401) return { did: 'already', evidence: refused }
  const kind = kindOf(token.reveal())
  if (kind === undefined || kind === 'installation token')
    throw new LiveError('refused_by_source', `GitHub revokes no ${kind ?? 'token of this kind'} for who only holds it.`)
  const question = { method: 'POST', path: '/credentials/revoke', body: { credentials: [token.reveal()] } } as const
  demandGood(session.source, await ask(session, question, call, 'nobody', [token]))
  const until = Date.now() + revokedWithinMs
  while (Date.now() < until) {
    if ((await tokenState(session, token, call)) === 401) return { did: 'done', evidence: refused }
    await sleep(500, undefined, { signal: call.signal })
  }
  return { did: 'done', evidence: 'GitHub accepted the order, and still takes the token: verify' }
}

async function removeAuthorization(session: GithubSession, { target }: Order, call: Call): Promise<Effect> {
  const id = numberOf('authorized-credential', target.credential)
  const path = `/orgs/${session.config.organization}/credential-authorizations/${id}`
  const { status, ...answer } = await ask(session, { method: 'DELETE', path }, call)
  const evidence = 'the organization knows no such authorization'
  if (status === 404) return { did: 'already', evidence }
  demandGood(session.source, { status, ...answer })
  return { did: 'done', evidence }
}

async function tokenUse(session: GithubSession, order: Order, call: Call): Promise<LiveUse> {
  const grant = await grantOf(session, order, call)
  if (grant === undefined) throw new LiveError('not_found', 'The organization lists no such token (any more).')
  return seenLast(own(grant, 'token_last_used_at'))
}

export const installationHands: Hands<GithubSession> = { disable: suspend, enable: unsuspend, delete: removeIdentity }
export const keyHands: Hands<GithubSession> = { issue, verify: verifyKey, delete: removeKey, whoUses: keyUse }
export const tokenHands: Hands<GithubSession> = { verify: verifyToken, delete: removeToken, whoUses: tokenUse }
