import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Effect, Hands, IssueOrder, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { demandEntry, findEntry, type LdapSession } from './account'
import { codeOf, explainDirectory, type Modification, modify, readEntry, result, saidOf, signIn } from './client'
import { type DirectoryEntry, textOf, textsOf } from './entry'
import { permanentLock } from './map'
import {
  disabledValue,
  emptied,
  enabledValue,
  hashedPassword,
  isDisabledValue,
  passwordId,
  passwordsOf,
  unseenPasswordId,
} from './password-value'

const passwords = (operation: Modification['operation'], ...values: string[]): Modification => ({
  ...{ operation, attribute: 'userPassword', values },
})
export const lock: Modification = { operation: 'replace', attribute: 'pwdAccountLockedTime', values: [permanentLock] }
/** Named as a deletion, so that the policy does not delete it once more after the others. */
const relock: Modification[] = [
  { operation: 'delete', attribute: 'pwdAccountLockedTime', values: [] },
  { operation: 'add', attribute: 'pwdAccountLockedTime', values: [permanentLock] },
]

/**
 * Writes passwords. At servers with a password policy a new one ends a lock, but an account that is disabled must stay so: the
 * lock is written in the same operation, and again should it be gone. A policy that keeps former passwords notes them by the
 * second: of two changes within one, it refuses the later.
 */
async function write(session: LdapSession, entry: DirectoryEntry, change: Modification, call: Call): Promise<void> {
  const isLocked = (found: DirectoryEntry | undefined) =>
    found !== undefined && textOf(found, 'pwdAccountLockedTime') === permanentLock
  const changes = [change, ...(isLocked(entry) ? relock : [])]
  try {
    await modify(session, call, entry.dn, changes)
  } catch (thrown) {
    if (codeOf(thrown) !== result.attributeOrValueExists || !saidOf(thrown).includes('pwdHistory')) throw thrown
    await sleep(1100, undefined, { signal: call.signal })
    await modify(session, call, entry.dn, changes)
  }
  if (isLocked(entry) && !isLocked(await readEntry(session, call, entry.dn, ['pwdAccountLockedTime'])))
    await modify(session, call, entry.dn, [lock])
}

function passwordIn(session: LdapSession, entry: DirectoryEntry, { target }: Order): string | undefined {
  return passwordsOf(textsOf(entry, 'userPassword')).find(
    (stored) => passwordId(target.identity, stored, session.setting) === target.credential,
  )
}

/** The new password beside those that there are. Where they are not to be seen they can only be replaced. */
async function issue(session: LdapSession, order: IssueOrder, call: Call) {
  const { secret, target } = order
  if (secret === undefined) throw new LiveError('conflict', 'The directory makes no passwords: propose one first.')
  const entry = await demandEntry(session, order, call)
  const known = textsOf(entry, 'userPassword')
  const value = hashedPassword(secret, known)
  await write(session, entry, passwords(known.length === 0 ? 'replace' : 'add', value), call)
  await clear(session, entry, call)
  const after = await demandEntry(session, order, call)
  const isSeen = textsOf(after, 'userPassword').includes(value)
  return {
    credential: isSeen ? passwordId(target.identity, value, session.setting) : unseenPasswordId(target.identity),
    secret,
    replacesFormer: known.length === 0,
  }
}

/** Signs in as a program would. Only the directory's own refusal of the password counts as one. */
async function verify(session: LdapSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { config, setting, names } = session
  const entry = await findEntry(session, order.target.identity, call)
  const dn = entry?.dn ?? names.get(order.target.identity)
  if (dn === undefined)
    return {
      answer: 'unknown',
      reason: 'the entry is not there, or not for this connection to see: no login was tried',
    }
  try {
    const client = await signIn(config, setting, dn, order.secret)
    await client.unbind().catch(() => {})
    return { answer: 'accepted', reason: 'the directory let it in' }
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === result.invalidCredentials) {
      const why = entry === undefined ? 'the entry is gone' : 'a wrong password, or an account that is locked'
      return { answer: 'refused', reason: `the directory refused it (49): ${why}` }
    }
    if (code !== undefined)
      return { answer: 'unknown', reason: `the directory answered ${code} ${saidOf(thrown)}`.trim() }
    const error = thrown instanceof LiveError ? thrown : explainDirectory(thrown)
    return { answer: 'unknown', reason: error?.message ?? 'the connection failed before an answer came' }
  }
}

const keep = (values: string[]) => new Secret(JSON.stringify({ values }))
function kept({ former }: { former: Secret }): string[] {
  const { values } = JSON.parse(former.reveal()) as { values?: unknown }
  if (!Array.isArray(values) || values.length === 0)
    throw new LiveError('conflict', 'What was kept is no password of a directory.')
  return values.map(String)
}

/** Takes one password away. Where the schema demands one, a value stays that no password fits. */
async function deletePassword(session: LdapSession, order: Order, call: Call): Promise<Effect> {
  const entry = await findEntry(session, order.target.identity, call)
  const known = entry === undefined ? [] : textsOf(entry, 'userPassword')
  const isUnseen = order.target.credential === unseenPasswordId(order.target.identity)
  const value = entry && passwordIn(session, entry, order)
  if (entry === undefined || (value === undefined && !(isUnseen && known.length === 0)))
    return { did: 'already', evidence: 'userPassword holds no such value' }
  const former = value === undefined ? undefined : keep([value])
  if (former) await order.keep?.(former)
  const isLast = known.every((other) => other === value)
  const change = isLast ? passwords('replace') : passwords('delete', value ?? '')
  try {
    await write(session, entry, change, call)
  } catch (thrown) {
    if (!isLast || codeOf(thrown) !== result.objectClassViolation) throw thrown
    await write(session, entry, passwords('replace', emptied), call)
  }
  return {
    did: 'done',
    ...(former === undefined ? {} : { former }),
    evidence: 'userPassword holds the value no more',
  }
}

async function restore(session: LdapSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const entry = await demandEntry(session, order, call)
  const known = textsOf(entry, 'userPassword')
  const missing = kept(order).filter((value) => !known.includes(value))
  if (missing.length === 0) return { did: 'already', evidence: 'userPassword holds the value' }
  for (const value of missing) await write(session, entry, passwords('add', value), call)
  await clear(session, entry, call)
  return { did: 'done', evidence: 'the former value is written back' }
}

/**
 * Writes a value in the place of another. A password policy takes a hash that is deleted and one that is added in one operation
 * for a person who changes a password and gives the old one: where a value is not the only one, the new one comes first.
 */
export async function exchange(
  session: LdapSession,
  entry: DirectoryEntry,
  values: string[],
  by: (stored: string) => string,
  call: Call,
): Promise<void> {
  const isOnly = textsOf(entry, 'userPassword').length === 1
  for (const value of values) {
    const change = passwords(isOnly ? 'replace' : 'add', by(value))
    await write(session, entry, change, call)
    if (!isOnly) await write(session, entry, passwords('delete', value), call)
  }
}

/** Takes away what stood in for a password once there is one. */
async function clear(session: LdapSession, entry: DirectoryEntry, call: Call): Promise<void> {
  if (textsOf(entry, 'userPassword').includes(emptied)) await write(session, entry, passwords('delete', emptied), call)
}

async function disablePassword(session: LdapSession, order: Order, call: Call): Promise<Effect> {
  const entry = await demandEntry(session, order, call)
  const value = passwordIn(session, entry, order)
  if (value === undefined) throw new LiveError('not_found', 'The entry has no such password (any more), or hides it.')
  if (isDisabledValue(value)) return { did: 'already', evidence: 'the value is marked as disabled' }
  await exchange(session, entry, [value], disabledValue, call)
  return { did: 'done', evidence: 'the value is marked as disabled: no password fits it' }
}

async function enablePassword(session: LdapSession, order: Order, call: Call): Promise<Effect> {
  const entry = await demandEntry(session, order, call)
  const value = passwordIn(session, entry, order)
  if (value === undefined) throw new LiveError('not_found', 'The entry has no such password (any more), or hides it.')
  if (!isDisabledValue(value)) return { did: 'already', evidence: 'the value is not marked' }
  await exchange(session, entry, [value], enabledValue, call)
  return { did: 'done', evidence: 'the value is as it was before' }
}

export const passwordHands: Hands<LdapSession> = {
  ...{ issue, verify, disable: disablePassword, enable: enablePassword, delete: deletePassword, restore },
}
