import type { EdgeRecord, IdentityRecord, NodeRef, NormalisedRecord, Privilege } from '../contract'
import type { IdentityRights } from '../live-contract'
import { wordTable } from '../word-table'
import { rightsIn } from './access-list'
import { accountControl, controlOf, fileTime, idOfSid, isKeyDistributor, sidOf } from './domain-entry'
import { bytesOf, type DirectoryEntry, generalizedTime, normalDn, textOf, textsOf } from './entry'

/** Entries of Active Directory to the same records, with the same ids, as files of its collectors give. */

export const domainAccountAttributes = [
  ...['objectSid', 'objectClass', 'sAMAccountName', 'userPrincipalName', 'description', 'managedBy', 'mail'],
  ...['userAccountControl', 'pwdLastSet', 'lastLogon', 'lastLogonTimestamp', 'accountExpires', 'whenCreated'],
  ...['servicePrincipalName', 'memberOf', 'primaryGroupID', 'adminCount', 'msDS-AllowedToDelegateTo'],
  ...['msDS-UserPasswordExpiryTimeComputed', 'lockoutTime', 'nTSecurityDescriptor'],
]
export const domainGroupAttributes = ['objectSid', 'sAMAccountName', 'description', 'memberOf', 'adminCount']
export const domainBytes = ['objectSid', 'nTSecurityDescriptor', 'tokenGroups', 'objectGUID']

export interface DomainScene {
  domain: string
  domainSid: string
  /** Ids of groups by their normalised names. */
  groups: ReadonlyMap<string, string>
}

export const passwordIdOf = (identity: string) => `${identity}#password`

const isManaged = (entry: DirectoryEntry) =>
  textsOf(entry, 'objectClass').some((name) => /ManagedServiceAccount$/i.test(name))

export function mapDomainAccounts(entries: readonly DirectoryEntry[], scene: DomainScene): NormalisedRecord[] {
  return entries.flatMap((entry): NormalisedRecord[] => {
    const sid = sidOf(entry)
    return sid === undefined ? [] : [accountOf(entry, sid), passwordOf(entry, sid), ...membershipsOf(entry, sid, scene)]
  })
}

/** The groups that an account is in. */
export function membershipsOf(entry: DirectoryEntry, sid: string, scene: DomainScene): EdgeRecord[] {
  const from: NodeRef = { type: 'identity', externalId: sid }
  const primary = textOf(entry, 'primaryGroupID')
  const groups = [
    ...textsOf(entry, 'memberOf').flatMap((dn) => scene.groups.get(normalDn(dn)) ?? []),
    ...(primary === undefined ? [] : [`${sid.slice(0, sid.lastIndexOf('-'))}-${primary}`]),
  ]
  return [...new Set(groups)].map((id) => memberEdge(from, id))
}

const memberEdge = (from: NodeRef, group: string): EdgeRecord => ({
  ...{ type: 'entitlement', kind: 'member_of', from, to: { type: 'role', externalId: group } },
  ...{ effect: 'allow', scopes: [], scopeCount: 0, basis: 'entitlement' },
})

const accountName = (entry: DirectoryEntry, sid: string) =>
  textOf(entry, 'userPrincipalName') ?? textOf(entry, 'sAMAccountName') ?? sid

function accountOf(entry: DirectoryEntry, sid: string): IdentityRecord {
  const control = controlOf(entry)
  const has = (bit: number) => control !== undefined && (control & bit) !== 0
  const description = textOf(entry, 'description')
  const created = generalizedTime(textOf(entry, 'whenCreated'))
  const used = lastUse(entry)
  const expires = fileTime(textOf(entry, 'accountExpires'))
  const names = textsOf(entry, 'servicePrincipalName').slice(0, 50)
  const delegates = textsOf(entry, 'msDS-AllowedToDelegateTo').slice(0, 50)
  const flags = Object.entries(accountControl).filter(([name, bit]) => name !== 'disabled' && has(bit))
  const hints = ['managedBy', 'mail'].flatMap((name) =>
    textsOf(entry, name).map((value) => ({ value: value.slice(0, 300), from: `attribute ${name}` })),
  )
  return {
    type: 'identity',
    externalId: sid,
    kind: 'service_account',
    name: accountName(entry, sid),
    ...(description === undefined ? {} : { description: description.slice(0, 1000) }),
    status: control === undefined ? 'unknown' : has(accountControl.disabled) ? 'disabled' : 'active',
    ...(created === undefined ? {} : { createdAt: created }),
    ...(used === undefined ? {} : { lastUsedAt: used }),
    attributes: {
      distinguishedName: entry.dn,
      takenFor: isKeyDistributor(sid)
        ? 'is the account of the key distribution center'
        : isManaged(entry)
          ? 'is a managed service account'
          : names.length > 0
            ? 'has a service principal name'
            : 'fits the filter of the connection',
      ...(names.length === 0 ? {} : { servicePrincipalNames: names }),
      ...(delegates.length === 0 ? {} : { allowedToDelegateTo: delegates }),
      ...Object.fromEntries(flags.map(([name]) => [name, true])),
      ...(textOf(entry, 'adminCount') === '1' ? { admincount: true } : {}),
      ...(typeof expires === 'string' ? { accountExpires: expires } : {}),
    },
    ...(hints.length === 0 ? {} : { ownerHints: hints }),
  }
}

/**
 * The later of what this controller saw itself and what the controllers tell each other, up to 14 days late. 0 in both means that
 * nobody signed in as far as they say; absent means unknown.
 */
export function lastUse(entry: DirectoryEntry): string | null | undefined {
  const times = ['lastLogon', 'lastLogonTimestamp'].map((name) => fileTime(textOf(entry, name)))
  const last = times
    .filter((at) => typeof at === 'string')
    .sort()
    .at(-1)
  return last ?? (times[1] === null ? null : undefined)
}

function passwordOf(entry: DirectoryEntry, sid: string): NormalisedRecord {
  const control = controlOf(entry) ?? 0
  const changed = fileTime(textOf(entry, 'pwdLastSet'))
  const ends =
    (control & accountControl.pwdneverexpires) !== 0
      ? null
      : fileTime(textOf(entry, 'msDS-UserPasswordExpiryTimeComputed'))
  return {
    type: 'credential',
    externalId: passwordIdOf(sid),
    subject: { type: 'identity', externalId: sid },
    credentialType: 'password',
    name: `Password of ${accountName(entry, sid)}`,
    status: (control & accountControl.disabled) !== 0 ? 'disabled' : 'active',
    ...(typeof changed === 'string' ? { rotatedAt: changed } : {}),
    // 0 says that it has to be changed at the next login; that is no end in the past.
    ...(ends === undefined || changed === null ? {} : { expiresAt: ends }),
    attributes: {
      ...(changed === null ? { mustBeChanged: true } : {}),
      ...(isManaged(entry) ? { changedByTheDomain: true } : {}),
    },
  }
}

/** What membership in groups that every domain has amounts to, by the last part of their identifier. [MS-ADTS] 6.1.1.6 */
const powers: Record<string, Privilege> = wordTable({
  '-512': 'admin',
  '-518': 'admin',
  '-519': 'admin',
  'S-1-5-32-544': 'admin',
  'S-1-5-32-548': 'admin',
  'S-1-5-32-549': 'admin',
  // A backup of a domain controller holds all its secrets.
  'S-1-5-32-551': 'secret_read',
})

export function mapDomainGroups(entries: readonly DirectoryEntry[], scene: DomainScene): NormalisedRecord[] {
  return entries.flatMap((entry): NormalisedRecord[] => {
    const sid = sidOf(entry)
    if (sid === undefined) return []
    const externalId = idOfSid(sid, scene.domain)
    const from: NodeRef = { type: 'role', externalId }
    const description = textOf(entry, 'description')
    const power = Object.entries(powers).find(([end]) =>
      end.startsWith('-') ? /^S-1-5-21-/.test(sid) && sid.endsWith(end) : sid === end,
    )
    return [
      {
        ...{ type: 'role', externalId, kind: 'group', name: textOf(entry, 'sAMAccountName') ?? sid },
        ...(description === undefined ? {} : { description: description.slice(0, 1000) }),
        attributes: { distinguishedName: entry.dn },
      },
      ...textsOf(entry, 'memberOf').flatMap((dn) => {
        const group = scene.groups.get(normalDn(dn))
        return group === undefined ? [] : [memberEdge(from, group)]
      }),
      ...(power === undefined ? [] : powerOver(scene, from, textOf(entry, 'sAMAccountName') ?? sid, power[1])),
    ]
  })
}

/** Such a group holds its power over the domain by what it is, not by an entry that could be read. */
function powerOver({ domain, domainSid }: DomainScene, from: NodeRef, scope: string, privilege: Privilege) {
  const to: NodeRef = { type: 'resource', externalId: domainSid }
  const edge: EdgeRecord = {
    ...{ type: 'entitlement', kind: 'grants', from, to, effect: 'allow', scopes: [scope], scopeCount: 1 },
    ...{ privilege, basis: 'inferred' },
  }
  const resource: NormalisedRecord = { type: 'resource', externalId: domainSid, kind: 'domain', name: domain }
  return [resource, edge]
}

/** What the connection may do with each account, from the account's access list and the identifiers that the connection holds. */
export function domainRightsOf(
  entries: readonly DirectoryEntry[],
  own: { sid: string; holds: ReadonlySet<string>; isEncrypted: boolean },
): IdentityRights[] {
  return entries.flatMap((entry): IdentityRights[] => {
    const identity = sidOf(entry)
    if (identity === undefined) return []
    const no = (why: string) => [{ identity, rotate: false, revoke: false, why }]
    if (identity === own.sid) return no('is the account that this connection signs in with')
    if (isKeyDistributor(identity))
      return no('signs all tickets of the domain: changed twice, by the domain’s own procedure')
    const [descriptor] = bytesOf(entry, 'nTSecurityDescriptor')
    const rights = descriptor === undefined ? undefined : rightsIn(descriptor, own.holds)
    if (rights === undefined)
      return [{ identity, rotate: 'unknown', revoke: 'unknown', why: 'the account’s access list is not to be seen' }]
    const why = isManaged(entry)
      ? 'the domain changes its password by itself'
      : !rights.resets
        ? 'needs the right Reset Password on the account'
        : !own.isEncrypted
          ? 'a new password is taken by TLS only'
          : !rights.disables
            ? 'needs the right to write userAccountControl'
            : undefined
    return [
      {
        identity,
        rotate: rights.resets && own.isEncrypted && !isManaged(entry),
        revoke: rights.disables,
        ...(why === undefined ? {} : { why }),
      },
    ]
  })
}
