import type { CredentialType } from '../contract'

/** `--figma-api-key`, `appKey` and `X-API-Key` as an environment variable would be named. */
export function upperName(name: string): string {
  return name
    .replace(/^-+/, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
}

/** True when a name says that its value is a secret. Ids, paths, URLs and public keys are none. */
export function namesSecret(name: string): boolean {
  const upper = upperName(name)
  if (/PUBLIC_?KEY$/.test(upper)) return false
  return (
    /(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS?|KEY)$/.test(upper) ||
    /(?:^|_)(?:PASS|PWD|PAT|JWT|CONNECTION_STRING|API_HASH|AUTHORIZATION)$/.test(upper)
  )
}

/** First match wins. */
const types: [RegExp, CredentialType][] = [
  [/PASSWORD|PASSWD|PASSPHRASE|(?:^|_)(?:PASS|PWD)$|CONNECTION_STRING/, 'password'],
  [/REFRESH_?TOKEN/, 'refresh_token'],
  [/CLIENT_?SECRET|APP_?SECRET|CONSUMER_?SECRET|CHANNEL_?SECRET/, 'client_secret'],
  [/SSH/, 'ssh_key'],
  [/PRIVATE_?KEY|JWT_?SECRET|SIGNING|WEBHOOK_?SECRET/, 'signing_key'],
  [/CERT(?:IFICATE)?(?:$|_)/, 'certificate'],
  [/TOKEN|(?:^|_)(?:PAT|JWT)$|BEARER|AUTHORIZATION/, 'access_token'],
]

/** What kind of credential a variable of this name holds; an API key when nothing else fits. */
export function credentialTypeOf(name: string): CredentialType {
  const upper = upperName(name)
  return types.find(([pattern]) => pattern.test(upper))?.[1] ?? 'api_key'
}

/** True for text that only stands for a secret: `<YOUR_TOKEN>`, `{token}`, `${input:key}`, `your-api-key`, `xxxx`. */
export function isPlaceholder(value: string): boolean {
  if (value.length < 8 || /[<>{}$[\]\s*…]/.test(value)) return true
  return /your|example|placeholder|changeme|change-me|secret|token|password|api.?key|dummy|optional|^x+$|^\.+$/i.test(
    value,
  )
}
