import type { CredentialRecord, NodeRef } from '../contract'
import type { Entry } from './entries'
import { type Fields, field, id, instant, isFields, known, list, textField } from './fields'
import type { Results } from './results'

type Fingerprint = (secret: string) => string

/** The secrets and certificates of an application or a service principal. The listing never holds the secret itself. */
export function mapCredentials(
  holder: Fields,
  at: string,
  subject: NodeRef,
  results: Results,
  fingerprint: Fingerprint,
): void {
  for (const [name, type] of [
    ['keyCredentials', 'key'],
    ['passwordCredentials', 'password'],
  ] as const) {
    for (const [index, entry] of list(field(holder, name)).entries()) {
      const place = `${at}.${name}[${index}]`
      if (!isFields(entry) || id(field(entry, 'keyId')) === undefined) {
        results.refuse(place, 'the credential has no keyId')
        continue
      }
      addCredential(
        type === 'key' ? keyRecord(entry, fingerprint) : passwordRecord(entry, fingerprint),
        results,
        subject,
      )
    }
  }
}

/**
 * The answer to `addPassword`: the one time that a client secret is seen. It says nothing of the application. That of
 * `az ad sp create-for-rbac` names it, but not the secret's own id.
 */
export function mapPassword({ value, at }: Entry, results: Results, fingerprint: Fingerprint): void {
  const appId = id(field(value, 'appId'))
  const password = textField(value, 'password')
  if (appId !== undefined && password !== undefined) {
    const name = textField(value, 'displayName') ?? appId
    const tenant = known({ tenant: textField(value, 'tenant') })
    const attributes = { application: true, ...tenant }
    results.add({ type: 'identity', externalId: appId, kind: 'oauth_app', name, status: 'active', attributes })
    results.add({
      type: 'credential',
      externalId: `${appId}#password`,
      subject: { type: 'identity', externalId: appId, global: true },
      credentialType: 'client_secret',
      name: `Client secret of ${name}`,
      status: 'active',
      fingerprint: fingerprint(password),
      ...(password.length >= 12 ? { lastFour: password.slice(-4) } : {}),
    })
    return
  }
  if (id(field(value, 'keyId')) === undefined) {
    results.refuse(at, 'the client secret has no keyId')
    return
  }
  const record = passwordRecord(value, fingerprint)
  addCredential(record, results)
  results.unresolved(at, record.externalId, 'the answer does not say to which application the client secret belongs')
}

function addCredential(record: CredentialRecord, results: Results, subject?: NodeRef): void {
  const whole = subject === undefined ? record : { ...record, subject }
  const known = results.get({ type: 'credential', externalId: record.externalId })
  const isOther = known?.type === 'credential' && known.credentialType !== record.credentialType
  // The password that protects a signing certificate's private key carries the certificate's key id.
  results.add(isOther ? { ...whole, externalId: `${record.externalId}#${record.credentialType}` } : whole)
}

function passwordRecord(entry: Fields, fingerprint: Fingerprint): CredentialRecord {
  const secret = textField(entry, 'secretText', 'value')
  const keyId = id(field(entry, 'keyId')) ?? ''
  return {
    type: 'credential',
    externalId: keyId,
    credentialType: 'client_secret',
    name: textField(entry, 'displayName', 'customKeyIdentifier') ?? keyId,
    status: 'active',
    ...dates(entry),
    ...(secret === undefined ? {} : { fingerprint: fingerprint(secret) }),
    ...(secret !== undefined && secret.length >= 12 ? { lastFour: secret.slice(-4) } : {}),
    // The first letters of the secret, shown by Entra to tell secrets apart.
    attributes: known({ hint: textField(entry, 'hint') }),
  }
}

function keyRecord(entry: Fields, fingerprint: Fingerprint): CredentialRecord {
  const keyId = id(field(entry, 'keyId')) ?? ''
  const type = textField(entry, 'type')
  const usage = textField(entry, 'usage')
  const isSymmetric = type?.toLowerCase() === 'symmetric'
  const secret = isSymmetric || usage === 'Sign' ? textField(entry, 'key') : undefined
  return {
    type: 'credential',
    externalId: keyId,
    credentialType: isSymmetric ? 'signing_key' : 'certificate',
    name: textField(entry, 'displayName') ?? keyId,
    status: 'active',
    ...dates(entry),
    ...(secret === undefined ? {} : { fingerprint: fingerprint(secret) }),
    attributes: known({ keyType: type, usage, thumbprint: textField(entry, 'customKeyIdentifier') }),
  }
}

function dates(entry: Fields): Pick<CredentialRecord, 'createdAt' | 'expiresAt'> {
  const createdAt = instant(field(entry, 'startDateTime') ?? field(entry, 'startDate'))
  const written = field(entry, 'endDateTime') ?? field(entry, 'endDate')
  const end = instant(written)
  const expiresAt = end?.startsWith('9999') ? null : end
  return { ...(createdAt === undefined ? {} : { createdAt }), ...(expiresAt === undefined ? {} : { expiresAt }) }
}
