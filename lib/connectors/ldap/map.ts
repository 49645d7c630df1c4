import type { CredentialRecord, IdentityRecord, MapContext, NormalisedRecord, OwnerHint, RoleRecord } from '../contract'
import { type DirectoryEntry, generalizedTime, normalDn, textOf, textsOf } from './entry'
import { isDisabledValue, passwordId, passwordsOf, schemeOf, unseenPasswordId } from './password-value'

/** Group classes and where they name their members. */
export const memberAttributes = ['member', 'uniqueMember', 'roleOccupant'] as const
export const groupClasses = ['groupOfNames', 'groupOfUniqueNames', 'groupOfMembers', 'organizationalRole']

export const accountAttributes = [
  ...['entryUUID', 'objectClass', 'cn', 'uid', 'description', 'userPassword', 'owner', 'manager', 'mail'],
  ...['createTimestamp', 'modifyTimestamp', 'pwdChangedTime', 'pwdAccountLockedTime', 'pwdLastSuccess'],
  ...['authTimestamp', 'pwdPolicySubentry', 'pwdEndTime'],
]
export const groupAttributes = ['entryUUID', 'objectClass', 'cn', 'description', ...memberAttributes]

/** What a password policy says, as far as it decides about accounts. */
export interface Policy {
  /** Whether a lock has any effect. */
  locks: boolean
  /** Seconds that a password lives; 0 = for ever. */
  maxAge: number
}

export interface Scene extends Pick<MapContext, 'fingerprint'> {
  /** By normalised name; those that the connection may read. */
  policies: ReadonlyMap<string, Policy>
  /** Name of the policy that holds where an entry names none. */
  defaultPolicy: string | undefined
  /** Whether the connection sees what is kept of passwords. */
  readsPasswords: boolean
}

/** A lock that only an administrator ends; others are the directory's answer to wrong passwords and end by themselves. */
export const permanentLock = '000001010000Z'

/** The policy that governs an account; `undefined` = none, or not for us to see. */
export function policyOf(
  entry: DirectoryEntry,
  { policies, defaultPolicy }: Omit<Scene, 'fingerprint'>,
): Policy | undefined {
  const name = textOf(entry, 'pwdPolicySubentry') ?? defaultPolicy
  return name === undefined ? undefined : policies.get(normalDn(name))
}

/** The stable id of an entry: its entryUUID, which a renamed or moved entry keeps. RFC 4530 */
export const idOf = (entry: DirectoryEntry): string | undefined => textOf(entry, 'entryUUID')?.toLowerCase()

/** `disabled`: no password of it can be used to sign in. */
export function statusOf(entry: DirectoryEntry, scene: Omit<Scene, 'fingerprint'>): IdentityRecord['status'] {
  if (textOf(entry, 'pwdAccountLockedTime') === permanentLock) {
    const policy = policyOf(entry, scene)
    if (policy?.locks === true) return 'disabled'
    // Without a policy that locks, the mark means nothing; which policy holds may be hidden from us.
    if (policy === undefined) return 'unknown'
  }
  const passwords = passwordsOf(textsOf(entry, 'userPassword'))
  return passwords.length > 0 && passwords.every(isDisabledValue) ? 'disabled' : 'active'
}

/** Accounts of programs with their passwords. No value of a password is kept. */
export function mapAccounts(entries: readonly DirectoryEntry[], scene: Scene): NormalisedRecord[] {
  return entries.flatMap((entry): NormalisedRecord[] => {
    const externalId = idOf(entry)
    if (externalId === undefined) return []
    const created = generalizedTime(textOf(entry, 'createTimestamp'))
    const used = generalizedTime(textOf(entry, 'pwdLastSuccess')) ?? generalizedTime(textOf(entry, 'authTimestamp'))
    const description = textOf(entry, 'description')
    const locked = textOf(entry, 'pwdAccountLockedTime')
    const hints = ownerHints(entry)
    const identity: IdentityRecord = {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: nameOf(entry),
      ...(description === undefined ? {} : { description: description.slice(0, 1000) }),
      status: statusOf(entry, scene),
      ...(created === undefined ? {} : { createdAt: created }),
      ...(used === undefined ? {} : { lastUsedAt: used }),
      attributes: {
        distinguishedName: entry.dn,
        objectClasses: textsOf(entry, 'objectClass').slice(0, 20),
        ...(locked === undefined ? {} : { lockedSince: generalizedTime(locked) ?? 'for ever' }),
      },
      ...(hints.length === 0 ? {} : { ownerHints: hints }),
    }
    return [identity, ...credentialsOf(entry, externalId, scene)]
  })
}

export const nameOf = (entry: DirectoryEntry) =>
  textOf(entry, 'uid') ?? textOf(entry, 'cn') ?? entry.dn.split(/(?<!\\),/)[0]?.replace(/^[^=]*=/, '') ?? entry.dn

function ownerHints(entry: DirectoryEntry): OwnerHint[] {
  return ['owner', 'manager', 'mail'].flatMap((name) =>
    textsOf(entry, name)
      .slice(0, 5)
      .map((value) => ({ value: value.slice(0, 300), from: `attribute ${name}` })),
  )
}

function credentialsOf(entry: DirectoryEntry, identity: string, scene: Scene): CredentialRecord[] {
  const changed = generalizedTime(textOf(entry, 'pwdChangedTime'))
  const ends = expiryOf(entry, changed, scene)
  const times = {
    ...(changed === undefined ? {} : { rotatedAt: changed }),
    ...(ends === undefined ? {} : { expiresAt: ends }),
  }
  const base = {
    ...{ type: 'credential' as const, credentialType: 'password' as const, ...times },
    subject: { type: 'identity' as const, externalId: identity },
  }
  const name = nameOf(entry)
  if (!scene.readsPasswords)
    return [{ ...base, externalId: unseenPasswordId(identity), name: `Password of ${name}`, status: 'unknown' }]
  const passwords = passwordsOf(textsOf(entry, 'userPassword'))
  return passwords.map((stored, index) => {
    const scheme = schemeOf(stored)
    return {
      ...base,
      externalId: passwordId(identity, stored, scene),
      name: passwords.length === 1 ? `Password of ${name}` : `Password ${index + 1} of ${name}`,
      status: isDisabledValue(stored) ? 'disabled' : 'active',
      // Only the password itself can be found again elsewhere; a salted hash fits nothing.
      ...(scheme === undefined ? { fingerprint: scene.fingerprint(stored) } : {}),
      attributes: { method: scheme ?? 'clear text', ...(scheme === undefined ? { plainText: true } : {}) },
    }
  })
}

/** `null` = a policy says that it never ends; `undefined` = no policy is seen. */
function expiryOf(entry: DirectoryEntry, changed: string | undefined, scene: Scene): string | null | undefined {
  const end = generalizedTime(textOf(entry, 'pwdEndTime'))
  if (end !== undefined) return end
  const policy = policyOf(entry, scene)
  if (policy === undefined) return undefined
  if (policy.maxAge === 0) return null
  return changed === undefined ? undefined : new Date(Date.parse(changed) + policy.maxAge * 1000).toISOString()
}

/** What a name in a group stands for. */
export type Member = { type: 'identity' | 'role'; externalId: string }

/** Groups with those of their members that are accounts of programs or groups; the others are counted. */
export function mapGroups(
  entries: readonly DirectoryEntry[],
  memberOf: (dn: string) => Member | undefined,
): NormalisedRecord[] {
  return entries.flatMap((entry): NormalisedRecord[] => {
    const externalId = idOf(entry)
    if (externalId === undefined) return []
    const names = new Set(memberAttributes.flatMap((attribute) => textsOf(entry, attribute).map(normalDn)))
    const members = [...names].flatMap((dn) => memberOf(dn) ?? [])
    const description = textOf(entry, 'description')
    const role: RoleRecord = {
      type: 'role',
      externalId,
      kind: 'group',
      name: nameOf(entry),
      ...(description === undefined ? {} : { description: description.slice(0, 1000) }),
      attributes: { distinguishedName: entry.dn, otherMembers: names.size - members.length },
    }
    return [
      role,
      ...members.map(
        (from): NormalisedRecord => ({
          type: 'entitlement',
          kind: 'member_of',
          from,
          to: { type: 'role', externalId },
          effect: 'allow',
          scopes: [],
          scopeCount: 0,
          basis: 'entitlement',
        }),
      ),
    ]
  })
}
