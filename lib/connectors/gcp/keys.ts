import type { CredentialRecord } from '../contract'
import type { Accounts } from './accounts'
import type { Entry } from './entries'
import { expiry, field, instant, text } from './fields'
import { projectOfEmail } from './members'
import { everywhere, type Results } from './results'

const form = /^projects\/([^/]+)\/serviceAccounts\/([^/]+)\/keys\/([^/]+)$/

/**
 * A key of a service account. Keys that Google keeps and rotates by itself (SYSTEM_MANAGED) are counted at the account and are
 * no credential that anyone holds.
 */
export function mapKey(
  { value, at }: Entry,
  accounts: Accounts,
  results: Results,
  fingerprint: (secret: string) => string,
): void {
  const name = text(value.name) ?? ''
  const [, project = '-', account = '', id = ''] = form.exec(name) ?? []
  const subject = accounts.ofResource(account, project, at)
  if (text(field(value, 'keyType')) === 'SYSTEM_MANAGED') {
    accounts.countSystemKey(subject.externalId)
    return
  }
  const secret = text(field(value, 'privateKeyData'))
  const owner =
    project === '-' ? (projectOfEmail(subject.externalId) ?? everywhere) : (accounts.projectOf(project) ?? project)
  const isDisabled = value.disabled === true
  const keyType = text(field(value, 'keyType'))
  const record: CredentialRecord = {
    type: 'credential',
    externalId: keyId(owner, subject.externalId, id),
    subject,
    credentialType: 'signing_key',
    name: id,
    status: isDisabled ? 'disabled' : 'active',
    ...(secret === undefined ? {} : { fingerprint: fingerprint(secret) }),
    ...optional('createdAt', instant(field(value, 'validAfterTime'))),
    ...optional('expiresAt', expiry(field(value, 'validBeforeTime'))),
    attributes: {
      ...(keyType === undefined ? { keyType: 'unknown' } : { keyType }),
      ...optional('algorithm', text(field(value, 'keyAlgorithm'))),
      ...optional('origin', text(field(value, 'keyOrigin'))),
      ...optional('disableReason', text(field(value, 'disableReason'))),
    },
  }
  if (!results.add(owner, record)) results.refuse(at, `a second key ${id} of ${subject.externalId}; the first is kept`)
}

/** A downloaded key file: the same credential as in a listing, with the fingerprint of its private key. */
export function mapKeyFile(
  { value, at }: Entry,
  accounts: Accounts,
  results: Results,
  fingerprint: (secret: string) => string,
): void {
  const email = text(field(value, 'clientEmail'))?.toLowerCase()
  const id = text(field(value, 'privateKeyId'))
  if (email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) {
    results.refuse(at, 'the key file names no service account')
    return
  }
  const project = text(field(value, 'projectId')) ?? projectOfEmail(email) ?? everywhere
  const secret = text(field(value, 'privateKey'))
  if (id === undefined && secret === undefined) {
    results.refuse(at, `the key file of ${email} holds no key`)
    return
  }
  const subject = accounts.refer(email, project, at)
  const print = secret === undefined ? undefined : fingerprint(secret)
  results.add(project, {
    type: 'credential',
    externalId: keyId(project, email, id ?? print ?? ''),
    subject,
    credentialType: 'signing_key',
    name: id ?? 'private key',
    status: 'unknown',
    ...optional('fingerprint', print),
    attributes: { foundInKeyFile: true },
  })
}

/** Google's own name of a key, with the address for the account and the project's id for `-`. */
function keyId(project: string, account: string, id: string): string {
  return `projects/${project}/serviceAccounts/${account}/keys/${id}`
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, V>>)
}
