import { type Fields, flag, idText, isFields, list, own, text, texts } from './fields'
import { isKnown, printScope, type Scope, scopeOfAddress } from './ids'
import { addOwner, addRepository, idOrRefuse, type Mapping, withAttributes } from './mapping'
import { teamPage } from './recognise'
import type { Hint } from './unwrap'

function scopeOfRunner(value: Fields, hint: Hint, { assumed }: Mapping): Scope {
  const found = scopeOfAddress(text(own(value, 'runners_url')) ?? '') ?? scopeOfAddress(hint.path ?? '')
  const scope: Scope = found ?? assumed ?? { kind: /REPO/.test(hint.literal ?? '') ? 'repository' : 'organization' }
  return isKnown(scope) || assumed?.owner === undefined ? scope : { ...scope, owner: scope.owner ?? assumed.owner }
}

/** A self-hosted runner: whoever may send it a job runs code where it stands. */
export function mapRunner(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idOrRefuse(value, at, 'a runner', records)
  if (id === undefined) return
  const scope = scopeOfRunner(value, hint, mapping)
  const labels = list(value.labels).flatMap((label) => text(own(label, 'name')) ?? text(label) ?? [])
  const runner = records.add({
    type: 'identity',
    externalId: `runner:${printScope(scope)}/${id}`,
    kind: 'workload',
    name: text(value.name) ?? `runner ${id}`,
    status: 'active',
    ...withAttributes({
      runner: 'self-hosted',
      os: text(value.os),
      connection: text(value.status),
      busy: flag(value.busy),
      ephemeral: flag(value.ephemeral),
      version: text(value.version),
      labels,
      of: printScope(scope),
      scopeUnknown: isKnown(scope) ? undefined : true,
    }),
  })
  const group = idText(own(value, 'runner_group_id'))
  if (
    group !== undefined &&
    records.get({ type: 'role', externalId: `runner-group:${printScope(scope)}/${group}` }) !== undefined
  )
    records.edge({
      kind: 'member_of',
      from: runner,
      to: { type: 'role', externalId: `runner-group:${printScope(scope)}/${group}` },
      basis: 'declared',
    })
}

/** A group of runners, with who may use it. */
export function mapRunnerGroup(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idOrRefuse(value, at, 'a runner group', records)
  if (id === undefined) return
  const scope = scopeOfRunner(value, hint, mapping)
  records.add({
    type: 'role',
    externalId: `runner-group:${printScope(scope)}/${id}`,
    kind: 'runner_group',
    name: text(value.name) ?? `runner group ${id}`,
    ...withAttributes({
      visibility: text(value.visibility),
      default: flag(value.default),
      inherited: flag(value.inherited),
      allowsPublicRepositories: flag(own(value, 'allows_public_repositories')),
      restrictedToWorkflows: flag(own(value, 'restricted_to_workflows')),
      workflows: texts(own(value, 'selected_workflows')),
    }),
  })
}

/** What GitHub puts into the subject of the tokens that workflows trade for cloud access. */
export function mapSubjectClaims(value: Fields, hint: Hint, mapping: Mapping): void {
  const scope = scopeOfAddress(hint.path ?? '')
  if (scope?.owner !== undefined) {
    if (scope.repository === undefined) addOwner(scope.owner, mapping)
    else addRepository({ full_name: `${scope.owner}/${scope.repository}` }, mapping)
  }
  mapping.records.add({
    type: 'resource',
    externalId: `oidc-subject:${scope === undefined ? '(unknown)' : printScope(scope)}`,
    kind: 'oidc_trust',
    name: `subject of workflow tokens${scope?.owner === undefined ? '' : ` of ${printScope(scope)}`}`,
    ...withAttributes({
      issuer: 'https://token.actions.githubusercontent.com',
      claims: texts(own(value, 'include_claim_keys')),
      usesDefault: flag(own(value, 'use_default')),
    }),
  })
}

/** A team: what its members get passes through it. */
export function mapTeam(value: Fields, at: string, mapping: Mapping): void {
  const { records, ids } = mapping
  const page = teamPage.exec(text(own(value, 'html_url')) ?? text(value.url) ?? '')
  const slug = text(value.slug) ?? page?.[2]
  const owner = text(own(value.organization, 'login')) ?? page?.[1]
  if (slug === undefined) {
    records.refuse(at, 'a team without a slug')
    return
  }
  if (isFields(value.organization)) addOwner(owner, mapping)
  records.add({
    type: 'role',
    externalId: `${ids.site.externalId}/orgs/${owner ?? '(organization)'}/teams/${slug}`,
    kind: 'team',
    name: text(value.name) ?? slug,
    ...withAttributes({ privacy: text(value.privacy), permission: text(value.permission), teamId: idText(value.id) }),
  })
}
