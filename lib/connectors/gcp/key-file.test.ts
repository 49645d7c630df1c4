import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { readKeyFile, signedAssertion } from './key-file'

const pair = (type: 'rsa' | 'ed25519') =>
  type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
const { privateKey, publicKey } = pair('rsa')
const pemOf = (key: typeof privateKey) => key.export({ type: 'pkcs8', format: 'pem' })
const file = {
  private_key_id: 'k1',
  private_key: pemOf(privateKey),
  client_email: 'A@p.iam.gserviceaccount.com',
  project_id: 'p',
}

test('reads what Google gives, and nothing else', () => {
  expect(readKeyFile(JSON.stringify(file))).toMatchObject({
    id: 'k1',
    email: 'a@p.iam.gserviceaccount.com',
    project: 'p',
  })
  const none = [
    ...['', 'no JSON', '[]', '{}', JSON.stringify({ ...file, private_key: 'no PEM' })],
    ...[
      JSON.stringify({ ...file, private_key_id: 7 }),
      JSON.stringify({ ...file, private_key: pemOf(pair('ed25519').privateKey) }),
    ],
  ]
  for (const text of none) expect(readKeyFile(text), text.slice(0, 40)).toBeUndefined()
})

test('signs for one audience and five minutes', () => {
  const key = readKeyFile(JSON.stringify({ ...file, token_uri: 'https://evil.example/token' }))
  if (key === undefined) throw new Error('the key was not read')
  const [head = '', claims = '', signature = ''] = signedAssertion(
    key,
    'a@p',
    'https://oauth2.googleapis.com/token',
  ).split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' })
  expect(read(claims)).toMatchObject({ iss: 'a@p', aud: 'https://oauth2.googleapis.com/token' })
  expect(Number(read(claims).exp) - Number(read(claims).iat)).toBe(300)
  const isSigned = (text: string) =>
    verify('RSA-SHA256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'))
  expect(isSigned(`${head}.${claims}`)).toBe(true)
  expect(isSigned(`${head}.${claims}x`)).toBe(false)
})
