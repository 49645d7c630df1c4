import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { wordTable } from '../word-table'
import { der, oid, sequence, tags } from './der'

/** A new key of P-256 as PEM (PKCS #8), without a passphrase: what every TLS library of the last ten years takes. */
export function makeKey(): Secret {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
}

/** @throws LiveError `invalid_config` for what is no private key, or has a passphrase */
export function privateKeyOf(secret: Secret): KeyObject {
  try {
    return createPrivateKey(secret.reveal())
  } catch {
    throw new LiveError('invalid_config', 'That is no private key as PEM, or it has a passphrase: give one without.')
  }
}

/** How each kind of key signs. */
const algorithms: Record<string, { id: string; hash: string | null; hasNull?: true }> = wordTable({
  rsa: { id: '1.2.840.113549.1.1.11', hash: 'sha256', hasNull: true },
  ec: { id: '1.2.840.10045.4.3.2', hash: 'sha256' },
  ed25519: { id: '1.3.101.112', hash: null },
})

/**
 * A request for a certificate (PKCS #10, RFC 2986) as PEM, made in memory. It asks for a subject and nothing else: all that the
 * new certificate may do is the authority's to say.
 * @param subject its name in DER
 */
export function makeRequest(secret: Secret, subject: Buffer): string {
  const key = privateKeyOf(secret)
  const algorithm = algorithms[key.asymmetricKeyType ?? '']
  if (algorithm === undefined)
    throw new LiveError('invalid_config', `Keys of the type ${key.asymmetricKeyType} are not supported.`)
  const open = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const info = sequence(der(tags.integer, Buffer.from([0])), subject, open, der(0xa0))
  const signature = sign(algorithm.hash, info, key)
  const how = sequence(oid(algorithm.id), ...(algorithm.hasNull ? [der(tags.null)] : []))
  const request = sequence(info, how, der(tags.bitString, Buffer.from([0]), signature))
  const lines = request.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join('\n')
}
