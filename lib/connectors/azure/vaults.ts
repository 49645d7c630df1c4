import type { CredentialRecord, NodeRef } from '../contract'
import type { Entry } from './entries'
import { field, id, instant, isFields, known, list, otherIds, text, textField, texts } from './fields'
import type { Principals } from './principals'
import { higher, privilegeOfVaultPermission } from './privileges'
import type { Results } from './results'
import { scopeResource } from './scopes'

/** Vaults by the host under which they answer, so that a listing of keys finds the vault's own record. */
export class Vaults {
  #byHost = new Map<string, NodeRef>()
  #rotation = new Map<string, string>()

  /** A vault with whom its access policies let in. */
  map({ value, at }: Entry, principals: Principals, results: Results): void {
    const path = textField(value, 'id', 'resourceId')
    if (path === undefined) {
      results.refuse(at, 'the vault has no id')
      return
    }
    const resource = scopeResource(path)
    const uri = textField(value, 'vaultUri')
    const byRoles = field(value, 'enableRbacAuthorization') === true
    results.add({
      ...resource,
      attributes: {
        ...resource.attributes,
        ...known<string | boolean>({ vaultUri: uri, tenant: textField(value, 'tenantId'), rbac: byRoles }),
      },
    })
    const to: NodeRef = { type: 'resource', externalId: resource.externalId, global: true }
    const host = hostOf(uri ?? '')
    if (host !== undefined) this.#byHost.set(host, to)
    for (const [index, policy] of list(field(value, 'accessPolicies')).entries()) {
      const place = `${at}.accessPolicies[${index}]`
      const objectId = textField(policy, 'objectId')
      if (objectId === undefined) {
        results.refuse(place, 'the access policy names no one')
        continue
      }
      const scopes = permissionsOf(field(policy, 'permissions'))
      if (scopes.length === 0) continue
      let privilege: ReturnType<typeof privilegeOfVaultPermission>
      for (const scope of scopes) privilege = higher(privilege, privilegeOfVaultPermission(scope))
      results.edge({
        kind: 'grants',
        from: principals.refer({ objectId }, place),
        to,
        scopes,
        basis: 'entitlement',
        ...(privilege === undefined ? {} : { privilege }),
        ...(byRoles ? { notEvaluable: 'the vault decides by roles, so its access policies have no effect' } : {}),
      })
    }
  }

  /** When a key is rotated by itself; the answer may leave out the key, which then stands in the address that was asked. */
  learnRotation({ value, url }: Entry): void {
    const key = (textField(value, 'id') ?? url ?? '').replace(/[/]rotationpolicy.*$/i, '').toLowerCase()
    const actions = list(field(value, 'lifetimeActions')).flatMap((entry) => {
      const action = textField(field(entry, 'action'), 'type') ?? text(field(entry, 'action'))
      const before = textField(field(entry, 'trigger'), 'timeBeforeExpiry')
      const after = textField(field(entry, 'trigger'), 'timeAfterCreate')
      return action === undefined
        ? []
        : [`${action} ${before === undefined ? `${after ?? '?'} after its making` : `${before} before its end`}`]
    })
    if (key !== '') this.#rotation.set(key, actions.join(', ') || 'none')
  }

  /** A key, secret or certificate as a vault lists it: never its value, unless the file shows one, which is fingerprinted. */
  mapItem({ value, at }: Entry, results: Results, fingerprint: (secret: string) => string): void {
    const written = text(value.kid) ?? text(field(value.key, 'kid')) ?? text(value.id) ?? ''
    const [, host = '', collection = '', name = '', version] =
      /^https:\/\/([^/]+)\/(keys|secrets|certificates)\/([^/?]+)(?:\/([^/?]+))?/i.exec(written) ?? []
    const externalId = `https://${host}/${collection}/${name}`.toLowerCase()
    const attributes = field(value, 'attributes')
    const enabled = field(attributes, 'enabled')
    const exp = field(attributes, 'exp') ?? field(attributes, 'expires')
    const expiresAt = exp === undefined || exp === null ? null : instant(exp)
    const secret = collection === 'secrets' ? text(value.value) : undefined
    const record: CredentialRecord = {
      type: 'credential',
      externalId,
      credentialType: typeOf(collection.toLowerCase(), textField(value, 'contentType')),
      name,
      status: enabled === true ? 'active' : enabled === false ? 'disabled' : 'unknown',
      ...known({ createdAt: instant(field(attributes, 'created')) }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(secret === undefined ? {} : { fingerprint: fingerprint(secret) }),
      ...(secret !== undefined && secret.length >= 12 ? { lastFour: secret.slice(-4) } : {}),
      attributes: known<string | boolean>({
        vaultObject: collection.toLowerCase(),
        version,
        updatedAt: instant(field(attributes, 'updated')),
        rotation: this.#rotation.get(externalId),
        managed: field(value, 'managed') === true ? true : undefined,
      }),
    }
    // Versions of one secret are one credential.
    results.add(record)
    results.edge({
      kind: 'stores',
      from: this.#vaultOf(host, at, results),
      to: { type: 'credential', externalId },
      scopes: [],
      basis: 'entitlement',
    })
  }

  #vaultOf(host: string, at: string, results: Results): NodeRef {
    const known = this.#byHost.get(host.toLowerCase())
    if (known !== undefined) return known
    const externalId = `https://${host.toLowerCase()}/`
    results.add({
      type: 'resource',
      externalId,
      kind: 'secret_store',
      name: host.split('.')[0] ?? host,
      sensitivity: 'confidential',
    })
    results.unresolved(
      at,
      externalId,
      'is the address of a vault; its id, which roles are granted on, is not in this file',
    )
    const ref: NodeRef = { type: 'resource', externalId }
    this.#byHost.set(host.toLowerCase(), ref)
    return ref
  }
}

/** Access policies list their permissions by kind of object: `{secrets: ['Get']}` becomes `secrets/get`. */
function permissionsOf(permissions: unknown): string[] {
  return ['keys', 'secrets', 'certificates', 'storage'].flatMap((kind) =>
    texts(field(permissions, kind)).map((verb) => `${kind}/${verb.toLowerCase()}`),
  )
}

function typeOf(collection: string, contentType: string | undefined): CredentialRecord['credentialType'] {
  if (collection === 'certificates' || /pkcs12|pem|x509/i.test(contentType ?? '')) return 'certificate'
  return collection === 'keys' ? 'signing_key' : 'password'
}

function hostOf(uri: string): string | undefined {
  return id(/^https:\/\/([^/]+)/i.exec(uri)?.[1])
}

/** The identities that a resource runs as: its own (system assigned) and those that it shares (user assigned). */
export function mapManagedResource({ value, at }: Entry, principals: Principals, results: Results): void {
  const path = textField(value, 'id', 'resourceId') ?? ''
  const { identity } = value
  const self: NodeRef = { type: 'identity', externalId: path.toLowerCase() }
  const own = textField(identity, 'principalId')
  const shared = field(identity, 'userAssignedIdentities')
  const ids = isFields(shared) ? Object.entries(shared) : []
  if (own === undefined && ids.length === 0) return
  const name = textField(value, 'name') ?? path.slice(path.lastIndexOf('/') + 1)
  results.add({
    type: 'identity',
    externalId: self.externalId,
    kind: 'workload',
    name,
    status: 'active',
    attributes: known({ resourceType: text(value.type) }),
  })
  const runsAs = (to: NodeRef, how: string) =>
    results.edge({ kind: 'runs_as', from: self, to, scopes: [how], basis: 'entitlement' })
  const managed = (objectId: string, title: string, others: (string | undefined)[] = []) =>
    principals.refer({ objectId, principalType: 'ManagedIdentity', name: title, otherIds: others }, at)
  if (own !== undefined) runsAs(managed(own, name), 'system assigned')
  for (const [armId, assigned] of ids) {
    const objectId = textField(assigned, 'principalId')
    const title = armId.slice(armId.lastIndexOf('/') + 1)
    if (objectId === undefined) {
      results.unresolved(at, armId.toLowerCase(), 'is a managed identity of which the file gives no principal')
      runsAs({ type: 'identity', externalId: armId.toLowerCase(), global: true }, 'user assigned')
    } else runsAs(managed(objectId, title, [armId, textField(assigned, 'clientId')]), 'user assigned')
  }
}

/** A user-assigned managed identity. */
export function mapManagedIdentity({ value, at }: Entry, principals: Principals, results: Results): void {
  const objectId = id(field(value, 'principalId'))
  const path = textField(value, 'id') ?? ''
  if (objectId === undefined) {
    results.refuse(at, 'the managed identity has no principalId')
    return
  }
  results.add({
    type: 'identity',
    externalId: objectId,
    ...otherIds(id(field(value, 'clientId')), id(path)),
    kind: 'workload',
    name: textField(value, 'name') ?? path.slice(path.lastIndexOf('/') + 1),
    status: 'active',
    attributes: {
      managedIdentity: 'user assigned',
      ...known({
        appId: id(field(value, 'clientId')),
        armId: path.toLowerCase(),
        tenant: textField(value, 'tenantId'),
      }),
    },
  })
  principals.describe({ type: 'identity', externalId: objectId })
}
