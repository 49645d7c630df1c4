import type { NodeRef } from '../contract'
import type { AwsIndex } from './aws-index'
import { nameOfArn, otherIds } from './aws-names'
import { grantsOf, readStatements, type Statement } from './aws-policy'
import { readTrust } from './aws-trust'
import { blocks, instant, list, said, textMap, textOf, texts } from './fields'
import { environmentOf, ownerHints, personReason } from './hints'
import { safeTags } from './secrets'
import type { Graph } from './sink'
import type { StateResource } from './state'

export interface AwsResource {
  resource: StateResource
  index: AwsIndex
  graph: Graph
  account: string
  /** Users with a console password: people. */
  signIns: ReadonlySet<string>
}

export function tagsOf({ attributes }: StateResource): Record<string, string> {
  return safeTags({ ...textMap(attributes.tags_all), ...textMap(attributes.tags) })
}

function arnOf({ resource, graph }: AwsResource): string | undefined {
  const arn = textOf(resource.attributes, 'arn')
  if (arn?.startsWith('arn:')) return arn
  graph.refuse(resource.at, `The ${resource.type} has no arn`)
  return undefined
}

/** Why a user is a person: a console password, the path, a tag. */
export function reasonForPerson(
  resource: StateResource,
  name: string,
  signIns: ReadonlySet<string>,
): string | undefined {
  if (signIns.has(name.toLowerCase())) return 'has a console password'
  return personReason(textOf(resource.attributes, 'path') ?? '/', tagsOf(resource))
}

/** An IAM user: a service account, unless a console password, its path or a tag says that it is a person. */
export function mapUser(scene: AwsResource): { about?: NodeRef } {
  const { resource, graph, index } = scene
  const arn = arnOf(scene)
  if (arn === undefined) return {}
  const { attributes } = resource
  const name = textOf(attributes, 'name', 'id') ?? nameOfArn(arn)
  const path = textOf(attributes, 'path') ?? '/'
  const tags = tagsOf(resource)
  const reason = reasonForPerson(resource, name, scene.signIns)
  if (reason !== undefined) {
    index.setType(arn, 'human')
    const email = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/.exec(name)?.[0]
    const aliases = otherIds(arn, textOf(attributes, 'unique_id'))
    graph.add({ type: 'human', externalId: arn, aliases, name, email, reason })
    return { about: { type: 'human', externalId: arn } }
  }
  graph.add({
    type: 'identity',
    externalId: arn,
    aliases: otherIds(arn, textOf(attributes, 'unique_id')),
    kind: 'service_account',
    name,
    environment: environmentOf(tags, name, path),
    status: 'active',
    createdAt: instant(attributes.create_date),
    tags,
    attributes: said<string>({
      iamType: 'user',
      path,
      uniqueId: textOf(attributes, 'unique_id'),
      permissionsBoundary: textOf(attributes, 'permissions_boundary'),
      terraform: resource.address,
    }),
    ownerHints: ownerHints(tags, name),
  })
  return { about: { type: 'identity', externalId: arn } }
}

/** An IAM role with its trust policy, inline policies and the managed ones that it lists. */
export function mapRole(scene: AwsResource): { about?: NodeRef } {
  const { resource, graph, index, account } = scene
  const arn = arnOf(scene)
  if (arn === undefined) return {}
  const { attributes, at } = resource
  const name = textOf(attributes, 'name', 'id') ?? nameOfArn(arn)
  const path = textOf(attributes, 'path') ?? '/'
  const tags = tagsOf(resource)
  const ref: NodeRef = { type: 'identity', externalId: arn }
  const place = `${at}.attributes.assume_role_policy`
  const statements = readStatements(attributes.assume_role_policy, place, (where, why) => graph.refuse(where, why))
  const trust = readTrust(statements, ref, account, index, graph)
  const seconds = Number(attributes.max_session_duration)
  graph.add({
    type: 'identity',
    externalId: arn,
    aliases: otherIds(arn, textOf(attributes, 'unique_id')),
    kind: 'iam_role',
    name,
    description: textOf(attributes, 'description'),
    environment: environmentOf(tags, name, path),
    status: 'active',
    createdAt: instant(attributes.create_date),
    tags,
    attributes: {
      ...said<string | number | boolean>({
        iamType: 'role',
        path,
        uniqueId: textOf(attributes, 'unique_id'),
        serviceLinked: path.startsWith('/aws-service-role/') ? true : undefined,
        permissionsBoundary: textOf(attributes, 'permissions_boundary'),
        maxSessionSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
        terraform: resource.address,
      }),
      ...trust.attributes,
    },
    ownerHints: ownerHints(tags, name),
  })
  trust.link()
  for (const policy of texts(attributes.managed_policy_arns)) attach(scene, ref, policy)
  for (const inline of blocks(attributes.inline_policy)) {
    const policyName = textOf(inline, 'name')
    if (policyName !== undefined) embed(scene, ref, policyName, inline.policy)
  }
  return { about: ref }
}

export function mapGroup(scene: AwsResource): { about?: NodeRef } {
  const { resource, graph } = scene
  const arn = arnOf(scene)
  if (arn === undefined) return {}
  const { attributes } = resource
  graph.add({
    type: 'role',
    externalId: arn,
    kind: 'group',
    name: textOf(attributes, 'name', 'id') ?? nameOfArn(arn),
    attributes: said<string>({ path: textOf(attributes, 'path'), uniqueId: textOf(attributes, 'unique_id') }),
  })
  return {}
}

export function mapPolicy(scene: AwsResource): { about?: NodeRef } {
  const { resource, graph } = scene
  const arn = arnOf(scene)
  if (arn === undefined) return {}
  const { attributes, at } = resource
  const description = textOf(attributes, 'description')
  graph.add({
    type: 'role',
    externalId: arn,
    kind: 'managed_policy',
    name: textOf(attributes, 'name') ?? nameOfArn(arn),
    ...(description === undefined ? {} : { description }),
    attributes: said<string>({ path: textOf(attributes, 'path'), policyId: textOf(attributes, 'policy_id') }),
  })
  drawGrants(scene, { type: 'role', externalId: arn }, attributes.policy, `${at}.attributes.policy`)
  return {}
}

/** A managed policy on a principal or group. */
export function attach({ graph, index, resource }: AwsResource, holder: NodeRef, policyArn: string): void {
  const to = index.refOfArn(policyArn)
  const limit = index.boundaryNote(holder.externalId)
  const absent = index.manages(policyArn) ? undefined : 'the policy document is not in the state'
  const notes = [absent, limit].filter((note) => note !== undefined)
  graph.edge({
    kind: 'member_of',
    from: holder,
    to,
    notEvaluable: notes.length === 0 ? undefined : notes.join('; '),
    at: resource.at,
  })
}

/** An inline policy of a holder, with what it grants. */
export function embed(scene: AwsResource, holder: NodeRef, name: string, document: unknown): void {
  const { graph, resource, index } = scene
  const externalId = `${holder.externalId}#inline/${name}`
  const ref: NodeRef = { type: 'role', externalId }
  graph.add({ type: 'role', externalId, kind: 'inline_policy', name, attributes: { holder: holder.externalId } })
  graph.edge({
    kind: 'member_of',
    from: holder,
    to: ref,
    notEvaluable: index.boundaryNote(holder.externalId),
    at: resource.at,
  })
  drawGrants(scene, ref, document, `${resource.at}.attributes.policy`)
}

/** What a policy document grants, and the roles that it lets assume by their exact ARN. */
export function drawGrants({ graph, account, index }: AwsResource, from: NodeRef, document: unknown, at: string): void {
  const statements = readStatements(document, at, (where, why) => graph.refuse(where, why))
  for (const statement of statements) {
    if (statement.resources === undefined && statement.notResources === undefined) {
      graph.refuse(statement.at, 'The statement names neither Resource nor NotResource')
      continue
    }
    for (const { resource, scopes, privilege, notEvaluable } of grantsOf(statement, account)) {
      graph.add(resource)
      const to: NodeRef = { type: 'resource', externalId: resource.externalId }
      const { effect, condition } = statement
      graph.edge({ kind: 'grants', from, to, effect, scopes, privilege, condition, notEvaluable, at: statement.at })
    }
    drawAssumptions(statement, from, index, graph)
  }
}

function drawAssumptions(statement: Statement, from: NodeRef, index: AwsIndex, graph: Graph): void {
  if (statement.effect === 'deny' || statement.notActions !== undefined) return
  const scopes = statement.actions.filter((action) => /^sts:(?:AssumeRole|\*)$|^\*$/i.test(action))
  if (scopes.length === 0) return
  for (const arn of list(statement.resources)) {
    if (typeof arn !== 'string' || !/^arn:[\w-]+:iam::\d{12}:role\/[^*?]+$/.test(arn)) continue
    const notEvaluable = "the role's trust policy has to let it too"
    graph.edge({
      kind: 'assumes',
      from,
      to: index.refOfArn(arn),
      scopes,
      condition: statement.condition,
      notEvaluable,
      at: statement.at,
    })
  }
}
