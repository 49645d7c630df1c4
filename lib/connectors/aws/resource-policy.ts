import type { NodeRef, Refusal } from '../contract'
import { isObject, textOf } from './account-export'
import { type AnswerScene, principalRef } from './answer-scene'
import type { Found } from './answers'
import { accountOf, nameOf, parseArn } from './arn'
import { readPolicy, type Statement } from './policy'
import { privilegeOfAction, privilegeOfActions } from './privileges'
import { accountResource, resourceOfPattern } from './resources'

/** A policy that is attached to a resource: each principal that it names gets a `grants` edge to the resource. */
export interface ResourcePolicy {
  at: string
  document: unknown
  /** The resource that it is attached to; its `Resource: "*"` means that. */
  arn?: string
}

/** Resource policies as tools keep them, `{Resource, Policy, Account}`, and the answers `{Policy: "…"}` of S3, SNS, SQS and Lambda. */
export function addResourcePolicies(found: readonly Found[], scene: AnswerScene): void {
  for (const { kind, at, fields } of found) {
    if (kind !== 'resourcePolicy') continue
    const arn = textOf(fields, 'Resource')
    if (arn !== undefined) {
      const resource = resourceOfPattern(arn, scene.account)
      if (resource !== undefined) scene.set.addNode(resource)
    }
    addResourcePolicy({ at: `${at}.Policy`, document: fields.Policy, arn }, scene)
  }
}

/** Draws the grants of one resource policy. Returns the services that it admits, which are no identities of the account. */
export function addResourcePolicy({ at, document, arn }: ResourcePolicy, scene: AnswerScene): string[] {
  const { set } = scene
  const { statements, refused } = readPolicy(document, at)
  // A policy that is not there is no fault.
  if (document !== null && document !== undefined) set.refused.push(...refused)
  const services = new Set<string>()
  for (const statement of statements) {
    const targets = targetsOf(statement, arn, scene, set.refused)
    for (const principal of principalsOf(statement, scene)) {
      if ('service' in principal) {
        services.add(principal.service)
        continue
      }
      for (const to of targets) link(principal.from, to, principal.note, statement, scene)
    }
  }
  return [...services]
}

function link(from: NodeRef, to: NodeRef, note: string | undefined, statement: Statement, { set }: AnswerScene): void {
  const actions = 'include' in statement.actions ? statement.actions.include : ['*']
  const notes = note === undefined ? [] : [note]
  if ('exclude' in statement.actions)
    notes.push(`NotAction: every action except ${statement.actions.exclude.slice(0, 20).join(', ')}`)
  const unknown = actions.filter((action) => privilegeOfAction(action) === undefined)
  if (unknown.length > 0)
    notes.push(`actions that are not known, so what they allow is not: ${unknown.slice(0, 20).join(', ')}`)
  const service = parseArn(to.externalId)?.service
  const within = actions.map((action) => (/^\*+$/.test(action) && service !== undefined ? `${service}:*` : action))
  set.addEdge({
    kind: 'grants',
    from,
    to,
    effect: statement.effect,
    scopes: actions,
    privilege: privilegeOfActions(within),
    condition: statement.condition,
    notEvaluable: notes.length === 0 ? undefined : notes.join('; '),
    basis: 'entitlement',
  })
}

function targetsOf(
  statement: Statement,
  own: string | undefined,
  { set, account }: AnswerScene,
  refused: Refusal[],
): NodeRef[] {
  const named =
    statement.resources === undefined || 'exclude' in statement.resources ? ['*'] : statement.resources.include
  const refs = new Map<string, NodeRef>()
  for (const pattern of named) {
    const text = /^\*+$/.test(pattern) ? own : pattern
    const resource = text === undefined ? undefined : resourceOfPattern(text, account)
    if (resource === undefined) {
      refused.push({ at: statement.at, reason: 'Nothing says which resource the policy is attached to' })
      continue
    }
    set.addNode(resource)
    refs.set(resource.externalId, { type: 'resource', externalId: resource.externalId })
  }
  return [...refs.values()]
}

type Grantee = { from: NodeRef; note?: string } | { service: string }

const elsewhere = 'the other account has to allow it too'

function principalsOf({ at, principal, notPrincipal, effect }: Statement, scene: AnswerScene): Grantee[] {
  if (notPrincipal !== undefined)
    return [{ from: everyone(scene), note: `NotPrincipal: everyone except those that the statement names` }]
  const named = typeof principal === 'string' ? { AWS: [principal] } : isObject(principal) ? principal : undefined
  if (named === undefined) {
    scene.set.refused.push({ at, reason: 'The statement names no Principal' })
    return []
  }
  return Object.entries(named).flatMap(([type, value]): Grantee[] => {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    const texts = values.filter((text): text is string => typeof text === 'string' && text !== '')
    if (texts.length < values.length)
      scene.set.refused.push({ at, reason: `The statement names a Principal of type ${type} that is empty or no text` })
    if (type === 'Service') return effect === 'deny' ? [] : texts.map((service) => ({ service }))
    return texts.map((text) => granteeOf(text, at, scene))
  })
}

function granteeOf(text: string, at: string, scene: AnswerScene): Grantee {
  const { set, account } = scene
  if (text === '*') return { from: everyone(scene) }
  const number = /^\d{12}$/.test(text) ? text : /^arn:[\w-]+:iam::(\d+):root$/.exec(text)?.[1]
  if (number !== undefined) {
    const resource = accountResource(number, account)
    set.addNode(resource)
    const isHome = number === account
    if (!isHome)
      set.unresolved.push({
        at,
        reference: `AWS account ${number}`,
        reason: 'Another account is let in; none of its principals is in this file',
      })
    return {
      from: { type: 'resource', externalId: resource.externalId, ...(isHome ? {} : { global: true }) },
      ...(isHome ? {} : { note: elsewhere }),
    }
  }
  if (parseArn(text) === undefined) {
    set.unresolved.push({ at, reference: text, reason: 'The principal of this id was deleted or is not in this file' })
    return { from: { type: 'identity', externalId: text, global: true } }
  }
  const from = principalRef(text, scene)
  const own = accountOf(text)
  const isHome = own === undefined || own === account
  if (from.global === true)
    set.unresolved.push({
      at,
      reference: text,
      reason: `${nameOf(text)} is ${isHome ? 'not in this file' : 'of another account'}`,
    })
  return { from, ...(isHome ? {} : { note: elsewhere }) }
}

/** Anyone at all, also from outside AWS where the resource is public. */
function everyone({ set }: AnswerScene): NodeRef {
  set.addNode({ type: 'role', externalId: 'aws:everyone', kind: 'everyone', name: 'Everyone (Principal *)' })
  return { type: 'role', externalId: 'aws:everyone' }
}
