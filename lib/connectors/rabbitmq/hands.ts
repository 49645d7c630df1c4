import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Effect, GrantOrder, Hands, IssueOrder, LiveUse, Order } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { api, findUser, type RabbitmqSession, type RabbitUser, tryLogin } from './client'
import { passwordId } from './map'

const sha256 = 'rabbit_password_hashing_sha256'

function userName({ target }: Order): string {
  const name = /^user:(.+?)(?:#password)?$/s.exec(target.identity)?.[1]
  if (name === undefined) throw new LiveError('not_found', `${target.identity} is not a user of RabbitMQ.`)
  return name
}

const at = (name: string) => `/api/users/${encodeURIComponent(name)}`

/** `PUT` makes a user that is not there: nobody may come back to life by being changed. */
async function demand(session: RabbitmqSession, order: Order, call: Call): Promise<RabbitUser> {
  const user = await findUser(session, userName(order), call)
  if (user === undefined) throw new LiveError('not_found', `The user ${userName(order)} is not there (any more).`)
  return user
}

/** A user is written as a whole: the tags that it has must be said again, or they are gone. */
async function write(session: RabbitmqSession, user: RabbitUser, call: Call): Promise<void> {
  const body = { password_hash: user.hash, hashing_algorithm: user.algorithm, tags: user.tags.join(',') }
  await api(session, call, { method: 'PUT', path: at(user.name), body })
}

const formerOf = ({ hash, algorithm }: RabbitUser) => new Secret(JSON.stringify({ hash, algorithm }))

/**
 * Salted as RabbitMQ keeps it, made here so that the password is in no request body and no log.
 * https://www.rabbitmq.com/docs/passwords#computing-password-hash
 */
export function passwordHash(secret: Secret, salt = randomBytes(4)): string {
  const hash = createHash('sha256').update(salt).update(secret.reveal(), 'utf8').digest()
  return Buffer.concat([salt, hash]).toString('base64')
}

async function issue(session: RabbitmqSession, order: IssueOrder, call: Call) {
  const { secret } = order
  if (secret === undefined) throw new LiveError('conflict', 'RabbitMQ makes no passwords: propose one first.')
  const user = await demand(session, order, call)
  const kept = user.hash === '' ? {} : { former: formerOf(user) }
  if (kept.former) await order.keep?.(kept.former)
  await write(session, { ...user, hash: passwordHash(secret), algorithm: sha256 }, call)
  return { credential: passwordId(user.name), secret, replacesFormer: true, ...kept }
}

async function restore(session: RabbitmqSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const user = await demand(session, order, call)
  const { hash, algorithm } = JSON.parse(order.former.reveal()) as { hash: string; algorithm: string }
  if (user.hash === hash) return { did: 'already', evidence: 'the user has that hash' }
  await write(session, { ...user, hash, algorithm }, call)
  return { did: 'done', evidence: 'the former hash is written back' }
}

/** The hash is emptied: no password fits. It is what brings the user back. */
async function disable(session: RabbitmqSession, order: Order, call: Call): Promise<Effect> {
  const user = await demand(session, order, call)
  if (user.hash === '') return { did: 'already', evidence: 'password_hash is empty' }
  const former = formerOf(user)
  await order.keep?.(former)
  await write(session, { ...user, hash: '' }, call)
  return { did: 'done', former, evidence: 'password_hash is empty' }
}

async function enable(session: RabbitmqSession, order: Order, call: Call): Promise<Effect> {
  if (order.former !== undefined) return restore(session, { ...order, former: order.former }, call)
  const user = await demand(session, order, call)
  if (user.hash !== '') return { did: 'already', evidence: 'the user has a password' }
  throw new LiveError('conflict', 'The former hash was not kept: issue a new password instead.')
}

async function remove(session: RabbitmqSession, order: Order, call: Call): Promise<Effect> {
  const name = userName(order)
  const answer = await api(session, call, { method: 'DELETE', path: at(name) })
  const evidence = 'GET /api/users answers 404'
  return { did: answer === undefined ? 'already' : 'done', evidence }
}

interface Connection {
  name?: unknown
  peer_host?: unknown
  connected_at?: unknown
}

async function readOpen(session: RabbitmqSession, name: string, call: Call): Promise<Connection[]> {
  const path = `/api/connections/username/${encodeURIComponent(name)}`
  const found = await api(session, call, { method: 'GET', path })
  return Array.isArray(found) ? found : []
}

/** A connection is in the list some time after it was opened, so that an empty list is believed only after so long. */
const settlesAfterMs = 1500
const closesWithinMs = 10_000

async function endSessions(session: RabbitmqSession, order: Order, call: Call): Promise<Effect & { ended: number }> {
  const name = userName(order)
  const seen = new Set<string>()
  const began = Date.now()
  for (;;) {
    const open = await readOpen(session, name, call)
    for (const connection of open) seen.add(String(connection.name))
    const waited = Date.now() - began
    if (open.length > 0) {
      if (waited > closesWithinMs)
        throw new LiveError('refused_by_source', `Connections of ${name} are still open after 10 s.`)
      await api(session, call, { method: 'DELETE', path: `/api/connections/username/${encodeURIComponent(name)}` })
    } else if (waited >= settlesAfterMs) {
      const evidence = 'the list of connections shows none'
      return { did: seen.size > 0 ? 'done' : 'already', ended: seen.size, evidence }
    }
    await sleep(200, undefined, { signal: call.signal })
  }
}

async function whoUses(session: RabbitmqSession, order: Order, call: Call): Promise<LiveUse> {
  const open = await readOpen(session, userName(order), call)
  return {
    sessions: open.map(({ name, peer_host: host, connected_at: since }) => ({
      id: String(name),
      ...(typeof host === 'string' ? { from: host } : { from: String(name).split(' -> ')[0] ?? '' }),
      ...(typeof since === 'number' ? { since: new Date(since).toISOString() } : {}),
    })),
    blindSpots: 'RabbitMQ keeps no record of connections that have ended, nor of the last use',
  }
}

/** `vhost:reports` with `configure=…`, `write=…`, `read=…`; what is not said fits nothing. */
function permissionOf({ on, scopes }: GrantOrder): { vhost: string; body: Record<string, string> } {
  const vhost = /^vhost:(.+)$/s.exec(on)?.[1]
  if (vhost === undefined)
    throw new LiveError('conflict', `${on} cannot be granted: name a virtual host, as in vhost:/.`)
  const body: Record<string, string> = { configure: '', write: '', read: '' }
  for (const scope of scopes) {
    const [, word = '', pattern = ''] = /^(configure|write|read)=(.+)$/s.exec(scope) ?? []
    if (word === '') throw new LiveError('conflict', 'Name permissions of RabbitMQ with a pattern: read=^reports\\.')
    body[word] = pattern
  }
  return { vhost, body }
}

const permissionPath = (vhost: string, name: string) =>
  `/api/permissions/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`

/** There is one permission for each user and virtual host: a second grant would take the place of the first. */
async function grant(session: RabbitmqSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { vhost, body } = permissionOf(order)
  const { name } = await demand(session, order, call)
  const path = permissionPath(vhost, name)
  const known = (await api(session, call, { method: 'GET', path })) as Record<string, unknown> | undefined
  if (known !== undefined) {
    if (Object.entries(body).every(([word, pattern]) => known[word] === pattern))
      return { did: 'already', evidence: 'the permission is there' }
    throw new LiveError('conflict', `${name} has a permission on ${vhost} already, which this would replace.`)
  }
  await api(session, call, { method: 'PUT', path, body })
  return { did: 'done', evidence: `the permission on ${vhost} is there` }
}

async function ungrant(session: RabbitmqSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { vhost } = permissionOf(order)
  const answer = await api(session, call, { method: 'DELETE', path: permissionPath(vhost, userName(order)) })
  return { did: answer === undefined ? 'already' : 'done', evidence: `there is no permission on ${vhost}` }
}

export const identityHands: Hands<RabbitmqSession> = {
  ...{ disable, enable, delete: remove, endSessions, grant, ungrant, whoUses },
}
export const passwordHands: Hands<RabbitmqSession> = {
  issue,
  verify: (session, order) => tryLogin(session, userName(order), order.secret),
  disable,
  enable,
  restore,
}
