import type { Call, Effect, Hands, IssueOrder, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import type { Account } from './accounts'
import {
  type KeyLine,
  type KeyText,
  parseKeys,
  replacementLine,
  withLine,
  withoutLines,
  withState,
} from './authorized-keys'
import { explainSsh, publicKeyOf, type SshSession, signIn } from './client'
import { changeFile, limits } from './files'
import { keyId } from './map'
import { type AccountKeys, readAccounts, readKeys } from './read-keys'
import { endSessions, whoUses } from './sessions'

/** The account of an order, among those that the connection was told of: nothing else is a path to anything. */
async function accountOf(session: SshSession, { target }: Order, call: Call): Promise<Account> {
  const name = /^account:([^#]+)$/.exec(target.identity)?.[1]
  const account = name === undefined ? undefined : (await readAccounts(session, call)).get(name)
  if (account === undefined)
    throw new LiveError('not_found', `${target.identity} is no account that this connection reads.`)
  return account
}

async function keysOf(session: SshSession, order: Order, call: Call): Promise<AccountKeys> {
  const keys = await readKeys(session, await accountOf(session, order, call), call)
  const [unread] = keys.unread
  if (unread !== undefined) throw new LiveError('forbidden', `${unread.path} cannot be read: ${unread.reason}`)
  return keys
}

const isTarget =
  (account: string, { target }: Order) =>
  (line: KeyLine) =>
    keyId(account, line.key.fingerprint) === target.credential

/** A file with text, written as it was read: latin1 keeps every byte. */
async function changeText(
  session: SshSession,
  { account }: AccountKeys,
  path: string,
  change: (text: KeyText) => string | undefined,
  call: Call,
): Promise<boolean> {
  const { uid, gid } = account
  // A new file is sshd's to read, and the account's own where we may give it away.
  const owner = session.config.user === 'root' && uid !== undefined && gid !== undefined ? { uid, gid } : {}
  return changeFile(
    session,
    path,
    limits.keys,
    { ...owner, mode: 0o644 },
    (bytes) => {
      const text = change(parseKeys(bytes.toString('latin1')))
      return text === undefined ? undefined : Buffer.from(text, 'latin1')
    },
    call,
  )
}

/** Changes lines in every file of an account. @returns the paths of those that were changed */
async function changeLines(
  session: SshSession,
  keys: AccountKeys,
  which: (line: KeyLine) => boolean,
  change: (lines: readonly string[], which: readonly KeyLine[]) => string,
  call: Call,
): Promise<string[]> {
  const changed: string[] = []
  for (const { path } of keys.files) {
    const edit = (text: KeyText) => {
      const lines = text.keys.filter(which)
      return lines.length === 0 ? undefined : change(text.lines, lines)
    }
    if (await changeText(session, keys, path, edit, call)) changed.push(path)
  }
  return changed
}

const allLines = ({ files }: AccountKeys) =>
  files.flatMap(({ path, text }) => text.keys.map((line) => ({ path, line })))

/** Appends a key beside those that there are, with all that limits the one that it shall replace. */
async function issue(session: SshSession, order: IssueOrder, call: Call) {
  const { secret, expiresAt = null } = order
  if (secret === undefined) throw new LiveError('conflict', 'A server makes no keys: propose one first.')
  const keys = await keysOf(session, order, call)
  const key = publicKeyOf(secret)
  const lines = allLines(keys).map(({ line }) => line)
  const other = lines.find(isTarget(keys.account.name, order))
  const path = keys.paths[0]
  if (path === undefined) throw new LiveError('conflict', 'No file of keys is named in the settings of the connection.')
  if (order.target.credential !== undefined && other === undefined)
    throw new LiveError('not_found', 'The key to replace is not there (any more): what limits it is not known.')
  if (lines.some(({ state }) => state === 'account_disabled'))
    throw new LiveError(
      'conflict',
      `${keys.account.name} is disabled: enable it first, or the new key would let it in.`,
    )
  if (other?.options.some(({ name }) => name === 'cert-authority'))
    throw new LiveError('conflict', 'This is the key of a certificate authority: replace it at the source.')
  const credential = keyId(keys.account.name, key.fingerprint)
  if (!lines.some((line) => line.key.fingerprint === key.fingerprint && line.state === 'active')) {
    const line = replacementLine(key, other, expiresAt)
    await changeText(session, keys, path, (text) => withLine(text.lines, line), call)
  }
  return { credential, secret, replacesFormer: false }
}

async function verify(session: SshSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { name } = await accountOf(session, order, call)
  try {
    const { client } = await signIn(session.config, session.setting, name, order.secret)
    client.end()
    return { answer: 'accepted', reason: 'The server let it in' }
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainSsh(thrown)
    if (error?.code !== 'login_refused')
      return { answer: 'unknown', reason: error?.message ?? 'the connection failed before an answer came' }
  }
  const print = publicKeyOf(order.secret).fingerprint
  const keys = await keysOf(session, order, call).catch(() => undefined)
  const isElsewhere =
    keys !== undefined && allLines(keys).some(({ line }) => line.key.fingerprint === print && isBound(line))
  return isElsewhere
    ? { answer: 'unknown', reason: 'the key may be used from certain addresses only (from=), which this may not be' }
    : { answer: 'refused', reason: 'The server refused the key' }
}

const isBound = ({ state, options }: KeyLine) => state === 'active' && options.some(({ name }) => name === 'from')

interface FormerLine {
  path: string
  at: number
  line: string
}

async function remove(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const keys = await keysOf(session, order, call)
  const which = isTarget(keys.account.name, order)
  const lines = allLines(keys).filter(({ line }) => which(line))
  const before: FormerLine[] = lines.map(({ path, line: { at, body } }) => ({ path, at, line: body }))
  const former = new Secret(JSON.stringify(before))
  if (before.length > 0) await order.keep?.(former)
  const changed = await changeLines(session, keys, which, withoutLines, call)
  if (changed.length === 0) return { did: 'already', evidence: 'no file of the account holds the key' }
  return {
    did: 'done',
    former,
    evidence: `the line is gone from ${changed.join(' and ')}`,
  }
}

/** The lines as they were, in force again. */
async function restore(session: SshSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const keys = await keysOf(session, order, call)
  const former = JSON.parse(order.former.reveal()) as FormerLine[]
  const changed: string[] = []
  for (const { path, at, line } of former) {
    const isOneKey = !line.includes('\n') && parseKeys(line).keys.length === 1
    if (!isOneKey || !keys.paths.includes(path))
      throw new LiveError('conflict', 'What was kept is no line of a key of this account.')
    const edit = (text: KeyText) =>
      text.keys.some((known) => known.body === line && known.state === 'active')
        ? undefined
        : withLine(text.lines, line, at)
    if (await changeText(session, keys, path, edit, call)) changed.push(path)
  }
  if (changed.length === 0) return { did: 'already', evidence: 'the line is there' }
  return { did: 'done', evidence: `the line is back in ${changed.join(' and ')}` }
}

async function disable(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const keys = await keysOf(session, order, call)
  const which = isTarget(keys.account.name, order)
  if (!allLines(keys).some(({ line }) => which(line)))
    throw new LiveError('not_found', 'No file of the account holds the key (any more).')
  const isOn = (line: KeyLine) => which(line) && line.state !== 'disabled'
  const changed = await changeLines(session, keys, isOn, (lines, own) => withState(lines, own, 'disabled'), call)
  if (changed.length === 0) return { did: 'already', evidence: 'the line is a comment' }
  return { did: 'done', evidence: `the line is a comment in ${changed.join(' and ')}` }
}

async function enable(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const keys = await keysOf(session, order, call)
  const which = isTarget(keys.account.name, order)
  const lines = allLines(keys).map(({ line }) => line)
  if (!lines.some(which)) throw new LiveError('not_found', 'No file of the account holds the key (any more).')
  if (lines.some(({ state }) => state === 'account_disabled'))
    throw new LiveError('conflict', `${keys.account.name} is disabled as a whole: enable it first.`)
  return activate(session, keys, (line) => which(line) && line.state === 'disabled', call)
}

async function activate(
  session: SshSession,
  keys: AccountKeys,
  which: (line: KeyLine) => boolean,
  call: Call,
): Promise<Effect> {
  const changed = await changeLines(session, keys, which, (lines, own) => withState(lines, own, 'active'), call)
  if (changed.length === 0) return { did: 'already', evidence: 'no line of it is out of force' }
  return { did: 'done', evidence: `in force again in ${changed.join(' and ')}` }
}

/** All keys of the account that are in force, marked so that only these are enabled again. */
async function disableAccount(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const keys = await keysOf(session, order, call)
  const isOn = ({ state }: KeyLine) => state === 'active'
  const changed = await changeLines(
    session,
    keys,
    isOn,
    (lines, own) => withState(lines, own, 'account_disabled'),
    call,
  )
  if (changed.length === 0) return { did: 'already', evidence: 'no key of the account is in force' }
  return { did: 'done', evidence: `every key is a comment in ${changed.join(' and ')}` }
}

async function enableAccount(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const keys = await keysOf(session, order, call)
  return activate(session, keys, ({ state }) => state === 'account_disabled', call)
}

export const accountHands: Hands<SshSession> = {
  disable: disableAccount,
  enable: enableAccount,
  endSessions: async (session, order, call) => endSessions(session, (await accountOf(session, order, call)).name, call),
  whoUses: async (session, order, call) => whoUses(session, (await accountOf(session, order, call)).name, call),
}
export const keyHands: Hands<SshSession> = { issue, verify, disable, enable, delete: remove, restore }
