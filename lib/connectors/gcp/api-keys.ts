import type { NodeRef } from '../contract'
import { wordTable } from '../word-table'
import type { Accounts } from './accounts'
import type { Entry } from './entries'
import { type Fields, field, instant, isFields, list, text, texts } from './fields'
import type { Results } from './results'

/** The restrictions on who may use a key, by their field, and the field that lists what is allowed. */
const applications: Record<string, string> = wordTable({
  browserKeyRestrictions: 'allowedReferrers',
  serverKeyRestrictions: 'allowedIps',
  androidKeyRestrictions: 'allowedApplications',
  iosKeyRestrictions: 'allowedBundleIds',
})
const effect = 'what a call with the key may do is up to the service'

/** An API key: its own principal and its own credential, with what it may call. */
export function mapApiKey(
  { value, at }: Entry,
  accounts: Accounts,
  results: Results,
  fingerprint: (secret: string) => string,
): void {
  const name = text(value.name) ?? ''
  const project = accounts.projectOf(/^projects\/([^/]+)\//.exec(name)?.[1]) ?? ''
  const title = text(field(value, 'displayName')) ?? name.slice(name.lastIndexOf('/') + 1)
  const isDeleted = field(value, 'deleteTime') !== undefined && field(value, 'deleteTime') !== null
  const status = isDeleted ? 'disabled' : 'active'
  const restrictions = field(value, 'restrictions')
  const limits = Object.entries(applications).flatMap(([kind, allowed]) => {
    const restriction = field(restrictions, kind)
    return isFields(restriction) ? [{ kind, allowed: allowedOf(field(restriction, allowed)) }] : []
  })
  const targets = list(field(restrictions, 'apiTargets')).filter(isFields)
  const createdAt = instant(field(value, 'createTime'))
  const self: NodeRef = { type: 'identity', externalId: name }
  const isNew = results.add(project, {
    type: 'identity',
    externalId: name,
    kind: 'api_client',
    name: title,
    status,
    ...(createdAt === undefined ? {} : { createdAt }),
    attributes: {
      project,
      ...(text(value.uid) === undefined ? {} : { uid: text(value.uid) ?? '' }),
      applicationRestriction:
        limits.length === 0 ? 'none' : limits.map(({ kind }) => kind.replace(/KeyRestrictions$/, '')).join(', '),
      ...(limits.length === 0 ? {} : { allowed: limits.flatMap(({ allowed }) => allowed).slice(0, 50) }),
      apiRestriction: targets.length === 0 ? 'none' : 'listed',
    },
  })
  if (!isNew) {
    results.refuse(at, `a second API key ${name}; the first is kept`)
    return
  }
  const secret = text(field(value, 'keyString'))
  results.add(project, {
    type: 'credential',
    externalId: name,
    subject: self,
    credentialType: 'api_key',
    name: title,
    status,
    ...(secret === undefined ? {} : { fingerprint: fingerprint(secret) }),
    ...(secret !== undefined && secret.length >= 12 ? { lastFour: secret.slice(-4) } : {}),
    ...(createdAt === undefined ? {} : { createdAt }),
    // API keys have no end: only deleting ends them.
    expiresAt: null,
  })
  mapReach(project, self, targets, at, results)
  const bound = text(field(value, 'serviceAccountEmail'))
  if (bound !== undefined)
    results.edge(project, {
      kind: 'impersonates',
      from: self,
      to: accounts.refer(bound.toLowerCase(), project, at),
      scopes: ['serviceAccountEmail'],
      basis: 'declared',
    })
}

/** What the key may call: the services that it is restricted to, or every one that the project has switched on. */
function mapReach(project: string, from: NodeRef, targets: Fields[], at: string, results: Results): void {
  if (targets.length === 0) {
    const externalId = `//cloudresourcemanager.googleapis.com/projects/${project}`
    results.add(project, { type: 'resource', externalId, kind: 'account', name: project })
    results.edge(project, {
      kind: 'grants',
      from,
      to: { type: 'resource', externalId, global: true },
      scopes: ['every enabled API that takes API keys'],
      notEvaluable: `the key is not restricted to any API; ${effect}`,
      basis: 'declared',
    })
  }
  for (const [index, target] of targets.entries()) {
    const service = text(target.service)
    if (service === undefined) {
      results.refuse(`${at}.restrictions.apiTargets[${index}]`, 'the restriction names no service')
      continue
    }
    const externalId = `//serviceusage.googleapis.com/projects/${project}/services/${service}`
    results.add(project, { type: 'resource', externalId, kind: 'api', name: service, attributes: { project } })
    const methods = texts(target.methods)
    results.edge(project, {
      kind: 'grants',
      from,
      to: { type: 'resource', externalId },
      scopes: methods.length === 0 ? [service] : methods,
      notEvaluable: effect,
      basis: 'declared',
    })
  }
}

/** Referrers and addresses are texts; Android applications are objects of a package and a fingerprint. */
function allowedOf(value: unknown): string[] {
  return list(value).flatMap((entry) => text(entry) ?? text(field(entry, 'packageName')) ?? [])
}
