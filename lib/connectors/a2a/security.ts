import { wordTable } from '../word-table'
import { field, isFields, list, pairs, text, texts } from './fields'

/** The wrappers of A2A 1.0 around a scheme, and what the earlier versions call its type. */
const wrappers: Record<string, string> = wordTable({
  apiKeySecurityScheme: 'apiKey',
  httpAuthSecurityScheme: 'http',
  oauth2SecurityScheme: 'oauth2',
  openIdConnectSecurityScheme: 'openIdConnect',
  mtlsSecurityScheme: 'mutualTLS',
})

/** How callers must prove who they are, as the card states it; an empty list = nothing declared. */
export function authenticationOf(card: unknown): string[] {
  const schemes = pairs(field(card, 'securitySchemes')).map(([name, scheme]) => `${name}: ${describe(scheme)}`)
  // A2A 0.2 and before: {authentication: {schemes: ["Bearer"]}}.
  const early = field(card, 'authentication')
  return [...schemes, ...texts(isFields(early) ? field(early, 'schemes') : early)]
}

function describe(scheme: unknown): string {
  const wrapped = Object.entries(wrappers).find(([name]) => isFields(field(scheme, name)))
  const inner = wrapped === undefined ? scheme : field(scheme, wrapped[0])
  const type = wrapped?.[1] ?? text(field(scheme, 'type')) ?? 'of an unknown kind'
  switch (type) {
    case 'apiKey':
      return `API key in ${text(field(inner, 'in')) ?? text(field(inner, 'location')) ?? 'a place not stated'} ${text(field(inner, 'name')) ?? ''}`.trim()
    case 'http':
      return `HTTP ${text(field(inner, 'scheme')) ?? 'authentication'}`
    case 'oauth2': {
      const flows = pairs(field(inner, 'flows')).map(([flow, body]) => {
        const scopes = Object.keys(isFields(field(body, 'scopes')) ? Object(field(body, 'scopes')) : {})
        return scopes.length === 0 ? flow : `${flow} (${scopes.slice(0, 20).join(', ')})`
      })
      return `OAuth 2 ${flows.join(', ')}`.trim()
    }
    case 'openIdConnect':
      return 'OpenID Connect'
    case 'mutualTLS':
      return 'mutual TLS'
    default:
      return type
  }
}

/** What a caller needs, one entry for each way: `oauth (read, write)`. `undefined` = the card does not say. */
export function requirementsOf(holder: unknown): string[] | undefined {
  const stated = field(holder, 'securityRequirements') ?? field(holder, 'security')
  if (!Array.isArray(stated)) return undefined
  return stated.slice(0, 50).map((way: unknown) => {
    const schemes = pairs(field(way, 'schemes') ?? way)
    if (schemes.length === 0) return 'nothing'
    return schemes
      .map(([name, scopes]) => {
        const words = texts(Array.isArray(scopes) ? scopes : field(scopes, 'list'))
        return words.length === 0 ? name : `${name} (${words.join(', ')})`
      })
      .join(' and ')
  })
}

/** The signatures of the card (JWS) by their headers: `ES256, key key-1`. They are not verified here. */
export function signaturesOf(card: unknown): string[] {
  return list(field(card, 'signatures'))
    .slice(0, 20)
    .map((signature) => {
      const header = { ...headerOf(field(signature, 'protected')), ...Object(field(signature, 'header') ?? {}) }
      const algorithm = text(field(header, 'alg')) ?? 'algorithm not stated'
      const key = text(field(header, 'kid'))
      const keys = text(field(header, 'jku'))
      return [algorithm, ...(key === undefined ? [] : [`key ${key}`]), ...(keys === undefined ? [] : [keys])]
        .join(', ')
        .slice(0, 300)
    })
}

function headerOf(encoded: unknown): Record<string, unknown> {
  if (typeof encoded !== 'string' || encoded.length > 4096) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}
