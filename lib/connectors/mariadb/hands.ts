import { setTimeout as sleep } from 'node:timers/promises'
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
import { type Account, fitsHost, nativeHash, nativePlugin, passwordsOf, type Way } from './account'
import { ask, explainMariadb, type MariadbSession, signIn } from './client'
import { passwordId } from './map'
import { findAccount } from './read-page'

/** `user:app@10.0.%`: the last @ parts name and host. */
function nameOf({ target }: Order): { user: string; host: string } {
  const [, user, host] = /^user:(.*)@([^@#]*)$/s.exec(target.identity) ?? []
  if (user === undefined || host === undefined)
    throw new LiveError('not_found', `${target.identity} is not an account of MariaDB.`)
  return { user, host }
}

async function demand(session: MariadbSession, order: Order, call: Call): Promise<Account> {
  const { user, host } = nameOf(order)
  const account = await findAccount(session, user, host, call)
  if (account === undefined) throw new LiveError('not_found', `The account ${user}@${host} is not there (any more).`)
  return account
}

async function alter(session: MariadbSession, { user, host }: Account, rest: string, values: string[], call: Call) {
  await ask(session.connection, call, `ALTER USER ?@? ${rest}`, [user, host, ...values])
}

/** Writes all ways in which an account may log in. Without any, one stays that no password fits. */
async function writeWays(session: MariadbSession, account: Account, ways: Way[], call: Call): Promise<void> {
  const kept = ways.length > 0 ? ways : [{ plugin: nativePlugin, kept: 'invalid' }]
  for (const { plugin } of kept)
    if (!/^\w+$/.test(plugin)) throw new LiveError('unexpected_answer', 'The server names a plugin that is not a word.')
  const text = kept.map((way) => (way.kept === '' ? `${way.plugin}` : `${way.plugin} USING ?`)).join(' OR ')
  const values = kept.map((way) => way.kept).filter((value) => value !== '')
  await alter(session, account, `IDENTIFIED VIA ${text}`, values, call)
}

/** What stays beside a new password: everything but an empty one and one that never fits. */
const lasting = ({ ways }: Account) =>
  ways.filter(({ plugin, kept }) => plugin !== nativePlugin || !(kept === '' || kept === 'invalid'))

/** The new password beside those that there are: both log in until the old one is deleted. */
async function issue(session: MariadbSession, order: IssueOrder, call: Call) {
  const { secret } = order
  if (secret === undefined) throw new LiveError('conflict', 'MariaDB makes no passwords: propose one first.')
  const account = await demand(session, order, call)
  const way = { plugin: nativePlugin, kept: nativeHash(secret) }
  // Set before, by somebody who could not say so: it is not to be there twice, as only one of them would be taken away again.
  const ways = lasting(account).filter(({ plugin, kept }) => plugin !== way.plugin || kept !== way.kept)
  if (ways.some(({ plugin }) => plugin !== nativePlugin))
    throw new LiveError(
      'conflict',
      `${account.user} logs in by ${ways.map(({ plugin }) => plugin).join(', ')}: change it at the source.`,
    )
  await writeWays(session, account, [way, ...ways], call)
  return { credential: passwordId(account, way, session.setting), secret, replacesFormer: false }
}

async function verify({ config, setting }: MariadbSession, order: VerifyOrder, _call: Call): Promise<Verdict> {
  const { user, host } = nameOf(order)
  try {
    const connection = await signIn(config, setting, user, order.secret)
    const [rows] = await connection.query('SELECT CURRENT_USER() AS account')
    connection.destroy()
    const account = (rows as { account: string }[])[0]?.account
    // The server takes the most specific account of that name for the address of this one.
    if (account !== `${user}@${host}`)
      return {
        answer: 'unknown',
        reason: `from here the server takes the login for ${account}, not for ${user}@${host}`,
      }
    return { answer: 'accepted', reason: 'MariaDB let it in' }
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainMariadb(thrown)
    const { errno } = thrown as { errno?: number }
    if (errno === 4151) return { answer: 'refused', reason: 'the account is locked (4151)' }
    if (errno === 1045) {
      return fitsHost(host, 'localhost') || host === '%'
        ? { answer: 'refused', reason: 'MariaDB refused the password (1045)' }
        : { answer: 'unknown', reason: `the account only logs in from ${host}, which this may not be (1045)` }
    }
    return { answer: 'unknown', reason: error?.message ?? 'the connection failed before an answer came' }
  }
}

async function deletePassword(session: MariadbSession, order: Order, call: Call): Promise<Effect> {
  const { user, host } = nameOf(order)
  const account = await findAccount(session, user, host, call)
  const way =
    account &&
    passwordsOf(account).find((known) => passwordId(account, known, session.setting) === order.target.credential)
  if (account === undefined || way === undefined)
    return { did: 'already', evidence: 'mysql.global_priv holds no such password' }
  const former = new Secret(JSON.stringify(way))
  await order.keep?.(former)
  await writeWays(
    session,
    account,
    lasting(account).filter((known) => known !== way),
    call,
  )
  return { did: 'done', former, evidence: 'mysql.global_priv holds the password no more' }
}

async function restore(session: MariadbSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const account = await demand(session, order, call)
  const { plugin, kept } = JSON.parse(order.former.reveal()) as Way
  const ways = lasting(account)
  if (ways.some((way) => way.plugin === plugin && way.kept === kept))
    return { did: 'already', evidence: 'the password is there' }
  await writeWays(session, account, [...ways, { plugin, kept }], call)
  return { did: 'done', evidence: 'the former hash is written back' }
}

async function disable(session: MariadbSession, order: Order, call: Call): Promise<Effect> {
  const account = await demand(session, order, call)
  if (account.isLocked) return { did: 'already', evidence: 'account_locked is true' }
  await alter(session, account, 'ACCOUNT LOCK', [], call)
  return { did: 'done', evidence: 'account_locked is true' }
}

async function enable(session: MariadbSession, order: Order, call: Call): Promise<Effect> {
  const account = await demand(session, order, call)
  if (!account.isLocked) return { did: 'already', evidence: 'account_locked is false' }
  await alter(session, account, 'ACCOUNT UNLOCK', [], call)
  return { did: 'done', evidence: 'account_locked is false' }
}

async function remove(session: MariadbSession, order: Order, call: Call): Promise<Effect> {
  const { user, host } = nameOf(order)
  if ((await findAccount(session, user, host, call)) === undefined)
    return { did: 'already', evidence: 'mysql.global_priv holds no such account' }
  await ask(session.connection, call, 'DROP USER ?@?', [user, host])
  return { did: 'done', evidence: 'mysql.global_priv holds no such account' }
}

interface Open {
  id: string
  from: string
  seconds: number
}

/** Connections of a user's name that may be of this account, and those that may as well be of another of the same name. */
async function readOpen(session: MariadbSession, order: Order, call: Call): Promise<{ open: Open[]; unclear: Open[] }> {
  if (!session.own.privileges.includes('PROCESS'))
    throw new LiveError('forbidden', 'Who is connected is seen with the privilege PROCESS only.')
  const { user, host } = nameOf(order)
  const rows = await ask(
    session.connection,
    call,
    'SELECT ID AS id, HOST AS host, TIME AS seconds FROM information_schema.PROCESSLIST WHERE USER = ? AND ID <> CONNECTION_ID()',
    [user],
  )
  const others = await ask(
    session.connection,
    call,
    'SELECT Host AS host FROM mysql.global_priv WHERE User = ? AND Host <> ?',
    [user, host],
  )
  const open = rows
    .map((row) => ({ id: String(row.id), from: String(row.host), seconds: Number(row.seconds) }))
    .filter(({ from }) => fitsHost(host, from))
  const unclear = open.filter(({ from }) =>
    others.some((other) => other.host !== '' && fitsHost(String(other.host), from)),
  )
  return { open, unclear }
}

async function endSessions(session: MariadbSession, order: Order, call: Call): Promise<Effect & { ended: number }> {
  const { user, host } = nameOf(order)
  const { open, unclear } = await readOpen(session, order, call)
  if (unclear.length > 0)
    throw new LiveError(
      'conflict',
      `${unclear.length} connections of ${user} may be of another account of that name: end them at the source.`,
    )
  if (open.length === 0) return { did: 'already', ended: 0, evidence: 'the process list shows no connection' }
  for (const { id } of open) {
    await ask(session.connection, call, `KILL CONNECTION ${BigInt(id)}`).catch((error) => {
      // It ended by itself meanwhile.
      if ((error as { errno?: number }).errno !== 1094) throw error
    })
  }
  for (let attempt = 0; attempt < 25; attempt++) {
    if ((await readOpen(session, order, call)).open.length === 0)
      return { did: 'done', ended: open.length, evidence: 'the process list shows no connection' }
    await sleep(200, undefined, { signal: call.signal })
  }
  throw new LiveError('refused_by_source', `Connections of ${user}@${host} are still open 5 s after KILL.`)
}

async function whoUses(session: MariadbSession, order: Order, call: Call): Promise<LiveUse> {
  const { open } = await readOpen(session, order, call)
  const idle = open.map(({ seconds }) => seconds).sort((a, b) => a - b)[0]
  return {
    sessions: open.map(({ id, from }) => ({ id, from })),
    ...(idle === undefined ? {} : { lastUsedAt: new Date(Date.now() - idle * 1000).toISOString() }),
    blindSpots: 'connections are shown by user name and address, not by account; those that have ended are not kept',
  }
}

/** `role:readers`, `database:shop`, `table:shop.stock`. */
function grantText({ on, scopes }: GrantOrder): { text: string; isRole: boolean } {
  const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``
  const [, kind, name = ''] = /^(role|database|table):(.+)$/s.exec(on) ?? []
  if (kind === 'role') return { text: quoted(name), isRole: true }
  const [database = '', table] =
    kind === 'table' ? [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)] : [name]
  if (kind === undefined || database === '')
    throw new LiveError('conflict', `${on} cannot be granted: name a role, a database or a table.`)
  if (scopes.length === 0 || !scopes.every((scope) => /^[A-Z]+( [A-Z]+){0,2}$/.test(scope)))
    throw new LiveError('conflict', 'Name privileges in the words of MariaDB: SELECT, INSERT, EXECUTE.')
  // In the name of a whole database _ and % are patterns.
  const place =
    table === undefined ? `${quoted(database.replaceAll(/[_%\\]/g, '\\$&'))}.*` : `${quoted(database)}.${quoted(table)}`
  return { text: `${scopes.join(', ')} ON ${place}`, isRole: false }
}

async function grant(session: MariadbSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { text, isRole } = grantText(order)
  const { user, host } = await demand(session, order, call)
  await ask(session.connection, call, `GRANT ${text} TO ?@?`, [user, host])
  const note = isRole ? '; it takes effect with SET ROLE' : ''
  return { did: 'done', evidence: `GRANT ${text} was accepted${note}` }
}

async function ungrant(session: MariadbSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { text } = grantText(order)
  const { user, host } = nameOf(order)
  try {
    await ask(session.connection, call, `REVOKE ${text} FROM ?@?`, [user, host])
  } catch (thrown) {
    // There is no such grant defined.
    if (![1141, 1147, 1269].includes((thrown as { errno?: number }).errno ?? 0)) throw thrown
    return { did: 'already', evidence: 'there is no such grant' }
  }
  return { did: 'done', evidence: `REVOKE ${text} was accepted` }
}

export const identityHands: Hands<MariadbSession> = {
  ...{ disable, enable, delete: remove, endSessions, grant, ungrant, whoUses },
}
export const passwordHands: Hands<MariadbSession> = { issue, verify, delete: deletePassword, restore }
