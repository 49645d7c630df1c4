import type { NodeRef } from '../contract'
import { isObject, listAt, textOf } from './account-export'
import { type AnswerScene, know } from './answer-scene'
import type { Found } from './answers'
import { nameOf, parseArn } from './arn'
import { parseInstant } from './instants'
import { privilegeOfActions } from './privileges'
import { serviceResource } from './resources'

/** Names of unused services that are kept with a principal. */
const unusedKept = 200

/**
 * The services that principals last used and when (GetServiceLastAccessedDetails), as observed grants. AWS names the last
 * principal per service; the answer for one user or role names no other.
 */
export function addServiceUse(found: readonly Found[], scene: AnswerScene): void {
  const { set } = scene
  const unused: string[] = []
  const last = new Map<string, string>()
  const users = new Map<string, Found>()
  for (const entry of found) {
    if (entry.kind === 'serviceUseJob') set.refused.push({ at: entry.at, reason: jobReason(entry.fields) })
    if (entry.kind !== 'serviceUse') continue
    const { at, fields } = entry
    const usedAt = parseInstant(fields.LastAuthenticated)
    if (usedAt === undefined) {
      unused.push(String(fields.ServiceNamespace))
      continue
    }
    const arn = entityArn(textOf(fields, 'LastAuthenticatedEntity'), scene)
    if (arn === undefined) {
      set.refused.push({ at, reason: 'The entry does not say who used the service' })
      continue
    }
    users.set(arn, entry)
    if ((last.get(arn) ?? '') < usedAt) last.set(arn, usedAt)
  }
  for (const [arn, lastUsedAt] of last) define(arn, lastUsedAt, last.size === 1 ? unused : [], scene)
  for (const entry of found) if (entry.kind === 'serviceUse') addUse(entry, scene)
  if (last.size === 0 && unused.length > 0) {
    const at = found.find(({ kind }) => kind === 'serviceUse')?.at ?? '$'
    const reason = `None of the ${unused.length} services was used, and the answer does not say whose job it was`
    set.refused.push({ at, reason })
  }
}

/** `user/name` as some tools shorten it, as an ARN. */
function entityArn(text: string | undefined, { account }: AnswerScene): string | undefined {
  if (text === undefined) return undefined
  if (parseArn(text) !== undefined) return text
  return /^(user|role)\/./.test(text) && /^\d+$/.test(account) ? `arn:aws:iam::${account}:${text}` : undefined
}

function define(arn: string, lastUsedAt: string, unused: string[], scene: AnswerScene): void {
  if (scene.refs.has(arn)) return
  const isRole = arn.includes(':role/')
  if (arn.endsWith(':root')) {
    scene.set.addNode({
      type: 'human',
      externalId: arn,
      name: 'account root user',
      reason: 'is the root user of the account',
    })
    know(arn, { type: 'human', externalId: arn }, scene)
    return
  }
  scene.set.addNode({
    type: 'identity',
    externalId: arn,
    kind: isRole ? 'iam_role' : 'service_account',
    name: nameOf(arn),
    status: 'active',
    lastUsedAt,
    attributes: {
      iamType: isRole ? 'role' : 'user',
      ...(unused.length === 0
        ? {}
        : { servicesNeverUsed: unused.slice(0, unusedKept), servicesNeverUsedCount: unused.length }),
    },
  })
  know(arn, { type: 'identity', externalId: arn }, scene)
}

function addUse({ at, fields }: Found, scene: AnswerScene): void {
  const { set, account, refs } = scene
  const lastUsedAt = parseInstant(fields.LastAuthenticated)
  const arn = entityArn(textOf(fields, 'LastAuthenticatedEntity'), scene)
  const from = arn === undefined ? undefined : refs.get(arn)
  if (lastUsedAt === undefined || arn === undefined || from === undefined) return
  const namespace = String(fields.ServiceNamespace)
  const service = serviceResource(namespace, parseArn(arn)?.account || account)
  set.addNode({ ...service, attributes: { ...service.attributes, serviceName: String(fields.ServiceName) } })
  const to: NodeRef = { type: 'resource', externalId: service.externalId }
  const actions = listAt(fields, 'TrackedActionsLastAccessed', at, set.refused).flatMap(({ value }) => {
    const action =
      isObject(value) && parseInstant(value.LastAccessedTime) !== undefined ? textOf(value, 'ActionName') : undefined
    return action === undefined ? [] : [`${namespace}:${action}`]
  })
  set.addEdge({
    kind: 'grants',
    from,
    to,
    effect: 'allow',
    scopes: actions,
    privilege: privilegeOfActions(actions),
    notEvaluable: actions.length === 0 ? 'AWS tells that the service was used, not which of its actions' : undefined,
    lastUsedAt,
    basis: 'observed',
  })
}

function jobReason(fields: Record<string, unknown>): string {
  const status = String(fields.JobStatus)
  if (status === 'FAILED') {
    const why = isObject(fields.Error) ? textOf(fields.Error, 'Message') : undefined
    return `AWS could not make the report${why === undefined ? '' : `: ${why}`}. Run \`aws iam generate-service-last-accessed-details\` again`
  }
  return 'AWS is still making the report. Wait a few seconds, then run `aws iam get-service-last-accessed-details` again'
}
