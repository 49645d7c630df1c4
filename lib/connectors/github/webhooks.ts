import type { MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { RecordSet } from '../record-set'
import { instanceOf } from './api'
import { type Fields, has, isFields, list, own, text } from './fields'
import { mapHook } from './hooks'
import { hostIn, idsOf } from './ids'
import { mapInstallation, noteInstallation } from './installations'
import { mapDeployKey } from './keys'
import { addAccount, addRepository, type Mapping } from './mapping'
import { rolePrivilege } from './privileges'
import { mapRunner, mapTeam } from './runners'
import { mapSecretAlert } from './secrets'
import { mapTokenRequest } from './tokens'
import { mapWorkflow } from './workflows'

/** Payloads looked at before a file is taken for another format. */
const lookedAt = 50

interface Payload {
  at: string
  value: Fields
}

/** True for payloads that GitHub sends to a webhook: one, a list, or recorded deliveries. */
export function isWebhookFile(value: unknown): boolean {
  const some = Array.isArray(value) ? value.slice(0, lookedAt) : value
  return !payloadsOf(some).next().done
}

function isPayload(value: unknown): boolean {
  if (!isFields(value) || text(own(value.sender, 'login')) === undefined) return false
  return ['action', 'repository', 'organization', 'installation', 'enterprise', 'zen', 'hook', 'ref'].some((name) =>
    has(value, name),
  )
}

/** Payloads bare, in `{ event, payload }`, in a delivery's `{ request: { payload } }`, or listed as `examples` of an event. */
function* payloadsOf(value: unknown, at = '$', depth = 0): Generator<Payload> {
  if (depth > 5) return
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* payloadsOf(entry, `${at}[${index}]`, depth + 1)
    return
  }
  if (!isFields(value)) return
  if (isPayload(value)) yield { at, value }
  else if (isFields(value.payload)) yield* payloadsOf(value.payload, `${at}.payload`, depth + 1)
  else if (isFields(value.request)) yield* payloadsOf(value.request, `${at}.request`, depth + 1)
  else if (isFields(value.body)) yield* payloadsOf(value.body, `${at}.body`, depth + 1)
  else if (Array.isArray(value.examples)) yield* payloadsOf(value.examples, `${at}.examples`, depth + 1)
}

/** Webhook payloads to records: each says what was at its time, gone things as disabled. */
export function mapWebhooks(file: ParsedFile, context: MapContext): MapResult {
  const root = file.kind === 'json' ? file.value : undefined
  const instance = instanceOf(hostIn(root), context)
  const records = new RecordSet()
  const mapping: Mapping = {
    records,
    ids: idsOf(instance),
    fingerprint: context.fingerprint,
    assumed: undefined,
    organizations: new Map(),
  }
  let found = 0
  for (const payload of payloadsOf(root)) {
    found += 1
    mapPayload(payload, mapping)
  }
  if (found === 0) records.refuse('$', 'holds no payload that names who caused it (sender)')
  return records.finish({ system: 'github', instance, instanceName: `GitHub ${instance}` })
}

function mapPayload({ at, value }: Payload, mapping: Mapping): void {
  const action = text(value.action)
  const gone = action === 'deleted' || action === 'removed' || action === 'revoked'
  const repository = addRepository(value.repository, mapping)
  if (isFields(value.organization)) addAccount({ ...value.organization, type: 'Organization' }, mapping)
  mapPayloadInstallation(value, at, action, mapping)
  if (isFields(value.key) && has(value.key, 'id', 'title'))
    mapDeployKey(value.key, `${at}.key`, mapping, { repository, deleted: gone })
  if (isFields(value.member)) mapMember(value, action, repository, mapping)
  if (isFields(own(value, 'membership')))
    addAccount(own(own(value, 'membership'), 'user'), mapping, 'is a member of the organization')
  if (isFields(value.alert) && has(value.alert, 'secret_type'))
    mapSecretAlert(value.alert, `${at}.alert`, mapping, value.repository)
  const request = own(value, 'personal_access_token_request')
  if (isFields(request)) {
    const answer = action === 'approved' || action === 'denied' || action === 'cancelled' ? action : 'requested'
    mapTokenRequest(
      { organization: value.organization, ...request },
      `${at}.personal_access_token_request`,
      mapping,
      answer,
    )
  }
  if (isFields(value.hook)) mapHook(value.hook, `${at}.hook`, mapping, undefined, gone)
  if (isFields(value.team)) mapTeam({ organization: value.organization, ...value.team }, `${at}.team`, mapping)
  if (isFields(value.workflow)) mapWorkflow(value.workflow, `${at}.workflow`, {}, mapping)
  if (isFields(own(value, 'workflow_job'))) mapJobRunner(own(value, 'workflow_job'), at, mapping)
  if (action === 'revoked' && !isFields(value.installation) && repository === undefined)
    mapRevokedAuthorization(value, mapping)
  addAccount(value.sender, mapping, 'caused an event at GitHub')
}

function mapPayloadInstallation(value: Fields, at: string, action: string | undefined, mapping: Mapping): void {
  const installation = value.installation
  if (!isFields(installation)) return
  if (!has(installation, 'app_id')) {
    noteInstallation(installation, `${at}.installation`, mapping)
    return
  }
  const repositories = [...list(value.repositories), ...list(own(value, 'repositories_added'))]
  const deleted = action === 'deleted' && !isFields(value.repository)
  mapInstallation(installation, `${at}.installation`, mapping, { repositories, deleted })
}

/** Who was let into a repository; the permission only when the payload tells it. */
function mapMember(value: Fields, action: string | undefined, repository: NodeRef | undefined, mapping: Mapping): void {
  const member = addAccount(
    value.member,
    mapping,
    action === 'removed' ? 'was a collaborator of a repository' : 'is a collaborator of a repository',
  )
  if (member === undefined || repository === undefined || action === 'removed') return
  const changes = isFields(value.changes) ? value.changes : {}
  const role = text(own(own(changes, 'permission'), 'to')) ?? text(own(own(changes, 'role_name'), 'to'))
  const privilege = role === undefined ? undefined : rolePrivilege(role)
  mapping.records.edge({
    kind: 'grants',
    from: member,
    to: repository,
    basis: 'entitlement',
    scopes: role === undefined ? [] : [`role:${role}`],
    ...(privilege === undefined
      ? { notEvaluable: role === undefined ? 'the payload does not tell the permission' : `unknown role: ${role}` }
      : { privilege }),
  })
}

function mapJobRunner(job: unknown, at: string, mapping: Mapping): void {
  const id = own(job, 'runner_id')
  const labels = list(own(job, 'labels'))
  if (typeof id !== 'number' || id === 0 || !labels.includes('self-hosted')) return
  mapRunner(
    { id, name: own(job, 'runner_name'), labels },
    `${at}.workflow_job`,
    { path: String(own(job, 'url') ?? '').replace(/^https?:\/\/[^/]+(?:\/api\/v3)?/, '') },
    mapping,
  )
}

/** `github_app_authorization`: a user took back what an app had; the payload goes to that app and does not name it. */
function mapRevokedAuthorization(value: Fields, mapping: Mapping): void {
  const user = addAccount(value.sender, mapping, 'revoked the authorization of an app')
  const login = text(own(value.sender, 'login'))
  if (user === undefined || login === undefined) return
  mapping.records.add({
    type: 'credential',
    externalId: `app-authorization:${login}`,
    subject: user,
    credentialType: 'access_token',
    name: `authorization of an app by ${login}`,
    status: 'disabled',
    attributes: { revoked: true, app: 'the one that received the payload; it is not named in it' },
  })
}
