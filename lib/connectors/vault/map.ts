import type { CredentialRecord, EdgeRecord, IdentityRecord, NodeRef, NormalisedRecord, Refusal } from '../contract'
import { instant } from '../instants'
import { field, isFields, known, path, text, texts } from '../json-fields'
import { privilegeOf, readPolicy } from './policy'

export const appRoleId = (mount: string, name: string) => `approle:${mount}/${name}`
export const secretIdOf = (mount: string, name: string, accessor: string) => `secretid:${mount}/${name}/${accessor}`
export const tokenId = (accessor: string) => `token:${accessor}`
export const policyId = (name: string) => `policy:${name}`

/** What is known of an AppRole. */
export interface AppRole {
  mount: string
  name: string
  role: unknown
  entity?: unknown
}

const policyRef = (name: string): NodeRef => ({ type: 'role', externalId: policyId(name) })

const edge = (given: Pick<EdgeRecord, 'kind' | 'from' | 'to' | 'scopes'> & Partial<EdgeRecord>): EdgeRecord => ({
  ...{ type: 'entitlement', effect: 'allow', basis: 'entitlement', scopeCount: given.scopes.length },
  ...given,
})

const memberOf = (from: NodeRef, policies: string[], by: string) =>
  policies.map((name) => edge({ kind: 'member_of', from, to: policyRef(name), scopes: [by] }))

/** An AppRole, with the policies that its tokens get. Its entity, which it has since its first sign-in, is the same thing. */
export function mapAppRole({ mount, name, role, entity }: AppRole): NormalisedRecord[] {
  const externalId = appRoleId(mount, name)
  const entityId = text(field(entity, 'id'))
  const createdAt = instant(field(entity, 'creation_time'))
  const from: NodeRef = { type: 'identity', externalId }
  const record: IdentityRecord = {
    ...{ type: 'identity', externalId, kind: 'service_account', name },
    ...(entityId === undefined ? {} : { aliases: [{ id: entityId, global: true }] }),
    status: field(entity, 'disabled') === true ? 'disabled' : 'active',
    attributes: known<string | number | boolean | string[]>({
      mount,
      entity: entityId,
      entitySince: createdAt ?? undefined,
      tokenType: text(field(role, 'token_type')),
      tokenTtlSeconds: seconds(field(role, 'token_ttl')),
      tokenMaxTtlSeconds: seconds(field(role, 'token_max_ttl')),
      secretIdTtlSeconds: seconds(field(role, 'secret_id_ttl')),
      needsSecretId: field(role, 'bind_secret_id') === false ? false : undefined,
      boundTo: nonEmpty([...texts(field(role, 'secret_id_bound_cidrs')), ...texts(field(role, 'token_bound_cidrs'))]),
    }),
    ...hintsOf(field(entity, 'metadata')),
  }
  return [
    record,
    ...memberOf(from, texts(field(role, 'token_policies')), 'token_policies'),
    ...memberOf(from, texts(field(entity, 'policies')), 'entity'),
  ]
}

const seconds = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined)
const nonEmpty = (values: string[]) => (values.length === 0 ? undefined : values.slice(0, 50))

function hintsOf(metadata: unknown): Pick<IdentityRecord, 'ownerHints'> {
  const hints = ['owner', 'team', 'contact'].flatMap((key) => {
    const value = text(field(metadata, key))
    return value === undefined ? [] : [{ value, from: `metadata:${key}` }]
  })
  return hints.length === 0 ? {} : { ownerHints: hints }
}

/** A secret id by its accessor: Vault never tells the secret id itself. */
export function mapSecretId(mount: string, name: string, accessor: string, facts: unknown): CredentialRecord {
  const expires = text(field(facts, 'expiration_time'))
  const uses = field(facts, 'secret_id_num_uses')
  const createdAt = instant(field(facts, 'creation_time'))
  return {
    ...{ type: 'credential', externalId: secretIdOf(mount, name, accessor), credentialType: 'client_secret' },
    subject: { type: 'identity', externalId: appRoleId(mount, name) },
    ...{ name: `Secret id ${accessor.slice(0, 8)}`, status: 'active' },
    ...(createdAt === undefined ? {} : { createdAt }),
    ...endOf(expires),
    attributes: known<string | number | string[]>({
      usesLeft: typeof uses === 'number' && uses > 0 ? uses : undefined,
      boundTo: nonEmpty([...texts(field(facts, 'cidr_list')), ...texts(field(facts, 'token_bound_cidrs'))]),
    }),
  }
}

/** Year 1 is how Vault writes "never". */
function endOf(expires: string | undefined): Pick<CredentialRecord, 'expiresAt'> {
  if (expires === undefined) return {}
  if (expires.startsWith('0001-')) return { expiresAt: null }
  const expiresAt = instant(expires)
  return expiresAt === undefined ? {} : { expiresAt }
}

/** A token that somebody made: of a sign-in it would be a session. `holders`: identities by the ids of their entities. */
export function mapToken(facts: unknown, holders: ReadonlyMap<string, string>): NormalisedRecord[] {
  const accessor = text(field(facts, 'accessor'))
  if (accessor === undefined) return []
  const externalId = tokenId(accessor)
  const holder = holders.get(text(field(facts, 'entity_id')) ?? '')
  const name = text(field(facts, 'display_name')) ?? 'token'
  const createdAt = instant(field(facts, 'issue_time'))
  const subject: NodeRef = { type: 'identity', externalId: holder ?? externalId }
  const identity: IdentityRecord = {
    type: 'identity',
    externalId,
    kind: 'api_client',
    name,
    status: 'active',
    attributes: { token: true },
  }
  const credential: CredentialRecord = {
    ...{ type: 'credential', externalId, subject, credentialType: 'access_token', name, status: 'active' },
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(field(facts, 'expire_time') === null ? { expiresAt: null } : endOf(text(field(facts, 'expire_time')))),
    attributes: known<string | boolean>({
      tokenType: text(field(facts, 'type')),
      madeBy: text(field(facts, 'path')),
      orphan: field(facts, 'orphan') === true ? true : undefined,
      renewable: field(facts, 'renewable') === true ? true : undefined,
    }),
  }
  const policies = memberOf(subject, texts(field(facts, 'policies')), `token ${accessor.slice(0, 8)}`)
  return holder === undefined ? [identity, credential, ...policies] : [credential, ...policies]
}

/** A policy as a role, with a grant for each of its paths. */
export function mapPolicy(
  name: string,
  source: string | undefined,
): { records: NormalisedRecord[]; refused: Refusal[] } {
  const from = policyRef(name)
  const role: NormalisedRecord = { type: 'role', externalId: from.externalId, kind: 'policy', name }
  // It has no text: it may do everything.
  if (name === 'root') {
    const to = pathOf('*')
    const all = edge({ kind: 'grants', from, to: refOf(to), scopes: ['root'], privilege: 'admin' })
    return { records: [role, to, all], refused: [] }
  }
  const rules = source === undefined ? undefined : readPolicy(source)
  if (rules === undefined) {
    const reason = source === undefined ? 'its text was not told' : 'its text cannot be read'
    return { records: [role], refused: [{ at: from.externalId, reason: `the policy ${name}: ${reason}` }] }
  }
  const records = rules.flatMap((rule): NormalisedRecord[] => {
    const to = pathOf(rule.path)
    const isDeny = rule.capabilities.includes('deny')
    const privilege = privilegeOf(rule)
    if (!isDeny && privilege === undefined) return []
    const grant = edge({
      ...{ kind: 'grants', from, to: refOf(to), scopes: rule.capabilities, effect: isDeny ? 'deny' : 'allow' },
      ...(privilege === undefined ? {} : { privilege }),
      ...(rule.isNarrowed ? { condition: 'only for some parameters, or with more steps' } : {}),
    })
    return [to, grant]
  })
  return { records: [role, ...records], refused: [] }
}

const refOf = ({ externalId }: { externalId: string }): NodeRef => ({ type: 'resource', externalId })

function pathOf(place: string): Extract<NormalisedRecord, { type: 'resource' }> {
  const isGoverning = /^(?:sys|auth|identity|cubbyhole)(?:\/|\*|$)/.test(place)
  return { type: 'resource', externalId: `path:${place}`, kind: isGoverning ? 'path' : 'secret_store', name: place }
}

/** AppRole methods and what Vault names them by: `approle/` → `auth_approle_5a1b`. */
export function appRoleMounts(methods: unknown): Map<string, string> {
  const found = new Map<string, string>()
  for (const [mount, about] of Object.entries(isFields(methods) ? methods : {}))
    if (text(field(about, 'type')) === 'approle')
      found.set(mount.replace(/\/$/, ''), text(field(about, 'accessor')) ?? '')
  return found
}

/** Whether a token came of a sign-in by this AppRole. */
export const isOf = (facts: unknown, mount: string, name: string) =>
  text(field(facts, 'path')) === `auth/${mount}/login` && text(path(facts, 'meta', 'role_name')) === name

/** Whether a token was made, and not given for a sign-in. */
export const isMade = (facts: unknown) => text(field(facts, 'path'))?.startsWith('auth/token/') === true
