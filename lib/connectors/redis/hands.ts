import { createHash } from 'node:crypto'
import type {
  Call,
  Effect,
  GrantOrder,
  Hands,
  IssueOrder,
  LiveUse,
  Order,
  Verdict,
  VerifyOrder,
} from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { type AclSet, type AclUser, isSameSet, writeSelector } from './acl'
import { attempt } from './attempt'
import { ask, askTogether, explainRedis, type RedisSession, readClients, readUsers, signIn } from './client'
import { passwordId } from './map'

function userName({ target }: Order): string {
  const name = /^user:([^\s#]+)/.exec(target.identity)?.[1]
  if (name === undefined) throw new LiveError('not_found', `${target.identity} is not a user of Redis.`)
  return name
}

async function find(session: RedisSession, order: Order, call: Call): Promise<AclUser | undefined> {
  const name = userName(order)
  return (await readUsers(session, call)).find((user) => user.name === name)
}

/** `ACL SETUSER` makes a user that is not there: nobody may come back to life by being changed. */
async function demand(session: RedisSession, order: Order, call: Call): Promise<AclUser> {
  const user = await find(session, order, call)
  if (user === undefined) throw new LiveError('not_found', `The user ${userName(order)} is not there (any more).`)
  return user
}

/** One atomic change, and the file with it: what is not in the file is gone after a restart, which is said. */
async function change({ client }: RedisSession, user: string, rules: string[], call: Call): Promise<string> {
  const saved = await askTogether(client, call, [
    ['ACL', 'SETUSER', user, ...rules],
    ['ACL', 'SAVE'],
  ])
  if (saved.status === 'rejected') return notSaved(saved.reason)
  return inFile
}

/** Also where nothing is to be changed: whoever changed it may not have lived to save it. */
async function save({ client }: RedisSession, call: Call): Promise<string> {
  try {
    await ask(client, call, ['ACL', 'SAVE'])
    return inFile
  } catch (thrown) {
    return notSaved(thrown)
  }
}

const inFile = 'saved to the ACL file'

function notSaved(thrown: unknown): string {
  const error = explainRedis(thrown)
  if (error?.code !== 'refused_by_source' && error?.code !== 'forbidden') throw thrown
  return 'NOT saved (no ACL file, or no right to ACL SAVE): after a restart of Redis it is as it was before'
}

const hashOf = (secret: Secret) => createHash('sha256').update(secret.reveal()).digest('hex')

async function issue(session: RedisSession, order: IssueOrder, call: Call) {
  const { secret } = order
  if (secret === undefined) throw new LiveError('conflict', 'Redis makes no passwords: propose one first.')
  const { name } = await demand(session, order, call)
  const hash = hashOf(secret)
  await change(session, name, [`#${hash}`], call)
  return { credential: passwordId(name, hash, session.setting), secret, replacesFormer: false }
}

async function verify(session: RedisSession, order: VerifyOrder, _call: Call): Promise<Verdict> {
  const { config, setting } = session
  try {
    const client = await signIn(config, setting, userName(order), order.secret)
    client.destroy()
    return { answer: 'accepted', reason: 'Redis let it in' }
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainRedis(thrown)
    if (error?.code === 'login_refused')
      return { answer: 'refused', reason: 'Redis refused it: wrong password, or the user is off (WRONGPASS)' }
    return { answer: 'unknown', reason: error?.message ?? 'the connection failed before an answer came' }
  }
}

/** Takes one password away; the hash is what brings it back. */
async function deletePassword(session: RedisSession, order: Order, call: Call): Promise<Effect> {
  const user = await find(session, order, call)
  const hash = user?.hashes.find((known) => passwordId(user.name, known, session.setting) === order.target.credential)
  if (user === undefined || hash === undefined)
    return { did: 'already', evidence: `ACL LIST holds no such password, ${await save(session, call)}` }
  const former = new Secret(JSON.stringify({ hash }))
  await order.keep?.(former)
  const saved = await change(session, user.name, [`!${hash}`], call)
  return { did: 'done', former, evidence: `removed, ${saved}` }
}

async function restore(session: RedisSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const { name, hashes } = await demand(session, order, call)
  const { hash } = JSON.parse(order.former.reveal()) as { hash: string }
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new LiveError('conflict', 'What was kept is not the hash of a password.')
  if (hashes.includes(hash))
    return { did: 'already', evidence: `ACL LIST holds the password, ${await save(session, call)}` }
  return { did: 'done', evidence: `the former password is back, ${await change(session, name, [`#${hash}`], call)}` }
}

async function disable(session: RedisSession, order: Order, call: Call): Promise<Effect> {
  const { name, isOn } = await demand(session, order, call)
  if (!isOn) return { did: 'already', evidence: `the user is off, ${await save(session, call)}` }
  return { did: 'done', evidence: `the user is off, ${await change(session, name, ['off'], call)}` }
}

async function enable(session: RedisSession, order: Order, call: Call): Promise<Effect> {
  const { name, isOn } = await demand(session, order, call)
  if (isOn) return { did: 'already', evidence: `the user is on, ${await save(session, call)}` }
  return { did: 'done', evidence: `the user is on, ${await change(session, name, ['on'], call)}` }
}

async function remove(session: RedisSession, order: Order, call: Call): Promise<Effect> {
  const name = userName(order)
  if (name === 'default') throw new LiveError('conflict', 'Redis does not let the user default be deleted: disable it.')
  const count = Number(await ask(session.client, call, ['ACL', 'DELUSER', name]))
  if (count === 0) return { did: 'already', evidence: `ACL LIST holds no such user, ${await save(session, call)}` }
  return { did: 'done', evidence: `deleted with its connections, ${await save(session, call)}` }
}

async function endSessions(session: RedisSession, order: Order, call: Call): Promise<Effect & { ended: number }> {
  const name = userName(order)
  const open = async () => (await readClients(session, call)).filter(({ user, isOwn }) => user === name && !isOwn)
  if ((await open()).length === 0) return { did: 'already', ended: 0, evidence: 'CLIENT LIST shows no connection' }
  const ended = Number(await ask(session.client, call, ['CLIENT', 'KILL', 'USER', name]))
  const left = (await open()).length
  if (left > 0) throw new LiveError('refused_by_source', `${left} connections of ${name} are still open.`)
  return { did: 'done', ended, evidence: 'CLIENT LIST shows no connection' }
}

async function whoUses(session: RedisSession, order: Order, call: Call): Promise<LiveUse> {
  const name = userName(order)
  const now = Date.now()
  const at = (seconds: number) => new Date(now - seconds * 1000).toISOString()
  const open = (await readClients(session, call)).filter(({ user, isOwn }) => user === name && !isOwn)
  const idle = open.map(({ idleSeconds }) => idleSeconds).sort((a, b) => a - b)[0]
  return {
    sessions: open.map(({ id, from, program, ageSeconds }) => ({
      ...{ id, from, since: at(ageSeconds) },
      ...(program === '' ? {} : { program }),
    })),
    ...(idle === undefined ? {} : { lastUsedAt: at(idle) }),
    blindSpots: 'Redis keeps no record of connections that have ended',
  }
}

/** A grant is a selector of its own, so that taking it back touches nothing else. */
function selectorOf({ on, scopes }: GrantOrder): AclSet {
  const pattern = /^keys:(\S+)$/.exec(on)?.[1]
  if (pattern === undefined || /[()]/.test(pattern))
    throw new LiveError('conflict', `${on} cannot be granted: name keys, as in keys:reports:*.`)
  if (scopes.length === 0 || !scopes.every((scope) => /^\+@?[a-z][a-z0-9|.-]*$/i.test(scope)))
    throw new LiveError('conflict', 'Name commands or categories as Redis lists them: +get, +hgetall, +@read.')
  return { keys: [`~${pattern}`], channels: [], commands: scopes.map((scope) => scope.toLowerCase()) }
}

async function grant(session: RedisSession, order: GrantOrder, call: Call): Promise<Effect> {
  const wanted = selectorOf(order)
  const { name, selectors } = await demand(session, order, call)
  if (selectors.some((known) => isSameSet(known, wanted))) return { did: 'already', evidence: 'the selector is there' }
  return { did: 'done', evidence: `selector added, ${await change(session, name, [writeSelector(wanted)], call)}` }
}

async function ungrant(session: RedisSession, order: GrantOrder, call: Call): Promise<Effect> {
  const wanted = selectorOf(order)
  const user = await find(session, order, call)
  const left = user?.selectors.filter((known) => !isSameSet(known, wanted)) ?? []
  if (user === undefined || left.length === user.selectors.length)
    return { did: 'already', evidence: 'the selector is not there' }
  const saved = await change(session, user.name, ['clearselectors', ...left.map(writeSelector)], call)
  return { did: 'done', evidence: `selector removed, ${saved}` }
}

export const identityHands: Hands<RedisSession> = {
  ...{ disable, enable, delete: remove, endSessions, grant, ungrant, attempt, whoUses },
}
export const passwordHands: Hands<RedisSession> = { issue, verify, delete: deletePassword, restore }
