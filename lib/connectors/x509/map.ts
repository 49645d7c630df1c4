import type { CredentialRecord, IdentityRecord, NodeRef, NormalisedRecord, ResourceRecord } from '../contract'
import type { IdentityRights } from '../live-contract'
import { type Certificate, certificateId, holderId } from './certificate'
import type { RevocationList } from './crl'
import type { IndexRow } from './index-file'
import type { Standing } from './ocsp'
import type { Verb } from './orders'

/** A certificate with what its authority says of it. */
export interface Held {
  certificate: Certificate
  row: IndexRow
}

const isEnded = ({ expiresAt }: Certificate, now: number) => Date.parse(expiresAt) <= now

/** Whether it lets anybody in: neither revoked nor past its end. */
export const isInForce = ({ certificate, row }: Held, now: number) =>
  row.state === 'valid' && !isEnded(certificate, now)

/** The common name, or whatever the subject has. */
function nameIn({ subject, names }: Certificate): string {
  return /(?:^|, )CN=(.*?)(?:, [A-Za-z0-9.]+=|$)/.exec(subject)?.[1] || subject || (names[0] ?? 'nobody named')
}

/** Those who hold certificates of one subject, with all of these. @param now milliseconds since 1970 */
export function mapHolder(held: readonly Held[], now: number): NormalisedRecord[] {
  const first = held[0]
  if (first === undefined) return []
  const current = held.filter(({ certificate }) => !isEnded(certificate, now))
  const isOn = held.some((each) => isInForce(each, now))
  // Of whom only ended certificates are left nobody says that he was shut out.
  const status = isOn ? 'active' : current.length > 0 ? 'disabled' : 'unknown'
  return [
    identityOf(
      held.map(({ certificate }) => certificate),
      status,
    ),
    ...held.map(({ certificate, row }) => mapCertificate(certificate, toldBy(row))),
  ]
}

function toldBy(row: IndexRow): Standing {
  if (row.state !== 'revoked') return { is: 'good' }
  return { is: 'revoked', at: row.revokedAt ?? '', reason: row.reason ?? 'unspecified' }
}

function identityOf(certificates: readonly Certificate[], status: IdentityRecord['status']): IdentityRecord {
  const newest = certificates.toSorted((a, b) => a.validFrom.localeCompare(b.validFrom)).at(-1) as Certificate
  const mails = new Set(certificates.flatMap(({ subject, names }) => mailsIn(subject, names)))
  return {
    ...{ type: 'identity', externalId: holderId(newest), kind: 'certificate_principal', name: nameIn(newest), status },
    attributes: { subject: newest.subject, issuer: newest.issuer, ...listed('names', newest.names) },
    ...(mails.size > 0 ? { ownerHints: [...mails].slice(0, 10).map((value) => ({ value, from: 'certificate' })) } : {}),
  }
}

const mailsIn = (subject: string, names: readonly string[]) => [
  ...[...subject.matchAll(/(?:^|, )emailAddress=([^,\s]+)/g)].map(([, mail = '']) => mail),
  ...names.flatMap((name) => (name.startsWith('email:') ? [name.slice(6)] : [])),
]

const listed = (name: string, values: readonly string[]) =>
  values.length > 0 ? { [name]: values.slice(0, 50).map((value) => value.slice(0, 300)) } : {}

function mapCertificate(certificate: Certificate, standing: Standing): CredentialRecord {
  const { serial, fingerprint, issuer, key, keyUsage, purposes, names, validFrom, expiresAt, isAuthority } = certificate
  return {
    ...{ type: 'credential', credentialType: 'certificate', externalId: certificateId(certificate) },
    subject: { type: 'identity', externalId: holderId(certificate) },
    name: `Certificate ${serial} of ${nameIn(certificate)}`,
    status: standing.is === 'good' ? 'active' : standing.is === 'revoked' ? 'disabled' : 'unknown',
    // Authorities begin the time of a certificate when they issue it.
    createdAt: validFrom,
    expiresAt,
    attributes: {
      ...{ serial, sha256: fingerprint, issuer, key, validFrom },
      ...listed('names', names),
      ...listed('keyUsage', keyUsage),
      ...listed('purposes', purposes),
      ...(isAuthority ? { isCertificateAuthority: true } : {}),
      ...(standing.is === 'revoked' ? { revoked: standing.reason, revokedAt: standing.at } : {}),
      ...(standing.is === 'unknown' ? { standing: standing.why.slice(0, 300) } : {}),
    },
  }
}

/** The authority itself; its list says until when others may go on with it. */
export function mapAuthority(authority: Certificate, list: RevocationList | undefined): ResourceRecord {
  const { subject, fingerprint, expiresAt, key } = authority
  return {
    ...{ type: 'resource', externalId: 'authority', kind: 'certificate_authority', name: nameIn(authority) },
    attributes: {
      ...{ subject, sha256: fingerprint, key, expiresAt },
      ...(list === undefined ? {} : { listOf: list.thisUpdate, revoked: list.revoked.size }),
      ...(list?.nextUpdate === undefined ? {} : { nextListAt: list.nextUpdate }),
    },
  }
}

/** What a server presents: where a certificate is in use, and the certificate when nobody else tells of it. */
export function mapPresented(
  place: string,
  certificate: Certificate,
  standing: Standing | undefined,
): NormalisedRecord[] {
  const about: NodeRef = { type: 'credential', externalId: certificateId(certificate) }
  const seen: NormalisedRecord = {
    ...{ type: 'sighting', externalId: `presented:${place}`, about, credentialType: 'certificate' },
    ...{ name: `Presented by ${place}`, place: `TLS server ${place}` },
    attributes: { sha256: certificate.fingerprint },
  }
  if (standing === undefined) return [seen]
  const status = standing.is === 'good' ? 'active' : standing.is === 'revoked' ? 'disabled' : 'unknown'
  return [identityOf([certificate], status), mapCertificate(certificate, standing), seen]
}

/** What orders may do with a holder; `takes` is a sentence where the authority takes none. */
export function rightsOf(
  held: readonly Held[],
  takes: ReadonlySet<Verb> | string,
  self: readonly string[],
  now: number,
): IdentityRights[] {
  const first = held[0]
  if (first === undefined) return []
  const identity = holderId(first.certificate)
  const no = (why: string) => [{ identity, rotate: false, revoke: false, why }]
  if (self.includes(identity)) return no('is the authority itself')
  if (typeof takes === 'string') return no(takes)
  const live = held.filter((each) => isInForce(each, now))
  const rotate = takes.has('issue') && live.some(({ certificate }) => !certificate.isAuthority)
  const revoke = takes.has('revoke') || takes.has('hold')
  if (rotate && revoke) return [{ identity, rotate, revoke }]
  const lacks = !takes.has('issue') ? 'the authority takes no orders to issue' : 'no certificate of it is in force'
  return [{ identity, rotate, revoke, why: revoke ? lacks : 'the authority takes no orders to revoke' }]
}
