import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { field, text } from './fields'

/** What of a key's JSON file is used. Addresses that it names are not. */
export interface KeyFile {
  id: string
  privateKey: KeyObject
  email?: string
  project?: string
}

/** `undefined` = not the file of a key. */
export function readKeyFile(json: string): KeyFile | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const [id, pem] = [text(field(value, 'private_key_id')), text(field(value, 'private_key'))]
    if (id === undefined || pem === undefined) return undefined
    const privateKey = createPrivateKey(pem)
    if (privateKey.asymmetricKeyType !== 'rsa') return undefined
    const [email, project] = [text(field(value, 'client_email')), text(field(value, 'project_id'))]
    return {
      ...{ id, privateKey },
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      ...(project === undefined ? {} : { project }),
    }
  } catch {
    // What the parser says may quote the key.
    return undefined
  }
}

/** What the assertion is good for, and for how long, in seconds: somebody who sees it can use it so long. */
const scope = 'https://www.googleapis.com/auth/cloud-platform'
const lifetime = 300

/** RFC 7523 with RS256, as Google wants it. */
export function signedAssertion({ id, privateKey }: KeyFile, email: string, audience: string): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url')
  const claims = { iss: email, scope, aud: audience, iat: now, exp: now + lifetime }
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: id })}.${part(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`
}
