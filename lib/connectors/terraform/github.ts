import { createHash } from 'node:crypto'
import type { CredentialType, NodeRef } from '../contract'
import { blocks, type Fields, instant, said, textOf, texts, truth } from './fields'
import { githubPrivilege } from './privileges'
import type { Provider, Scene } from './scene'
import { credentialTypeOf } from './secret-names'
import { tracesOf } from './secrets'
import type { Graph } from './sink'
import type { StateResource } from './state'

type Made = { about?: NodeRef }
const site = 'https://github.com'

/** Logins that teams give to accounts of machines; GitHub has no mark for them. */
const machineLogin =
  /^(?:svc|ci|bot|robot|automation|machine|service)[-_]|[-_](?:bot|svc|ci|robot|automation|machine|service|service-?account)$|\[bot\]$/i

/** Ids as the GitHub files' importer gives them: addresses of accounts and repositories, logins, numbers. */
export function githubProvider(scene: Scene): Provider {
  const { context, resources } = scene
  const organizations = new Map<string, number>()
  const teams = new Map<string, Fields>()
  for (const { type, attributes } of resources) {
    if (!type.startsWith('github_')) continue
    const organization = ownerOf(type, attributes)
    if (organization !== undefined) organizations.set(organization, (organizations.get(organization) ?? 0) + 1)
    if (type === 'github_team')
      for (const key of [textOf(attributes, 'id'), textOf(attributes, 'slug')])
        if (key !== undefined) teams.set(key, attributes)
  }
  const owner = [...organizations].sort(([, a], [, b]) => b - a)[0]?.[0] ?? context.instance?.split('/')[0]

  function graphOf(): Graph {
    const graph = scene.sink.of('github', 'github.com', 'GitHub')
    if (owner === undefined)
      graph.unresolved(
        'GitHub organization',
        '$',
        'The state does not say the organization; give it as the name of the source',
      )
    return graph
  }

  function user(login: string, reason: string): NodeRef {
    const externalId = `user:${login}`
    if (machineLogin.test(login)) {
      const kind = login.endsWith('[bot]') ? 'bot' : 'service_account'
      graphOf().add({
        type: 'identity',
        externalId,
        kind,
        name: login,
        status: 'active',
        attributes: { recognisedBy: 'its login' },
      })
      return { type: 'identity', externalId }
    }
    graphOf().add({ type: 'human', externalId, name: login, reason })
    return { type: 'human', externalId }
  }

  function repository(name: string, more: Record<string, string | boolean> = {}): NodeRef {
    const full = name.includes('/') ? name : `${owner ?? '(owner)'}/${name}`
    graphOf().add({ type: 'resource', externalId: `${site}/${full}`, kind: 'repository', name: full, attributes: more })
    return { type: 'resource', externalId: `${site}/${full}`, global: true }
  }

  function organizationRef(): NodeRef {
    const login = owner ?? '(organization)'
    graphOf().add({
      type: 'resource',
      externalId: `${site}/${login}`,
      kind: 'account',
      name: login,
      attributes: { accountType: 'organization' },
    })
    return { type: 'resource', externalId: `${site}/${login}`, global: true }
  }

  /** A team by its number or short name. A number that the state does not manage stays a number: the address needs the short name. */
  function team(key: string): NodeRef {
    const slug = textOf(teams.get(key), 'slug') ?? (/^\d+$/.test(key) ? undefined : key)
    const externalId = slug === undefined ? `team:${key}` : `${site}/orgs/${owner ?? '(organization)'}/teams/${slug}`
    return { type: 'role', externalId, global: true }
  }

  const grant = (from: NodeRef, to: NodeRef, permission: string, at: string): void => {
    const privilege = githubPrivilege(permission)
    const notEvaluable = privilege === undefined ? `what the role ${permission} permits is not known` : undefined
    graphOf().edge({ kind: 'grants', from, to, scopes: [permission], privilege, notEvaluable, at })
  }

  const join = (login: string, key: string, role: string, at: string): void => {
    graphOf().edge({
      kind: 'member_of',
      from: user(login, 'is a member of a team on GitHub'),
      to: team(key),
      scopes: [role],
      at,
    })
  }

  function mapTeam({ attributes, address }: StateResource): Made {
    const id = textOf(attributes, 'id') ?? address
    const description = textOf(attributes, 'description')
    const parent = textOf(attributes, 'parent_team_id', 'parent_team_read_id')
    const { externalId } = team(id)
    graphOf().add({
      type: 'role',
      externalId,
      kind: 'team',
      name: textOf(attributes, 'name') ?? id,
      ...(description === undefined ? {} : { description }),
      attributes: said<string>({ privacy: textOf(attributes, 'privacy'), teamId: id }),
    })
    if (parent !== undefined && parent !== '0')
      graphOf().edge({ kind: 'member_of', from: team(id), to: team(parent), at: address })
    return {}
  }

  function mapMembership({ attributes, at }: StateResource): Made {
    const login = textOf(attributes, 'username') ?? textOf(attributes, 'id')?.split(':')[1]
    if (login === undefined) {
      graphOf().refuse(at, 'The membership names no user')
      return {}
    }
    const role = textOf(attributes, 'role') ?? 'member'
    const from = user(login, 'is a member of the organization on GitHub')
    const isAdmin = role === 'admin'
    graphOf().edge({
      kind: 'grants',
      from,
      to: organizationRef(),
      scopes: [role],
      // What plain members may do is a setting of the organization.
      privilege: isAdmin ? 'admin' : undefined,
      notEvaluable: isAdmin ? undefined : 'what members may do is a setting of the organization',
      at,
    })
    return {}
  }

  function mapDeployKey({ attributes, address, at }: StateResource): Made {
    const id = textOf(attributes, 'id') ?? address
    const number = id.split(':').at(-1) ?? id
    const title = textOf(attributes, 'title') ?? `deploy key ${number}`
    const isReadOnly = truth(attributes.read_only) ?? false
    const name = textOf(attributes, 'repository') ?? id.split(':')[0] ?? '?'
    const ref: NodeRef = { type: 'identity', externalId: `deploy-key:${number}` }
    const facts = { readOnly: isReadOnly, terraform: address }
    graphOf().add({ ...ref, type: 'identity', kind: 'api_client', name: title, status: 'active', attributes: facts })
    const print = sshFingerprint(textOf(attributes, 'key') ?? '')
    graphOf().add({
      type: 'credential',
      externalId: `deploy-key:${number}`,
      subject: ref,
      credentialType: 'ssh_key',
      name: title,
      status: 'active',
      expiresAt: null,
      attributes: said<string | boolean>({ ...facts, sshFingerprint: print }),
    })
    const scopes = [isReadOnly ? 'contents:read' : 'contents:write']
    graphOf().edge({
      kind: 'grants',
      from: ref,
      to: repository(name),
      scopes,
      privilege: isReadOnly ? 'read' : 'write',
      at,
    })
    return { about: { type: 'credential', externalId: `deploy-key:${number}` } }
  }

  /** Secrets for workflows: of an organization, a repository, an environment; for Actions, Dependabot or Codespaces. */
  function mapSecret(resource: StateResource, app: string): Made {
    const { attributes, at } = resource
    const name = textOf(attributes, 'secret_name') ?? textOf(attributes, 'id')?.split(':').at(-1)
    if (name === undefined) {
      graphOf().refuse(at, 'The secret has no name')
      return {}
    }
    const isOrganizations = resource.type.includes('_organization_')
    const of = isOrganizations ? undefined : textOf(attributes, 'repository')
    const environment = textOf(attributes, 'environment')
    const scope = `${of === undefined ? (owner ?? '(organization)') : of.includes('/') ? of : `${owner ?? '(owner)'}/${of}`}${environment === undefined ? '' : `@${environment}`}`
    if (of === undefined) organizationRef()
    else repository(of)
    const store: NodeRef = { type: 'resource', externalId: `${app}-secrets:${scope}` }
    graphOf().add({
      type: 'resource',
      externalId: store.externalId,
      kind: 'secret_store',
      name: `${app} secrets of ${scope}`,
      ...(environment === undefined ? {} : { environment: environment.toLowerCase() }),
      attributes: { app },
    })
    const ref: NodeRef = { type: 'credential', externalId: `${app}-secret:${scope}/${name}` }
    const type: CredentialType = credentialTypeOf('', name.toLowerCase()) ?? 'access_token'
    const [created, updated] = [instant(attributes.created_at), instant(attributes.updated_at)]
    graphOf().add({
      type: 'credential',
      externalId: ref.externalId,
      credentialType: type,
      name,
      status: 'active',
      createdAt: created,
      ...(updated === undefined || updated === created ? {} : { rotatedAt: updated }),
      ...tracesOf(attributes.plaintext_value ?? attributes.value, context),
      attributes: said<string | boolean>({
        app,
        visibility: textOf(attributes, 'visibility'),
        terraform: resource.address,
      }),
    })
    graphOf().edge({ kind: 'stores', from: store, to: ref, basis: 'declared', at })
    return { about: ref }
  }

  function mapRepository({ attributes, address }: StateResource): Made {
    const name = textOf(attributes, 'full_name', 'name') ?? address
    const visibility = textOf(attributes, 'visibility') ?? (truth(attributes.private) === true ? 'private' : undefined)
    const archived = truth(attributes.archived)
    const more = said<string | boolean>({ visibility, archived, terraform: address })
    const about = repository(name, more)
    return { about }
  }

  function mapCollaborators({ attributes, at }: StateResource): Made {
    const name = textOf(attributes, 'repository')
    if (name === undefined) return {}
    const to = repository(name)
    const one = textOf(attributes, 'username')
    if (one !== undefined)
      grant(user(one, 'is a collaborator of a repository'), to, textOf(attributes, 'permission') ?? 'push', at)
    for (const entry of blocks(attributes.user)) {
      const login = textOf(entry, 'username')
      if (login !== undefined)
        grant(user(login, 'is a collaborator of a repository'), to, textOf(entry, 'permission') ?? 'push', at)
    }
    for (const entry of blocks(attributes.team)) {
      const id = textOf(entry, 'team_id')
      if (id !== undefined) grant(team(id), to, textOf(entry, 'permission') ?? 'push', at)
    }
    return {}
  }

  function mapTeamRepository({ attributes, at }: StateResource): Made {
    const [id, name] = [textOf(attributes, 'team_id'), textOf(attributes, 'repository')]
    if (id === undefined || name === undefined) graphOf().refuse(at, 'The grant names no team or no repository')
    else grant(team(id), repository(name), textOf(attributes, 'permission') ?? 'pull', at)
    return {}
  }

  function mapTeamMembers({ attributes, at }: StateResource): Made {
    const id = textOf(attributes, 'team_id') ?? textOf(attributes, 'id')?.split(':')[0]
    const one = textOf(attributes, 'username')
    if (id === undefined) {
      graphOf().refuse(at, 'The membership names no team')
      return {}
    }
    if (one !== undefined) join(one, id, textOf(attributes, 'role') ?? 'member', at)
    for (const entry of blocks(attributes.members)) {
      const login = textOf(entry, 'username')
      if (login !== undefined) join(login, id, textOf(entry, 'role') ?? 'member', at)
    }
    return {}
  }

  function mapInstallation({ attributes, at }: StateResource): Made {
    const id = textOf(attributes, 'installation_id')
    if (id === undefined) return {}
    const names = [...texts(attributes.selected_repositories), ...texts(attributes.repository)]
    const from: NodeRef = { type: 'identity', externalId: `installation:${id}` }
    const notEvaluable = 'the permissions of the app are not in the state'
    for (const name of names) graphOf().edge({ kind: 'grants', from, to: repository(name), notEvaluable, at })
    return {}
  }

  /** Who may get past the protection of a branch, as far as the state names them. */
  function mapProtection({ attributes, at }: StateResource): Made {
    const name = textOf(attributes, 'repository')
    if (name === undefined) return {}
    const to = repository(name)
    for (const restriction of blocks(attributes.restrictions)) {
      const condition = `branch ${textOf(attributes, 'branch') ?? '?'}`
      for (const login of texts(restriction.users))
        graphOf().edge({
          kind: 'grants',
          from: user(login, 'may push to a protected branch'),
          to,
          scopes: ['push'],
          privilege: 'write',
          condition,
          at,
        })
      for (const slug of texts(restriction.teams))
        graphOf().edge({ kind: 'grants', from: team(slug), to, scopes: ['push'], privilege: 'write', condition, at })
    }
    return {}
  }

  const mappers: Record<string, (resource: StateResource) => Made> = {
    github_team: mapTeam,
    github_team_membership: mapTeamMembers,
    github_team_members: mapTeamMembers,
    github_team_repository: mapTeamRepository,
    github_membership: mapMembership,
    github_repository: mapRepository,
    github_repository_collaborator: mapCollaborators,
    github_repository_collaborators: mapCollaborators,
    github_repository_deploy_key: mapDeployKey,
    github_branch_protection_v3: mapProtection,
    github_app_installation_repository: mapInstallation,
    github_app_installation_repositories: mapInstallation,
    github_repository_webhook: mapHook,
    github_organization_webhook: mapHook,
  }

  function scopeOfHook(type: string, attributes: Fields): string {
    const name = type.includes('organization') ? undefined : textOf(attributes, 'repository')
    return name === undefined ? (owner ?? '(organization)') : `${owner ?? '(owner)'}/${name}`
  }

  function mapHook({ attributes, type, address }: StateResource): Made {
    const id = textOf(attributes, 'id') ?? address
    const config = blocks(attributes.configuration)[0] ?? {}
    const about: NodeRef = { type: 'resource', externalId: `webhook:${scopeOfHook(type, attributes)}/${id}` }
    const address2 = textOf(config, 'url')
    graphOf().add({
      type: 'resource',
      externalId: about.externalId,
      kind: 'webhook',
      name: hostOf(address2) ?? `webhook ${id}`,
      attributes: said<string | boolean | string[]>({
        scope: type.includes('organization') ? 'organization' : textOf(attributes, 'repository'),
        active: truth(attributes.active),
        events: texts(attributes.events).slice(0, 50),
      }),
    })
    return { about }
  }

  return {
    graphOf,
    map(resource) {
      const { type } = resource
      const app = /^github_(actions|dependabot|codespaces)_(?:organization_|environment_|user_)?secret$/.exec(type)?.[1]
      if (app !== undefined) return mapSecret(resource, app)
      return Object.hasOwn(mappers, type) ? mappers[type]?.(resource) : undefined
    },
  }
}

/** The organization, where the resource's own words tell it. */
function ownerOf(type: string, attributes: Fields): string | undefined {
  const full = textOf(attributes, 'full_name')
  if (full?.includes('/')) return full.split('/')[0]
  const address = textOf(attributes, 'html_url', 'http_clone_url', 'url')
  const found = /^https:\/\/(?:api\.)?github\.com\/(?:repos\/|orgs\/)?([\w.-]+)/.exec(address ?? '')?.[1]
  if (found !== undefined && type !== 'github_repository_webhook') return found
  return type === 'github_membership' ? textOf(attributes, 'id')?.split(':')[0] : undefined
}

/** Only the host: an address may carry a token. */
function hostOf(address: string | undefined): string | undefined {
  return /^https?:\/\/(?:[^@/]*@)?([\w.:-]+)/.exec(address ?? '')?.[1]
}

/** `SHA256:…` as GitHub prints it. Public, not a secret. */
function sshFingerprint(key: string): string | undefined {
  const blob = /(?:^|\s)(AAAA[A-Za-z0-9+/]{40,}={0,2})(?:\s|$)/.exec(key)?.[1]
  if (blob === undefined) return undefined
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`
}
