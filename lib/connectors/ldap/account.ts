import type { Call, LiveSetting, Order } from '../live-contract'
import { LiveError } from '../live-error'
import { type Directory, explainDirectory, openDirectory, readEntry, search, whoAmI } from './client'
import type { LdapConfig } from './config'
import { type DirectoryEntry, escapeFilter, normalDn, textOf, textsOf } from './entry'
import { accountAttributes, idOf, type Member, type Policy, type Scene } from './map'

export interface LdapSession extends Directory {
  config: LdapConfig
  /** The entry that the connection signs in as; an administrator of the configuration has none. */
  own: { dn: string; id: string }
  /** What the directory said of itself; empty = nothing. */
  version: string
  /** Names of entries by their ids, as last seen: what was deleted can still be tried. */
  names: Map<string, string>
  /** Of the sync that runs on this connection. */
  scene?: Scene
  members?: Map<string, Member>
  /** Ids of all accounts, one of which may be a group too, and whether the directory gave them all. */
  listed?: { accounts: string[]; isAll: boolean }
}

export async function openLdap(config: LdapConfig, setting: LiveSetting, call: Call): Promise<LdapSession> {
  const directory = await openDirectory(config, setting)
  try {
    await demandOtherThanActiveDirectory(directory, call)
    const dn = (await whoAmI(directory, call)).replace(/^dn:/i, '')
    if (dn === '') throw new LiveError('login_refused', 'The directory let the connection in as nobody.')
    const entry = await readEntry(directory, call, dn, ['entryUUID'])
    const id = (entry && idOf(entry)) ?? `dn:${normalDn(dn)}`
    return { ...directory, config, own: { dn, id }, version: await readVersion(directory, call), names: new Map() }
  } catch (error) {
    await directory.client.unbind().catch(() => {})
    throw error
  }
}

async function demandOtherThanActiveDirectory(directory: Directory, call: Call): Promise<void> {
  const root = await readEntry(directory, call, '', ['supportedCapabilities'])
  if (root !== undefined && textsOf(root, 'supportedCapabilities').includes('1.2.840.113556.1.4.800'))
    throw new LiveError('invalid_config', 'This is an Active Directory: connect to it as that system.')
}

/** From the monitor, where it may be read: a directory says elsewhere what it speaks, not what it is. */
async function readVersion(directory: Directory, call: Call): Promise<string> {
  const monitor = await unlessRefused(readEntry(directory, call, 'cn=Monitor', ['monitoredInfo']))
  const said = (monitor && textOf(monitor, 'monitoredInfo')) ?? ''
  return /slapd (\S+)/.exec(said)?.[1] ?? ''
}

/** What the connection has no right to is as if it were not there. */
export async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (thrown) {
    const code = explainDirectory(thrown)?.code
    if (code === 'forbidden' || code === 'not_found') return undefined
    throw thrown
  }
}

/** What decides about accounts beside themselves, as it is now: policies, and what the connection may see. */
export async function readScene(session: LdapSession, call: Call): Promise<Scene> {
  const { config, own, setting } = session
  const policies = new Map<string, Policy>()
  const attributes = ['pwdLockout', 'pwdMaxAge']
  const found = await unlessRefused(
    search(session, call, { base: config.base, filter: '(objectClass=pwdPolicy)', attributes }),
  )
  const usual = config.policy ? await unlessRefused(readEntry(session, call, config.policy, attributes)) : undefined
  for (const entry of [...(found ?? []), ...(usual === undefined ? [] : [usual])])
    policies.set(normalDn(entry.dn), {
      locks: textOf(entry, 'pwdLockout')?.toUpperCase() === 'TRUE',
      maxAge: Number(textOf(entry, 'pwdMaxAge') ?? '0') || 0,
    })
  const seen = await unlessRefused(
    search(session, call, {
      base: config.base,
      filter: `(&${config.accounts}(userPassword=*)(!(entryUUID=${escapeFilter(own.id.startsWith('dn:') ? '' : own.id)})))`,
      attributes: ['userPassword'],
      limit: 1,
    }),
  )
  return {
    policies,
    defaultPolicy: config.policy || undefined,
    readsPasswords: (seen ?? []).some((entry) => textsOf(entry, 'userPassword').length > 0),
    fingerprint: setting.fingerprint,
  }
}

/** The entry of an id as it is now; `undefined` = it is not there, or not for us to see. */
export async function findEntry(
  session: LdapSession,
  id: string,
  call: Call,
  attributes = accountAttributes,
): Promise<DirectoryEntry | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw new LiveError('not_found', `${id} is not the id of an entry.`)
  const [entry] = await search(session, call, { base: session.config.base, filter: `(entryUUID=${id})`, attributes })
  if (entry !== undefined) session.names.set(id, entry.dn)
  return entry
}

export async function demandEntry(session: LdapSession, { target }: Order, call: Call): Promise<DirectoryEntry> {
  const entry = await findEntry(session, target.identity, call)
  if (entry === undefined)
    throw new LiveError(
      'not_found',
      `The entry ${session.names.get(target.identity) ?? target.identity} is not there (any more).`,
    )
  return entry
}
