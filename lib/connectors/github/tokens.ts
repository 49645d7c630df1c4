import type { CredentialType, NodeRef } from '../contract'
import { type Fields, flag, idText, instant, instantOrNull, list, own, publicAddress, text, texts } from './fields'
import {
  addAccount,
  addLogin,
  addOwner,
  addRepository,
  addSite,
  idOrRefuse,
  type Mapping,
  nestedPermissionsOf,
  withAttributes,
} from './mapping'
import { gradePermissions, gradeScopes } from './privileges'
import { lastFourOf } from './secret-names'

/** A fine-grained token that an organization let in: a credential of its human, with its own narrower grants. */
export function mapTokenGrant(value: Fields, at: string, mapping: Mapping, listedElsewhere: unknown[] = []): void {
  const ref = addToken(value, at, mapping, {})
  if (ref === undefined) return
  const { organization, repository } = nestedPermissionsOf(
    own(value, 'permissions') ?? own(value, 'permissions_result'),
  )
  const selection = text(own(value, 'repository_selection'))
  const expiresAt = instantOrNull(own(value, 'token_expires_at'))
  const repositories = [...list(value.repositories), ...listedElsewhere].flatMap(
    (entry) => addRepository(entry, mapping) ?? [],
  )
  const listed = selection !== 'all' && repositories.length > 0
  const base = {
    kind: 'grants' as const,
    from: ref,
    basis: 'entitlement' as const,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
  const { records } = mapping
  const toAccount = gradePermissions(listed || selection === 'none' ? organization : { ...repository, ...organization })
  if (toAccount.scopes.length > 0) {
    const selected = !listed && selection !== 'all' && selection !== 'none'
    records.edge({
      ...base,
      to: addOrganization(value, mapping),
      ...toAccount,
      ...(selected ? { condition: 'selected repositories only' } : {}),
    })
  }
  const toEach = gradePermissions(repository)
  if (toEach.scopes.length > 0) for (const to of repositories) records.edge({ ...base, to, ...toEach })
}

/** A request to let a fine-grained token in: the token exists, its access does not yet. */
export function mapTokenRequest(
  value: Fields,
  at: string,
  mapping: Mapping,
  answer: 'requested' | 'approved' | 'denied' | 'cancelled' = 'requested',
): void {
  if (answer === 'approved') {
    mapTokenGrant(value, at, mapping)
    return
  }
  const asked = nestedPermissionsOf(own(value, 'permissions_result') ?? own(value, 'permissions'))
  const requestedPermissions = gradePermissions({ ...asked.repository, ...asked.organization }).scopes
  addToken(value, at, mapping, { approval: answer, requestedPermissions, reason: text(value.reason) })
}

function addToken(
  value: Fields,
  at: string,
  mapping: Mapping,
  more: { approval?: string; requestedPermissions?: string[]; reason?: string | undefined },
): NodeRef | undefined {
  const { records } = mapping
  const grant = idOrRefuse(value, at, 'a fine-grained token', records)
  if (grant === undefined) return undefined
  const owner = addAccount(own(value, 'owner'), mapping, 'owns a personal access token')
  if (owner === undefined) {
    records.refuse(at, `the fine-grained token ${grant} names no owner`)
    return undefined
  }
  const expired = flag(own(value, 'token_expired'))
  const pending = more.approval !== undefined
  const externalId = tokenIdOf(value, grant)
  const known = records.get({ type: 'credential', externalId })
  if (pending && known !== undefined) return { type: 'credential', externalId }
  return records.add({
    type: 'credential',
    externalId,
    subject: owner,
    credentialType: 'access_token',
    name: text(own(value, 'token_name')) ?? `fine-grained token ${grant}`,
    status:
      expired === true || more.approval === 'denied' || more.approval === 'cancelled'
        ? 'disabled'
        : pending
          ? 'unknown'
          : 'active',
    expiresAt: instantOrNull(own(value, 'token_expires_at')),
    lastUsedAt: instantOrNull(own(value, 'token_last_used_at')),
    ...withAttributes({
      tokenKind: 'fine-grained personal access token',
      grantId: pending ? undefined : grant,
      requestId: pending ? grant : undefined,
      accessGrantedAt: instant(own(value, 'access_granted_at')),
      expired: expired === true ? true : undefined,
      repositorySelection: text(own(value, 'repository_selection')),
      ...more,
    }),
  })
}

/** The token's own id; answers of before 2024 know only the grant's. */
function tokenIdOf(value: Fields, grant: string): string {
  const token = idText(own(value, 'token_id'))
  return token === undefined ? `pat-grant:${grant}` : `pat:${token}`
}

/** The organization that let the token in. `…/organizations/652551/personal-access-tokens/…` knows only its number. */
function addOrganization(value: Fields, mapping: Mapping): NodeRef {
  const address = text(own(value, 'repositories_url')) ?? ''
  const login = /\/orgs\/([^/{]+)\//.exec(address)?.[1] ?? text(own(own(value, 'organization'), 'login'))
  const number = /\/organizations\/(\d+)\//.exec(address)?.[1]
  const known =
    login ?? (number === undefined ? undefined : mapping.organizations.get(number)) ?? mapping.assumed?.owner
  if (known !== undefined || number === undefined) return addOwner(known, mapping)
  return mapping.records.add({
    type: 'resource',
    externalId: `organization:${number}`,
    kind: 'account',
    name: `organization ${number}`,
    ...withAttributes({ accountId: number, nameUnknown: true }),
  })
}

/** How single sign-on names what it let in. */
const authorizedTypes: [RegExp, CredentialType][] = [
  [/ssh/i, 'ssh_key'],
  [/token|oauth|app/i, 'access_token'],
]

/** A classic token, SSH key or OAuth app that a member authorized for single sign-on. */
export function mapCredentialAuthorization(value: Fields, at: string, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(own(value, 'credential_id'))
  const login = text(value.login)
  const sort = text(own(value, 'credential_type'))
  if (id === undefined || login === undefined || sort === undefined) {
    records.refuse(at, 'an authorized credential without id, login or type')
    return
  }
  const scopes = texts(value.scopes)
  const credentialType = authorizedTypes.find(([pattern]) => pattern.test(sort))?.[1] ?? 'access_token'
  const lastEight = text(own(value, 'token_last_eight'))
  const expiresAt = instantOrNull(own(value, 'authorized_credential_expires_at'))
  const from = records.add({
    type: 'credential',
    externalId: `authorized-credential:${id}`,
    subject: addLogin(login, mapping, 'authorized a credential for single sign-on'),
    credentialType,
    name:
      text(own(value, 'authorized_credential_note')) ??
      text(own(value, 'authorized_credential_title')) ??
      `${sort} of ${login}`,
    status: 'active',
    ...(lastEight === undefined || lastEight.length < 4 ? {} : { lastFour: lastEight.slice(-4) }),
    expiresAt,
    lastUsedAt: instantOrNull(own(value, 'credential_accessed_at')),
    ...withAttributes({
      tokenKind: sort,
      authorizedAt: instant(own(value, 'credential_authorized_at')),
      authorizedCredentialId: idText(own(value, 'authorized_credential_id')),
      sshFingerprint: credentialType === 'ssh_key' ? text(value.fingerprint) : undefined,
      scopes,
    }),
  })
  if (scopes.length > 0)
    records.edge({
      kind: 'grants',
      from,
      to: addSite(mapping),
      basis: 'entitlement',
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...gradeScopes(scopes),
    })
}

/** A token that an OAuth app or GitHub App holds of a user, as the app asks for it. The token itself is in the answer. */
export function mapOauthToken(value: Fields, at: string, mapping: Mapping): void {
  const { records, ids, fingerprint } = mapping
  const id = idOrRefuse(value, at, 'a token of an app', records)
  const clientId = text(own(value.app, 'client_id'))
  if (id === undefined || clientId === undefined) return
  const app = records.add({
    type: 'identity',
    externalId: ids.oauthApp(clientId).externalId,
    kind: 'oauth_app',
    name: text(own(value.app, 'name')) ?? clientId,
    status: 'active',
    ...withAttributes({ clientId, homepage: publicAddress(own(value.app, 'url')) }),
  })
  const user = addAccount(value.user, mapping, 'let an app act for the own account')
  const token = text(value.token)
  const lastEight = text(own(value, 'token_last_eight'))
  const lastFour = token === undefined ? lastEight?.slice(-4) : lastFourOf(token)
  const scopes = texts(value.scopes)
  const expiresAt = instantOrNull(own(value, 'expires_at'))
  const held = records.add({
    type: 'credential',
    externalId: `authorization:${id}`,
    subject: app,
    credentialType: 'access_token',
    name: text(value.note) ?? `token of ${text(own(value.app, 'name')) ?? clientId}`,
    status: 'active',
    ...(token === undefined ? {} : { fingerprint: fingerprint(token) }),
    ...(lastFour === undefined ? {} : { lastFour }),
    createdAt: instant(own(value, 'created_at')),
    expiresAt,
    ...withAttributes({ scopes, actsFor: text(own(value.user, 'login')) }),
  })
  if (user !== undefined) records.edge({ kind: 'impersonates', from: app, to: user, basis: 'entitlement', scopes })
  if (scopes.length > 0)
    records.edge({ kind: 'grants', from: held, to: addSite(mapping), basis: 'entitlement', ...gradeScopes(scopes) })
}
