import type { CredentialRecord, CredentialType, Instant, NodeRef } from '../contract'
import { isObject, textOf } from './account-export'
import { type AnswerScene, know, userByName } from './answer-scene'
import type { Found } from './answers'
import { nameOf } from './arn'
import { parseInstant } from './instants'
import { attributes } from './policies'

/** AWS keeps no record of the use of keys before this day, so older silence proves nothing. */
const keyUseTrackedSince = '2015-04-22T00:00:00.000Z'

/** Adds the credentials of the listings: access keys with their last use, passwords, SSH keys and certificates of users. */
export function addCredentials(found: readonly Found[], scene: AnswerScene): void {
  defineHolders(found, scene)
  const uses = indexUses(found)
  for (const entry of found) {
    const credential = credentialOf(entry, uses, scene)
    if (credential !== undefined) scene.set.addNode(credential)
  }
  addLooseUses(uses, scene)
}

/** A list that is kept under a user's ARN proves that user. */
function defineHolders(found: readonly Found[], scene: AnswerScene): void {
  const { set, refs } = scene
  for (const { under } of found) {
    if (under === undefined || !/:iam::\d+:user\//.test(under) || refs.has(under)) continue
    set.addNode({
      type: 'identity',
      externalId: under,
      kind: 'service_account',
      name: nameOf(under),
      status: 'unknown',
      attributes: { iamType: 'user' },
    })
    know(under, { type: 'identity', externalId: under }, scene)
  }
}

interface Use {
  at: string
  keyId: string | undefined
  lastUsedDate: unknown
  facts: Record<string, string>
}

interface Uses {
  all: Use[]
  byKey: Map<string, Use>
  byUser: Map<string, Use>
  /** The keys of each user in the file. */
  keys: Map<string, Set<string>>
  taken: Set<Use>
}

function indexUses(found: readonly Found[]): Uses {
  const uses: Uses = { all: [], byKey: new Map(), byUser: new Map(), keys: new Map(), taken: new Set() }
  for (const { kind, at, fields } of found) {
    const user = textOf(fields, 'UserName')
    const keyId = textOf(fields, 'AccessKeyId')
    if (kind === 'accessKey' && user !== undefined && keyId !== undefined)
      uses.keys.set(user, (uses.keys.get(user) ?? new Set()).add(keyId))
    if (kind !== 'accessKeyUse' || !isObject(fields.AccessKeyLastUsed)) continue
    const used = fields.AccessKeyLastUsed
    const facts = attributes<string>({ lastUsedService: said(used.ServiceName), lastUsedRegion: said(used.Region) })
    const use: Use = { at, keyId, lastUsedDate: used.LastUsedDate, facts }
    uses.all.push(use)
    if (keyId !== undefined) uses.byKey.set(keyId, use)
    else if (user !== undefined) uses.byUser.set(user, use)
  }
  return uses
}

/** The answer on a key's use names the user only: it counts where the file has but one key of that user. */
function lastUseOf(keyId: string, user: string | undefined, uses: Uses): Use | undefined {
  const isOnly = user !== undefined && uses.keys.get(user)?.size === 1
  const use = uses.byKey.get(keyId) ?? (isOnly ? uses.byUser.get(user) : undefined)
  if (use !== undefined) uses.taken.add(use)
  return use
}

function addLooseUses(uses: Uses, { set }: AnswerScene): void {
  for (const { at, keyId, lastUsedDate, facts } of uses.all.filter((use) => !uses.taken.has(use))) {
    if (keyId === undefined) {
      const reason =
        'The answer does not say which key of the user it is about. Keep it together with the list of keys, or add AccessKeyId to it'
      set.refused.push({ at, reason })
      continue
    }
    set.addNode({
      type: 'credential',
      externalId: keyId,
      credentialType: 'api_key',
      name: `Access key ${keyId}`,
      status: 'unknown',
      expiresAt: null,
      lastUsedAt: parseInstant(lastUsedDate),
      attributes: { accessKeyId: keyId, ...facts },
    })
  }
}

function credentialOf(entry: Found, uses: Uses, scene: AnswerScene): CredentialRecord | undefined {
  switch (entry.kind) {
    case 'accessKey':
      return accessKey(entry, uses, scene)
    case 'serviceCredential':
      return serviceCredential(entry, scene)
    case 'sshKey':
      return simple(entry, scene, 'ssh_key', ['SSHPublicKeyId', 'SshPublicKeyId'], 'SSH key', 'UploadDate')
    case 'signingCertificate':
      return simple(entry, scene, 'certificate', ['CertificateId'], 'Signing certificate', 'UploadDate')
    case 'loginProfile':
      return loginProfile(entry, scene)
    default:
      return undefined
  }
}

function accessKey({ at, fields, under }: Found, uses: Uses, scene: AnswerScene): CredentialRecord {
  const id = String(fields.AccessKeyId)
  const user = textOf(fields, 'UserName')
  const use = lastUseOf(id, user, uses)
  const createdAt = parseInstant(fields.CreateDate)
  return {
    type: 'credential',
    externalId: id,
    subject: holderOf(user, at, under, scene),
    credentialType: 'api_key',
    name: user === undefined ? `Access key ${id}` : `Access key of ${user}`,
    status: statusOf(fields.Status),
    ...secretOf(textOf(fields, 'SecretAccessKey'), scene),
    createdAt,
    expiresAt: null,
    lastUsedAt:
      use === undefined && !('LastUsedDate' in fields)
        ? undefined
        : lastUse(use?.lastUsedDate ?? fields.LastUsedDate, createdAt),
    rotatedAt: createdAt,
    attributes: attributes<string>({
      accessKeyId: id,
      userName: user,
      lastUsedService: said(fields.LastUsedService),
      lastUsedRegion: said(fields.LastUsedRegion),
      ...use?.facts,
    }),
  }
}

/** `null` (never) only where the key is younger than AWS's record of use. */
function lastUse(value: unknown, createdAt: Instant): Instant {
  const used = parseInstant(value)
  if (used !== undefined) return used
  return createdAt != null && createdAt > keyUseTrackedSince ? null : undefined
}

/** What a service-specific credential is: a password for Git or Cassandra, a key for the others. */
function serviceCredential({ at, fields, under }: Found, scene: AnswerScene): CredentialRecord {
  const id = String(fields.ServiceSpecificCredentialId)
  const user = textOf(fields, 'UserName')
  const service = textOf(fields, 'ServiceName')
  const createdAt = parseInstant(fields.CreateDate)
  const isPassword = /^(codecommit|cassandra)\./.test(service ?? '')
  return {
    type: 'credential',
    externalId: id,
    subject: holderOf(user, at, under, scene),
    credentialType: isPassword ? 'password' : 'api_key',
    name: `${service?.split('.')[0] ?? 'Service'} credential${user === undefined ? '' : ` of ${user}`}`,
    status: statusOf(fields.Status),
    ...secretOf(textOf(fields, 'ServicePassword') ?? textOf(fields, 'ServiceCredentialSecret'), scene),
    createdAt,
    expiresAt: parseInstant(fields.ExpirationDate) ?? (isPassword ? null : undefined),
    rotatedAt: createdAt,
    attributes: attributes<string>({
      userName: user,
      serviceName: service,
      serviceUserName: textOf(fields, 'ServiceUserName') ?? textOf(fields, 'ServiceCredentialAlias'),
    }),
  }
}

function simple(
  { at, fields, under }: Found,
  scene: AnswerScene,
  credentialType: CredentialType,
  idKeys: string[],
  title: string,
  dateKey: string,
): CredentialRecord {
  const id = idKeys.map((key) => textOf(fields, key)).find((text) => text !== undefined) ?? 'unknown'
  const user = textOf(fields, 'UserName')
  const createdAt = parseInstant(fields[dateKey])
  return {
    type: 'credential',
    externalId: id,
    subject: holderOf(user, at, under, scene),
    credentialType,
    name: user === undefined ? `${title} ${id}` : `${title} of ${user}`,
    status: statusOf(fields.Status),
    createdAt,
    rotatedAt: createdAt,
    attributes: attributes<string>({ userName: user, publicKeyFingerprint: textOf(fields, 'Fingerprint') }),
  }
}

/** A login profile is a console password, so its user is a person. */
function loginProfile({ at, fields, under }: Found, scene: AnswerScene): CredentialRecord {
  const user = String(fields.UserName)
  const holder = userByName(user, at, scene, under)
  const externalId = holder?.externalId ?? `user ${user}`
  const subject: NodeRef = { type: 'human', externalId }
  scene.set.addNode({ type: 'human', externalId, name: user, reason: 'has a console password' })
  return {
    type: 'credential',
    externalId: `${externalId}#password`,
    subject,
    credentialType: 'password',
    name: `Console password of ${user}`,
    status: 'active',
    createdAt: parseInstant(fields.CreateDate),
    attributes: { mustBeReset: fields.PasswordResetRequired === true },
  }
}

function holderOf(
  user: string | undefined,
  at: string,
  under: string | undefined,
  scene: AnswerScene,
): NodeRef | undefined {
  if (user !== undefined) return userByName(user, at, scene, under)
  return under === undefined ? undefined : userByName(nameOf(under), at, scene, under)
}

/** The secret part that only the answer to its creation holds. */
function secretOf(
  secret: string | undefined,
  { context }: AnswerScene,
): Pick<CredentialRecord, 'fingerprint' | 'lastFour'> {
  if (secret === undefined) return {}
  return { fingerprint: context.fingerprint(secret), ...(secret.length >= 12 ? { lastFour: secret.slice(-4) } : {}) }
}

function statusOf(value: unknown): CredentialRecord['status'] {
  const text = String(value).toLowerCase()
  return text === 'active' ? 'active' : text === 'inactive' || text === 'expired' ? 'disabled' : 'unknown'
}

function said(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !/^n\/a$/i.test(value) ? value : undefined
}
