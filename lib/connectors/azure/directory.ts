import type { IdentityRecord, NodeRef } from '../contract'
import { withoutEndingSlashes } from '../json-fields'
import { mapCredentials } from './credentials'
import type { Entry } from './entries'
import { type Fields, field, id, instant, isFields, known, list, otherIds, text, textField, texts } from './fields'
import type { Principals } from './principals'
import type { Results } from './results'

type Fingerprint = (secret: string) => string

/** Microsoft's own tenant: the applications of Microsoft that are in every directory. */
const microsoft = new Set(['f8cdef31-a31e-4b4a-93e4-5f571e91255a', '72f988bf-86f1-41af-91ab-2d7cd011db47'])

/** Which applications a file defines, so that a service principal knows whether its own is there. */
export class Applications {
  #byAppId = new Set<string>()
  #byObjectId = new Map<string, string>()

  learn({ value }: Entry): void {
    const appId = id(field(value, 'appId'))
    const objectId = objectIdOf(value)
    if (appId === undefined) return
    this.#byAppId.add(appId)
    if (objectId !== undefined) this.#byObjectId.set(objectId, appId)
  }

  has(appId: string): boolean {
    return this.#byAppId.has(appId)
  }

  appIdOf(objectId: string): string | undefined {
    return this.#byObjectId.get(objectId)
  }
}

export function objectIdOf(value: unknown): string | undefined {
  return id(field(value, 'id')) ?? id(field(value, 'objectId'))
}

/** An app registration: known everywhere by its application (client) id, as that is what other systems name. */
export function mapApplication({ value, at }: Entry, results: Results, fingerprint: Fingerprint): void {
  const appId = id(field(value, 'appId'))
  if (appId === undefined) {
    results.refuse(at, 'the application has no appId')
    return
  }
  const redirects = ['web', 'spa', 'publicClient'].flatMap((kind) => texts(field(field(value, kind), 'redirectUris')))
  const required = list(field(value, 'requiredResourceAccess')).flatMap(
    (access) => text(field(access, 'resourceAppId')) ?? [],
  )
  const record: IdentityRecord = {
    type: 'identity',
    externalId: appId,
    ...otherIds(objectIdOf(value)),
    kind: 'oauth_app',
    name: textField(value, 'displayName') ?? appId,
    ...known({ description: textField(value, 'description') }),
    // `disabledByMicrosoftStatus` is empty unless Microsoft has switched the application off.
    status: textField(value, 'disabledByMicrosoftStatus')?.startsWith('Disabled') ? 'disabled' : 'active',
    ...known({ createdAt: instant(field(value, 'createdDateTime')) }),
    attributes: {
      application: true,
      ...known<string | string[]>({
        objectId: objectIdOf(value),
        publisherDomain: textField(value, 'publisherDomain'),
        signInAudience: textField(value, 'signInAudience'),
        redirectUris: redirects.length > 0 ? redirects.slice(0, 50) : undefined,
        requestsAccessTo: required.length > 0 ? required.slice(0, 50) : undefined,
      }),
    },
    ...ownersOf(value),
  }
  results.add(record)
  mapCredentials(value, at, { type: 'identity', externalId: appId, global: true }, results, fingerprint)
}

/** A service principal: what roles are granted to. Whoever holds the application's credentials acts as it. */
export function mapServicePrincipal(
  { value, at }: Entry,
  applications: Applications,
  principals: Principals,
  results: Results,
  fingerprint: Fingerprint,
): void {
  const objectId = objectIdOf(value)
  if (objectId === undefined) {
    results.refuse(at, 'the service principal has no id')
    return
  }
  const appId = id(field(value, 'appId'))
  const type = textField(value, 'servicePrincipalType')
  const tenant = id(field(value, 'appOwnerOrganizationId') ?? field(value, 'appOwnerTenantId'))
  const enabled = field(value, 'accountEnabled')
  const isOff = enabled === false || /^false$/i.test(text(enabled) ?? '') || field(value, 'deletedDateTime') != null
  const ref: NodeRef = { type: 'identity', externalId: objectId }
  results.add({
    type: 'identity',
    externalId: objectId,
    // The application's id is that of the registration, which only a managed identity lacks.
    ...(type === 'ManagedIdentity' ? otherIds(appId, ...texts(field(value, 'alternativeNames')).filter(isShared)) : {}),
    kind: kindOf(value, type),
    name: textField(value, 'displayName', 'appDisplayName') ?? objectId,
    ...known({ description: textField(value, 'description') }),
    status: isOff ? 'disabled' : enabled === true || /^true$/i.test(text(enabled) ?? '') ? 'active' : 'unknown',
    ...known({ createdAt: instant(field(value, 'createdDateTime')) }),
    attributes: known<string | string[] | boolean>({
      appId,
      servicePrincipalType: type,
      appOwnerTenant: tenant,
      firstParty: tenant !== undefined && microsoft.has(tenant) ? true : undefined,
      publisher: textField(value, 'publisherName'),
      signInAudience: textField(value, 'signInAudience'),
      managedResources: nonEmpty(texts(field(value, 'alternativeNames'))),
      replyUrls: nonEmpty(texts(field(value, 'replyUrls'))),
      tags: nonEmpty(texts(field(value, 'tags'))),
    }),
    ...ownersOf(value),
  })
  principals.describe(ref)
  mapCredentials(value, at, ref, results, fingerprint)
  const isManaged = type === 'ManagedIdentity'
  if (appId === undefined || isManaged || (tenant !== undefined && microsoft.has(tenant))) return
  results.edge({
    kind: 'assumes',
    from: { type: 'identity', externalId: appId, global: true },
    to: ref,
    scopes: ['appId'],
    basis: 'declared',
  })
  if (!applications.has(appId))
    results.unresolved(
      at,
      appId,
      `is the application of this service principal; its registration is not in this file${tenant === undefined ? '' : `, it belongs to the tenant ${tenant}`}`,
    )
}

/** The path of a user-assigned identity; that of a system-assigned one is the resource's, which is a thing of its own. */
const isShared = (name: string) => /\/userassignedidentities\/[^/]+$/i.test(name)

function kindOf(value: Fields, type: string | undefined): IdentityRecord['kind'] {
  if (/agentidentity/i.test(text(value['@odata.type']) ?? '') || type === 'ServiceIdentity') return 'ai_agent'
  return type === 'ManagedIdentity' ? 'workload' : 'service_account'
}

/** A trust in tokens of another issuer: who holds such a token acts as the application, without a secret. */
export function mapFederated(
  { value, at, url, holder, application }: Entry,
  applications: Applications,
  results: Results,
): void {
  const issuer = textField(value, 'issuer')
  const subject = textField(value, 'subject')
  if (issuer === undefined || subject === undefined) {
    results.refuse(at, 'the federated credential has no issuer or no subject')
    return
  }
  const from: NodeRef = { type: 'identity', externalId: `${withoutEndingSlashes(issuer)}|${subject}`, global: true }
  results.add({
    type: 'identity',
    externalId: from.externalId,
    kind: 'workload',
    name: subject,
    status: 'unknown',
    attributes: { federated: true, issuer, audiences: texts(field(value, 'audiences')).slice(0, 20) },
  })
  const owner = /\/?applications[/(]'?([0-9a-f-]{36})/i.exec(url ?? '')?.[1]?.toLowerCase()
  const arm = /^(.+\/userassignedidentities\/[^/]+)\/federatedidentitycredentials\//i.exec(
    textField(value, 'id') ?? '',
  )?.[1]
  const target =
    id(field(holder, 'appId')) ??
    id(application) ??
    (owner === undefined ? undefined : (applications.appIdOf(owner) ?? owner)) ??
    arm?.toLowerCase()
  if (target === undefined) {
    results.unresolved(at, from.externalId, 'the file does not say which application trusts this subject')
    return
  }
  if (!isFields(holder)) results.unresolved(at, target, 'trusts this subject; the file does not describe it')
  results.edge({
    kind: 'assumes',
    from,
    to: { type: 'identity', externalId: target, global: true },
    scopes: [textField(value, 'name') ?? 'federatedIdentityCredential'],
    basis: 'entitlement',
  })
}

/** People and groups of the directory, kept apart. */
export function mapPerson({ kind, value, at }: Entry, principals: Principals, results: Results): void {
  const externalId = objectIdOf(value)
  const name = textField(value, 'displayName', 'userPrincipalName')
  if (externalId === undefined) {
    results.refuse(at, `the ${kind} has no id`)
    return
  }
  if (kind === 'group') {
    results.add({
      type: 'role',
      externalId,
      kind: 'group',
      name: name ?? externalId,
      ...known({ description: textField(value, 'description') }),
    })
    principals.describe({ type: 'role', externalId })
    return
  }
  const email = textField(value, 'mail', 'userPrincipalName')?.toLowerCase()
  results.add({
    type: 'human',
    externalId,
    name: name ?? externalId,
    ...known({ email }),
    reason: 'is a user of the directory',
  })
  principals.describe({ type: 'human', externalId })
}

function ownersOf(value: Fields): Pick<IdentityRecord, 'ownerHints'> {
  const hints = list(field(value, 'owners')).flatMap((owner) => {
    const name = textField(owner, 'userPrincipalName', 'mail', 'displayName')
    return name === undefined ? [] : [{ value: name, from: 'owner in Entra' }]
  })
  const notes = text(field(value, 'notes'))
  const address = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/.exec(notes ?? '')?.[0]
  if (address !== undefined) hints.push({ value: address, from: 'notes' })
  return hints.length === 0 ? {} : { ownerHints: hints }
}

function nonEmpty(values: string[]): string[] | undefined {
  return values.length === 0 ? undefined : values.slice(0, 50)
}
