import { wordTable } from '../word-table'
import { fingerprintOf } from './public-key'
import { stringOf, Wire } from './wire'

/** A user certificate, as `ssh-keygen -L` shows it. */
export interface SshCertificate {
  /** `ssh-ed25519-cert-v01@openssh.com`. */
  type: string
  serial: bigint
  keyId: string
  /** Accounts that it may log in as; none = it fits no account. */
  principals: string[]
  /** Seconds since 1970. */
  validAfter: bigint
  validBefore: bigint
  criticalOptions: string[]
  /** The certified key, plain. */
  keyBlob: Buffer
  authorityBlob: Buffer
  authority: string
  fingerprint: string
}

/** `validBefore` of a certificate without end. */
export const forever = 2n ** 64n - 1n

/** Fields of the certified key, before the serial. https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.certkeys */
const keyFields: Record<string, number> = wordTable({
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
})

/** A line of a `-cert.pub` file. @returns `undefined` = no user certificate */
export function parseCertificate(line: string): SshCertificate | undefined {
  const [word = '', base64 = ''] = line.trim().split(/[ \t]+/)
  const plain = word.replace(/-cert-v01@openssh\.com$/, '')
  const plainType = plain in keyFields ? plain : `${plain}@openssh.com`
  const fields = keyFields[plainType]
  if (plain === word || fields === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  try {
    const bytes = Buffer.from(base64, 'base64')
    const wire = new Wire(bytes)
    if (wire.string().toString() !== word) return undefined
    wire.string()
    const from = wire.at
    for (let field = 0; field < fields; field++) wire.string()
    const keyBlob = Buffer.concat([stringOf(plainType), bytes.subarray(from, wire.at)])
    const serial = wire.uint64()
    const isOfUser = wire.uint32() === 1
    const keyId = wire.string().toString()
    const principals = listOf(wire.string()).map(String)
    const [validAfter, validBefore] = [wire.uint64(), wire.uint64()]
    const criticalOptions = listOf(wire.string()).flatMap((value, index) => (index % 2 === 0 ? [String(value)] : []))
    wire.string()
    wire.string()
    const authorityBlob = wire.string()
    wire.string()
    if (!isOfUser || !wire.isAtEnd) return undefined
    return {
      ...{ type: word, serial, keyId, principals, validAfter, validBefore, criticalOptions, keyBlob, authorityBlob },
      ...{ authority: fingerprintOf(authorityBlob), fingerprint: fingerprintOf(keyBlob) },
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function listOf(packed: Buffer): Buffer[] {
  const wire = new Wire(packed)
  const found: Buffer[] = []
  while (!wire.isAtEnd) found.push(wire.string())
  return found
}
