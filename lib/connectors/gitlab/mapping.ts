import type { MapContext, NodeRef } from '../contract'
import type { RecordSet } from '../record-set'
import { attributesOf, type Fields, flag, idText, instant, own, text } from './fields'
import { namesServiceAccount } from './recognise'
import type { Hint } from './unwrap'

/** What every mapper of this folder works with. */
export interface Mapping {
  records: RecordSet
  fingerprint: MapContext['fingerprint']
  /** The instance's address without scheme: `gitlab.com`. */
  host: string
  /** Numbers of the project and group that a file of literals speaks of. */
  literals: { project?: string; group?: string }
}

/** The `attributes` of a record, where any is known. */
export function withAttributes(known: Parameters<typeof attributesOf>[0]): {
  attributes?: Record<string, string | number | boolean | string[]>
} {
  const attributes = attributesOf(known)
  return attributes === undefined ? {} : { attributes }
}

/** Bots that GitLab makes for project and group tokens, and its own. */
const botName = /^(?:project|group)_\d+_bot|^(?:alert-bot|support-bot|GitLab-Admin-Bot|ghost\d*$)/i

/** Why an account is none of a person's; `undefined` when it is. */
function machineMark(value: Fields): string | undefined {
  const username = text(value.username) ?? ''
  if (botName.test(username)) return `its name: ${username.replace(/_bot.*/, '_bot_…')}`
  if (flag(value.bot) === true) return 'its mark: bot'
  const type = text(own(value, 'user_type'))
  if (type !== undefined && type !== 'human' && type !== 'regular') return `its type: ${type}`
  return namesServiceAccount(value) ? 'its name' : undefined
}

/** A user by id, as human, bot or service account. */
export function addUser(
  value: Fields,
  mapping: Mapping,
  reason: string,
  isServiceAccount = false,
): NodeRef | undefined {
  const { records } = mapping
  const id = idText(value.id)
  const username = text(value.username)
  if (id === undefined && username === undefined) return undefined
  const externalId = id === undefined ? `username:${username}` : `user:${id}`
  const mark = isServiceAccount ? 'the listing of service accounts' : machineMark(value)
  const name = text(value.name) ?? username ?? `user ${id}`
  if (mark === undefined) {
    const email = text(value.email)
    return records.add({
      type: 'human',
      externalId,
      name,
      ...(email === undefined || !email.includes('@') ? {} : { email }),
      reason,
    })
  }
  const state = text(value.state)
  const isBot = botName.test(username ?? '') || flag(value.bot) === true
  return records.add({
    type: 'identity',
    externalId,
    kind: isBot && !isServiceAccount && !namesServiceAccount(value) ? 'bot' : 'service_account',
    name,
    status:
      flag(value.locked) === true || (state !== undefined && state !== 'active')
        ? 'disabled'
        : state === undefined
          ? 'unknown'
          : 'active',
    createdAt: instant(value.created_at),
    ...withAttributes({
      username,
      recognisedBy: mark,
      state,
      locked: flag(value.locked),
      administrator: own(value, 'is_admin') === true ? true : undefined,
    }),
  })
}

/** A project or group by its number. */
export function addPlace(
  kind: 'project' | 'group',
  id: string,
  name: string | undefined,
  { records }: Mapping,
  more: Parameters<typeof attributesOf>[0] = {},
): NodeRef {
  return records.add({
    type: 'resource',
    externalId: `${kind}:${id}`,
    kind: kind === 'project' ? 'repository' : 'group',
    name: name ?? `${kind} ${id}`,
    ...withAttributes(more),
  })
}

/** A project as the API or a webhook describes it. */
export function addProject(value: unknown, mapping: Mapping): NodeRef | undefined {
  const id = idText(own(value, 'id'))
  if (id === undefined) return undefined
  const path = text(own(value, 'path_with_namespace'))
  return addPlace('project', id, path ?? text(own(value, 'name')), mapping, {
    visibility: text(own(value, 'visibility')),
    address: text(own(value, 'web_url')),
  })
}

/** A group as the API or a webhook describes it. */
export function addGroup(value: unknown, mapping: Mapping): NodeRef | undefined {
  const id = idText(own(value, 'id')) ?? idText(own(value, 'group_id'))
  if (id === undefined) return undefined
  return addPlace(
    'group',
    id,
    text(own(value, 'full_path')) ?? text(own(value, 'group_path')) ?? text(own(value, 'name')),
    mapping,
  )
}

/** The whole instance. */
export function addInstance({ records, host }: Mapping): NodeRef {
  return records.add({ type: 'resource', externalId: `https://${host}`, kind: 'system', name: host })
}

/** The project, group or instance that an entry belongs to by the path of its request or the name of its literal. */
export function placeOf(hint: Hint, mapping: Mapping): NodeRef | undefined {
  const found = /\/(projects|groups)\/(\d+)(?:\/|$)/.exec(hint.path ?? '')
  if (found !== null) return addPlace(found[1] === 'groups' ? 'group' : 'project', found[2] ?? '', undefined, mapping)
  const { project, group } = mapping.literals
  if (/PROJECT/.test(hint.literal ?? '') && project !== undefined)
    return addPlace('project', project, undefined, mapping)
  if (/GROUP/.test(hint.literal ?? '') && group !== undefined) return addPlace('group', group, undefined, mapping)
  if (/INSTANCE/.test(hint.literal ?? '')) return addInstance(mapping)
  return undefined
}
