import type { Refusal } from '../contract'
import type { Call, DiscoveryPage, IdentityRights, RightsReport, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { mayOpenShell } from './accounts'
import type { SshSession } from './client'
import { mayReplace, type OwnIds, readOwnIds } from './files'
import type { Revocations } from './krl'
import { accountId, holderId, mapAccount, mapCertificates } from './map'
import { type AccountKeys, readAccounts, readKeys, readRegister, readRevocations, type Unread } from './read-keys'
import { mayEnd, sees } from './sessions'

type Page = { cursor: string | null; pageSize?: number }

const isList = (found: Revocations | Unread | undefined): found is Revocations => found !== undefined && 'form' in found

/** Accounts by name, then holders of certificates. A cursor is `account:NAME` or `holder:ID`, after which to go on. */
export async function readPage(
  session: SshSession,
  { cursor, pageSize = 100 }: Page,
  call: Call,
): Promise<DiscoveryPage> {
  const page: DiscoveryPage = { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: null }
  const revocations = await readRevocations(session, call)
  const list = isList(revocations) ? revocations : undefined
  // Nothing lies in the list: what it says is only left unknown.
  if (revocations !== undefined && !isList(revocations)) page.skipped.push({ ...skipped(revocations), within: [] })
  if (cursor !== null && !cursor.startsWith('account:'))
    return certificatePage(session, cursor, pageSize, page, list, call)
  const accounts = await readAccounts(session, call)
  const names = [...accounts.keys()].sort()
  const rest = names.filter((name) => cursor === null || accountId(name) > cursor)
  const own = await readOwnIds(session, call)
  const ends = await mayEnd(session, call)
  for (const name of rest.slice(0, pageSize)) {
    const keys = await readKeys(session, accounts.get(name) ?? { name, strongGroups: [] }, call)
    // An account of the system that opens no shell and has no keys is nobody's way in.
    if (session.config.accounts === '' && keys.files.length === 0 && !mayOpenShell(keys.account)) continue
    const { records, refused } = mapAccount(keys, list, session.setting)
    page.records.push(...records)
    page.refused.push(...refused)
    page.skipped.push(...keys.unread.map(skipped))
    page.rights.push(await accountRights(session, keys, own, ends, call))
  }
  const last = rest[pageSize - 1]
  if (rest.length > pageSize && last !== undefined) page.next = accountId(last)
  else if (session.config.certificates !== undefined) page.next = 'holder:'
  return page
}

const skipped = ({ path, reason }: Unread): Skipped => ({ scope: path, reason })

async function certificatePage(
  session: SshSession,
  cursor: string,
  pageSize: number,
  page: DiscoveryPage,
  list: Revocations | undefined,
  call: Call,
): Promise<DiscoveryPage> {
  const { certificates, malformed, unread } = await readRegister(session, call)
  const holders = [...new Set(certificates.map(holderId))].sort().filter((id) => id > cursor)
  const shown = new Set(holders.slice(0, pageSize))
  const held = certificates.filter((certificate) => shown.has(holderId(certificate)))
  const refused = malformed.map((line): Refusal => {
    return { at: `${session.config.certificates} line ${line}`, reason: 'is no certificate of a user' }
  })
  const path = session.config.revokedKeys
  const may = path === undefined ? false : await mayReplace(session, path, await readOwnIds(session, call), call)
  const why = path === undefined ? 'no list of revoked keys is named in the settings' : `cannot change ${path}`
  return {
    ...page,
    records: mapCertificates(held, list, await readAccounts(session, call)),
    rights: [...shown].map((identity) => ({
      ...{ identity, rotate: false, revoke: may },
      why: may === true ? 'certificates are issued by their authority' : why,
    })),
    refused: cursor === 'holder:' ? refused : [],
    skipped: [...page.skipped, ...(unread === undefined ? [] : [skipped(unread)])],
    next: holders.length > shown.size ? ([...shown].at(-1) ?? null) : null,
  }
}

/** What the connection may do with an account: it changes its files, and ends its sessions. */
async function accountRights(
  session: SshSession,
  { account, paths, files, unread }: AccountKeys,
  own: OwnIds | undefined,
  ends: boolean,
  call: Call,
): Promise<IdentityRights> {
  const identity = accountId(account.name)
  const no = (why: string) => ({ identity, rotate: false, revoke: false, why })
  if (account.name === session.config.user) return no('is the account that this connection signs in with')
  if (unread[0] !== undefined) return no(`cannot read ${unread[0].path}`)
  const places = files.length > 0 ? files.map(({ path }) => path) : paths.slice(0, 1)
  for (const path of places) {
    const may = await mayReplace(session, path, own, call)
    if (may === 'unknown')
      return { identity, rotate: may, revoke: may, why: 'the server does not say what this account may do' }
    if (!may) return no(`cannot replace ${path}`)
  }
  return ends
    ? { identity, rotate: true, revoke: true }
    : { identity, rotate: true, revoke: false, why: 'cannot end its sessions: needs the script of the instructions' }
}

/** Accounts whose files are looked at for the report: enough to see what is missing. */
const sampled = 20

export async function describeRights(session: SshSession, call: Call): Promise<RightsReport> {
  const own = await readOwnIds(session, call)
  const statements: RightsReport['statements'] = []
  const say = (what: string, missing: string | undefined) =>
    statements.push(missing === undefined ? { what, allowed: true } : { what, allowed: false, missing })
  const accounts = await readAccounts(session, call).catch((error) => {
    if (error instanceof LiveError && error.code === 'forbidden') return error
    throw error
  })
  say('See the accounts', accounts instanceof LiveError ? 'read on /etc/passwd, or names in the settings' : undefined)
  const unread: string[] = []
  const fixed: string[] = []
  let isOneFree = false
  for (const account of accounts instanceof LiveError ? [] : [...accounts.values()].slice(0, sampled)) {
    const keys = await readKeys(session, account, call)
    unread.push(...keys.unread.map(({ path }) => path))
    const rights = await accountRights(session, keys, own, true, call)
    isOneFree ||= rights.rotate === true
    if (rights.rotate !== true && account.name !== session.config.user && keys.files[0] !== undefined)
      fixed.push(keys.files[0].path)
  }
  say('See their keys', unread[0] === undefined ? undefined : `read on ${listed(unread)}`)
  const lacks =
    fixed[0] === undefined ? 'to own a file of keys with its folder' : `to own ${listed(fixed)} with the folder`
  say('Rotate and revoke keys', fixed[0] === undefined && isOneFree ? undefined : lacks)
  say('See open sessions', (await sees(session, call)) ? undefined : 'to run ps and see all processes')
  say('End open sessions', (await mayEnd(session, call)) ? undefined : 'sudo for bailiwick-end-sessions')
  const path = session.config.revokedKeys
  if (path === undefined) say('Revoke certificates', 'the list of revoked keys in the settings')
  else say('Revoke certificates', (await mayReplace(session, path, own, call)) === true ? undefined : `to own ${path}`)
  const { config, product } = session
  return { account: `${config.user}@${config.host}`, product, statements }
}

const listed = (paths: readonly string[]) =>
  paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ')
