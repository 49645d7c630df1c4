import type { IdentityRecord, NormalisedRecord, Refusal } from '../contract'
import { field, path, text } from '../json-fields'
import { askEach, unlessForbidden, unlessGone } from '../json-source'
import type { Call, DiscoveryPage, IdentityRights, RightsReport, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { type Detail, type Snapshot, Snapshots } from '../snapshot-pages'
import { administer, capabilitiesOn, listKeys, type VaultSession } from './client'
import {
  appRoleId,
  appRoleMounts,
  isMade,
  mapAppRole,
  mapPolicy,
  mapSecretId,
  mapToken,
  secretIdOf,
  tokenId,
} from './map'

const q = encodeURIComponent
const get = (session: VaultSession, place: string, call: Call) =>
  administer(session, { method: 'GET', path: place }, call)

const methodPlace = (mount: string) => `/auth/${mount.split('/').map(q).join('/')}`
export const rolePlace = (mount: string, name: string) => `${methodPlace(mount)}/role/${q(name)}`

/** AppRole methods to read, with the accessors of their mounts: none where Vault does not tell it. */
export async function mountsOf(session: VaultSession, call: Call): Promise<Map<string, string>> {
  const wanted = session.config.mounts.split(',').flatMap((mount) => mount.trim().replace(/^\/+|\/+$/g, '') || [])
  const reading = get(session, '/sys/auth', call)
  const found = appRoleMounts(wanted.length === 0 ? await reading : await unlessForbidden(reading, () => {}))
  return wanted.length === 0 ? found : new Map(wanted.map((mount) => [mount, found.get(mount) ?? '']))
}

/** The entity that Vault made at the first sign-in of an AppRole. */
export async function entityOf(session: VaultSession, accessor: string, roleId: string, call: Call): Promise<unknown> {
  const body = { alias_name: roleId, alias_mount_accessor: accessor }
  return administer(session, { method: 'POST', path: '/identity/lookup/entity', body }, call)
}

export async function roleIdOf(session: VaultSession, mount: string, name: string, call: Call): Promise<string> {
  const roleId = text(field(await get(session, `${rolePlace(mount, name)}/role-id`, call), 'role_id'))
  if (roleId === undefined) throw new LiveError('unexpected_answer', `Vault did not tell the role id of ${name}.`)
  return roleId
}

/** Tokens of which all are looked at: a server with more has made something of its own of them. */
export const tokensAtMost = 5_000

/** What Vault says of every token. @throws LiveError `forbidden`, `conflict` for too many */
export async function readTokens(session: VaultSession, call: Call): Promise<unknown[]> {
  const accessors = await listKeys(session, '/auth/token/accessors', call)
  if (accessors.length > tokensAtMost)
    throw new LiveError(
      'conflict',
      `Vault has ${accessors.length} tokens, of which no more than ${tokensAtMost} are looked at.`,
    )
  const look = (accessor: string) =>
    unlessGone(
      administer(session, { method: 'POST', path: '/auth/token/lookup-accessor', body: { accessor } }, call).catch(
        (error) => {
          // A token that ended since it was listed is "invalid accessor" there.
          if (error instanceof LiveError && /invalid accessor/i.test(error.message)) return undefined
          throw error
        },
      ),
    )
  return (await askEach(accessors, look)).filter((facts) => facts !== undefined)
}

/** AppRoles with their entities, tokens that were made, and policies. */
async function readVault(session: VaultSession, call: Call): Promise<Snapshot> {
  const skipped: Skipped[] = []
  const refused: Refusal[] = []
  const records: NormalisedRecord[] = []
  const part = async <T>(scope: string, read: Promise<T>) =>
    unlessForbidden(read, ({ message }) => skipped.push({ scope, reason: message }))
  const holders = new Map<string, string>()
  for (const [mount, accessor] of (await part('sign-in methods', mountsOf(session, call))) ?? []) {
    if (accessor === '')
      skipped.push({ scope: 'entities', reason: `Vault does not tell the accessor of ${mount} (read on sys/auth)` })
    const names = (await part(`the AppRoles at ${mount}`, listKeys(session, `${methodPlace(mount)}/role`, call))) ?? []
    const roles = await askEach(names, async (name) => {
      const role = await part('AppRoles', unlessGone(get(session, rolePlace(mount, name), call)))
      const roleId = await part('role ids', unlessGone(roleIdOf(session, mount, name, call)))
      const entity =
        roleId === undefined || accessor === ''
          ? undefined
          : await part('entities', entityOf(session, accessor, roleId, call))
      return role === undefined ? undefined : { mount, name, role, entity }
    })
    for (const role of roles) {
      if (role === undefined) continue
      records.push(...mapAppRole(role))
      const entityId = text(field(role.entity, 'id'))
      if (entityId !== undefined) holders.set(entityId, appRoleId(mount, role.name))
    }
  }
  if (session.config.accessors === 'read')
    try {
      for (const facts of (await part('tokens', readTokens(session, call))) ?? [])
        if (isMade(facts)) records.push(...mapToken(facts, holders))
    } catch (error) {
      if (!(error instanceof LiveError) || error.code !== 'conflict') throw error
      skipped.push({ scope: 'tokens', reason: error.message })
    }
  const policies = (await part('policies', listKeys(session, '/sys/policies/acl', call))) ?? []
  for (const { name, source } of await askEach(policies, async (name) => {
    const read =
      name === 'root'
        ? undefined
        : await part('policies', unlessGone(get(session, `/sys/policies/acl/${q(name)}`, call)))
    return { name, source: text(field(read, 'policy')) }
  })) {
    const mapped = mapPolicy(name, source)
    records.push(...mapped.records)
    refused.push(...mapped.refused)
  }
  const told = new Map(skipped.map((each) => [each.scope, each]))
  return { records: unique(records), refused, unresolved: [], skipped: [...told.values()] }
}

/** A path that two policies name is one. */
function unique(records: NormalisedRecord[]): NormalisedRecord[] {
  const seen = new Set<string>()
  return records.filter((record) => {
    if (record.type !== 'resource') return true
    const isNew = !seen.has(record.externalId)
    seen.add(record.externalId)
    return isNew
  })
}

const form = /^approle:(.+)\/([^/]+)$/
export const partsOf = (identity: string) => {
  const [, mount, name] = form.exec(identity) ?? []
  return mount === undefined || name === undefined ? undefined : { mount, name }
}

/** Secret ids of AppRoles, and what may be done: questions for each, so page by page. */
async function readDetail(session: VaultSession, identities: readonly IdentityRecord[], call: Call): Promise<Detail> {
  const skipped: Skipped[] = []
  const part = async <T>(read: Promise<T>) =>
    unlessGone(unlessForbidden(read, ({ message }) => skipped.push({ scope: 'secret ids', reason: message })))
  const found = await askEach(identities, async ({ externalId }): Promise<NormalisedRecord[]> => {
    const parts = partsOf(externalId)
    if (parts === undefined) return []
    const { mount, name } = parts
    const accessors = (await part(listKeys(session, `${rolePlace(mount, name)}/secret-id`, call))) ?? []
    const facts = await askEach(accessors, (accessor) => {
      const body = { secret_id_accessor: accessor }
      const place = `${rolePlace(mount, name)}/secret-id-accessor/lookup`
      return part(administer(session, { method: 'POST', path: place, body }, call))
    })
    return accessors.map((accessor, i) => mapSecretId(mount, name, accessor, facts[i]))
  })
  return { records: found.flat(), rights: await rightsOf(session, identities, call), skipped: skipped.slice(0, 1) }
}

const pages = new Snapshots<VaultSession>(readVault, readDetail)

export const readPage = (
  session: VaultSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => pages.page(session, from, call)

export function selfOf({ config, own }: VaultSession): string[] {
  const { mount } = config
  const secret = own.secretAccessor === undefined ? [] : [secretIdOf(mount, own.role, own.secretAccessor)]
  return [appRoleId(mount, own.role), tokenId(own.accessor), ...secret]
}

type Need = [path: string, ...anyOf: string[]]

const rotating = (mount: string, name: string): Need[] => [
  [`auth/${mount}/role/${name}/secret-id`, 'update', 'create'],
  [`auth/${mount}/role/${name}/secret-id-accessor/destroy`, 'update', 'create'],
]
const revoking = (mount: string, name: string): Need[] => [
  [`auth/${mount}/role/${name}/secret-id-accessor/destroy`, 'update', 'create'],
  ['identity/lookup/entity', 'update', 'create'],
  ['identity/entity', 'update', 'create'],
  ['identity/entity/id/any', 'update', 'create'],
  [`auth/${mount}/role/${name}`, 'delete'],
]
const endingTokens: Need = ['auth/token/revoke-accessor', 'update', 'create']

const isMet = (held: ReadonlyMap<string, string[]>, [place, ...anyOf]: Need) =>
  (held.get(place) ?? []).some((word) => word === 'root' || anyOf.includes(word))

async function rightsOf(
  session: VaultSession,
  identities: readonly IdentityRecord[],
  call: Call,
): Promise<IdentityRights[]> {
  const needs = identities.map(({ externalId }) => {
    const parts = partsOf(externalId)
    return parts === undefined
      ? { rotate: [], revoke: [endingTokens] }
      : { rotate: rotating(parts.mount, parts.name), revoke: revoking(parts.mount, parts.name) }
  })
  const paths = new Set(needs.flatMap(({ rotate, revoke }) => [...rotate, ...revoke].map(([place]) => place)))
  const held = await capabilitiesOn(session, [...paths], call)
  return identities.map(({ externalId: identity }, i): IdentityRights => {
    if (selfOf(session).includes(identity))
      return { identity, rotate: false, revoke: false, why: 'is the AppRole that this connection signs in as' }
    const { rotate = [], revoke = [] } = needs[i] ?? {}
    const lacking = (list: Need[]) =>
      list.filter((need) => !isMet(held, need)).map(([place, word]) => `${word} on ${place}`)
    const isToken = partsOf(identity) === undefined
    const missing = [...new Set([...lacking(rotate), ...lacking(revoke)])]
    const why = isToken && missing.length === 0 ? 'a token is made anew by who made it' : `lacks ${missing.join(', ')}`
    return {
      ...{ identity, rotate: !isToken && lacking(rotate).length === 0, revoke: lacking(revoke).length === 0 },
      ...(missing.length > 0 || isToken ? { why } : {}),
    }
  })
}

export async function describeRights(session: VaultSession, call: Call): Promise<RightsReport> {
  const { mount } = session.config
  // A name that nobody has: what holds for it holds for all names that no rule singles out.
  const any = 'any-of-them'
  const said: { what: string; needs: Need[] }[] = [
    { what: 'See sign-in methods', needs: [['sys/auth', 'read']] },
    {
      what: `See AppRoles at ${mount}`,
      needs: [
        [`auth/${mount}/role`, 'list'],
        [`auth/${mount}/role/${any}`, 'read'],
        [`auth/${mount}/role/${any}/role-id`, 'read'],
      ],
    },
    {
      what: 'See secret ids, never their values',
      needs: [
        [`auth/${mount}/role/${any}/secret-id`, 'list'],
        [`auth/${mount}/role/${any}/secret-id-accessor/lookup`, 'update', 'create'],
      ],
    },
    {
      what: 'See policies',
      needs: [
        ['sys/policies/acl', 'list'],
        ['sys/policies/acl/any', 'read'],
      ],
    },
    {
      what: 'See tokens and sessions',
      needs: [
        ['auth/token/accessors', 'sudo'],
        ['auth/token/lookup-accessor', 'update', 'create'],
      ],
    },
    { what: 'Make and destroy secret ids', needs: rotating(mount, any) },
    { what: 'Switch off, switch on and delete AppRoles', needs: revoking(mount, any).slice(1) },
    { what: 'End sessions and tokens', needs: [['auth/token/accessors', 'sudo'], endingTokens] },
    { what: 'Give and take policies', needs: [[`auth/${mount}/role/${any}`, 'update', 'create']] },
  ]
  const held = await capabilitiesOn(
    session,
    [...new Set(said.flatMap(({ needs }) => needs.map(([place]) => place)))],
    call,
  )
  return {
    account: `AppRole ${mount}/${session.own.role}`,
    product: `Vault or OpenBao ${session.version}`,
    statements: said.map(({ what, needs }) => {
      const missing = needs.filter((need) => !isMet(held, need)).map(([place, word]) => `${word} on ${place}`)
      return missing.length === 0 ? { what, allowed: true } : { what, allowed: false, missing: missing.join(', ') }
    }),
  }
}

export const entityIdOf = (entity: unknown) => text(path(entity, 'id'))
