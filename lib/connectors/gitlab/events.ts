import type { MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { withCrowds } from '../crowds'
import { RecordSet } from '../record-set'
import { instanceIn } from './api'
import { powers } from './crowds'
import { expiry, type Fields, has, idText, instant, isFields, own, text } from './fields'
import { sshFingerprint } from './keys'
import { addGroup, addPlace, addProject, addUser, type Mapping, withAttributes } from './mapping'
import { gradeRole } from './privileges'

/** Payloads looked at before a file is taken for another format. */
const lookedAt = 50

interface Payload {
  at: string
  value: Fields
}

/** True for payloads of GitLab's webhooks and system hooks. */
export function isEventFile(value: unknown): boolean {
  const some = Array.isArray(value) ? value.slice(0, lookedAt) : value
  return !payloadsOf(some).next().done
}

function isPayload(value: Fields): boolean {
  const kind = text(own(value, 'object_kind'))
  const event = text(own(value, 'event_name'))
  if (kind !== undefined)
    return ['project', 'group', 'object_attributes', 'project_id', 'user'].some((name) => has(value, name))
  return (
    event !== undefined &&
    ['user_id', 'username', 'project_id', 'group_id', 'user_username', 'project', 'key'].some((name) =>
      has(value, name),
    )
  )
}

function* payloadsOf(value: unknown, at = '$', depth = 0): Generator<Payload> {
  if (depth > 5) return
  if (Array.isArray(value))
    for (const [index, entry] of value.entries()) yield* payloadsOf(entry, `${at}[${index}]`, depth + 1)
  else if (isFields(value)) {
    if (isPayload(value)) yield { at, value }
    else
      for (const key of ['payload', 'body', 'request_data', 'request'])
        if (isFields(value[key])) yield* payloadsOf(value[key], `${at}.${key}`, depth + 1)
  }
}

/** Webhook and system hook payloads to records: what was at the event, gone things as disabled. */
export function mapEvents(file: ParsedFile, context: MapContext): MapResult {
  const root = file.kind === 'json' ? file.value : undefined
  const host = instanceIn([root], context)
  const records = new RecordSet()
  const mapping: Mapping = { records, fingerprint: context.fingerprint, host, literals: {} }
  let found = 0
  for (const payload of payloadsOf(root)) {
    found += 1
    mapPayload(payload, mapping)
  }
  if (found === 0) records.refuse('$', 'holds no event of GitLab')
  return withCrowds(records.finish({ system: 'gitlab', instance: host, instanceName: `GitLab ${host}` }), powers)
}

function mapPayload({ at, value }: Payload, mapping: Mapping): void {
  const event = text(own(value, 'event_name')) ?? ''
  const project = addProject(value.project, mapping) ?? placeNamed('project', value, mapping)
  const group = addGroup(value.group, mapping) ?? placeNamed('group', value, mapping)
  if (text(own(value, 'object_kind')) === 'access_token') mapTokenEvent(value, at, project ?? group, mapping)
  else if (event === 'key_create' || event === 'key_destroy') mapKeyEvent(value, at, event === 'key_destroy', mapping)
  else if (/^user_/.test(event)) mapUserEvent(event, value, project ?? group, mapping)
  else if (isFields(value.user)) addUser(value.user, mapping, 'caused an event at GitLab')
  else if (has(value, 'user_username', 'user_id'))
    addUser(
      { id: own(value, 'user_id'), username: own(value, 'user_username'), name: own(value, 'user_name') },
      mapping,
      'caused an event at GitLab',
    )
  if (project === undefined && group === undefined && mapping.records.nodes().length === 0)
    mapping.records.passOver(
      at,
      `an event ${event || text(own(value, 'object_kind'))} that names no account or project`,
    )
}

function placeNamed(kind: 'project' | 'group', value: Fields, mapping: Mapping): NodeRef | undefined {
  const id = idText(own(value, `${kind}_id`))
  if (id === undefined) return undefined
  return addPlace(
    kind,
    id,
    text(own(value, `${kind}_path_with_namespace`)) ??
      text(own(value, 'path_with_namespace')) ??
      text(own(value, `${kind}_path`)) ??
      text(own(value, `${kind}_name`)),
    mapping,
  )
}

/** A project's or group's access token that is about to expire, or was made or revoked. */
function mapTokenEvent(value: Fields, at: string, place: NodeRef | undefined, mapping: Mapping): void {
  const { records } = mapping
  const token = own(value, 'object_attributes')
  const id = idText(own(token, 'id'))
  const userId = idText(own(token, 'user_id'))
  if (id === undefined) {
    records.refuse(at, 'an event of an access token without its id')
    return
  }
  const name = text(own(token, 'name')) ?? `token ${id}`
  const expiresAt = expiry(own(token, 'expires_at'))
  const event = text(own(value, 'event_name')) ?? 'access_token'
  const revoked = /revoke/.test(event)
  const createdAt = instant(own(token, 'created_at'))
  const bot: NodeRef | undefined =
    userId === undefined
      ? undefined
      : records.add({
          type: 'identity',
          externalId: `user:${userId}`,
          kind: 'bot',
          name,
          status: revoked ? 'disabled' : 'active',
          createdAt,
          ...withAttributes({ recognisedBy: 'its token, which belongs to a project or group' }),
        })
  records.add({
    type: 'credential',
    externalId: `access-token:${id}`,
    ...(bot === undefined ? {} : { subject: bot }),
    credentialType: 'access_token',
    name,
    status: revoked ? 'disabled' : 'active',
    createdAt,
    expiresAt,
    ...withAttributes({ tokenKind: 'project or group access token', event }),
  })
  if (bot !== undefined && place !== undefined)
    records.edge({
      kind: 'grants',
      from: bot,
      to: place,
      basis: 'entitlement',
      ...(expiresAt === undefined ? {} : { expiresAt }),
      notEvaluable: 'the event does not tell the scopes and the role of the token',
    })
}

/** An SSH key added or removed; of its user the event gives the name only. */
function mapKeyEvent(value: Fields, at: string, gone: boolean, mapping: Mapping): void {
  const id = idText(value.id)
  if (id === undefined) {
    mapping.records.refuse(at, 'an event of an SSH key without its id')
    return
  }
  const user = addUser({ username: value.username }, mapping, 'has an SSH key')
  const comment = text(text(value.key)?.split(/\s+/)[2])
  mapping.records.add({
    type: 'credential',
    externalId: `ssh-key:${id}`,
    ...(user === undefined ? {} : { subject: user }),
    credentialType: 'ssh_key',
    name: comment ?? `SSH key ${id}`,
    status: gone ? 'disabled' : 'active',
    createdAt: instant(own(value, 'created_at')),
    ...withAttributes({ deleted: gone ? true : undefined, sshFingerprint: sshFingerprint(text(value.key) ?? '') }),
  })
}

/** A user made, changed, removed, or let into a project or group. */
function mapUserEvent(event: string, value: Fields, place: NodeRef | undefined, mapping: Mapping): void {
  const user = addUser(
    {
      id: own(value, 'user_id'),
      username: own(value, 'user_username') ?? value.username,
      name: own(value, 'user_name') ?? value.name,
      email: own(value, 'user_email') ?? value.email,
      ...(event === 'user_destroy' ? { state: 'deleted' } : {}),
    },
    mapping,
    event === 'user_destroy' ? 'was a user of GitLab, removed since' : 'a user account of GitLab',
  )
  const gone = /_remove_from_|_destroy$/.test(event)
  if (user === undefined || place === undefined || gone) return
  const level = own(value, 'access_level') ?? own(value, 'project_access') ?? own(value, 'group_access')
  const expiresAt = instant(own(value, 'expires_at'))
  mapping.records.edge({
    kind: 'grants',
    from: user,
    to: place,
    basis: 'entitlement',
    ...gradeRole(level),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
}
