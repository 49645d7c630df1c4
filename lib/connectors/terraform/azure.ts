import type { CredentialRecord, NodeRef } from '../contract'
import { clientIdOf, objectIdOf, otherIds, principal } from './azure-ids'
import { block, blocks, type Fields, instant, said, text, textMap, textOf, texts, truth } from './fields'
import { environmentOf, ownerHints } from './hints'
import { azurePrivilege, azureRoleName } from './privileges'
import type { Provider, Scene } from './scene'
import { safeTags, tracesOf } from './secrets'
import type { Graph } from './sink'
import type { StateResource } from './state'

type Made = { about?: NodeRef }

export function azureProvider(scene: Scene): Provider {
  const { context, resources } = scene
  const people = new Set<string>()
  const groups = new Set<string>()
  /** Client id of the application by its object id and by the ids that later versions write. */
  const applications = new Map<string, string>()
  const ownActions = new Map<string, { name: string; actions: string[] }>()
  for (const { type, attributes } of resources.filter((each) => /^azure(?:rm|ad)_/.test(each.type))) {
    const id = objectIdOf(attributes)
    if (type === 'azuread_user' && id !== undefined) people.add(id)
    if (type === 'azuread_group' && id !== undefined) groups.add(id)
    if (/^azuread_application(?:_registration)?$/.test(type) && id !== undefined)
      for (const name of ['id', 'client_id', 'application_id', 'object_id']) {
        const key = textOf(attributes, name)
        if (key !== undefined) applications.set(key.toLowerCase(), clientIdOf(attributes) ?? id)
      }
    if (type === 'azurerm_role_definition') readOwnRole(attributes)
  }
  function readOwnRole(attributes: Fields): void {
    const id = textOf(attributes, 'role_definition_resource_id', 'id')?.split('|')[0]?.toLowerCase()
    const actions = blocks(attributes.permissions).flatMap((each) => [
      ...texts(each.actions),
      ...texts(each.data_actions),
    ])
    if (id !== undefined) ownActions.set(id, { name: textOf(attributes, 'name') ?? id, actions })
  }

  /** As the Azure files' importer has it: object ids are unique everywhere, so the instance is only what the user calls it. */
  function graphOf(): Graph {
    const instance = context.instance ?? 'default'
    return scene.sink.of('azure', instance, `Azure ${instance}`)
  }

  function refOf(id: string, type?: string): NodeRef {
    const key = id.toLowerCase()
    if (people.has(key) || type?.toLowerCase() === 'user') return principal(key, 'human')
    if (groups.has(key) || /group/i.test(type ?? '')) return principal(key, 'role')
    return principal(key)
  }

  function mapApplication({ attributes, address, at }: StateResource): Made {
    const objectId = objectIdOf(attributes)
    const id = clientIdOf(attributes) ?? objectId
    if (id === undefined) {
      graphOf().refuse(at, 'The application has no id')
      return {}
    }
    const name = textOf(attributes, 'display_name', 'name') ?? id
    const tags = texts(attributes.tags)
    graphOf().add({
      type: 'identity',
      externalId: id,
      aliases: id === objectId ? [] : otherIds(objectId),
      kind: 'oauth_app',
      name,
      ...said<string>({ environment: environmentOf({}, name) }),
      status: 'active',
      attributes: said<string | boolean | string[]>({
        objectId,
        objectType: 'application',
        signInAudience: textOf(attributes, 'sign_in_audience'),
        tags: tags.length === 0 ? undefined : tags.slice(0, 50),
        terraform: address,
      }),
    })
    for (const owner of texts(attributes.owners)) graphOf().mention(refOf(owner), at)
    return { about: { type: 'identity', externalId: id } }
  }

  function mapServicePrincipal({ attributes, address, at }: StateResource): Made {
    const id = objectIdOf(attributes)
    if (id === undefined) {
      graphOf().refuse(at, 'The service principal has no object id')
      return {}
    }
    const name = textOf(attributes, 'display_name') ?? id
    const appId = textOf(attributes, 'client_id', 'application_id')
    graphOf().add({
      type: 'identity',
      externalId: id,
      kind: 'service_account',
      name,
      ...said<string>({ environment: environmentOf({}, name) }),
      status: truth(attributes.account_enabled) === false ? 'disabled' : 'active',
      attributes: said<string>({
        appId,
        objectType: 'servicePrincipal',
        servicePrincipalType: textOf(attributes, 'type'),
        terraform: address,
      }),
    })
    const application = appId === undefined ? undefined : applications.get(appId.toLowerCase())
    if (application !== undefined)
      graphOf().edge({ kind: 'assumes', from: principal(application), to: principal(id), basis: 'inferred', at })
    return { about: { type: 'identity', externalId: id } }
  }

  function mapCredential(resource: StateResource, type: CredentialRecord['credentialType']): Made {
    const { attributes, address, at } = resource
    const owner = textOf(attributes, 'application_object_id', 'service_principal_id', 'application_id', 'parent_id')
    const last = owner?.split('/').at(-1)?.toLowerCase()
    const id = textOf(attributes, 'key_id') ?? textOf(attributes, 'id')?.split('/').at(-1) ?? address
    const subject =
      last === undefined
        ? undefined
        : principal(applications.get(owner?.toLowerCase() ?? '') ?? applications.get(last) ?? last)
    const name =
      textOf(attributes, 'display_name', 'description') ?? `${type === 'certificate' ? 'Certificate' : 'Secret'} ${id}`
    graphOf().add(
      {
        type: 'credential',
        externalId: id,
        credentialType: type,
        name,
        status: 'active',
        ...(subject === undefined ? {} : { subject }),
        createdAt: instant(attributes.start_date),
        expiresAt: instant(attributes.end_date),
        ...(type === 'certificate' ? {} : tracesOf(attributes.value, context)),
        attributes: { terraform: address },
      },
      at,
    )
    return { about: { type: 'credential', externalId: id } }
  }

  function mapFederation({ attributes, at }: StateResource): Made {
    const owner = textOf(attributes, 'application_object_id', 'application_id', 'parent_id')
    const [issuer, subject] = [textOf(attributes, 'issuer'), textOf(attributes, 'subject')]
    if (owner === undefined || issuer === undefined || subject === undefined) return {}
    const last = owner.split('/').at(-1)?.toLowerCase() ?? owner
    const managed = resources.find(({ attributes: each }) => text(each.id)?.toLowerCase() === owner.toLowerCase())
    const to = principal(
      applications.get(owner.toLowerCase()) ?? applications.get(last) ?? objectIdOf(managed?.attributes ?? {}) ?? last,
    )
    const externalId = `${issuer}|${subject}`
    graphOf().add({
      type: 'identity',
      externalId,
      kind: 'workload',
      name: subject,
      status: 'unknown',
      attributes: { issuer, federated: true },
    })
    graphOf().edge({ kind: 'assumes', from: { type: 'identity', externalId }, to, basis: 'declared', at })
    return {}
  }

  function mapUser({ attributes }: StateResource): Made {
    const id = objectIdOf(attributes)
    if (id === undefined) return {}
    const email = textOf(attributes, 'mail', 'user_principal_name')
    graphOf().add({
      type: 'human',
      externalId: id,
      name: textOf(attributes, 'display_name') ?? email ?? id,
      ...(email === undefined ? {} : { email }),
      reason: 'is a user of the directory',
    })
    return { about: { type: 'human', externalId: id } }
  }

  function mapGroup({ attributes, at }: StateResource): Made {
    const id = objectIdOf(attributes)
    if (id === undefined) return {}
    graphOf().add({ type: 'role', externalId: id, kind: 'group', name: textOf(attributes, 'display_name') ?? id })
    for (const member of texts(attributes.members))
      graphOf().edge({ kind: 'member_of', from: refOf(member), to: principal(id, 'role'), at })
    return {}
  }

  function mapGroupMember({ attributes, at }: StateResource): Made {
    const [group, member] = [textOf(attributes, 'group_object_id'), textOf(attributes, 'member_object_id')]
    if (group === undefined || member === undefined) graphOf().refuse(at, 'The membership names no group or no member')
    else graphOf().edge({ kind: 'member_of', from: refOf(member), to: principal(group, 'role'), at })
    return {}
  }

  /** `azurerm_role_assignment`: a principal is granted a role on a scope. */
  function mapAssignment({ attributes, at }: StateResource): Made {
    const [id, scope] = [textOf(attributes, 'principal_id'), textOf(attributes, 'scope')]
    if (id === undefined || scope === undefined) {
      graphOf().refuse(at, 'The role assignment names no principal or no scope')
      return {}
    }
    const definition = textOf(attributes, 'role_definition_id')
    const own = definition === undefined ? undefined : ownActions.get(definition.toLowerCase())
    const name =
      textOf(attributes, 'role_definition_name') ??
      own?.name ??
      (definition === undefined ? undefined : azureRoleName(definition))
    const privilege = azurePrivilege(name, own?.actions)
    graphOf().edge({
      kind: 'grants',
      from: refOf(id, textOf(attributes, 'principal_type')),
      to: scopeOf(scope),
      scopes: [name ?? definition?.split('/').at(-1) ?? 'unknown role'],
      privilege,
      notEvaluable:
        privilege === undefined ? `what the role ${name ?? definition ?? ''} permits is not known` : undefined,
      condition: textOf(attributes, 'condition'),
      at,
    })
    return {}
  }

  function scopeOf(scope: string): NodeRef {
    const externalId = scope.toLowerCase().replace(/\/$/, '') || '/'
    const parts = externalId.split('/')
    const collection = parts.at(-2) ?? ''
    const kind =
      parts.length === 3 && collection === 'subscriptions'
        ? 'account'
        : ({
            resourcegroups: 'resource_group',
            managementgroups: 'management_group',
            vaults: 'secret_store',
            storageaccounts: 'bucket',
            servers: 'database',
          }[collection] ??
          (collection || 'system'))
    const name = scope.split('/').filter(Boolean).at(-1) ?? 'everything in the tenant'
    graphOf().add({
      type: 'resource',
      externalId,
      kind,
      name,
      ...(kind === 'secret_store' ? { sensitivity: 'confidential' as const } : {}),
      attributes: { scope },
    })
    return { type: 'resource', externalId, global: true }
  }

  function mapRoleDefinition({ attributes, address }: StateResource): Made {
    const id = textOf(attributes, 'role_definition_resource_id', 'id')?.split('|')[0]?.toLowerCase() ?? address
    const own = ownActions.get(id)
    const privilege = azurePrivilege(undefined, own?.actions)
    graphOf().add({
      type: 'role',
      externalId: id.split('/').at(-1) ?? id,
      kind: 'role_definition',
      name: own?.name ?? id,
      ...said<string>({ description: textOf(attributes, 'description') }),
      attributes: { actions: (own?.actions ?? []).slice(0, 200), ...(privilege === undefined ? {} : { privilege }) },
    })
    return {}
  }

  /** Roles of the directory and of other applications. */
  function mapDirectoryRole({ attributes, at, type }: StateResource): Made {
    const member = textOf(attributes, 'principal_object_id', 'member_object_id')
    const role = textOf(attributes, 'role_id', 'role_object_id', 'app_role_id')
    if (member === undefined || role === undefined) {
      graphOf().refuse(at, 'The assignment names no principal or no role')
      return {}
    }
    const on = textOf(attributes, 'resource_object_id')
    if (type === 'azuread_app_role_assignment' && on !== undefined) {
      const name = textOf(attributes, 'resource_display_name') ?? on
      const externalId = on.toLowerCase()
      graphOf().add({ type: 'resource', externalId, kind: 'api', name })
      const notEvaluable = 'what the application role permits is not in the state'
      graphOf().edge({
        kind: 'grants',
        from: refOf(member),
        to: { type: 'resource', externalId },
        scopes: [role],
        notEvaluable,
        at,
      })
      return {}
    }
    graphOf().add({ type: 'role', externalId: role.toLowerCase(), kind: 'directory_role', name: role })
    graphOf().edge({ kind: 'member_of', from: refOf(member), to: { type: 'role', externalId: role.toLowerCase() }, at })
    return {}
  }

  function mapManaged({ attributes, address, at }: StateResource): Made {
    const id = textOf(attributes, 'principal_id')
    if (id === undefined) {
      graphOf().refuse(at, 'The managed identity has no principal id')
      return {}
    }
    const name = textOf(attributes, 'name') ?? id
    const tags = safeTags(textMap(attributes.tags))
    graphOf().add({
      type: 'identity',
      externalId: id.toLowerCase(),
      aliases: otherIds(textOf(attributes, 'client_id'), textOf(attributes, 'id')),
      kind: 'workload',
      name,
      environment: environmentOf(tags, name),
      status: 'active',
      tags,
      attributes: said<string>({
        appId: textOf(attributes, 'client_id'),
        resourceId: textOf(attributes, 'id'),
        managedIdentity: 'UserAssigned',
        terraform: address,
      }),
      ownerHints: ownerHints(tags, name),
    })
    return { about: { type: 'identity', externalId: id.toLowerCase() } }
  }

  /** Anything with an `identity` block runs as the identities that it names. */
  function mapHost(resource: StateResource): Made | undefined {
    const { attributes, at, type, address } = resource
    const identity = block(attributes.identity)
    const id = textOf(attributes, 'id')
    if (identity === undefined || id === undefined) return undefined
    const own = textOf(identity, 'principal_id')
    const assigned = texts(identity.identity_ids)
    if (own === undefined && assigned.length === 0) return undefined
    const name = textOf(attributes, 'name') ?? id
    const tags = safeTags(textMap(attributes.tags))
    const from: NodeRef = { type: 'identity', externalId: id.toLowerCase() }
    graphOf().add({
      type: 'identity',
      externalId: from.externalId,
      kind: 'workload',
      name,
      environment: environmentOf(tags, name),
      status: 'active',
      tags,
      attributes: { resourceType: type, terraform: address },
      ownerHints: ownerHints(tags, name),
    })
    const runsAs = (to: NodeRef) => graphOf().edge({ kind: 'runs_as', from, to, basis: 'declared', at })
    if (own !== undefined) {
      graphOf().add({
        type: 'identity',
        externalId: own.toLowerCase(),
        kind: 'service_account',
        name,
        status: 'active',
        attributes: { managedIdentity: 'SystemAssigned', resourceId: id },
      })
      runsAs(principal(own))
    }
    for (const resourceId of assigned) {
      const managed = resources.find(
        ({ attributes: each }) => text(each.id)?.toLowerCase() === resourceId.toLowerCase(),
      )
      const managedId = textOf(managed?.attributes, 'principal_id')
      if (managedId === undefined)
        graphOf().unresolved(resourceId.toLowerCase(), at, 'The managed identity is not in this state')
      runsAs(principal(managedId ?? resourceId))
    }
    return { about: from }
  }

  function mapVaultSecret({ attributes }: StateResource): Made {
    const vault = textOf(attributes, 'key_vault_id', 'id')
    return vault?.startsWith('/') ? { about: scopeOf(vault) } : {}
  }

  const mappers: Record<string, (resource: StateResource) => Made> = {
    azuread_application: mapApplication,
    azuread_application_registration: mapApplication,
    azuread_service_principal: mapServicePrincipal,
    azuread_application_password: (resource) => mapCredential(resource, 'client_secret'),
    azuread_service_principal_password: (resource) => mapCredential(resource, 'client_secret'),
    azuread_application_certificate: (resource) => mapCredential(resource, 'certificate'),
    azuread_service_principal_certificate: (resource) => mapCredential(resource, 'certificate'),
    azuread_application_federated_identity_credential: mapFederation,
    azurerm_federated_identity_credential: mapFederation,
    azuread_user: mapUser,
    azuread_group: mapGroup,
    azuread_group_member: mapGroupMember,
    azuread_directory_role_assignment: mapDirectoryRole,
    azuread_directory_role_member: mapDirectoryRole,
    azuread_app_role_assignment: mapDirectoryRole,
    azurerm_role_assignment: mapAssignment,
    azurerm_role_definition: mapRoleDefinition,
    azurerm_user_assigned_identity: mapManaged,
    azurerm_key_vault_secret: mapVaultSecret,
  }

  return {
    graphOf,
    map: (resource) => (Object.hasOwn(mappers, resource.type) ? mappers[resource.type]?.(resource) : mapHost(resource)),
  }
}
