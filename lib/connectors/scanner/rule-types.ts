import type { CredentialType } from '../contract'

/** By the secret's own form: prefixes that its issuer publishes. First match wins. */
const forms: [RegExp, CredentialType][] = [
  [/^(?:AKIA|ASIA)[A-Z0-9]{16}$/, 'api_key'],
  [/-{5}BEGIN OPENSSH PRIVATE KEY/, 'ssh_key'],
  [/-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY/, 'signing_key'],
  [/-{5}BEGIN CERTIFICATE/, 'certificate'],
  [/^ghr_/, 'refresh_token'],
  [
    /^(?:gh[opsu]_|github_pat_|glpat-|gldt-|glrt-|glcbt-|xox[abeprs]-|npm_|pypi-|dop_v1_|hv[sb]\.|eyJ[\w-]+\.)/,
    'access_token',
  ],
  [/^gloas-/, 'client_secret'],
  [/^(?:sk|rk|pk)_(?:live|test)_|^sk-|^AIza/, 'api_key'],
  [/^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i, 'password'],
]

/** By the words of the scanner's rule or of the variable. First match wins. */
const rules: [RegExp, CredentialType][] = [
  [/ssh|openssh/, 'ssh_key'],
  [/private[ _-]?key|asymmetric|pgp|\bpem\b|rsa[ _-]pk|signing|jwt[ _-]?secret|webhook[ _-]?secret/, 'signing_key'],
  [/certificate|pkcs|\bpfx\b|keystore/, 'certificate'],
  [/refresh[ _-]?token/, 'refresh_token'],
  [/client[ _-]?secret|app[ _-]?secret|oauth[ _-]?secret|consumer[ _-]?secret/, 'client_secret'],
  [
    /passw|passphrase|\bpwd\b|\bpass\b|basic[ _-]?auth|username and|credentials? in (?:uri|url)|connection[ _-]?string|\buri\b|jdbc|postgres|mysql|mongo/,
    'password',
  ],
  [/(?:api|access|secret|storage)[ _-]?key\b|\baws\b|\bhmac\b|\bapikey\b|mws|webhook/, 'api_key'],
  [/token|\bpat\b|\bjwt\b|bearer|oauth|github|gitlab|slack|npm|pypi/, 'access_token'],
  [/\bkey\b/, 'api_key'],
]

/**
 * What kind of credential a hit is, by the secret's form, else by the words of its rule; `undefined` when neither says
 * (a string of high entropy).
 */
export function credentialTypeOf(rule: string, secret: string | undefined): CredentialType | undefined {
  const form = secret === undefined ? undefined : forms.find(([pattern]) => pattern.test(secret))?.[1]
  if (form !== undefined) return form
  const words = rule.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return rules.find(([pattern]) => pattern.test(words))?.[1]
}
