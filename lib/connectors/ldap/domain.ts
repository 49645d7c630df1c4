import type { Call, DiscoveryPage, LiveSetting, Order } from '../live-contract'
import { LiveError } from '../live-error'
import { DescriptorParts, type Directory, openDirectory, readEntry, search } from './client'
import type { ActiveDirectoryConfig } from './config'
import { domainOf, idOfSid, isKeyDistributor, sidOf, sidOfId, sidText } from './domain-entry'
import {
  type DomainScene,
  domainAccountAttributes,
  domainBytes,
  domainGroupAttributes,
  domainRightsOf,
  mapDomainAccounts,
  mapDomainGroups,
} from './domain-map'
import { bytesOf, type DirectoryEntry, escapeFilter, normalDn, textOf, textsOf } from './entry'
import { readList, readWhole } from './read-list'

export interface DomainSession extends Directory {
  config: ActiveDirectoryConfig
  own: { dn: string; sid: string; holds: ReadonlySet<string>; isEncrypted: boolean }
  controller: string
  domain: string
  /** Name of the domain's topmost entry. */
  naming: string
  /** Names of accounts by their ids, as last seen: what was deleted can still be tried. */
  names: Map<string, string>
  /** Of the sync that runs on this connection. */
  scene?: DomainScene
}

export async function openDomain(
  config: ActiveDirectoryConfig,
  setting: LiveSetting,
  call: Call,
): Promise<DomainSession> {
  const directory = await openDirectory(config, setting)
  try {
    const root = await readEntry(directory, call, '', ['supportedCapabilities', 'defaultNamingContext', 'dnsHostName'])
    if (root === undefined || !textsOf(root, 'supportedCapabilities').includes('1.2.840.113556.1.4.800'))
      throw new LiveError('invalid_config', 'This is no Active Directory: connect to it as OpenLDAP.')
    const naming = textOf(root, 'defaultNamingContext') ?? config.base
    const own = await readOwn(directory, config, naming, call)
    return {
      ...{ ...directory, config, own, names: new Map() },
      ...{ controller: textOf(root, 'dnsHostName') ?? '', domain: domainOf(naming), naming },
    }
  } catch (error) {
    await directory.client.unbind().catch(() => {})
    throw error
  }
}

/** The connection's own account and the identifiers of all groups that it is in, also by other groups. */
async function readOwn(directory: Directory, config: ActiveDirectoryConfig, naming: string, call: Call) {
  const { user } = config
  const name = escapeFilter(user.replace(/^.*\\/, '').replace(/@.*$/, ''))
  const filter = `(|(userPrincipalName=${escapeFilter(user)})(sAMAccountName=${name}))`
  const attributes = ['objectSid', 'userPrincipalName']
  const found = /^[^@\\]+=/.test(user)
    ? [await readEntry(directory, call, user, attributes, { bytes: domainBytes })]
    : await search(directory, call, { base: naming, filter, attributes, bytes: domainBytes })
  const exact = found.find((entry) => entry && textOf(entry, 'userPrincipalName')?.toLowerCase() === user.toLowerCase())
  const entry = exact ?? found[0]
  const sid = entry && sidOf(entry)
  if (entry === undefined || sid === undefined)
    throw new LiveError('unexpected_answer', 'The directory does not show the account that signed in.')
  const token = await readEntry(directory, call, entry.dn, ['tokenGroups'], { bytes: domainBytes })
  const groups = token === undefined ? [] : bytesOf(token, 'tokenGroups').flatMap((bytes) => sidText(bytes)?.sid ?? [])
  // Everyone and authenticated users, of whom each account is one.
  const holds = new Set([sid, ...groups, 'S-1-1-0', 'S-1-5-11'])
  return { dn: entry.dn, sid, holds, isEncrypted: directory.isEncrypted }
}

export const descriptor = { bytes: domainBytes, control: new DescriptorParts() }

export async function readDomainPage(
  session: DomainSession,
  { cursor, pageSize = 200 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const { config } = session
  const questions = {
    accounts: { base: config.base, filter: config.accounts, attributes: domainAccountAttributes, ...descriptor },
    groups: { base: config.base, filter: '(objectClass=group)', attributes: domainGroupAttributes, bytes: domainBytes },
  }
  const prepare = async (isFirst: boolean) => {
    if (isFirst || session.scene === undefined) session.scene = await readScene(session, call)
  }
  const { stage, entries, skipped, next } = await readList(session, questions, { cursor, pageSize, prepare }, call)
  const scene = session.scene ?? sceneOf(session, new Map())
  for (const entry of entries) session.names.set(sidOf(entry) ?? '', entry.dn)
  return {
    ...{ refused: [], unresolved: [], skipped, next },
    ...(stage === 'accounts'
      ? { records: mapDomainAccounts(entries, scene), rights: domainRightsOf(entries, session.own) }
      : { records: mapDomainGroups(entries, scene), rights: [] }),
  }
}

/** All groups by their names: a list of members may be cut by the directory, what an account is a member of is not. */
export async function readScene(session: DomainSession, call: Call): Promise<DomainScene> {
  const groups = new Map<string, string>()
  const question = {
    base: session.config.base,
    filter: '(objectClass=group)',
    attributes: ['objectSid'],
    bytes: domainBytes,
  }
  for await (const entry of readWhole(session, question, call)) {
    const sid = sidOf(entry)
    if (sid !== undefined) groups.set(normalDn(entry.dn), idOfSid(sid, session.domain))
  }
  return sceneOf(session, groups)
}

export const sceneOf = ({ domain, own }: DomainSession, groups: ReadonlyMap<string, string>): DomainScene => ({
  ...{ domain, domainSid: own.sid.slice(0, own.sid.lastIndexOf('-')), groups },
})

/** The entry of an identifier as it is now; `undefined` = it is not there, or not for us to see. */
export async function findBySid(
  session: DomainSession,
  id: string,
  call: Call,
  attributes = domainAccountAttributes.filter((name) => name !== 'nTSecurityDescriptor'),
): Promise<DirectoryEntry | undefined> {
  const sid = sidOfId(id.replace(/#password$/, ''))
  if (sid === undefined) throw new LiveError('not_found', `${id} is not the identifier of an account.`)
  const question = { base: session.config.base, filter: `(objectSid=${sid})`, attributes, bytes: domainBytes }
  const [entry] = await search(session, call, question)
  if (entry !== undefined) session.names.set(sid, entry.dn)
  return entry
}

export async function demandAccount(session: DomainSession, { target }: Order, call: Call): Promise<DirectoryEntry> {
  if (isKeyDistributor(target.identity))
    throw new LiveError(
      'conflict',
      'krbtgt signs all tickets of the domain: change it by the domain’s own procedure, twice.',
    )
  const entry = await findBySid(session, target.identity, call)
  if (entry === undefined)
    throw new LiveError(
      'not_found',
      `The account ${session.names.get(target.identity) ?? target.identity} is not there (any more).`,
    )
  return entry
}
