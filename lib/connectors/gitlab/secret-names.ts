import type { CredentialType } from '../contract'

/** First match wins. */
const types: [RegExp, CredentialType][] = [
  [/PASSWORD|PASSWD|PASSPHRASE|(?:^|_)(?:PASS|PWD)$|CONNECTION_STRING|DATABASE_URL/, 'password'],
  [/REFRESH_?TOKEN/, 'refresh_token'],
  [/CLIENT_?SECRET|APP_?SECRET/, 'client_secret'],
  [/SSH|DEPLOY_?KEY/, 'ssh_key'],
  [/PRIVATE_?KEY|SIGNING|GPG|WEBHOOK_?SECRET|KEYSTORE/, 'signing_key'],
  [/CERT(?:IFICATE)?(?:$|_)/, 'certificate'],
  [/TOKEN|(?:^|_)(?:PAT|JWT)$/, 'access_token'],
]

/** What a secret of this name holds; an API key when nothing else fits. */
export function credentialTypeOf(name: string): CredentialType {
  const upper = name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()
  return types.find(([pattern]) => pattern.test(upper))?.[1] ?? 'api_key'
}

/** True when a variable's name says that its value should have been a secret. */
export function namesSecret(name: string): boolean {
  const upper = name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()
  if (/PUBLIC_?KEY$/.test(upper)) return false
  return /(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS?|_KEY|APIKEY)$|(?:^|_)(?:PASS|PWD|PAT)$/.test(upper)
}

/** True for what stands in a secret's place: `********`, `XXXX`, `M`s, `[REDACTED]`. */
export function isMasked(value: string): boolean {
  return /^(?:[\w-]{0,8}?[_-])?(?:[*•xX.]{3,}|M{8,})$|redacted|^\[.*\]$|^<.*>$/.test(value)
}

/** The last four characters, when the secret is long enough to lose them. */
export function lastFourOf(secret: string): string | undefined {
  return secret.length >= 12 ? secret.slice(-4) : undefined
}
