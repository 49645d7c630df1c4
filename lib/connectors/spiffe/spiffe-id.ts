import { field, isFields, text } from '../json-fields'

/** A SPIFFE ID, taken apart. */
export interface SpiffeId {
  /** `spiffe://example.org/web` */
  uri: string
  trustDomain: string
  /** With its leading slash; empty for the trust domain itself. */
  path: string
}

/**
 * A SPIFFE ID as text or as the API's object `{trust_domain, path}`, held to the standard: lower-case trust domain of at
 * most 255 characters without port or user, path segments of letters, digits, dot, dash and underscore, neither empty nor
 * `.` nor `..`, 2048 bytes in all. What is wrong comes as `{ reason }`.
 */
export function readSpiffeId(value: unknown): SpiffeId | { reason: string } {
  const uri = uriOf(value)
  if (uri === undefined) return { reason: 'is missing' }
  if (uri.length > 2048) return { reason: 'is longer than 2048 characters' }
  const parts = /^spiffe:\/\/([^/]*)(.*)$/s.exec(uri)
  if (parts === null) return { reason: 'is no SPIFFE ID: it does not begin with spiffe://' }
  const [, trustDomain = '', path = ''] = parts
  if (!/^[a-z0-9._-]{1,255}$/.test(trustDomain))
    return {
      reason:
        'is no SPIFFE ID: the trust domain may only have lower-case letters, digits, dots, dashes and underscores',
    }
  for (const segment of path === '' ? [] : path.slice(1).split('/')) {
    if (segment === '' || segment === '.' || segment === '..' || !/^[A-Za-z0-9._-]+$/.test(segment))
      return { reason: 'is no SPIFFE ID: a part of the path is empty or has characters that are not allowed' }
  }
  return { uri, trustDomain, path }
}

function uriOf(value: unknown): string | undefined {
  if (!isFields(value)) return text(value)?.trim()
  const domain = text(field(value, 'trust_domain')) ?? text(field(value, 'trustDomain'))
  const path = field(value, 'path')
  if (domain === undefined) return undefined
  const bare = domain.replace(/^spiffe:\/\//, '')
  return `spiffe://${bare}${typeof path === 'string' && path !== '' && !path.startsWith('/') ? `/${path}` : (path ?? '')}`
}

/** The trust domain that a workload may talk to, as a name or as an ID. */
export function trustDomainName(value: string): string {
  return value.replace(/^spiffe:\/\//, '').replace(/\/.*$/, '')
}
