import type { NodeRef } from '../contract'
import { wordTable } from '../word-table'
import { type Fields, instant, isFields, own, text } from './fields'
import { mapApp, mapInstallation } from './installations'
import { addAccount, addRepository, type Mapping, nestedPermissionsOf, permissionsOf, withAttributes } from './mapping'
import { structuralKinds } from './opengraph-kinds'
import { type Graded, gradePermissions } from './privileges'
import { mapRunner } from './runners'
import { mapSecret, mapSecretAlert, mapVariable } from './secrets'
import { mapTokenGrant, mapTokenRequest } from './tokens'
import { mapEnvironment, mapWorkflow } from './workflows'

type AddNode = (properties: Fields, id: string, at: string, mapping: Mapping) => NodeRef | undefined

/** The organization that a node belongs to, as GitHound has called it over time. */
function ownerOf(properties: Fields): string | undefined {
  return (
    text(own(properties, 'environment_name')) ??
    text(own(properties, 'organization_name')) ??
    text(own(properties, 'owner_name'))
  )
}

function fullNameOf(properties: Fields): string | undefined {
  const full = text(own(properties, 'full_name')) ?? text(own(properties, 'repository_full_name'))
  if (full !== undefined) return full
  const owner = ownerOf(properties)
  const name = text(own(properties, 'repository_name')) ?? text(properties.name)
  return owner === undefined || name === undefined ? undefined : `${owner}/${name.split(/[\\/]/).at(-1)}`
}

/** Permissions, which GitHound writes as JSON within text. */
function permissionsIn(properties: Fields): unknown {
  const written = properties.permissions
  if (typeof written !== 'string') return written
  try {
    return JSON.parse(written) as unknown
  } catch {
    return undefined
  }
}

/** What the node's permissions amount to in a repository. */
export function gradeOf(properties: Fields): Graded {
  const held = permissionsIn(properties)
  const nested = isFields(held) && (isFields(held.repository) || isFields(held.organization))
  const graded = gradePermissions(nested ? nestedPermissionsOf(held).repository : permissionsOf(held))
  return graded.scopes.length === 0 ? { scopes: [], notEvaluable: 'the graph does not tell the permissions' } : graded
}

const role =
  (kind: string): AddNode =>
  (properties, id, _, { records }) =>
    records.add({
      type: 'role',
      externalId: id,
      kind,
      name: text(properties.name) ?? id,
      ...withAttributes({
        shortName: text(own(properties, 'short_name')),
        roleType: text(properties.type),
        organization: ownerOf(properties),
      }),
    })

/** The path that GitHub's API would give the secret or variable, from which its scope is read. */
function pathOf(kind: 'organization' | 'repository' | 'environment', properties: Fields): string {
  const owner = ownerOf(properties) ?? '{org}'
  if (kind === 'organization') return `/orgs/${owner}/actions/secrets`
  const repository =
    fullNameOf({ ...properties, name: undefined }) ??
    `${owner === '{org}' ? '{owner}' : owner}/${text(own(properties, 'repository_name')) ?? '{repo}'}`
  const environment =
    text(own(properties, 'deployment_environment_name')) ??
    text(own(properties, 'environment_short_name')) ??
    '{environment}'
  return kind === 'repository'
    ? `/repos/${repository}/actions/secrets`
    : `/repos/${repository}/environments/${environment}/secrets`
}

const secret =
  (kind: 'organization' | 'repository' | 'environment'): AddNode =>
  (properties, id, at, mapping) => {
    const path = pathOf(kind, properties)
    const known = !path.includes('{')
    // Without names, the graph's own id keeps two secrets of one name apart.
    if (!known) return addUnplacedSecret(properties, id, kind, mapping)
    const { value: _, visibility, ...rest } = properties
    return mapSecret({ ...rest, ...(text(visibility) === undefined ? {} : { visibility }) }, at, { path }, mapping)
  }

function addUnplacedSecret(properties: Fields, id: string, scope: string, { records }: Mapping): NodeRef {
  return records.add({
    type: 'credential',
    externalId: id,
    credentialType: 'api_key',
    name: text(properties.name) ?? id,
    status: 'active',
    createdAt: instant(own(properties, 'created_at')),
    rotatedAt: instant(own(properties, 'updated_at')),
    ...withAttributes({ app: 'actions', scope, repository: text(own(properties, 'repository_name')) }),
  })
}

const variable =
  (kind: 'organization' | 'repository' | 'environment'): AddNode =>
  (properties, _, at, mapping) => {
    mapVariable(properties, at, { path: pathOf(kind, properties) }, mapping)
    return undefined
  }

const runner: AddNode = (properties, id, at, mapping) => {
  mapRunner(
    { ...properties, id: own(properties, 'runner_id') ?? properties.id ?? id },
    at,
    { path: `/orgs/${ownerOf(properties) ?? '{org}'}` },
    mapping,
  )
  return undefined
}

const user: AddNode = (properties, _, __, mapping) =>
  addAccount(
    {
      login: own(properties, 'login') ?? properties.name,
      id: properties.id,
      name: own(properties, 'full_name'),
      email: properties.email,
      type: properties.type,
    },
    mapping,
    'a member of the organization',
  )

const token = (properties: Fields, organization: string | undefined): Fields => ({
  ...properties,
  id: own(properties, 'grant_id') ?? own(properties, 'token_id') ?? properties.id,
  token_expired: own(properties, 'token_expired') ?? false,
  owner: { login: own(properties, 'owner_login'), id: own(properties, 'owner_id'), type: 'User' },
  permissions: permissionsIn(properties),
  organization: { login: organization },
})

const nodes: Record<string, AddNode> = wordTable({
  Enterprise: (p, id, _, mapping) =>
    addAccount({ login: own(p, 'slug') ?? p.name ?? id, id: p.id, type: 'Enterprise' }, mapping),
  Organization: (p, id, _, mapping) =>
    addAccount({ login: own(p, 'login') ?? p.name ?? id, id: p.id, type: 'Organization' }, mapping),
  User: user,
  EnterpriseManagedUser: user,
  EnterpriseTeam: role('team'),
  Team: role('team'),
  EnterpriseRole: role('enterprise_role'),
  OrgRole: role('organization_role'),
  TeamRole: role('team_role'),
  RepoRole: role('repository_role'),
  RunnerGroup: role('runner_group'),
  OrgRunnerGroup: role('runner_group'),
  Repository: (p, _, __, mapping) => addRepository({ ...p, full_name: fullNameOf(p), owner: undefined }, mapping),
  Workflow: (p, id, at, mapping) => {
    const path = text(p.path) ?? `.github/workflows/${text(own(p, 'short_name')) ?? text(p.name) ?? id}`
    const full = fullNameOf({ ...p, name: undefined })
    const state = text(p.state) ?? 'active'
    mapWorkflow({ ...p, id: p.id ?? id, path, state }, at, { path: `/repos/${full ?? '{owner}/{repo}'}` }, mapping)
    return {
      type: 'identity',
      externalId: mapping.ids.workflow(full ?? repositoryOfPage(p) ?? '(repository)', path).externalId,
    }
  },
  Environment: (p, id, at, mapping) => {
    const full = fullNameOf({ ...p, name: undefined })
    const name = (text(own(p, 'short_name')) ?? text(p.name) ?? id).split('\\').at(-1)
    mapEnvironment({ ...p, id: p.id ?? id, name }, at, { path: `/repos/${full ?? '{owner}/{repo}'}` }, mapping)
    return undefined
  },
  OrgSecret: secret('organization'),
  RepoSecret: secret('repository'),
  EnvironmentSecret: secret('environment'),
  OrgVariable: variable('organization'),
  RepoVariable: variable('repository'),
  EnvironmentVariable: variable('environment'),
  OrgRunner: runner,
  RepoRunner: runner,
  EnterpriseRunner: runner,
  App: (p, id, at, mapping) => {
    mapApp(
      {
        ...p,
        id: own(p, 'app_id') ?? p.id ?? id,
        permissions: permissionsIn(p),
        owner: { login: own(p, 'owner_login'), type: own(p, 'owner_type') },
      },
      at,
      mapping,
    )
    return mapping.ids.app(String(own(p, 'app_id') ?? p.id ?? id))
  },
  AppInstallation: (p, id, at, mapping) => {
    const account = { login: ownerOf(p), type: 'Organization' }
    const installation = { ...p, id: own(p, 'installation_id') ?? p.id ?? id, permissions: permissionsIn(p), account }
    return mapInstallation(installation, at, mapping)
  },
  PersonalAccessToken: (p, id, at, mapping) => {
    mapTokenGrant(token({ ...p, id }, ownerOf(p)), at, mapping)
    return { type: 'credential', externalId: `pat:${String(own(p, 'token_id') ?? id)}` }
  },
  PersonalAccessTokenRequest: (p, id, at, mapping) => {
    mapTokenRequest(token({ ...p, id }, ownerOf(p)), at, mapping)
    return { type: 'credential', externalId: `pat:${String(own(p, 'token_id') ?? id)}` }
  },
  SecretScanningAlert: (p, _, at, mapping) => {
    const full = fullNameOf({ ...p, name: undefined })
    mapSecretAlert({ ...p, number: numberOf(p) }, at, mapping, full === undefined ? undefined : { full_name: full })
    return undefined
  },
  SamlIdentityProvider: (p, id, _, { records }) =>
    records.add({
      type: 'resource',
      externalId: id,
      kind: 'identity_provider',
      name: text(p.issuer) ?? text(p.name) ?? id,
      ...withAttributes({ organization: ownerOf(p) }),
    }),
})

function numberOf(properties: Fields): number | undefined {
  const number =
    own(properties, 'number') ??
    own(properties, 'alert_number') ??
    /\/secret-scanning\/(\d+)/.exec(text(own(properties, 'html_url')) ?? text(own(properties, 'url')) ?? '')?.[1]
  return number === undefined || Number.isNaN(Number(number)) ? undefined : Number(number)
}

function repositoryOfPage(properties: Fields): string | undefined {
  return /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/blob\//.exec(text(own(properties, 'html_url')) ?? '')?.[1]
}

/** A node of GitHound's as a record; `undefined` when it has none that edges could use. */
export function addGraphNode(
  kind: string,
  id: string,
  properties: Fields,
  at: string,
  mapping: Mapping,
): NodeRef | undefined {
  if (Object.hasOwn(nodes, kind)) return nodes[kind]?.(properties, id, at, mapping)
  const why = structuralKinds.includes(kind) ? 'which holds no access of its own' : 'which is not known here'
  mapping.records.passOver(at, `a node ${kind}, ${why}`)
  return undefined
}
