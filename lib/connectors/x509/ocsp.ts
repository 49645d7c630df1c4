import { createHash } from 'node:crypto'
import { type Certificate, ocspSigning, parseCertificate } from './certificate'
import { reasons } from './crl'
import { bitsOf, type Der, der, oid, oidOf, partAt, partsOf, readDer, sequence, serialOf, tags, timeOf } from './der'
import { isSignedBy } from './signature'

/** What an authority says of one certificate. */
export type Standing =
  | { is: 'good' }
  | { is: 'revoked'; at: string; reason: string }
  /** It says nothing, or nothing that can be believed. */
  | { is: 'unknown'; why: string }

/** RFC 6960 has hashes name the issuer; SHA-1 is the one that every responder knows, and protects nothing here. */
const sha1 = '1.3.14.3.2.26'
const basic = '1.3.6.1.5.5.7.48.1.1'

const hashed = (bytes: Buffer) => createHash('sha1').update(bytes).digest()

/** The key of a certificate without what says of which kind it is. */
function keyBits({ x509 }: Certificate): Buffer {
  const spki = x509.publicKey.export({ type: 'spki', format: 'der' })
  return bitsOf(partAt(partsOf(readDer(spki)), 1, tags.bitString))
}

function certificateName({ serial }: Certificate, authority: Certificate): Buffer {
  const bytes = Buffer.from(serial, 'hex')
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0
  return sequence(
    sequence(oid(sha1), der(tags.null)),
    der(tags.octetString, hashed(authority.subjectDer)),
    der(tags.octetString, hashed(keyBits(authority))),
    der(tags.integer, ...(isNegative ? [Buffer.from([0])] : []), bytes),
  )
}

/** The question about one certificate. */
export const ocspQuestion = (certificate: Certificate, authority: Certificate) =>
  sequence(sequence(sequence(sequence(certificateName(certificate, authority)))))

const unknown = (why: string): Standing => ({ is: 'unknown', why })

/**
 * What an answer says of the certificate, if it is signed by its authority or by whom that has named for it, and is of now.
 * @param now milliseconds since 1970
 */
export function readOcspAnswer(bytes: Buffer, certificate: Certificate, authority: Certificate, now: number): Standing {
  try {
    const [status, wrapped] = partsOf(readDer(bytes))
    if (status?.body[0] !== 0 || wrapped === undefined)
      return unknown(`the responder answered with error ${status?.body[0] ?? 'unknown'}`)
    const [type, content] = partsOf(partAt(partsOf(wrapped), 0, tags.sequence))
    if (type === undefined || content === undefined || oidOf(type) !== basic)
      return unknown('the responder gave no answer of a kind that is known')
    const [data, algorithm, signature, more] = partsOf(readDer(content.body))
    if (data === undefined || algorithm === undefined || signature === undefined) throw new RangeError('cut off')
    const signers = [authority, ...signersIn(more, authority, now)]
    if (!signers.some(({ x509 }) => isSignedBy(x509.publicKey, data, algorithm, signature)))
      return unknown('the answer is not signed by the authority, nor by whom it has named for it')
    return standingIn(data, certificate, authority, now)
  } catch (error) {
    if (error instanceof RangeError) return unknown('the answer of the responder cannot be read')
    throw error
  }
}

/** Those that the authority has certified for answers like this one. */
function signersIn(more: Der | undefined, authority: Certificate, now: number): Certificate[] {
  if (more === undefined) return []
  return partsOf(partAt(partsOf(more), 0, tags.sequence)).flatMap(({ whole }) => {
    const signer = parseCertificate(whole)
    return signer?.purposes.includes(ocspSigning) &&
      Date.parse(signer.expiresAt) > now &&
      signer.x509.verify(authority.x509.publicKey)
      ? [signer]
      : []
  })
}

/** Clocks differ. */
const toleranceMs = 300_000

function standingIn(data: Der, certificate: Certificate, authority: Certificate, now: number): Standing {
  const list = partsOf(data).find(({ tag }) => tag === tags.sequence)
  const wanted = partsOf(readDer(certificateName(certificate, authority)))
  for (const answer of list === undefined ? [] : partsOf(list)) {
    const [name, status, thisUpdate, next] = partsOf(answer)
    if (name === undefined || status === undefined || thisUpdate === undefined) throw new RangeError('cut off')
    const [, issuer, key, serial] = partsOf(name)
    if (serial === undefined || serialOf(serial) !== certificate.serial) continue
    if (
      !issuer?.body.equals(wanted[1]?.body ?? Buffer.alloc(0)) ||
      !key?.body.equals(wanted[2]?.body ?? Buffer.alloc(0))
    )
      continue
    if (Date.parse(timeOf(thisUpdate)) > now + toleranceMs) return unknown('the answer is of a time to come')
    const until = next?.tag === 0xa0 ? partsOf(next)[0] : undefined
    if (until !== undefined && Date.parse(timeOf(until)) < now - toleranceMs) return unknown('the answer is too old')
    return standing(status)
  }
  return unknown('the responder answered about another certificate')
}

/** Tags of the choice: 0 = good, 1 = revoked with time and perhaps a reason, 2 = unknown. */
function standing(status: Der): Standing {
  if (status.tag === 0x80) return { is: 'good' }
  if (status.tag !== 0xa1) return unknown('the responder does not know the certificate')
  const [at, reason] = partsOf(status)
  if (at === undefined) throw new RangeError('cut off')
  const number = reason === undefined ? 0 : (partsOf(reason)[0]?.body[0] ?? 0)
  return { is: 'revoked', at: timeOf(at), reason: reasons[number] || 'unspecified' }
}
