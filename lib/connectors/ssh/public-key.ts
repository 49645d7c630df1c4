import { createHash } from 'node:crypto'
import { Wire } from './wire'

/** A public key as a line of `authorized_keys` holds it. */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa`. */
  type: string
  blob: Buffer
  /** `SHA256:…`, as `ssh-keygen -l` and the log of sshd show it. */
  fingerprint: string
  /** Length of the modulus; only of RSA, where it differs from key to key. */
  bits?: number
}

const keyTypes = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ssh-dss',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
])

export const isKeyType = (word: string) => keyTypes.has(word)

export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** The two words of a key, if they are one: the bytes must be of the type that stands before them. */
export function readPublicKey(type: string, base64: string): PublicKey | undefined {
  if (!isKeyType(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  return describeKey(Buffer.from(base64, 'base64'), type)
}

/** @returns `undefined` = no key of that type */
export function describeKey(blob: Buffer, type: string): PublicKey | undefined {
  try {
    const wire = new Wire(blob)
    if (wire.string().toString() !== type) return undefined
    const parts = [wire.string()]
    while (!wire.isAtEnd) parts.push(wire.string())
    const modulus = type === 'ssh-rsa' ? parts[1] : undefined
    return {
      ...{ type, blob, fingerprint: fingerprintOf(blob) },
      ...(modulus === undefined ? {} : { bits: bitsOf(modulus) }),
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (number.length - first) * 8 - Math.clz32(number[first] ?? 0) + 24
}
