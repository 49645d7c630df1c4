import type { NodeRef } from '../contract'
import { block, type Fields, field, instant, list, parsed, said, text, textMap, textOf, texts, truth } from './fields'
import { everywhere, projectOfEmail, readMember } from './gcp-members'
import { locate, type Target, targetOf } from './gcp-targets'
import { environmentOf, ownerHints } from './hints'
import { gcpPrivilege } from './privileges'
import type { Provider, Scene } from './scene'
import { safeTags, tracesOf } from './secrets'
import type { Graph } from './sink'
import type { StateResource } from './state'

type Made = { about?: NodeRef }

/** Roles whose holder acts as the service accounts that they are granted on. */
const impersonating =
  /^roles\/(?:owner|iam\.(?:serviceAccountTokenCreator|serviceAccountOpenIdTokenCreator|serviceAccountUser|workloadIdentityUser|serviceAccountKeyAdmin|serviceAccountAdmin))$/

export function gcpProvider(scene: Scene): Provider {
  const { context, resources } = scene
  const ownPermissions = new Map<string, string[]>()
  const projects = new Map<string, number>()
  for (const { type, attributes } of resources) {
    if (!type.startsWith('google_')) continue
    const project = projectOf(attributes)
    if (project !== undefined) projects.set(project, (projects.get(project) ?? 0) + 1)
    if (type.endsWith('_iam_custom_role')) {
      const id = textOf(attributes, 'id', 'name')
      if (id !== undefined) ownPermissions.set(id, texts(attributes.permissions))
    }
  }
  /** What a resource without a project belongs to, when all the others agree. */
  const only = projects.size === 1 ? [...projects.keys()][0] : undefined
  const told = context.instance?.replace(/^projects\//, '')

  const graphOfInstance = (instance: string): Graph => scene.sink.of('gcp', instance, titleOf(instance))
  const homeOf = (attributes: Fields) => projectOf(attributes) ?? only ?? told
  const graphOf = ({ attributes }: StateResource) => graphOfInstance(homeOf(attributes) ?? everywhere)

  function mapAccount(resource: StateResource): Made {
    const { attributes, at } = resource
    const email = textOf(attributes, 'email')?.toLowerCase()
    if (email === undefined) {
      graphOf(resource).refuse(at, 'The service account has no e-mail address')
      return {}
    }
    const graph = graphOfInstance(projectOf(attributes) ?? projectOfEmail(email) ?? everywhere)
    const displayName = textOf(attributes, 'display_name')
    const uniqueId = textOf(attributes, 'unique_id')
    graph.add({
      type: 'identity',
      externalId: email,
      ...(uniqueId === undefined ? {} : { aliases: [{ id: uniqueId, global: true }] }),
      kind: 'service_account',
      name: email,
      ...said<string>({ description: textOf(attributes, 'description'), environment: environmentOf({}, email) }),
      status: truth(attributes.disabled) === true ? 'disabled' : 'active',
      attributes: said<string>({
        project: homeOf(attributes),
        displayName,
        uniqueId,
        terraform: resource.address,
      }),
      ownerHints: ownerHints({}, displayName ?? ''),
    })
    return { about: { type: 'identity', externalId: email } }
  }

  function accountRef(name: string): NodeRef {
    const last = name.split('/').at(-1) ?? name
    const email = last.includes('@')
      ? last
      : (resources.find(({ attributes }) => attributes.unique_id === last)?.attributes.email ?? last)
    return { type: 'identity', externalId: String(email).toLowerCase(), global: true }
  }

  function mapKey(resource: StateResource): Made {
    const { attributes, at } = resource
    const name = textOf(attributes, 'name', 'id') ?? resource.address
    const held = parsed(decodeBase64(attributes.private_key))
    const named =
      /serviceAccounts\/([^/]+)/.exec(name)?.[1] ??
      textOf(attributes, 'service_account_id') ??
      text(field(held, 'client_email'))
    const subject = named === undefined ? undefined : accountRef(named)
    const graph =
      subject === undefined
        ? graphOf(resource)
        : graphOfInstance(projectOfEmail(subject.externalId) ?? homeOf(attributes) ?? everywhere)
    graph.add(
      {
        type: 'credential',
        externalId: name,
        credentialType: 'signing_key',
        name: `Key ${name.split('/').at(-1)}`,
        status: 'active',
        ...(subject === undefined ? {} : { subject }),
        createdAt: instant(attributes.valid_after),
        expiresAt: instant(attributes.valid_before),
        // Whoever finds the key in a file finds the private key inside of it.
        ...tracesOf(field(held, 'private_key') ?? attributes.private_key, context),
        attributes: said<string | boolean>({
          keyAlgorithm: textOf(attributes, 'key_algorithm'),
          secretInState: text(attributes.private_key) === undefined ? undefined : true,
          terraform: resource.address,
        }),
      },
      at,
    )
    return { about: { type: 'credential', externalId: name } }
  }

  function mapCustomRole(resource: StateResource): Made {
    const { attributes } = resource
    const id = textOf(attributes, 'id', 'name') ?? resource.address
    const owner = /^(projects|organizations)\/([^/]+)\//.exec(id)
    const instance =
      owner?.[1] === 'projects' ? owner[2] : owner === null ? homeOf(attributes) : `organizations/${owner[2]}`
    const permissions = texts(attributes.permissions)
    const privilege = gcpPrivilege(id, permissions)
    graphOfInstance(instance ?? everywhere).add({
      type: 'role',
      externalId: id,
      kind: 'custom_role',
      name: textOf(attributes, 'title') ?? id,
      ...said<string>({ description: textOf(attributes, 'description') }),
      attributes: {
        permissions: permissions.slice(0, 200),
        permissionCount: permissions.length,
        ...(privilege === undefined ? {} : { privilege }),
      },
    })
    return {}
  }

  /** Bindings, members and whole policies: `google_storage_bucket_iam_member` and its like. */
  function mapGrants(resource: StateResource, kind: string, form: string): Made {
    const { attributes, at } = resource
    const target = targetOf(kind, attributes, homeOf(attributes))
    if (target === undefined) {
      graphOf(resource).refuse(at, `The ${resource.type} does not say what it grants on`)
      return {}
    }
    const graph = graphOfInstance(target.instance)
    if (form === 'policy') {
      const policy = parsed(attributes.policy_data)
      const bindings = field(policy, 'bindings')
      if (!Array.isArray(bindings) && policy === undefined) graph.refuse(at, 'The policy is not JSON')
      for (const [index, binding] of list(bindings).entries())
        mapBinding(binding, `${at}.attributes.policy_data.bindings[${index}]`, target, graph)
      return {}
    }
    const members = form === 'member' ? [attributes.member] : list(attributes.members)
    mapBinding({ role: attributes.role, members, condition: block(attributes.condition) }, at, target, graph)
    return {}
  }

  function mapBinding(binding: unknown, at: string, target: Target, graph: Graph): void {
    const role = textOf(binding, 'role')
    if (role === undefined) {
      graph.refuse(at, 'The binding names no role')
      return
    }
    graph.add(target.resource)
    const condition = conditionOf(field(binding, 'condition'))
    const permissions = ownPermissions.get(role)
    if (permissions === undefined && !role.startsWith('roles/'))
      graph.unresolved(role, at, 'A role of your own; its permissions are not in this state')
    for (const [index, written] of list(field(binding, 'members')).entries()) {
      const member = readMember(written)
      const place = `${at}.members[${index}]`
      if ('refused' in member) graph.refuse(place, member.refused)
      else if ('gone' in member)
        graph.unresolved(member.gone, place, 'Was deleted; the binding remains until someone removes it')
      else {
        if (member.record !== undefined) graphOfInstance(member.instance).add(member.record)
        grant(member.ref, role, permissions, condition, target, graph, place)
      }
    }
  }

  function grant(
    from: NodeRef,
    role: string,
    permissions: string[] | undefined,
    condition: { condition?: string; expiresAt?: string },
    { resource }: Target,
    graph: Graph,
    at: string,
  ): void {
    if (resource.kind === 'service_account' && impersonating.test(role)) {
      graph.edge({ kind: 'impersonates', from, to: accountRef(resource.name), scopes: [role], ...condition, at })
      return
    }
    const privilege = gcpPrivilege(role, permissions)
    const notEvaluable = privilege === undefined ? `what ${role} permits is not known` : undefined
    const to: NodeRef = { type: 'resource', externalId: resource.externalId, global: true }
    graph.edge({ kind: 'grants', from, to, scopes: [role], privilege, notEvaluable, ...condition, at })
  }

  function mapHmac(resource: StateResource): Made {
    const { attributes, at } = resource
    const id = textOf(attributes, 'access_id', 'id') ?? resource.address
    const email = textOf(attributes, 'service_account_email')
    const subject = email === undefined ? undefined : accountRef(email)
    graphOf(resource).add(
      {
        type: 'credential',
        externalId: id,
        credentialType: 'api_key',
        name: `HMAC key ${id}`,
        status: textOf(attributes, 'state') === 'INACTIVE' ? 'disabled' : 'active',
        ...(subject === undefined ? {} : { subject }),
        createdAt: instant(attributes.time_created),
        expiresAt: null,
        ...tracesOf(attributes.secret, context),
      },
      at,
    )
    return { about: { type: 'credential', externalId: id } }
  }

  function mapApiKey(resource: StateResource): Made {
    const { attributes } = resource
    const id = textOf(attributes, 'id', 'uid') ?? resource.address
    const name = textOf(attributes, 'display_name', 'name') ?? id
    const isRestricted = block(attributes.restrictions) !== undefined
    const services = list(field(block(attributes.restrictions), 'api_targets')).flatMap(
      (each) => textOf(each, 'service') ?? [],
    )
    const graph = graphOf(resource)
    const ref: NodeRef = { type: 'identity', externalId: id }
    graph.add({
      type: 'identity',
      externalId: id,
      kind: 'api_client',
      name,
      status: 'active',
      attributes: {
        restricted: isRestricted,
        ...(services.length === 0 ? {} : { services }),
        terraform: resource.address,
      },
    })
    graph.add({
      type: 'credential',
      externalId: id,
      subject: ref,
      credentialType: 'api_key',
      name,
      status: 'active',
      expiresAt: null,
      ...tracesOf(attributes.key_string, context),
    })
    return { about: { type: 'credential', externalId: id } }
  }

  function mapPool(resource: StateResource): Made {
    const { attributes, type } = resource
    const path = textOf(attributes, 'name', 'id')
    if (path === undefined) return {}
    const { resource: record } = locate(`//iam.googleapis.com/${path}`, homeOf(attributes))
    const oidc = block(attributes.oidc)
    graphOf(resource).add({
      ...record,
      kind: type.endsWith('_provider') ? 'identity_provider' : 'identity_pool',
      attributes: {
        ...record.attributes,
        ...said<string | boolean | string[]>({
          issuer: textOf(oidc, 'issuer_uri'),
          audiences:
            texts(field(oidc, 'allowed_audiences')).length === 0 ? undefined : texts(field(oidc, 'allowed_audiences')),
          condition: textOf(attributes, 'attribute_condition'),
          awsAccount: textOf(block(attributes.aws), 'account_id'),
          disabled: truth(attributes.disabled) === true ? true : undefined,
        }),
      },
    })
    return {}
  }

  /** Where workloads name the account that they run as. */
  function mapWorkload(resource: StateResource): Made | undefined {
    const { attributes, at } = resource
    const email = runsAs(attributes)
    const id = textOf(attributes, 'self_link', 'id')
    if (email === undefined || id === undefined) return undefined
    const graph = graphOf(resource)
    const labels = safeTags(textMap(attributes.labels))
    const name = textOf(attributes, 'name') ?? id
    const service = `${/^google_([a-z0-9]+)/.exec(resource.type)?.[1]}.googleapis.com`
    const externalId = `//${service}/${id.replace(/^https:\/\/[^/]+\/(?:[a-z]+\/)?v\d\w*\//, '')}`
    graph.add({
      type: 'identity',
      externalId,
      kind: 'workload',
      name,
      environment: environmentOf(labels, name),
      status: 'active',
      tags: labels,
      attributes: { resourceType: resource.type, terraform: resource.address },
      ownerHints: ownerHints(labels, name),
    })
    const from: NodeRef = { type: 'identity', externalId }
    graph.edge({ kind: 'runs_as', from, to: accountRef(email), basis: 'declared', at })
    return { about: from }
  }

  return {
    graphOf,
    map(resource) {
      const { type } = resource
      const [, kind, form] = /^google_(.+)_iam_(member|binding|policy)$/.exec(type) ?? []
      if (kind !== undefined && form !== undefined) return mapGrants(resource, kind, form)
      if (type === 'google_service_account') return mapAccount(resource)
      if (type === 'google_service_account_key') return mapKey(resource)
      if (type.endsWith('_iam_custom_role')) return mapCustomRole(resource)
      if (type === 'google_storage_hmac_key') return mapHmac(resource)
      if (type === 'google_apikeys_key') return mapApiKey(resource)
      if (/^google_iam_workload_identity_pool(?:_provider)?$/.test(type)) return mapPool(resource)
      if (
        /^google_(?:compute_instance|cloud_run|cloudfunctions|container_(?:cluster|node_pool)|app_engine|dataflow_job)/.test(
          type,
        )
      )
        return mapWorkload(resource)
      return undefined
    },
  }
}

function projectOf(attributes: Fields): string | undefined {
  const project = textOf(attributes, 'project', 'project_id')
  return (
    project?.replace(/^projects\//, '') ??
    /^(?:\/\/[^/]+\/)?projects\/([^/]+)\//.exec(textOf(attributes, 'id', 'name') ?? '')?.[1]
  )
}

function titleOf(instance: string): string {
  if (instance === everywhere) return 'Google Cloud'
  const [kind, id] = instance.split('/')
  if (id === undefined) return `Google Cloud project ${instance}`
  return `Google Cloud ${kind === 'organizations' ? 'organization' : 'folder'} ${id}`
}

function decodeBase64(value: unknown): string | undefined {
  const written = text(value)
  return written === undefined || written.length > 20_000 ? undefined : Buffer.from(written, 'base64').toString('utf8')
}

/** The condition as canonical JSON; one that is only an end date is also the end of the grant. */
function conditionOf(value: unknown): { condition?: string; expiresAt?: string } {
  const expression = textOf(value, 'expression')
  if (expression === undefined) return {}
  const title = textOf(value, 'title')
  const end = /^\s*request\.time\s*<=?\s*timestamp\(\s*(["'])([^"']+)\1\s*\)\s*$/.exec(expression)?.[2]
  const expiresAt = instant(end)
  return {
    condition: JSON.stringify({ expression, ...(title === undefined ? {} : { title }) }),
    ...(typeof expiresAt === 'string' ? { expiresAt } : {}),
  }
}

/** The service account of a virtual machine, a node pool, a service or a function. */
function runsAs(attributes: Fields): string | undefined {
  const template = block(attributes.template)
  const spec = block(field(template, 'spec'))
  const inner = block(field(template, 'template'))
  const places: unknown[] = [
    textOf(attributes, 'service_account_email'),
    field(block(attributes.service_account), 'email'),
    field(block(attributes.node_config), 'service_account'),
    field(block(attributes.service_config), 'service_account_email'),
    textOf(template, 'service_account'),
    textOf(spec, 'service_account_name'),
    textOf(inner, 'service_account'),
    textOf(attributes, 'service_account'),
  ]
  return places.map(text).find((place) => place?.includes('@'))
}
