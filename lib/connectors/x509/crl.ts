import type { Certificate } from './certificate'
import { fromPem, oidOf, partAt, partsOf, readDer, serialOf, tags, timeOf } from './der'
import { isSignedBy } from './signature'

/** RFC 5280, 5.3.1, by their numbers. */
export const reasons = [
  ...['unspecified', 'keyCompromise', 'CACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation'],
  ...['certificateHold', '', 'removeFromCRL', 'privilegeWithdrawn', 'AACompromise'],
]

export interface RevocationList {
  thisUpdate: string
  /** Who uses the list may go on with it until then; absent = the list does not say. */
  nextUpdate?: string
  /** By serial. */
  revoked: Map<string, { at: string; reason: string }>
}

/**
 * A list of revoked certificates (RFC 5280, 5), as PEM or DER.
 * @returns why it is worth nothing, where it is not this authority's
 */
export function readRevocationList(bytes: Buffer, authority: Certificate): RevocationList | { useless: string } {
  try {
    const plain = fromPem(bytes, 'X509 CRL')
    if (plain === undefined) return { useless: 'is no list of revoked certificates' }
    const [tbs, algorithm, signature] = partsOf(readDer(plain))
    if (tbs === undefined || algorithm === undefined || signature === undefined)
      return { useless: 'is no list of revoked certificates' }
    const parts = partsOf(tbs)
    const from = parts[0]?.tag === tags.integer ? 1 : 0
    if (!partAt(parts, from + 1, tags.sequence).whole.equals(authority.subjectDer))
      return { useless: 'is the list of another authority' }
    if (!isSignedBy(authority.x509.publicKey, tbs, algorithm, signature))
      return { useless: 'is not signed by the authority' }
    const thisUpdate = timeOf(partAt(parts, from + 2))
    const next = parts[from + 3]
    const isTime = next?.tag === tags.utcTime || next?.tag === tags.generalizedTime
    const entries = parts.slice(from + 3).find(({ tag }) => tag === tags.sequence)
    return {
      thisUpdate,
      ...(isTime ? { nextUpdate: timeOf(next) } : {}),
      revoked: new Map((entries === undefined ? [] : partsOf(entries)).map((entry) => entryOf(partsOf(entry)))),
    }
  } catch (error) {
    if (error instanceof RangeError) return { useless: 'cannot be read' }
    throw error
  }
}

function entryOf(parts: ReturnType<typeof partsOf>): [string, { at: string; reason: string }] {
  const extensions = parts[2] === undefined ? [] : partsOf(parts[2]).map(partsOf)
  const reason = extensions.find((extension) => oidOf(partAt(extension, 0, tags.oid)) === '2.5.29.21')
  const value = reason?.at(-1)
  const number = value === undefined ? 0 : (readDer(value.body).body[0] ?? 0)
  return [
    serialOf(partAt(parts, 0, tags.integer)),
    { at: timeOf(partAt(parts, 1)), reason: reasons[number] || 'unspecified' },
  ]
}
