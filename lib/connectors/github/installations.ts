import type { CredentialRecord, NodeRef } from '../contract'
import {
  type Fields,
  flag,
  idText,
  instant,
  instantOrNull,
  isFields,
  list,
  own,
  publicAddress,
  text,
  texts,
} from './fields'
import { addAccount, addOwner, addRepository, idOrRefuse, type Mapping, permissionsOf, withAttributes } from './mapping'
import { gradePermissions } from './privileges'
import { lastFourOf } from './secret-names'

/** Permissions that concern the account, not a repository. */
const ofAccount = /^(?:organization_|enterprise_|members$|team_discussions$|external_contributors$)/

/** What a webhook tells besides the installation itself. */
interface InstallationEvent {
  repositories?: unknown[]
  deleted?: boolean
}

/** An installation of a GitHub App: an identity with grants on its account and its repositories. */
export function mapInstallation(
  value: Fields,
  at: string,
  mapping: Mapping,
  event: InstallationEvent = {},
): NodeRef | undefined {
  const { records, ids } = mapping
  const id = idOrRefuse(value, at, 'an installation', records)
  if (id === undefined) return undefined
  const slug = text(own(value, 'app_slug'))
  const appId = idText(own(value, 'app_id'))
  const suspendedAt = instant(own(value, 'suspended_at'))
  const permissions = permissionsOf(own(value, 'permissions'))
  const selection = text(own(value, 'repository_selection'))
  const accountName = text(own(own(value, 'account'), 'login')) ?? text(own(own(value, 'account'), 'slug'))
  const ref = records.add({
    type: 'identity',
    externalId: ids.installation(id).externalId,
    kind: 'oauth_app',
    name: slug ?? `app ${appId ?? '?'} (installation ${id})`,
    status: event.deleted || suspendedAt !== undefined ? 'disabled' : 'active',
    createdAt: instant(own(value, 'created_at')),
    ...withAttributes({
      appId,
      appSlug: slug,
      account: accountName,
      targetType: text(own(value, 'target_type')),
      repositorySelection: selection,
      permissions: gradePermissions(permissions).scopes,
      events: texts(own(value, 'events')),
      singleFiles: texts(own(value, 'single_file_paths')),
      suspendedAt,
      deleted: event.deleted ? true : undefined,
    }),
  })
  const account = addAccount(
    withType(own(value, 'account'), own(value, 'target_type')),
    mapping,
    'has an app installed on the own account',
  )
  if (isFields(own(value, 'suspended_by'))) addAccount(own(value, 'suspended_by'), mapping, 'suspended an installation')
  if (event.deleted) return ref
  grantPermissions(
    ref,
    permissions,
    { selection, account, accountName, suspendedAt, repositories: event.repositories },
    mapping,
  )
  return ref
}

/** The target's type is the installation's word; the example answers call an organization's account a user. */
function withType(account: unknown, targetType: unknown): unknown {
  if (!isFields(account)) return account
  const login = text(own(account, 'login')) ?? text(own(account, 'slug'))
  return { ...account, login, type: text(targetType) === 'Enterprise' ? 'Enterprise' : own(account, 'type') }
}

interface Reach {
  selection: string | undefined
  account: NodeRef | undefined
  accountName: string | undefined
  suspendedAt: string | undefined
  repositories?: unknown[] | undefined
}

function grantPermissions(from: NodeRef, permissions: Record<string, string>, reach: Reach, mapping: Mapping): void {
  const { records } = mapping
  const entries = Object.entries(permissions)
  if (entries.length === 0) return
  const repositories = (reach.repositories ?? []).flatMap((entry) => addRepository(entry, mapping) ?? [])
  const all = reach.selection !== 'selected' || repositories.length === 0
  const toAccount = all ? permissions : Object.fromEntries(entries.filter(([name]) => ofAccount.test(name)))
  const suspended =
    reach.suspendedAt === undefined ? [] : [`suspended since ${reach.suspendedAt}: no access until then`]
  const unlisted = reach.selection === 'selected' && repositories.length === 0
  const condition = [
    ...suspended.map((words) => words.replace(': no access until then', ', no access while it is')),
    ...(unlisted ? ['selected repositories only; the file does not list them'] : []),
  ].join('; ')
  const base = {
    kind: 'grants' as const,
    from,
    basis: 'entitlement' as const,
    ...(condition === '' ? {} : { condition }),
  }
  if (Object.keys(toAccount).length > 0) {
    const to = reach.account?.type === 'resource' ? reach.account : addOwner(reach.accountName, mapping)
    records.edge({ ...base, to, ...gradePermissions(toAccount) })
  }
  if (all) return
  const toEach = gradePermissions(Object.fromEntries(entries.filter(([name]) => !ofAccount.test(name))))
  if (toEach.scopes.length > 0) for (const to of repositories) records.edge({ ...base, to, ...toEach })
}

/** A GitHub App's own definition. Whoever holds its key can act as every installation of it. */
export function mapApp(value: Fields, at: string, mapping: Mapping): void {
  const { records, ids, fingerprint } = mapping
  const id = idOrRefuse(value, at, 'an app', records)
  if (id === undefined) return
  const owner = own(value, 'owner')
  const ref = records.add({
    type: 'identity',
    externalId: ids.app(id).externalId,
    aliases: [own(value, 'slug'), own(value, 'client_id')].flatMap((named) => {
      const other = text(named)
      return other === undefined ? [] : [{ id: ids.app(other).externalId }]
    }),
    kind: 'oauth_app',
    name: text(value.name) ?? text(value.slug) ?? `app ${id}`,
    ...(text(value.description) === undefined ? {} : { description: text(value.description) ?? '' }),
    status: 'active',
    createdAt: instant(own(value, 'created_at')),
    ...withAttributes({
      appSlug: text(value.slug),
      clientId: text(own(value, 'client_id')),
      homepage: publicAddress(own(value, 'external_url')),
      requestedPermissions: gradePermissions(permissionsOf(value.permissions)).scopes,
      events: texts(value.events),
      installations:
        typeof own(value, 'installations_count') === 'number' ? Number(own(value, 'installations_count')) : undefined,
    }),
    ...(text(own(owner, 'login')) === undefined
      ? {}
      : { ownerHints: [{ value: text(own(owner, 'login')) ?? '', from: 'owner of the app' }] }),
  })
  if (isFields(owner)) addAccount(owner, mapping, 'owns a GitHub App')
  const secrets = [
    ['pem', 'signing_key', 'private key'],
    ['client_secret', 'client_secret', 'client secret'],
    ['webhook_secret', 'signing_key', 'webhook secret'],
  ] as const
  for (const [key, credentialType, name] of secrets) {
    const secret = text(own(value, key))
    if (secret === undefined) continue
    const lastFour = key === 'pem' ? undefined : lastFourOf(secret)
    records.add({
      type: 'credential',
      externalId: `${ref.externalId}#${key}`,
      subject: ref,
      credentialType,
      name,
      status: 'active',
      fingerprint: fingerprint(secret),
      ...(lastFour === undefined ? {} : { lastFour }),
      expiresAt: null,
    })
  }
}

/** An installation token or a runner's registration token, as the answer that issues it. */
export function mapIssuedToken(value: Fields, path: string | undefined, mapping: Mapping): void {
  const { records, fingerprint } = mapping
  const token = text(value.token)
  if (token === undefined) return
  const mark = fingerprint(token)
  const lastFour = lastFourOf(token)
  const permissions = permissionsOf(value.permissions)
  const forRunners =
    /runner|registration|remove-token/.test(path ?? '') ||
    (Object.keys(permissions).length === 0 && !/^gh[a-z]_/.test(token))
  const installation = /\/installations\/(\d+)\//.exec(path ?? '')?.[1]
  const credential: CredentialRecord = {
    type: 'credential',
    externalId: `token:${mark}`,
    credentialType: 'access_token',
    name: forRunners ? 'token to register or remove runners' : 'installation access token',
    status: 'active',
    fingerprint: mark,
    ...(lastFour === undefined ? {} : { lastFour }),
    expiresAt: instantOrNull(own(value, 'expires_at')),
    ...(installation === undefined ? {} : { subject: mapping.ids.installation(installation) }),
    ...withAttributes({
      permissions: gradePermissions(permissions).scopes,
      repositorySelection: text(own(value, 'repository_selection')),
    }),
  }
  const from = records.add(credential)
  const repositories = list(value.repositories).flatMap((entry) => addRepository(entry, mapping) ?? [])
  const graded = gradePermissions(permissions)
  if (graded.scopes.length === 0) return
  for (const to of repositories)
    records.edge({ kind: 'grants', from, to, basis: 'entitlement', expiresAt: credential.expiresAt, ...graded })
}

/** An installation that a payload names by id alone. */
export function noteInstallation(value: unknown, at: string, { records, ids }: Mapping): void {
  const id = idText(own(value, 'id'))
  if (id === undefined || flag(own(value, 'app_id')) !== undefined) return
  const { externalId } = ids.installation(id)
  if (records.get({ type: 'identity', externalId }) === undefined)
    records.unresolved(externalId, at, 'the payload names the installation that received it by id only')
}
