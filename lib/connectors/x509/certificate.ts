import { X509Certificate } from 'node:crypto'
import { wordTable } from '../word-table'
import { type Der, oidOf, partAt, partsOf, readDer, serialOf, tags, timeOf } from './der'

export interface Certificate {
  x509: X509Certificate
  /** As `openssl ca` writes it in its index. */
  serial: string
  /** SHA-256, small hex digits without colons. */
  fingerprint: string
  /** One line: `O=Example, CN=svc-billing`. */
  subject: string
  issuer: string
  /** The subject as it stands in the certificate, byte by byte. */
  subjectDer: Buffer
  validFrom: string
  expiresAt: string
  /** `DNS:api.example`, `URI:spiffe://example/billing` */
  names: string[]
  keyUsage: string[]
  /** What it is for, in words, or the object identifier. */
  purposes: string[]
  isAuthority: boolean
  /** `rsa 2048` */
  key: string
}

const usages = [
  ...['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign'],
  ...['cRLSign', 'encipherOnly', 'decipherOnly'],
]
const purposeNames: Record<string, string> = wordTable({
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
})
export const ocspSigning = 'OCSPSigning'

const oneLine = (name: string | undefined) => (name ?? '').split('\n').join(', ').slice(0, 1000)

/** A certificate as PEM or DER. @returns `undefined` = it is none */
export function parseCertificate(bytes: Buffer | string): Certificate | undefined {
  try {
    const x509 = new X509Certificate(bytes)
    const tbs = partsOf(partAt(partsOf(readDer(x509.raw)), 0, tags.sequence))
    const skip = tbs[0]?.tag === 0xa0 ? 1 : 0
    const [notBefore, notAfter] = partsOf(partAt(tbs, skip + 3, tags.sequence))
    if (notBefore === undefined || notAfter === undefined) return undefined
    const extensions = extensionsOf(tbs)
    const usage = extensions.get('2.5.29.15')
    const { publicKey } = x509
    const size =
      publicKey.asymmetricKeyDetails?.modulusLength ?? publicKey.asymmetricKeyDetails?.namedCurve ?? undefined
    return {
      x509,
      serial: serialOf(partAt(tbs, skip, tags.integer)),
      fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
      subject: oneLine(x509.subject),
      issuer: oneLine(x509.issuer),
      subjectDer: partAt(tbs, skip + 4, tags.sequence).whole,
      validFrom: timeOf(notBefore),
      expiresAt: timeOf(notAfter),
      names: (x509.subjectAltName ?? '').split(/, (?=[A-Za-z ]+:)/).filter((name) => name !== ''),
      keyUsage: usage === undefined ? [] : usages.filter((_, bit) => hasBit(readDer(usage), bit)),
      purposes: (x509.keyUsage ?? []).map((id) => purposeNames[id] ?? id),
      isAuthority: x509.ca,
      key: [publicKey.asymmetricKeyType, size].filter((part) => part !== undefined).join(' '),
    }
  } catch {
    // OpenSSL has many errors for what is no certificate, or has a key that it does not know.
    return undefined
  }
}

/** Values of extensions by their object identifiers. */
function extensionsOf(tbs: readonly Der[]): Map<string, Buffer> {
  const wrapped = tbs.find(({ tag }) => tag === 0xa3)
  const list = wrapped === undefined ? undefined : partsOf(wrapped)[0]
  return new Map(
    (list === undefined ? [] : partsOf(list)).map((extension) => {
      const parts = partsOf(extension)
      return [oidOf(partAt(parts, 0, tags.oid)), partAt(parts, parts.length - 1, tags.octetString).body]
    }),
  )
}

const hasBit = ({ body }: Der, bit: number) => ((body[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0

/** Whoever holds certificates of this subject from this issuer: renewed ones belong to the same. */
export const holderId = ({ subject, issuer }: Pick<Certificate, 'subject' | 'issuer'>) => `holder:${subject}@${issuer}`
export const certificateId = ({ serial, fingerprint }: Pick<Certificate, 'serial' | 'fingerprint'>) =>
  `certificate:${serial}:${fingerprint}`

/** The serial that an id names. */
export const serialIn = (id: string) => /^certificate:([0-9A-F]+):[0-9a-f]{64}$/.exec(id)?.[1]
