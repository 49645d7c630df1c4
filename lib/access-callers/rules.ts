/** What a proxy says of the certificate that it checked. */
export interface ForwardedCertificate {
  /** SPIFFE id or another URI of its alternative names; null = none, or more than one. */
  uri: string | null
  subject: string | null
  /** SHA-256 of the certificate, small hex; null where the proxy does not say. */
  hash: string | null
}

const longest = 16_384

/**
 * Reads the header by which a proxy tells of a client's certificate. `x-forwarded-client-cert` has Envoy's form: elements with commas
 * between, each of `Key=value` with semicolons between, values perhaps quoted; the last element is what the proxy wrote that we are
 * connected to, those before it are hearsay. Any other header holds the SPIFFE id or the subject alone.
 * Source: Envoy, HTTP header manipulation, x-forwarded-client-cert.
 * @returns undefined for what is empty or not of that form
 */
export function parseCertificate(header: string, text: string): ForwardedCertificate | undefined {
  if (text.trim() === '' || text.length > longest) return undefined
  if (header !== 'x-forwarded-client-cert') {
    const value = text.trim()
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
      ? { uri: value, subject: null, hash: null }
      : { uri: null, subject: value, hash: null }
  }
  const pairs = lastElement(text)
  if (!pairs) return undefined
  const all = (key: string) => pairs.filter(([name]) => name === key).map(([, value]) => value)
  const [uris, subjects, hashes] = [all('uri'), all('subject'), all('hash')]
  const only = (values: string[]) => (values.length === 1 && values[0] ? values[0] : null)
  const hash = only(hashes)?.toLowerCase() ?? null
  if (hash !== null && !/^[0-9a-f]{64}$/.test(hash)) return undefined
  return { uri: only(uris), subject: only(subjects), hash }
}

/** The pairs of the last element; undefined when anything in the header is not of the form: half of it is worth nothing. */
function lastElement(text: string): [string, string][] | undefined {
  let pairs: [string, string][] = []
  let at = 0
  while (at < text.length) {
    const key = /^\s*([A-Za-z]{1,20})=/.exec(text.slice(at, at + 64))
    if (!key) return undefined
    at += key[0].length
    const value = valueAt(text, at)
    if (!value) return undefined
    pairs.push([key[1]?.toLowerCase() ?? '', value.text])
    at = value.end
    const stop = text[at]
    if (stop === undefined) return pairs
    if (stop === ',') pairs = []
    at += 1
  }
  // It ends with a separator.
  return undefined
}

/** A quoted value with its escapes, or a plain one up to the next separator. */
function valueAt(text: string, at: number): { text: string; end: number } | undefined {
  if (text[at] !== '"') {
    const rest = /[;,]/.exec(text.slice(at))
    const end = rest ? at + rest.index : text.length
    const plain = text.slice(at, end).trim()
    return plain.includes('"') ? undefined : { text: plain, end }
  }
  let value = ''
  for (let index = at + 1; index < text.length; index += 1) {
    const letter = text[index]
    if (letter === '\\' && index + 1 < text.length) {
      index += 1
      value += text[index]
    } else if (letter === '"') {
      const end = index + 1
      const next = text[end]
      return next === undefined || next === ';' || next === ',' ? { text: value, end } : undefined
    } else value += letter
  }
  return undefined
}

/** Where an issuer tells of itself: OpenID Connect Discovery 1.0 section 4, then RFC 8414 section 3. */
export function metadataPlaces(issuer: string): string[] {
  const url = new URL(issuer)
  const path = url.pathname.replace(/\/+$/, '')
  return [
    `${url.origin}${path}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ]
}
