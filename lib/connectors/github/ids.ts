import type { NodeRef } from '../contract'
import { isFields, text } from './fields'

/** Whose a secret or a runner is. */
export interface Scope {
  /** `octo-org`; absent = the file does not say. */
  owner?: string
  /** The repository's name without its owner. */
  repository?: string
  environment?: string
  /** What it is when the names are not known. */
  kind: 'organization' | 'repository' | 'environment' | 'user' | 'enterprise'
}

/** The ids of one GitHub host. Addresses and logins are what every format of GitHub's knows of a thing. */
export function idsOf(host: string) {
  const site = `https://${host}`
  const resource = (externalId: string): NodeRef => ({ type: 'resource', externalId, global: true })
  return {
    site: resource(site),
    account: (login: string) => resource(`${site}/${login}`),
    repository: (fullName: string) => resource(`${site}/${fullName}`),
    user: (login: string) => `user:${login}`,
    installation: (id: string): NodeRef => ({ type: 'identity', externalId: `installation:${id}` }),
    app: (id: string): NodeRef => ({ type: 'identity', externalId: `app:${id}` }),
    oauthApp: (clientId: string): NodeRef => ({ type: 'identity', externalId: `oauth-app:${clientId}` }),
    workflow: (fullName: string, path: string): NodeRef => ({
      type: 'identity',
      externalId: `workflow:${fullName}/${path}`,
    }),
    scope: printScope,
  }
}
export type Ids = ReturnType<typeof idsOf>

/** `octo-org/hello@production`; an unknown owner or repository stands in brackets. */
export function printScope({ owner, repository, environment, kind }: Scope): string {
  const narrow = kind === 'repository' || kind === 'environment'
  const place = narrow ? `${owner ?? '(owner)'}/${repository ?? '(repository)'}` : (owner ?? `(${kind})`)
  return kind === 'environment' ? `${place}@${environment ?? '(environment)'}` : place
}

/** True when the names of the scope are known. */
export function isKnown({ owner, repository, environment, kind }: Scope): boolean {
  if (owner === undefined) return false
  if (kind === 'environment') return repository !== undefined && environment !== undefined
  return kind !== 'repository' || repository !== undefined
}

/** What an address of the API or of the site says of owner and repository. Templates (`{org}`) say only the kind. */
export function scopeOfAddress(address: string): Scope | undefined {
  const path = address.replace(/^https?:\/\/[^/]+(?:\/api\/v3)?/, '').replace(/[?#].*$/, '')
  const named = (part: string | undefined) =>
    part === undefined || part === '' || part.startsWith('{') ? undefined : decode(part)
  const repo = /^\/repos\/([^/]+)\/([^/]+)(?:\/environments\/([^/]+))?/.exec(path)
  if (repo !== null) {
    const [, owner, repository, environment] = repo
    return scopeWith(environment === undefined ? 'repository' : 'environment', {
      owner: named(owner),
      repository: named(repository),
      environment: named(environment),
    })
  }
  const org = /^\/(?:orgs|enterprises)\/([^/]+)/.exec(path)
  if (org !== null) return scopeWith('organization', { owner: named(org[1]) })
  return path.startsWith('/user/') ? { kind: 'user' } : undefined
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function scopeWith(
  kind: Scope['kind'],
  names: { owner?: string | undefined; repository?: string | undefined; environment?: string | undefined },
): Scope {
  const { owner, repository, environment } = names
  return {
    kind,
    ...(owner === undefined ? {} : { owner }),
    ...(repository === undefined ? {} : { repository }),
    ...(environment === undefined ? {} : { environment }),
  }
}

/** `octo-org` or `octo-org/hello` as a user names a source. */
export function scopeOfName(name: string): Scope | undefined {
  const found = /^([\w.-]+)(?:\/([\w.-]+))?(?:@([\w. -]+))?$/.exec(name)
  if (found === null) return undefined
  const [, owner, repository, environment] = found
  const kind = environment !== undefined ? 'environment' : repository !== undefined ? 'repository' : 'organization'
  return scopeWith(kind, { owner, repository, environment })
}

/** Addresses looked at before a file is taken to be of github.com. */
const lookedAt = 5_000

/**
 * The host that the addresses in the file belong to: `github.com`, `acme.ghe.com` or a server of one's own.
 * `undefined` when the file holds none.
 */
export function hostIn(root: unknown): string | undefined {
  let left = lookedAt
  const search = (value: unknown, depth: number): string | undefined => {
    if (depth > 12 || left-- <= 0) return undefined
    if (Array.isArray(value)) return first(value, (entry) => search(entry, depth + 1))
    if (!isFields(value)) return undefined
    for (const key of ['url', 'html_url', 'repositories_url', 'uri']) {
      const host = Object.hasOwn(value, key) ? apiHost(text(value[key])) : undefined
      if (host !== undefined) return host
    }
    return first(Object.entries(value), ([key, entry]) => (key === 'config' ? undefined : search(entry, depth + 1)))
  }
  return search(root, 0)
}

function first<T>(values: T[], of: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = of(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** Only addresses that look like GitHub's; a homepage says nothing. */
function apiHost(address: string | undefined): string | undefined {
  const found = /^https:\/\/(?:api\.)?((?:[\w-]+\.)*(?:github\.com|ghe\.com))(?:[/:]|$)/.exec(address ?? '')
  if (found !== null) return found[1]
  return /^https?:\/\/([\w.-]+(?::\d+)?)\/api\/v3(?:\/|$)/.exec(address ?? '')?.[1]
}
