/** A private key of which only the first line was reported: every such key begins alike, so it tells nothing. */
const bareKeyHeader = /^-{3,}\s*BEGIN[^-]*-{3,}\s*$/

const wholeKey = /-{5}BEGIN [A-Z0-9 ]+-{5}([\s\S]+?)-{5}END/

/** True for what only stands for a secret: redacted, starred out, cut short, or one character over and over. */
export function isMasked(value: string): boolean {
  if (value.length === 0 || /^\W*redacted\W*$/i.test(value)) return true
  if (/\*{3,}|[•●…]|x{6,}$/.test(value)) return true
  if (/^(?:.{0,200}\.{3}|\*+)$/s.test(value)) return true
  const key = wholeKey.exec(value)?.[1]
  return isOneCharacter(key ?? value)
}

function isOneCharacter(value: string): boolean {
  const bare = value.replace(/\s|\\n/g, '')
  return bare.length > 3 && [...bare].every((character) => character === bare[0])
}

/** The secret as its owner would paste it; `undefined` when the report holds only a mask or the head of a key. */
export function usableSecret(value: string | undefined): string | undefined {
  const trimmed = value?.trim()
  if (trimmed === undefined || isMasked(trimmed) || bareKeyHeader.test(trimmed)) return undefined
  return trimmed
}

const name = String.raw`[A-Za-z_$][\w.$\- ]{0,80}?`
const quotedAssignment = new RegExp(String.raw`^\\?["']?(${name})\\?["']?\s*(?:=>|:=|[=:])\s*\\?(["'\u0060])(.+)$`, 's')
const bareAssignment = new RegExp(String.raw`^["']?(${name})["']?\s*(=>|:=|[=:])\s*([^\s"'=][^\s"']*)$`, 's')
const secretName = /pass|pwd|secret|token|key|credential|auth/i
const address = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>\\]+/i

/**
 * The secret within a scanner's match, which may be the code around it: `TOKEN="abc"` holds `abc`, a line with an address
 * holds the address. `undefined` when it cannot be told apart: a wrong fingerprint is worse than none.
 */
export function secretInMatch(match: string | undefined): string | undefined {
  const line = match?.trim()
  if (line === undefined || line === '') return undefined
  if (wholeKey.test(line)) return usableSecret(line)
  const quoted = quotedAssignment.exec(line)
  if (quoted !== null) {
    const [, , quote = '"', rest = ''] = quoted
    const end = rest.indexOf(quote)
    const inner = (end < 0 ? rest : rest.slice(0, end)).replace(/\\+$/, '')
    return /^[^\s]*$/.test(inner) ? usableSecret(inner) : undefined
  }
  const url = address.exec(line)?.[0]
  if (url !== undefined) return usableSecret(url.replace(/[),;]+$/, ''))
  const bare = bareAssignment.exec(line)
  if (bare !== null && !/;.*=/.test(line)) {
    const [, label = '', , value = ''] = bare
    if (/[(){}<>]|^\$/.test(value)) return undefined
    if (secretName.test(label) && /[^=]/.test(value)) return usableSecret(value.replace(/[,;]+$/, ''))
  }
  const whole = line.replace(/^(["'`])(.*)\1$/s, '$2')
  return /\s|[(){}<>]/.test(whole) ? undefined : usableSecret(whole)
}

/** The text behind base64, when it surely is base64 of text; else the value as it is. */
export function decoded(value: string): string {
  if (value.length < 8 || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return value
  const bytes = Buffer.from(value, 'base64')
  const plain = bytes.toString('utf8')
  const isText = Buffer.from(plain, 'utf8').equals(bytes) && bytes.toString('base64') === value
  return isText && /^[\t\r\n\x20-\x7e\u00a0-\uffff]+$/.test(plain) && !plain.includes('\ufffd') ? plain : value
}

/** The id of an AWS access key, which is no secret: it names the key. */
export function accessKeyId(value: string | undefined): string | undefined {
  return value !== undefined && /^(?:AKIA|ASIA)[A-Z0-9]{16}$/.test(value) ? value : undefined
}

/** The id of a Google OAuth client, which is no secret. */
export function googleClientId(value: string | undefined): string | undefined {
  return value !== undefined && /^\d{6,}-[a-z0-9]+\.apps\.googleusercontent\.com$/.test(value) ? value : undefined
}

/** The last four characters, where they say something: not of addresses and keys in blocks, not of short secrets. */
export function lastFour(secret: string): string | undefined {
  return secret.length < 12 || secret.includes('\n') || secret.includes('://') || secret.startsWith('---')
    ? undefined
    : secret.slice(-4)
}
