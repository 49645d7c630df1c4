import type { NodeRef, NormalisedRecord } from '../contract'
import type { IdentityRights } from '../live-contract'
import type { RabbitUser } from './client'

export interface Permission {
  user: string
  vhost: string
  configure: string
  write: string
  read: string
}

export const passwordId = (name: string) => `user:${name}#password`

/** What the tags of the management interface amount to on the whole server. https://www.rabbitmq.com/docs/management#permissions */
const tagPrivileges = { administrator: 'admin', policymaker: 'write', monitoring: 'read', management: 'read' } as const

/** Users with their passwords. One without a hash is refused by password; certificates may still let it in. */
export function mapUsers(users: readonly RabbitUser[], sessions?: ReadonlyMap<string, number>): NormalisedRecord[] {
  return users.flatMap(({ name, hash, algorithm, tags }): NormalisedRecord[] => {
    const externalId = `user:${name}`
    const subject: NodeRef = { type: 'identity', externalId }
    const known = tags.filter((tag): tag is keyof typeof tagPrivileges => Object.hasOwn(tagPrivileges, tag))
    const levels = known.map((tag) => tagPrivileges[tag])
    const privilege = levels.includes('admin') ? 'admin' : levels.includes('write') ? 'write' : 'read'
    const records: NormalisedRecord[] = [
      {
        type: 'identity',
        externalId,
        kind: 'service_account',
        name,
        status: hash === '' ? 'disabled' : 'active',
        attributes: {
          ...(tags.length > 0 ? { managementTags: tags } : {}),
          ...(sessions === undefined ? {} : { openSessions: sessions.get(name) ?? 0 }),
        },
      },
    ]
    if (hash !== '')
      records.push({
        type: 'credential',
        externalId: passwordId(name),
        subject,
        credentialType: 'password',
        name: `Password of ${name}`,
        status: 'active',
        expiresAt: null,
        attributes: { method: algorithm.replace('rabbit_password_hashing_', '') },
      })
    if (known.length > 0)
      records.push({
        type: 'entitlement',
        kind: 'grants',
        from: subject,
        to: { type: 'resource', externalId: 'server' },
        effect: 'allow',
        scopes: known,
        scopeCount: known.length,
        privilege,
        basis: 'entitlement',
      })
    return records
  })
}

/** What users may do in virtual hosts: patterns of names to configure, write to and read from. An empty pattern fits nothing. */
export function mapPermissions(permissions: readonly Permission[]): NormalisedRecord[] {
  return permissions.flatMap(({ user, vhost, configure, write, read }): NormalisedRecord[] => {
    const scopes = Object.entries({ configure, write, read }).flatMap(([word, pattern]) =>
      pattern === '' ? [] : [`${word}=${pattern}`],
    )
    if (scopes.length === 0) return []
    return [
      {
        type: 'entitlement',
        kind: 'grants',
        effect: 'allow',
        basis: 'entitlement',
        from: { type: 'identity', externalId: `user:${user}` },
        to: { type: 'resource', externalId: `vhost:${vhost}` },
        scopes,
        scopeCount: scopes.length,
        privilege: configure !== '' || write !== '' ? 'write' : 'read',
      },
    ]
  })
}

export function mapVhosts(names: readonly string[], instance: string): NormalisedRecord[] {
  return [
    { type: 'resource', externalId: 'server', kind: 'system', name: `RabbitMQ ${instance}` },
    ...names.map(
      (name): NormalisedRecord => ({
        type: 'resource',
        externalId: `vhost:${name}`,
        kind: 'namespace',
        name: `vhost ${name}`,
      }),
    ),
  ]
}

/** Administrators may everything, with everybody but themselves. */
export function rightsOf(users: readonly RabbitUser[], own: { name: string; tags: string[] }): IdentityRights[] {
  return users.map(({ name }) => {
    const identity = `user:${name}`
    if (name === own.name)
      return { identity, rotate: false, revoke: false, why: 'is the user that this connection signs in with' }
    return own.tags.includes('administrator')
      ? { identity, rotate: true, revoke: true }
      : { identity, rotate: false, revoke: false, why: 'this connection lacks the tag administrator' }
  })
}
