import type { MapContext, NodeRef } from '../contract'
import type { RecordSet } from '../record-set'
import { attributesOf, type Fields, flag, idText, instant, isFields, own, text } from './fields'
import type { Ids, Scope } from './ids'

/** What every mapper of this folder works with. */
export interface Mapping {
  records: RecordSet
  ids: Ids
  fingerprint: MapContext['fingerprint']
  /** Whose an entry is that does not say it: named by the user, or the only one that the file speaks of. */
  assumed: Scope | undefined
  /** Logins of organizations by their number, as far as the file knows both. */
  organizations: ReadonlyMap<string, string>
}

/** Logins that teams give to accounts of machines; GitHub has no mark for them. */
const machineLogin =
  /^(?:svc|ci|bot|robot|automation|machine|service)[-_]|[-_](?:bot|svc|ci|robot|automation|machine|service|service-?account)$/i

/** An account as human, bot, machine user or organization; `undefined` when it has no login. */
export function addAccount(
  value: unknown,
  { records, ids }: Mapping,
  reason = 'a user account of GitHub',
): NodeRef | undefined {
  const login = text(own(value, 'login'))
  if (login === undefined) return undefined
  const type = text(own(value, 'type')) ?? text(own(value, '__typename'))
  const userId = idText(own(value, 'id'))
  if (type === 'Organization' || type === 'Enterprise') {
    return records.add({
      type: 'resource',
      externalId: ids.account(login).externalId,
      kind: 'account',
      name: login,
      ...withAttributes({ accountId: userId, accountType: type.toLowerCase() }),
    })
  }
  const suspended = text(own(value, 'suspended_at')) !== undefined
  const isBot = type === 'Bot' || login.endsWith('[bot]') || flag(own(value, 'actor_is_bot')) === true
  if (isBot || machineLogin.test(login)) {
    return records.add({
      type: 'identity',
      externalId: ids.user(login),
      kind: isBot ? 'bot' : 'service_account',
      name: login,
      status: suspended ? 'disabled' : 'active',
      createdAt: instant(own(value, 'created_at')),
      ...withAttributes({
        userId,
        recognisedBy: isBot ? 'its type: Bot' : 'its login',
        siteAdmin: own(value, 'site_admin') === true ? true : undefined,
      }),
    })
  }
  const email = text(own(value, 'email'))
  return records.add({
    type: 'human',
    externalId: ids.user(login),
    name: text(own(value, 'name')) ?? login,
    ...(email === undefined ? {} : { email }),
    reason,
  })
}

/** A repository as a resource; `undefined` when it has no full name. */
export function addRepository(value: unknown, mapping: Mapping): NodeRef | undefined {
  const { records, ids } = mapping
  const fullName = text(own(value, 'full_name')) ?? text(own(value, 'nameWithOwner'))
  if (fullName === undefined || !/^[^/\s]+\/[^/\s]+$/.test(fullName)) return undefined
  const isPrivate = flag(own(value, 'private')) ?? flag(own(value, 'isPrivate'))
  const stated = text(own(value, 'visibility'))?.toLowerCase()
  // Example payloads call a private repository public in one field; the narrower word counts.
  const visibility =
    isPrivate === true && stated !== 'internal' ? 'private' : (stated ?? (isPrivate === false ? 'public' : undefined))
  if (isFields(own(value, 'owner'))) addAccount(own(value, 'owner'), mapping, 'owns a repository')
  return records.add({
    type: 'resource',
    externalId: ids.repository(fullName).externalId,
    kind: 'repository',
    name: fullName,
    ...(visibility === 'public' ? { sensitivity: 'public' as const } : {}),
    ...withAttributes({
      repositoryId: idText(own(value, 'id')),
      visibility,
      archived: own(value, 'archived') === true ? true : undefined,
    }),
  })
}

/** The account that a scope belongs to, or the whole site when it is not known. */
export function addOwner(owner: string | undefined, { records, ids }: Mapping): NodeRef {
  if (owner !== undefined)
    return records.add({ type: 'resource', externalId: ids.account(owner).externalId, kind: 'account', name: owner })
  return addSite({ records, ids })
}

/** All of GitHub that a holder can reach. */
export function addSite({ records, ids }: Pick<Mapping, 'records' | 'ids'>): NodeRef {
  const { externalId } = ids.site
  return records.add({ type: 'resource', externalId, kind: 'system', name: externalId.replace('https://', '') })
}

/** A human known by login alone. */
export function addLogin(login: string, mapping: Mapping, reason: string): NodeRef {
  return addAccount({ login }, mapping, reason) ?? { type: 'human', externalId: mapping.ids.user(login) }
}

/** The `attributes` of a record, where any is known. */
export function withAttributes(known: Parameters<typeof attributesOf>[0]): {
  attributes?: Record<string, string | number | boolean | string[]>
} {
  const attributes = attributesOf(known)
  return attributes === undefined ? {} : { attributes }
}

/** A level is one word, such as `write`, also one that GitHub may add; anything longer is none. */
const levelWord = /^[a-z]{1,12}$/

/** Permissions as `{ contents: 'write' }`; anything else in it is left out. */
export function permissionsOf(value: unknown): Record<string, string> {
  if (!isFields(value)) return {}
  const known = Object.entries(value).flatMap(([name, level]): [string, string][] =>
    typeof level === 'string' && levelWord.test(level) ? [[name, level]] : [],
  )
  return Object.fromEntries(known)
}

/** The permissions of a fine-grained token: by organization, repository and other, or flat. */
export function nestedPermissionsOf(value: unknown): {
  organization: Record<string, string>
  repository: Record<string, string>
} {
  if (!isFields(value)) return { organization: {}, repository: {} }
  const organization = { ...permissionsOf(value.other), ...permissionsOf(value.organization) }
  return { organization, repository: { ...permissionsOf(value), ...permissionsOf(value.repository) } }
}

/** The id of an entry, or a refusal. */
export function idOrRefuse(value: Fields, at: string, what: string, records: RecordSet): string | undefined {
  const id = idText(value.id)
  if (id === undefined) records.refuse(at, `${what} without an id`)
  return id
}
