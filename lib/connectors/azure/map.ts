import type { MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { mapAssignment } from './assignments'
import type { EntryKind } from './classify'
import { mapPassword } from './credentials'
import { withAzureCrowds } from './crowds'
import { Definitions } from './definitions'
import { Applications, mapApplication, mapFederated, mapPerson, mapServicePrincipal } from './directory'
import { type Entry, type Found, findEntries } from './entries'
import { field, id, text, textField } from './fields'
import { AppRoles, mapAppRoleAssignment, mapPermissionGrant } from './grants'
import { Principals } from './principals'
import { Results } from './results'
import { scopeResource } from './scopes'
import { mapManagedIdentity, mapManagedResource, Vaults } from './vaults'

/** What entries must know of one another, also when they come in pieces. */
class Learned {
  readonly applications = new Applications()
  readonly definitions = new Definitions()
  readonly appRoles = new AppRoles()
  readonly described = new Map<string, NodeRef>()
}

/** One piece of a large file, before any of it is mapped. */
export function takeSurvey(file: ParsedFile, before: unknown): Learned {
  const learned = before instanceof Learned ? before : new Learned()
  mapEntries(file, { fingerprint: () => '' }, learned)
  return learned
}

/** Azure's and Entra's answers and exports to records: what others refer to comes first. */
export function mapAzure(file: ParsedFile, context: MapContext): MapResult {
  return mapEntries(file, context, context.survey instanceof Learned ? context.survey : new Learned())
}

function mapEntries(file: ParsedFile, { fingerprint, instance }: MapContext, learned: Learned): MapResult {
  const found = findEntries(file)
  const results = new Results()
  const { applications, definitions, appRoles } = learned
  const principals = new Principals(results, learned.described)
  const vaults = new Vaults()
  const each = (kind: EntryKind, map: (entry: Entry) => void) => {
    for (const entry of found.entries) if (entry.kind === kind) map(entry)
  }
  each('application', (entry) => applications.learn(entry))
  each('service_principal', (entry) => appRoles.learn(entry))
  each('application', (entry) => appRoles.learn(entry))
  each('role_definition', (entry) => definitions.define(entry, results))
  each('user', (entry) => mapPerson(entry, principals, results))
  each('group', (entry) => mapPerson(entry, principals, results))
  each('application', (entry) => mapApplication(entry, results, fingerprint))
  each('service_principal', (entry) => mapServicePrincipal(entry, applications, principals, results, fingerprint))
  each('managed_identity', (entry) => mapManagedIdentity(entry, principals, results))
  each('managed_resource', (entry) => mapManagedResource(entry, principals, results))
  each('federated', (entry) => mapFederated(entry, applications, results))
  each('password', (entry) => mapPassword(entry, results, fingerprint))
  each('subscription', (entry) => mapSubscription(entry, results))
  each('role_assignment', (entry) => mapAssignment(entry, definitions, principals, results))
  each('app_role_assignment', (entry) => mapAppRoleAssignment(entry, appRoles, principals, results))
  each('permission_grant', (entry) => mapPermissionGrant(entry, principals, results))
  each('vault', (entry) => vaults.map(entry, principals, results))
  each('rotation_policy', (entry) => vaults.learnRotation(entry))
  each('vault_item', (entry) => vaults.mapItem(entry, results, fingerprint))
  principals.finish()
  each('error', (entry) => refuseError(entry, found, results))
  noteGaps(found, results)
  return withAzureCrowds({
    system: 'azure',
    instance: instance ?? 'default',
    instanceName: instance === undefined ? 'Azure and Entra' : `Azure and Entra ${instance}`,
    ...results.finish(),
  })
}

/** A subscription of `az account list` or of the management API. */
function mapSubscription({ value }: Entry, results: Results): void {
  const written = textField(value, 'subscriptionId') ?? textField(value, 'id') ?? ''
  const subscription = written.replace(/^\/subscriptions\//i, '')
  const name = textField(value, 'displayName', 'name')
  const resource = scopeResource(`/subscriptions/${subscription}`)
  const tenant = id(field(value, 'tenantId'))
  const state = textField(value, 'state')
  results.add({
    ...resource,
    name: name ?? resource.name,
    attributes: { ...(tenant === undefined ? {} : { tenant }), ...(state === undefined ? {} : { state }) },
  })
}

/** An error that a repeated question got over (the first answer of a vault asks for a token) is none. */
function refuseError({ value, at, url }: Entry, found: Found, results: Results): void {
  if (url !== undefined && found.answered.has(url)) return
  const code = text(field(value.error, 'code')) ?? ''
  const message = text(field(value.error, 'message')) ?? 'no message'
  results.refuse(at, `the API answered with an error: ${code}: ${message.slice(0, 300)}`)
}

/** Empty answers, unknown entries and pages that are missing are told in words, so that nothing is taken for everything. */
function noteGaps({ unknown, empty, further, answered, silent, entries }: Found, results: Results): void {
  for (const { at, reason } of unknown) results.refuse(at, reason)
  for (const at of silent)
    results.refuse(at, 'the answer is empty, as after a deletion or another change; it lists nothing')
  if (entries.length === 0) for (const { at } of empty) results.refuse(at, 'the list is empty')
  const tokens = new Set([...answered].flatMap((url) => skipToken(url) ?? []))
  for (const { at, link } of further) {
    const token = skipToken(link)
    if (!answered.has(link) && (token === undefined || !tokens.has(token)))
      results.refuse(at, 'the list goes on at its nextLink; the further pages are not in the file')
  }
}

function skipToken(url: string): string | undefined {
  return /[?&]\$?skiptoken=([^&]+)/i.exec(url.replace(/%24/g, '$'))?.[1]
}
