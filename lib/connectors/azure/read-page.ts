import type { IdentityRecord, NormalisedRecord } from '../contract'
import { askEach, unlessForbidden, unlessGone } from '../json-source'
import type { Call, DiscoveryPage, IdentityRights, RightsReport, Skipped } from '../live-contract'
import { type Detail, type Snapshot, Snapshots } from '../snapshot-pages'
import { type EntraSession, listAll } from './client'
import { field, id, list, text, textField, texts } from './fields'
import { mapAzure } from './map'

const applicationFields =
  'id,appId,displayName,description,createdDateTime,signInAudience,publisherDomain,disabledByMicrosoftStatus,notes,keyCredentials,passwordCredentials,web,spa,publicClient,requiredResourceAccess,appRoles'
const principalFields =
  'id,appId,displayName,appDisplayName,description,accountEnabled,appOwnerOrganizationId,servicePrincipalType,alternativeNames,replyUrls,tags,signInAudience,keyCredentials,passwordCredentials,appRoles'

/** Each application has a question of its own in every pass, so that these must be few enough for one page. */
const owners = '$expand=owners($select=id,displayName,userPrincipalName)'

export const applicationQuery = `$select=${applicationFields}&${owners}`
export const principalQuery = `$select=${principalFields}`

/** What the directory answered. */
export interface Picture {
  applications: unknown[]
  principals: unknown[]
  access: Access
  /** Whose tokens applications trust, by their object ids, of all that were asked. */
  trusted: Record<string, unknown[]>
}

/** Who may what; Graph tells no changes of it. */
interface Access {
  grants: unknown[]
  directoryRoles: unknown[]
  definitions: unknown[]
  assigned: unknown[]
}

type Part = (scope: string, read: Promise<unknown[]>) => Promise<unknown[]>

/** The list, or nothing and that it is skipped where the connection may not. */
export const partOf =
  (skipped: Skipped[]): Part =>
  async (scope, read) =>
    (await unlessForbidden(read, ({ message }) => skipped.push({ scope, reason: message }))) ?? []

/** Of the directory that is read on a connection, or was last. */
export const pictures = new WeakMap<EntraSession, Picture>()

/** Applications, service principals and who may what, mapped as files of the same answers are. */
async function readDirectory(session: EntraSession, call: Call): Promise<Snapshot> {
  const skipped: Skipped[] = []
  const part = partOf(skipped)
  const applications = await part('applications', listAll(session, `/applications?${applicationQuery}&$top=100`, call))
  const principals = await part(
    'service principals',
    listAll(session, `/servicePrincipals?${principalQuery}&$top=100`, call),
  )
  const picture = { applications, principals, access: await readAccess(session, principals, part, call), trusted: {} }
  pictures.set(session, picture)
  return { ...mapPicture(session, picture), skipped }
}

export async function readAccess(
  session: EntraSession,
  principals: unknown[],
  part: Part,
  call: Call,
): Promise<Access> {
  const grants = await part('delegated permissions', listAll(session, '/oauth2PermissionGrants?$top=100', call))
  const directoryRoles = await part(
    'roles in the directory',
    listAll(session, '/roleManagement/directory/roleAssignments?$expand=principal', call),
  )
  const definitions =
    directoryRoles.length === 0
      ? []
      : await part('roles in the directory', listAll(session, '/roleManagement/directory/roleDefinitions', call))
  // Only what applications can be allowed by themselves: who may use an application is people's affair.
  const apis = principals.filter((entry) =>
    list(field(entry, 'appRoles')).some((role) => texts(field(role, 'allowedMemberTypes')).includes('Application')),
  )
  const assigned = await askEach(apis, (api) =>
    unlessGone(
      listAll(
        session,
        `/servicePrincipals/${encodeURIComponent(String(field(api, 'id')))}/appRoleAssignedTo?$top=100`,
        call,
      ),
    ),
  )
  return { grants, directoryRoles, definitions, assigned: assigned.flatMap((found) => found ?? []) }
}

/** All of it but whose tokens are trusted. */
export function mapPicture(
  session: EntraSession,
  { applications, principals, access }: Picture,
): Omit<Snapshot, 'skipped'> {
  learnOwned(session, applications)
  const typed = (kind: string, entries: unknown[]) =>
    entries.map((entry) => ({ '@odata.type': `#microsoft.graph.${kind}`, ...(entry as object) }))
  const entries = [
    ...[...typed('application', applications), ...typed('servicePrincipal', principals), ...access.definitions],
    ...[...access.directoryRoles, ...access.grants, ...access.assigned],
  ]
  const { records, refused, unresolved } = mapAzure(
    // A list without entries is no gap here: it was asked for.
    { kind: 'json', name: 'answers', value: entries },
    session.setting,
  )
  const off = offIn(applications, principals)
  return {
    records: records.map((record) => (isOff(record, off) ? { ...record, status: 'disabled' } : record)),
    refused,
    unresolved,
  }
}

/** What the connection's own service principal may change by owning it. */
function learnOwned(session: EntraSession, applications: unknown[]): void {
  session.owned.clear()
  for (const application of applications)
    if (list(field(application, 'owners')).some((owner) => id(field(owner, 'id')) === session.ownPrincipal)) {
      const appId = id(field(application, 'appId'))
      if (appId !== undefined) session.owned.add(appId)
    }
}

/** Applications of this tenant alone whose service principal is switched off: nobody can sign in as them. */
function offIn(applications: unknown[], principals: unknown[]): Set<string> {
  const disabled = new Set(
    principals.flatMap((entry) => (field(entry, 'accountEnabled') === false ? (id(field(entry, 'appId')) ?? []) : [])),
  )
  return new Set(
    applications.flatMap((entry) => {
      const appId = id(field(entry, 'appId'))
      const isHere = textField(entry, 'signInAudience') === 'AzureADMyOrg'
      return appId !== undefined && isHere && disabled.has(appId) ? [appId] : []
    }),
  )
}

const isOff = (record: NormalisedRecord, off: ReadonlySet<string>): record is IdentityRecord =>
  record.type === 'identity' && record.kind === 'oauth_app' && off.has(record.externalId)

/** Whose tokens an application trusts. */
export const trustPath = (objectId: string) =>
  `/applications/${encodeURIComponent(objectId)}/federatedIdentityCredentials`

const isApplication = ({ kind, attributes }: IdentityRecord) => kind === 'oauth_app' && attributes?.application === true

/** Whose tokens each application trusts: a question for each, so page by page. */
async function readDetail(session: EntraSession, identities: readonly IdentityRecord[], call: Call): Promise<Detail> {
  const skipped: Skipped[] = []
  const applications = identities.filter(isApplication)
  const picture = pictures.get(session)
  const trusted = await askEach(applications, async ({ attributes }) => {
    const objectId = String(attributes?.objectId)
    const tell = ({ message }: Error) => skipped.push({ scope: 'federated credentials', reason: message })
    const found = await unlessGone(unlessForbidden(listAll(session, trustPath(objectId), call), tell))
    if (picture !== undefined) picture.trusted[objectId] = found ?? []
    return found
  })
  return {
    rights: identities.map((identity) => rightsOf(session, identity)),
    ...mapTrust(session, applications, (_, i) => trusted[i] ?? []),
    skipped: skipped.slice(0, 1),
  }
}

/** Whom applications trust, without the applications themselves. */
export function mapTrust(
  session: EntraSession,
  identities: readonly IdentityRecord[],
  trustedBy: (application: IdentityRecord, no: number) => unknown[],
): Omit<Snapshot, 'skipped'> {
  const applications = identities.filter(isApplication)
  const holders = applications.flatMap((application, i) => {
    const federatedIdentityCredentials = trustedBy(application, i)
    const { externalId: appId, name: displayName, attributes } = application
    const holder = { '@odata.type': '#microsoft.graph.application', id: attributes?.objectId, appId, displayName }
    return federatedIdentityCredentials.length === 0 ? [] : [{ ...holder, federatedIdentityCredentials }]
  })
  const told = new Set(applications.map(({ externalId }) => externalId))
  const { records, refused, unresolved } = mapAzure({ kind: 'json', name: 'answers', value: holders }, session.setting)
  return {
    records: records.filter((record) => record.type !== 'identity' || !told.has(record.externalId)),
    ...{ refused, unresolved },
  }
}

const pages = new Snapshots<EntraSession>(readDirectory, readDetail)

export const readPage = (
  session: EntraSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => pages.page(session, from, call)

export const selfOf = ({ config, ownPrincipal }: EntraSession) => [config.clientId, ownPrincipal]

const mayWriteAll = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']

export function rightsOf(
  session: EntraSession,
  { externalId: identity, kind, attributes }: IdentityRecord,
): IdentityRights {
  const none = (why: string): IdentityRights => ({ identity, rotate: false, revoke: false, why })
  if (selfOf(session).includes(identity)) return none('is what this connection signs in as')
  if (attributes?.federated === true) return none('is an identity of another issuer')
  if (attributes?.firstParty === true) return none('belongs to Microsoft')
  const { permissions, owned } = session
  if (permissions === undefined)
    return { identity, rotate: 'unknown', revoke: 'unknown', why: 'the token does not say what it allows' }
  const mayAll = permissions.some((permission) => mayWriteAll.includes(permission))
  const appId = kind === 'oauth_app' ? identity : text(attributes?.appId)
  const mayThis = appId !== undefined && permissions.includes('Application.ReadWrite.OwnedBy') && owned.has(appId)
  if (!mayAll && !mayThis)
    return none('lacks Application.ReadWrite.All, or Application.ReadWrite.OwnedBy and owning it')
  if (kind === 'workload') return { identity, rotate: false, revoke: true, why: 'Azure keeps its credentials itself' }
  return { identity, rotate: true, revoke: true }
}

export async function describeRights({ config, permissions }: EntraSession): Promise<RightsReport> {
  const say = (what: string, ...anyOf: string[]): RightsReport['statements'][number] => {
    const missing = anyOf[0] ?? ''
    if (permissions === undefined) return { what, allowed: 'unknown', missing: `a token that can be read; ${missing}` }
    const isAllowed = permissions.some((permission) => anyOf.includes(permission))
    return isAllowed ? { what, allowed: true } : { what, allowed: false, missing }
  }
  const writing = ['Application.ReadWrite.OwnedBy', ...mayWriteAll]
  const reading = ['Directory.Read.All', ...writing]
  const ofAll = permissions?.some((permission) => mayWriteAll.includes(permission)) === true
  const those = ofAll ? '' : ' that it owns'
  return {
    account: `application ${config.clientId}`,
    product: `Microsoft Entra ID, tenant ${config.tenant}`,
    statements: [
      say('See applications, service principals and their permissions', 'Application.Read.All', ...reading),
      say(
        'See delegated permissions',
        ...['DelegatedPermissionGrant.Read.All', 'DelegatedPermissionGrant.ReadWrite.All'],
        ...['Directory.Read.All', 'Directory.ReadWrite.All'],
      ),
      say(
        'See roles in the directory',
        ...['RoleManagement.Read.Directory', 'RoleManagement.Read.All', 'RoleManagement.ReadWrite.Directory'],
        ...['Directory.Read.All', 'Directory.ReadWrite.All'],
      ),
      say(`Make and remove client secrets of applications${those}`, ...writing),
      say(`Switch off, delete and restore applications${those}`, ...writing),
      say('Give and take application permissions', 'AppRoleAssignment.ReadWrite.All'),
    ],
  }
}
