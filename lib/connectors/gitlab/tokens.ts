import type { NodeRef } from '../contract'
import {
  expiry,
  type Fields,
  flag,
  idText,
  instant,
  instantOrNull,
  isFields,
  own,
  publicAddress,
  text,
  texts,
} from './fields'
import { addInstance, addPlace, addUser, type Mapping, placeOf, withAttributes } from './mapping'
import { gradeToken } from './privileges'
import { lastFourOf } from './secret-names'
import type { Hint } from './unwrap'

/** The value of a secret as fingerprint and last four; GitLab shows it once, when it makes or rotates a token. */
export function secretMarks(value: unknown, { fingerprint }: Mapping): { fingerprint?: string; lastFour?: string } {
  const secret = text(value)
  if (secret === undefined) return {}
  const lastFour = lastFourOf(secret)
  return { fingerprint: fingerprint(secret), ...(lastFour === undefined ? {} : { lastFour }) }
}

/** Revoked, expired and otherwise unusable tokens all have `active: false`. */
function statusOf(value: Fields): 'active' | 'disabled' | 'unknown' {
  if (flag(value.revoked) === true || flag(value.active) === false || flag(value.expired) === true) return 'disabled'
  return flag(value.active) === true || flag(value.revoked) === false ? 'active' : 'unknown'
}

/** A token of a person, a project, a group or a service account; only a project's or group's has a role of its own. */
export function mapAccessToken(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'an access token without an id')
    return
  }
  const userId = idText(own(value, 'user_id'))
  const isPlaces =
    own(value, 'access_level') !== undefined ||
    /\/(?:projects|groups)\/\d+\/access_tokens/.test(hint.path ?? '') ||
    text(own(value, 'resource_type')) !== undefined
  const expiresAt = expiry(own(value, 'expires_at'))
  const scopes = texts(value.scopes)
  const subject = userId === undefined ? undefined : holderOf(userId, isPlaces, value, at, mapping)
  const credential = records.add({
    type: 'credential',
    externalId: `access-token:${id}`,
    ...(subject === undefined ? {} : { subject }),
    credentialType: 'access_token',
    name: text(value.name) ?? `token ${id}`,
    status: statusOf(value),
    ...secretMarks(value.token, mapping),
    createdAt: instant(own(value, 'created_at')),
    expiresAt,
    lastUsedAt: instantOrNull(own(value, 'last_used_at')),
    ...withAttributes({
      tokenKind: isPlaces
        ? 'project or group access token'
        : flag(value.impersonation) === true
          ? 'impersonation token'
          : 'personal access token',
      scopes,
      revoked: flag(value.revoked),
      description: text(value.description),
    }),
  })
  const graded = gradeToken(scopes, own(value, 'access_level') ?? undefined)
  if (graded.scopes.length === 0) return
  const base = {
    kind: 'grants' as const,
    basis: 'entitlement' as const,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...graded,
  }
  if (!isPlaces) records.edge({ ...base, from: credential, to: addInstance(mapping) })
  else
    records.edge({
      ...base,
      from: subject ?? credential,
      to: placeOfToken(value, userId ?? `token ${id}`, at, hint, mapping),
    })
}

function holderOf(userId: string, isPlaces: boolean, value: Fields, at: string, { records }: Mapping): NodeRef {
  const externalId = `user:${userId}`
  if (isPlaces) {
    // A token that was rotated stands in the list beside its successor, which is of the same bot.
    const before = records.get({ type: 'identity', externalId })
    if (before?.type === 'identity' && before.status === 'disabled') before.status = statusOf(value)
    return records.add({
      type: 'identity',
      externalId,
      kind: 'bot',
      name: text(value.name) ?? `bot user ${userId}`,
      status: statusOf(value),
      createdAt: instant(own(value, 'created_at')),
      ...withAttributes({ recognisedBy: 'its token, which belongs to a project or group' }),
    })
  }
  const known = records.get({ type: 'identity', externalId })
  if (known !== undefined) return { type: 'identity', externalId }
  if (records.get({ type: 'human', externalId }) === undefined)
    records.unresolved(
      externalId,
      at,
      'the listing gives only the number of the user; a listing of users says who it is',
    )
  return { type: 'human', externalId }
}

function placeOfToken(value: Fields, holder: string, at: string, hint: Hint, mapping: Mapping): NodeRef {
  const sort = text(own(value, 'resource_type'))?.toLowerCase()
  const number = idText(own(value, 'resource_id'))
  if (number !== undefined && (sort === 'project' || sort === 'group'))
    return addPlace(sort, number, undefined, mapping)
  const place = placeOf(hint, mapping)
  if (place !== undefined) return place
  mapping.records.unresolved(
    `the project or group of bot user ${holder}`,
    at,
    'the listing does not say of which project or group its tokens are',
  )
  return mapping.records.add({
    type: 'resource',
    externalId: `place-of:user:${holder}`,
    kind: 'repository',
    name: `project or group of bot user ${holder}`,
    ...withAttributes({ nameUnknown: true }),
  })
}

/** A deploy token: a principal of its own, with its name and secret. */
export function mapDeployToken(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'a deploy token without an id')
    return
  }
  const name = text(value.name) ?? `deploy token ${id}`
  const scopes = texts(value.scopes)
  const expiresAt = expiry(own(value, 'expires_at'))
  const status = statusOf(value)
  const identity = records.add({
    type: 'identity',
    externalId: `deploy-token:${id}`,
    kind: 'api_client',
    name,
    status,
    ...withAttributes({ username: text(value.username) }),
  })
  records.add({
    type: 'credential',
    externalId: `deploy-token:${id}`,
    subject: identity,
    credentialType: 'access_token',
    name,
    status,
    ...secretMarks(value.token, mapping),
    expiresAt,
    ...withAttributes({ tokenKind: 'deploy token', scopes, revoked: flag(value.revoked) }),
  })
  const to = placeOf(hint, mapping)
  if (to === undefined)
    records.unresolved(
      `the project or group of deploy token ${id}`,
      at,
      'the listing does not say of which project or group its tokens are',
    )
  else
    records.edge({
      kind: 'grants',
      from: identity,
      to,
      basis: 'entitlement',
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...gradeToken(scopes, undefined),
    })
}

/** A token that starts pipelines as its owner. Others than the owner see its first four characters only. */
export function mapTrigger(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'a trigger without an id')
    return
  }
  const owner = isFields(value.owner) ? addUser(value.owner, mapping, 'owns a pipeline trigger') : undefined
  const whole = (text(value.token)?.length ?? 0) > 8
  const credential = records.add({
    type: 'credential',
    externalId: `trigger:${id}`,
    ...(owner === undefined ? {} : { subject: owner }),
    credentialType: 'access_token',
    name: text(value.description) ?? `trigger ${id}`,
    status: 'active',
    ...(whole ? secretMarks(value.token, mapping) : {}),
    createdAt: instant(own(value, 'created_at')),
    expiresAt: expiry(own(value, 'expires_at')),
    lastUsedAt: instantOrNull(own(value, 'last_used')),
    ...withAttributes({ tokenKind: 'pipeline trigger' }),
  })
  const to = placeOf(hint, mapping)
  if (to !== undefined)
    records.edge({
      kind: 'grants',
      from: credential,
      to,
      basis: 'entitlement',
      scopes: ['trigger pipelines'],
      privilege: 'write',
    })
}

/** An OAuth application with its secret, which GitLab shows once. */
export function mapApplication(value: Fields, at: string, mapping: Mapping): void {
  const { records } = mapping
  const clientId = text(own(value, 'application_id'))
  if (clientId === undefined) {
    records.refuse(at, 'an application without an id')
    return
  }
  const scopes = texts(value.scopes)
  const app = records.add({
    type: 'identity',
    externalId: `application:${clientId}`,
    kind: 'oauth_app',
    name: text(own(value, 'application_name')) ?? clientId,
    status: 'active',
    ...withAttributes({
      callback: publicAddress(own(value, 'callback_url')),
      confidential: flag(value.confidential),
      scopes,
    }),
  })
  if (text(value.secret) !== undefined)
    records.add({
      type: 'credential',
      externalId: `application:${clientId}#secret`,
      subject: app,
      credentialType: 'client_secret',
      name: 'client secret',
      status: 'active',
      ...secretMarks(value.secret, mapping),
      expiresAt: null,
    })
}

/** An agent of a Kubernetes cluster, or one of its tokens. */
export function mapAgent(value: Fields, at: string, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'an agent without an id')
    return
  }
  const agentId = idText(own(value, 'agent_id'))
  if (agentId === undefined) {
    records.add({
      type: 'identity',
      externalId: `agent:${id}`,
      kind: 'workload',
      name: text(value.name) ?? `agent ${id}`,
      status: 'active',
      createdAt: instant(own(value, 'created_at')),
    })
    return
  }
  const status = text(value.status)
  const agent = records.add({
    type: 'identity',
    externalId: `agent:${agentId}`,
    kind: 'workload',
    name: `agent ${agentId}`,
    status: 'active',
  })
  records.add({
    type: 'credential',
    externalId: `agent-token:${id}`,
    subject: agent,
    credentialType: 'access_token',
    name: text(value.name) ?? `agent token ${id}`,
    status: status === undefined ? 'unknown' : status === 'active' ? 'active' : 'disabled',
    ...secretMarks(value.token, mapping),
    createdAt: instant(own(value, 'created_at')),
    expiresAt: null,
    lastUsedAt: instantOrNull(own(value, 'last_used_at')),
  })
}
