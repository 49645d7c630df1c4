import type { CredentialRecord, MapContext, NodeRef, NormalisedRecord, Refusal } from '../contract'
import type { KeyLine, KeyOption } from './authorized-keys'
import { forever, type SshCertificate } from './certificate'
import { isKeyRevoked, type Revocations, revocationOf } from './krl'
import type { AccountKeys } from './read-keys'

export const accountId = (account: string) => `account:${account}`
export const keyId = (account: string, fingerprint: string) => `account:${account}#key:${fingerprint}`
/** Whoever holds certificates of this key id from this authority: renewed ones belong to the same. */
export const holderId = ({ authority, keyId: id }: SshCertificate) => `holder:${id}@${authority}`
export function certificateId({ authority, serial, fingerprint }: SshCertificate): string {
  return `certificate:${authority}:${serial}${serial === 0n ? `:${fingerprint}` : ''}`
}

const server = 'server'

/** An account with its keys; `revocations` absent = not known. */
export function mapAccount(
  { account, files, unread }: AccountKeys,
  revocations: Revocations | undefined,
  { instance = 'default' }: Pick<MapContext, 'instance'>,
): { records: NormalisedRecord[]; refused: Refusal[] } {
  const { name, uid, shell, description, strongGroups } = account
  const subject: NodeRef = { type: 'identity', externalId: accountId(name) }
  const lines = files.flatMap(({ path, text }) => text.keys.map((line) => ({ path, line })))
  const states = new Set(lines.map(({ line }) => line.state))
  const isOff = states.has('account_disabled') && !states.has('active')
  const records: NormalisedRecord[] = [
    {
      type: 'identity',
      externalId: accountId(name),
      kind: 'service_account',
      name,
      ...(description === undefined ? {} : { description }),
      status: unread.length > 0 ? 'unknown' : isOff ? 'disabled' : 'active',
      attributes: {
        ...(uid === undefined ? {} : { uid }),
        ...(shell === undefined ? {} : { shell }),
        ...(files.length === 0 ? {} : { keyFiles: files.map(({ path }) => path) }),
      },
    },
  ]
  for (const same of grouped(lines, ({ line }) => line.key.fingerprint).values())
    records.push(mapKey(name, subject, same, revocations))
  const rights = [...(uid === 0 ? ['uid 0'] : []), ...strongGroups.map((group) => `group ${group}`)]
  if (rights.length > 0)
    records.push(
      { type: 'resource', externalId: server, kind: 'system', name: `SSH server ${instance}` },
      {
        ...{ type: 'entitlement', kind: 'grants', from: subject, to: { type: 'resource', externalId: server } },
        ...{ effect: 'allow', scopes: rights, scopeCount: rights.length, privilege: 'admin' },
        basis: uid === 0 ? 'entitlement' : 'inferred',
      },
    )
  const refused = files.flatMap(({ path, text }) =>
    text.malformed.map((at) => ({ at: `${path} line ${at + 1}`, reason: 'is neither a key nor a comment' })),
  )
  return { records, refused }
}

function mapKey(
  account: string,
  subject: NodeRef,
  same: { path: string; line: KeyLine }[],
  revocations: Revocations | undefined,
): CredentialRecord {
  const lines = same.map(({ line }) => line)
  const { key } = lines[0] as KeyLine
  const active = lines.filter(({ state }) => state === 'active')
  // What is in force counts; of a key that is not, the last word of each line.
  const options = [...new Set((active.length > 0 ? active : lines).flatMap((line) => line.options.map(told)))]
  const isRevoked = revocations !== undefined && isKeyRevoked(revocations, key.blob)
  const comment = lines.find((line) => line.comment !== '')?.comment
  const ends = (active.length > 0 ? active : lines).map(endOf)
  const isAuthority = lines.some((line) => line.options.some(({ name }) => name === 'cert-authority'))
  return {
    type: 'credential',
    externalId: keyId(account, key.fingerprint),
    subject,
    credentialType: 'ssh_key',
    name: comment ?? `${isAuthority ? 'Certificate authority' : 'Key'} of ${account}`,
    status: active.length === 0 || isRevoked ? 'disabled' : 'active',
    // The latest of its lines; unknown as soon as one is.
    ...(ends.includes(undefined)
      ? {}
      : { expiresAt: ends.includes(null) ? null : ((ends as string[]).toSorted().at(-1) ?? null) }),
    attributes: {
      ...{ sshFingerprint: key.fingerprint, keyType: key.type },
      ...(key.bits === undefined ? {} : { bits: key.bits }),
      ...(options.length === 0 ? {} : { options }),
      ...(isAuthority ? { isCertificateAuthority: true } : {}),
      ...(isRevoked ? { isRevoked: true } : {}),
      files: [...new Set(same.map(({ path }) => path))],
    },
  }
}

/** An option as it may be shown: what follows a command's first word, and values of variables, may be secret. */
function told({ name, value }: KeyOption): string {
  if (value === undefined) return name
  if (name === 'environment') return `environment=${value.split('=')[0]}`
  if (name !== 'command') return `${name}=${value}`.slice(0, 300)
  const [program = '', ...rest] = value.trim().split(/\s+/)
  return `command=${program}${rest.length > 0 ? ' …' : ''}`.slice(0, 300)
}

/** `null` = none; `undefined` = in the server's own time zone, which is not known. */
function endOf({ options }: KeyLine): string | null | undefined {
  const value = options.find(({ name }) => name === 'expiry-time')?.value
  if (value === undefined) return null
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z$/.exec(value) ?? []
  if (year === undefined) return undefined
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString()
}

/** Certificates with who holds them, and the accounts that they open. */
export function mapCertificates(
  certificates: readonly SshCertificate[],
  revocations: Revocations | undefined,
  accounts: { has: (name: string) => boolean },
): NormalisedRecord[] {
  const records: NormalisedRecord[] = []
  for (const [id, held] of grouped(certificates, holderId)) {
    const first = held[0] as SshCertificate
    const subject: NodeRef = { type: 'identity', externalId: id }
    const own = held.map((certificate) => mapCertificate(certificate, subject, revocations))
    records.push({
      type: 'identity',
      externalId: id,
      kind: 'certificate_principal',
      name: first.keyId || 'Certificates without a key id',
      status: own.some(({ status }) => status === 'active') ? 'active' : (own[0]?.status ?? 'unknown'),
      attributes: { authority: first.authority },
    })
    const principals = new Set(held.flatMap((certificate) => certificate.principals))
    for (const principal of principals)
      if (accounts.has(principal))
        records.push({
          ...{ type: 'entitlement', kind: 'assumes', from: subject },
          to: { type: 'identity', externalId: accountId(principal) },
          ...{ effect: 'allow', scopes: [`principal ${principal}`], scopeCount: 1, basis: 'entitlement' },
        })
    records.push(...own)
  }
  return records
}

function mapCertificate(
  certificate: SshCertificate,
  subject: NodeRef,
  revocations: Revocations | undefined,
): CredentialRecord {
  const { serial, validAfter, validBefore, principals, fingerprint, authority, criticalOptions } = certificate
  const revoked = revocations === undefined ? undefined : revocationOf(revocations, certificate)
  const validFrom = instantOf(validAfter)
  return {
    type: 'credential',
    externalId: certificateId(certificate),
    subject,
    credentialType: 'certificate',
    name: `Certificate ${serial} of ${certificate.keyId || 'nobody named'}`,
    status: revocations === undefined ? 'unknown' : revoked === undefined ? 'active' : 'disabled',
    ...(validBefore === forever ? { expiresAt: null } : { expiresAt: instantOf(validBefore) }),
    attributes: {
      ...{ serial: String(serial), sshFingerprint: fingerprint, authority, principals },
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(criticalOptions.length === 0 ? {} : { criticalOptions }),
      ...(revoked === undefined ? {} : { revoked }),
    },
  }
}

function instantOf(seconds: bigint): string | undefined {
  // What JavaScript has no date for is as good as no end, and no beginning.
  return seconds > 8_640_000_000_000n ? undefined : new Date(Number(seconds) * 1000).toISOString()
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
