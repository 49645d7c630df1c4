import type { Call, Effect, GrantOrder, Hands, LiveUse, Order } from '../live-contract'
import { LiveError } from '../live-error'
import { demandEntry, findEntry, type LdapSession, readScene } from './account'
import { codeOf, type Modification, modify, remove, result } from './client'
import { normalDn, textOf, textsOf } from './entry'
import { groupAttributes, memberAttributes, permanentLock, policyOf, statusOf } from './map'
import { readConnections } from './monitor'
import { disabledValue, enabledValue, isDisabledValue, passwordsOf } from './password-value'
import { exchange, lock } from './passwords'

const unlock: Modification = { operation: 'replace', attribute: 'pwdAccountLockedTime', values: [] }

/** By a lock where a policy makes locks count; else by marking every password, which no server lets in. */
async function disable(session: LdapSession, order: Order, call: Call): Promise<Effect> {
  const [entry, scene] = [await demandEntry(session, order, call), await readScene(session, call)]
  if (statusOf(entry, scene) === 'disabled') return { did: 'already', evidence: 'no password of it is let in' }
  if (policyOf(entry, scene)?.locks === true) {
    await modify(session, call, entry.dn, [lock])
    return { did: 'done', evidence: `pwdAccountLockedTime is ${permanentLock}, and its policy has pwdLockout` }
  }
  const values = passwordsOf(textsOf(entry, 'userPassword')).filter((value) => !isDisabledValue(value))
  if (values.length === 0)
    // Says forbidden where it is a matter of rights, and changes nothing where there is nothing.
    throw new LiveError(
      scene.readsPasswords ? 'conflict' : 'forbidden',
      'The entry shows no password that could be disabled, and no policy is seen that makes a lock count.',
    )
  await exchange(session, entry, values, disabledValue, call)
  return { did: 'done', evidence: `${values.length} passwords are marked as disabled: nothing fits them` }
}

async function enable(session: LdapSession, order: Order, call: Call): Promise<Effect> {
  const entry = await demandEntry(session, order, call)
  const values = passwordsOf(textsOf(entry, 'userPassword')).filter(isDisabledValue)
  const isLocked = textOf(entry, 'pwdAccountLockedTime') === permanentLock
  if (!isLocked && values.length === 0) return { did: 'already', evidence: 'neither locked nor marked' }
  if (values.length > 0) await exchange(session, entry, values, enabledValue, call)
  if (isLocked) await modify(session, call, entry.dn, [unlock])
  return { did: 'done', evidence: isLocked ? 'pwdAccountLockedTime is gone' : 'the passwords are as they were before' }
}

async function removeEntry(session: LdapSession, order: Order, call: Call): Promise<Effect> {
  const entry = await findEntry(session, order.target.identity, call)
  if (entry === undefined) return { did: 'already', evidence: 'a search for its entryUUID finds nothing' }
  await remove(session, call, entry.dn)
  return { did: 'done', evidence: 'a search for its entryUUID finds nothing' }
}

async function whoUses(session: LdapSession, order: Order, call: Call): Promise<LiveUse> {
  const entry = await demandEntry(session, order, call)
  const open = await readConnections(session, entry.dn, call)
  const used = open
    .map(({ lastUsedAt }) => lastUsedAt)
    .sort()
    .at(-1)
  return {
    sessions: open.map(({ lastUsedAt: _, ...connection }) => connection),
    ...(used === undefined ? {} : { lastUsedAt: used }),
    blindSpots:
      'other servers that hold a copy of the directory; logins that ended; programs that sign in only to check a password',
  }
}

async function groupOf(session: LdapSession, { on, scopes }: GrantOrder, call: Call) {
  if (scopes.length > 0) throw new LiveError('conflict', 'Membership in a group has no scopes.')
  const group = await findEntry(session, on, call, groupAttributes)
  if (group === undefined) throw new LiveError('not_found', 'The group is not there (any more).')
  const classes = textsOf(group, 'objectClass').map((name) => name.toLowerCase())
  const attribute = classes.includes('groupofuniquenames')
    ? 'uniqueMember'
    : classes.includes('organizationalrole')
      ? 'roleOccupant'
      : 'member'
  const names = memberAttributes.flatMap((name) => textsOf(group, name))
  return { dn: group.dn, attribute, names }
}

async function grant(session: LdapSession, order: GrantOrder, call: Call): Promise<Effect> {
  const [entry, group] = [await demandEntry(session, order, call), await groupOf(session, order, call)]
  if (group.names.some((name) => normalDn(name) === normalDn(entry.dn)))
    return { did: 'already', evidence: `${group.dn} names it` }
  await modify(session, call, group.dn, [{ operation: 'add', attribute: group.attribute, values: [entry.dn] }])
  return { did: 'done', evidence: `${group.dn} names it in ${group.attribute}` }
}

async function ungrant(session: LdapSession, order: GrantOrder, call: Call): Promise<Effect> {
  const [entry, group] = [await demandEntry(session, order, call), await groupOf(session, order, call)]
  const named = group.names.find((name) => normalDn(name) === normalDn(entry.dn))
  if (named === undefined) return { did: 'already', evidence: `${group.dn} does not name it` }
  try {
    await modify(session, call, group.dn, [{ operation: 'delete', attribute: group.attribute, values: [named] }])
  } catch (thrown) {
    if (codeOf(thrown) !== result.objectClassViolation) throw thrown
    throw new LiveError('conflict', `${group.dn} must have a member, and this is its last: delete the group instead.`)
  }
  return { did: 'done', evidence: `${group.dn} does not name it` }
}

export const identityHands: Hands<LdapSession> = {
  ...{ disable, enable, delete: removeEntry, grant, ungrant, whoUses },
}
