import type { Call, DiscoveryPage, IdentityRights } from '../live-contract'
import { makeSecret } from '../secret'
import { type LdapSession, readScene } from './account'
import { result, tryModify } from './client'
import { type DirectoryEntry, normalDn, textsOf } from './entry'
import {
  accountAttributes,
  groupAttributes,
  groupClasses,
  idOf,
  type Member,
  mapAccounts,
  mapGroups,
  permanentLock,
  policyOf,
  type Scene,
} from './map'
import { hashedPassword } from './password-value'
import { readList, readWhole } from './read-list'

const entriesInPage = 200
export const anyGroup = `(|${groupClasses.map((name) => `(objectClass=${name})`).join('')})`

export async function readPage(
  session: LdapSession,
  { cursor, pageSize = entriesInPage }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const { base, accounts: filter } = session.config
  const questions = {
    accounts: { base, filter, attributes: accountAttributes },
    groups: { base, filter: anyGroup, attributes: groupAttributes },
  }
  const prepare = async (isFirst: boolean, stage: 'accounts' | 'groups') => {
    if (isFirst || session.scene === undefined) session.scene = await readScene(session, call)
    if (stage === 'groups' && (isFirst || session.members === undefined))
      session.members = await readMembers(session, call)
  }
  const { stage, entries, skipped, next } = await readList(session, questions, { cursor, pageSize, prepare }, call)
  const { scene = await readScene(session, call), members = new Map<string, Member>() } = session
  for (const entry of entries) session.names.set(idOf(entry) ?? '', entry.dn)
  const nameless = entries.filter((entry) => idOf(entry) === undefined)
  return {
    ...(stage === 'accounts'
      ? { records: mapAccounts(entries, scene), rights: await readRights(session, entries, scene, call) }
      : { records: mapGroups(entries, (dn) => members.get(dn)), rights: [] }),
    refused: nameless.map(({ dn }) => ({ at: dn, reason: 'has no entryUUID' })),
    ...{ unresolved: [], skipped, next },
  }
}

/** Accounts and groups by their names: what the names in groups stand for. */
export async function readMembers(session: LdapSession, call: Call): Promise<Map<string, Member>> {
  const members = new Map<string, Member>()
  const listed = { accounts: [] as string[], isAll: true }
  const lists = [
    ['identity', session.config.accounts],
    ['role', anyGroup],
  ] as const
  for (const [type, filter] of lists) {
    const question = { base: session.config.base, filter, attributes: ['entryUUID'] }
    const entries = readWhole(session, question, call)
    let next = await entries.next()
    for (; !next.done; next = await entries.next()) {
      const externalId = idOf(next.value)
      if (externalId === undefined) continue
      members.set(normalDn(next.value.dn), { type, externalId })
      if (type === 'identity') listed.accounts.push(externalId)
    }
    listed.isAll &&= next.value
  }
  session.listed = listed
  return members
}

/** What the connection may do with each account: asked of the directory's own rules by changes that are not made. */
export async function readRights(
  session: LdapSession,
  entries: readonly DirectoryEntry[],
  scene: Scene,
  call: Call,
): Promise<IdentityRights[]> {
  const rights: IdentityRights[] = []
  for (const entry of entries) {
    const identity = idOf(entry)
    if (identity === undefined) continue
    if (identity === session.own.id)
      rights.push({ identity, rotate: false, revoke: false, why: 'is the account that this connection signs in with' })
    else rights.push({ identity, ...(await rightsOver(session, entry, scene, call)) })
  }
  return rights
}

export async function rightsOver(
  session: LdapSession,
  entry: DirectoryEntry,
  scene: Scene,
  call: Call,
): Promise<Omit<IdentityRights, 'identity'>> {
  const value = hashedPassword(makeSecret(), textsOf(entry, 'userPassword'))
  const rotate = await tryModify(session, call, entry.dn, [
    { operation: 'add', attribute: 'userPassword', values: [value] },
  ])
  const isLocking = policyOf(entry, scene)?.locks === true
  const lock = { operation: 'replace' as const, attribute: 'pwdAccountLockedTime', values: [permanentLock] }
  const revoke = isLocking ? await tryModify(session, call, entry.dn, [lock]) : rotate
  const [mayRotate, mayRevoke] = [verdictOf(rotate), verdictOf(revoke)]
  const why =
    mayRotate === false
      ? 'this connection may not write userPassword'
      : mayRevoke === false
        ? 'this connection may not write pwdAccountLockedTime'
        : mayRotate === 'unknown' || mayRevoke === 'unknown'
          ? `the directory does not tell (result ${mayRotate === 'unknown' ? rotate : revoke})`
          : undefined
  return { rotate: mayRotate, revoke: mayRevoke, ...(why === undefined ? {} : { why }) }
}

/** Only a refusal for want of rights is one; a directory that cannot be asked without changing says nothing. */
const verdictOf = (code: number): boolean | 'unknown' =>
  code === 0 ? true : code === result.insufficientAccessRights ? false : 'unknown'
