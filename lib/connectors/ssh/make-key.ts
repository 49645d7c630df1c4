import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { Secret } from '../secret'
import { stringOf } from './wire'

const [type, comment] = ['ssh-ed25519', 'bailiwick']

/** A new key of Ed25519 as `ssh-keygen` writes it, without a passphrase. https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key */
export function makeKey(): Secret {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [open, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const publicBlob = Buffer.concat([stringOf(type), stringOf(open)])
  // The same number twice: whoever decrypts sees by it that the passphrase was right.
  const check = randomBytes(4)
  const pair = stringOf(Buffer.concat([seed, open]))
  const content = Buffer.concat([check, check, publicBlob, pair, stringOf(comment)])
  const padding = Buffer.from(Array.from({ length: (8 - (content.length % 8)) % 8 }, (_, index) => index + 1))
  const one = Buffer.from([0, 0, 0, 1])
  const bytes = Buffer.concat([
    ...[Buffer.from('openssh-key-v1\0'), stringOf('none'), stringOf('none'), stringOf('')],
    ...[one, stringOf(publicBlob), stringOf(Buffer.concat([content, padding]))],
  ])
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? []
  return new Secret(
    ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
  )
}
