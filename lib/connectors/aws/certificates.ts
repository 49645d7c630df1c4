import type { CredentialRecord } from '../contract'
import { isObject, listAt, textOf } from './account-export'
import type { AnswerScene } from './answer-scene'
import type { Found } from './answers'
import { nameOf } from './arn'
import { parseInstant } from './instants'
import { attributes } from './policies'
import { resourceOfPattern } from './resources'

const dead = new Set(['INACTIVE', 'REVOKED', 'FAILED', 'VALIDATION_TIMED_OUT'])

/** Certificates of Certificate Manager and of IAM as credentials, stored in what uses them. */
export function addCertificates(found: readonly Found[], scene: AnswerScene): void {
  const byArn = new Map<string, CredentialRecord>()
  for (const entry of found) {
    const record =
      entry.kind === 'certificate'
        ? managed(entry)
        : entry.kind === 'serverCertificate'
          ? uploaded(entry, scene)
          : undefined
    if (record === undefined) continue
    byArn.set(record.externalId, merged(byArn.get(record.externalId), record))
    for (const { value } of listAt(entry.fields, 'InUseBy', entry.at, scene.set.refused)) {
      const user = typeof value === 'string' ? resourceOfPattern(value, scene.account) : undefined
      if (user === undefined) continue
      scene.set.addNode(user)
      const to = { type: 'credential', externalId: record.externalId } as const
      scene.set.addEdge({
        kind: 'stores',
        from: { type: 'resource', externalId: user.externalId },
        to,
        effect: 'allow',
        scopes: [],
        basis: 'declared',
      })
    }
  }
  for (const record of byArn.values()) scene.set.addNode(record)
}

/** What the list leaves out, the description may say, whichever comes first. */
function merged(known: CredentialRecord | undefined, record: CredentialRecord): CredentialRecord {
  if (known === undefined) return record
  const said = Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== 'unknown'),
  )
  return { ...known, ...said, attributes: { ...known.attributes, ...record.attributes } }
}

function managed({ fields }: Found): CredentialRecord {
  const arn = String(fields.CertificateArn)
  const status = textOf(fields, 'Status')
  const renewal = isObject(fields.RenewalSummary) ? fields.RenewalSummary : {}
  const names = [fields.SubjectAlternativeNames, fields.SubjectAlternativeNameSummaries].find(Array.isArray)
  const createdAt = parseInstant(fields.CreatedAt) ?? parseInstant(fields.ImportedAt)
  return {
    type: 'credential',
    externalId: arn,
    credentialType: 'certificate',
    name: textOf(fields, 'DomainName') ?? nameOf(arn),
    status: statusOf(status, parseInstant(fields.NotAfter)),
    createdAt: createdAt ?? parseInstant(fields.IssuedAt),
    expiresAt: parseInstant(fields.NotAfter),
    rotatedAt:
      renewal.RenewalStatus === 'SUCCESS'
        ? parseInstant(renewal.UpdatedAt)
        : (parseInstant(fields.IssuedAt) ?? parseInstant(fields.ImportedAt)),
    attributes: attributes<string | boolean | string[]>({
      service: 'acm',
      state: status,
      certificateType: textOf(fields, 'Type'),
      issuer: textOf(fields, 'Issuer'),
      serial: textOf(fields, 'Serial'),
      keyAlgorithm: textOf(fields, 'KeyAlgorithm'),
      domains: names?.filter((name: unknown): name is string => typeof name === 'string').slice(0, 100),
      validFrom: parseInstant(fields.NotBefore),
      renewalEligibility: textOf(fields, 'RenewalEligibility'),
      renewalStatus: textOf(renewal, 'RenewalStatus'),
      revokedAt: parseInstant(fields.RevokedAt),
      revocationReason: textOf(fields, 'RevocationReason'),
      privateCa: textOf(fields, 'CertificateAuthorityArn'),
      inUse:
        typeof fields.InUse === 'boolean'
          ? fields.InUse
          : Array.isArray(fields.InUseBy)
            ? fields.InUseBy.length > 0
            : undefined,
      exported: typeof fields.Exported === 'boolean' ? fields.Exported : undefined,
    }),
  }
}

/** An expired certificate is told by its date; where the list gives none, it counts as switched off. */
function statusOf(status: string | undefined, expiresAt: string | undefined): CredentialRecord['status'] {
  if (status === 'ISSUED') return 'active'
  if (status === 'EXPIRED') return expiresAt === undefined ? 'disabled' : 'active'
  return status !== undefined && dead.has(status) ? 'disabled' : 'unknown'
}

/** A server certificate that was uploaded to IAM. */
function uploaded({ at, fields }: Found, { set }: AnswerScene): CredentialRecord | undefined {
  const arn = textOf(fields, 'Arn')
  if (arn === undefined) {
    set.refused.push({ at, reason: 'The server certificate has no Arn' })
    return undefined
  }
  const createdAt = parseInstant(fields.UploadDate)
  return {
    type: 'credential',
    externalId: arn,
    credentialType: 'certificate',
    name: textOf(fields, 'ServerCertificateName') ?? nameOf(arn),
    status: 'active',
    createdAt,
    expiresAt: parseInstant(fields.Expiration),
    rotatedAt: createdAt,
    attributes: attributes<string>({
      service: 'iam',
      path: textOf(fields, 'Path'),
      certificateId: textOf(fields, 'ServerCertificateId'),
    }),
  }
}
