import type { NodeRef } from '../contract'
import { type Fields, instant, own, text } from './fields'
import { isKnown, printScope, type Scope, scopeOfAddress } from './ids'
import { addOwner, addRepository, type Mapping, withAttributes } from './mapping'
import { credentialTypeOf, isMasked, lastFourOf, namesSecret } from './secret-names'
import type { Hint } from './unwrap'

/** Which of GitHub's stores a secret is in. */
function appOf(hint: Hint, value: Fields): 'actions' | 'dependabot' | 'codespaces' {
  const around =
    `${hint.path ?? ''} ${hint.literal ?? ''} ${text(own(value, 'selected_repositories_url')) ?? ''}`.toLowerCase()
  return around.includes('dependabot') ? 'dependabot' : around.includes('codespaces') ? 'codespaces' : 'actions'
}

/** Whose a secret or variable is: by the entry's own address, by the request's path, by the literal's name, or assumed. */
function scopeOf(value: Fields, hint: Hint, { assumed }: Mapping): Scope {
  const address = text(own(value, 'selected_repositories_url')) ?? text(own(value, 'selectedReposURL'))
  const found = scopeOfAddress(address ?? '') ?? scopeOfAddress(hint.path ?? '') ?? scopeOfLiteral(hint.literal)
  const isOrganizations = text(value.visibility) !== undefined
  const scope: Scope = found ?? (isOrganizations ? { kind: 'organization' } : (assumed ?? { kind: 'repository' }))
  if (isKnown(scope) || assumed === undefined) return scope
  // What the file leaves open is filled from the only names that it could mean.
  const owner = scope.owner ?? assumed.owner
  const repository = scope.kind === 'organization' ? undefined : (scope.repository ?? assumed.repository)
  return { ...scope, ...(owner === undefined ? {} : { owner }), ...(repository === undefined ? {} : { repository }) }
}

function scopeOfLiteral(name: string | undefined): Scope | undefined {
  const found =
    /(?:^|_)(ORG|REPO|ENV|USER)(?:ANIZATION|OSITORY|IRONMENT)?_(?:[A-Z]+_)*?(?:SECRETS?|VARIABLES?)(?:_(\w+))?$/.exec(
      name ?? '',
    )
  if (found === null) return undefined
  const [, what, rest] = found
  if (what === 'ENV') return { kind: 'environment', ...(rest === undefined ? {} : { environment: rest.toLowerCase() }) }
  return { kind: what === 'ORG' ? 'organization' : what === 'USER' ? 'user' : 'repository' }
}

/** The store of a scope's secrets, with the repository or account that it belongs to. */
function addStore(app: string, scope: Scope, mapping: Mapping): NodeRef {
  const known = isKnown(scope)
  if (scope.owner !== undefined && scope.repository !== undefined)
    addRepository({ full_name: `${scope.owner}/${scope.repository}` }, mapping)
  else if (scope.owner !== undefined && scope.kind === 'organization') addOwner(scope.owner, mapping)
  const place = printScope(scope)
  return mapping.records.add({
    type: 'resource',
    externalId: `${app}-secrets:${place}`,
    kind: 'secret_store',
    name: `${app} secrets of ${place}`,
    ...(scope.environment === undefined ? {} : { environment: scope.environment.toLowerCase() }),
    ...withAttributes({
      app,
      scope: scope.kind,
      repository:
        scope.repository === undefined || scope.owner === undefined ? undefined : `${scope.owner}/${scope.repository}`,
      scopeUnknown: known ? undefined : true,
    }),
  })
}

/** A secret by its name: a credential of an unknown system, kept in the store of its scope. GitHub never tells a value. */
export function mapSecret(value: Fields, at: string, hint: Hint, mapping: Mapping): NodeRef | undefined {
  const { records } = mapping
  const name = text(value.name)
  if (name === undefined) {
    records.refuse(at, 'a secret without a name')
    return undefined
  }
  const scope = scopeOf(value, hint, mapping)
  const app = appOf(hint, value)
  const store = addStore(app, scope, mapping)
  const createdAt = instant(own(value, 'created_at'))
  const updatedAt = instant(own(value, 'updated_at'))
  if (!isKnown(scope)) records.unresolved(store.externalId, at, 'the listing does not say whose secrets these are')
  const credential = records.add({
    type: 'credential',
    externalId: `${app}-secret:${printScope(scope)}/${name}`,
    credentialType: credentialTypeOf(name),
    name,
    status: 'active',
    createdAt,
    ...(updatedAt === undefined || updatedAt === createdAt ? {} : { rotatedAt: updatedAt }),
    ...withAttributes({
      app,
      scope: scope.kind,
      environment: scope.environment,
      visibility: text(value.visibility)?.toLowerCase(),
    }),
  })
  records.edge({ kind: 'stores', from: store, to: credential, basis: 'declared' })
  return credential
}

/** A variable by its name. Its value is shown to everyone who may read; one that by its name is a secret is a sighting. */
export function mapVariable(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records, fingerprint } = mapping
  const name = text(value.name)
  if (name === undefined) {
    records.refuse(at, 'a variable without a name')
    return
  }
  const scope = scopeOf(value, hint, mapping)
  const place = printScope(scope)
  records.add({
    type: 'resource',
    externalId: `actions-variable:${place}/${name}`,
    kind: 'variable',
    name,
    ...(scope.environment === undefined ? {} : { environment: scope.environment.toLowerCase() }),
    ...withAttributes({
      scope: scope.kind,
      of: place,
      visibility: text(value.visibility)?.toLowerCase(),
      scopeUnknown: isKnown(scope) ? undefined : true,
    }),
  })
  const held = text(value.value)
  if (held === undefined || !namesSecret(name) || held.length < 8 || isMasked(held)) return
  const lastFour = lastFourOf(held)
  records.add({
    type: 'sighting',
    externalId: `actions-variable:${place}/${name}`,
    name,
    place: `Actions variable ${name} of ${place}`,
    fingerprint: fingerprint(held),
    ...(lastFour === undefined ? {} : { lastFour }),
    credentialType: credentialTypeOf(name),
    firstSeenAt: instant(own(value, 'updated_at')) ?? instant(own(value, 'created_at')),
  })
}

/** A hit of secret scanning, where an API answer or a webhook speaks of one. */
export function mapSecretAlert(value: Fields, at: string, mapping: Mapping, repository: unknown): void {
  const { records, fingerprint } = mapping
  const number = typeof value.number === 'number' ? value.number : undefined
  const sort = text(own(value, 'secret_type'))
  if (number === undefined || sort === undefined) {
    records.refuse(at, 'a secret scanning alert without number or type')
    return
  }
  addRepository(repository, mapping)
  const scope = scopeOfAddress(text(value.url) ?? '')
  const of = text(own(repository, 'full_name')) ?? (scope === undefined ? '(repository)' : printScope(scope))
  const secret = text(value.secret)
  const held = secret !== undefined && !isMasked(secret) && !/X{8,}/.test(secret) ? secret : undefined
  const lastFour = held === undefined ? undefined : lastFourOf(held)
  const found = own(value, 'first_location_detected')
  const file = text(own(found, 'path'))
  const line = own(found, 'start_line')
  const validity = { active: 'valid', inactive: 'invalid', unknown: 'unknown' } as const
  const tried = text(value.validity)
  records.add({
    type: 'sighting',
    externalId: `secret-alert:${of}#${number}`,
    name: text(own(value, 'secret_type_display_name')) ?? sort,
    place: file === undefined ? `${of}, alert ${number}` : `${of} ${file}${typeof line === 'number' ? `:${line}` : ''}`,
    credentialType: credentialTypeOf(sort),
    ...(held === undefined ? {} : { fingerprint: fingerprint(held) }),
    ...(lastFour === undefined ? {} : { lastFour }),
    ...(tried === 'active' || tried === 'inactive' || tried === 'unknown' ? { validity: validity[tried] } : {}),
    firstSeenAt: instant(own(value, 'created_at')),
    ...withAttributes({
      alert: number,
      secretType: sort,
      state: text(value.state),
      resolution: text(value.resolution),
      commit: text(own(found, 'commit_sha')),
      repository: of,
    }),
  })
}
