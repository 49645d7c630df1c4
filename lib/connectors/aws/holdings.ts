import type { NodeRef } from '../contract'
import type { Entry } from './account-export'
import { accountOf } from './arn'
import { assumptionsOf } from './assumptions'
import { allowsEverything, withinBoundary } from './boundary'
import { grantsOf } from './grants'
import { type ManagedPolicy, readAttachments, readInlinePolicies } from './policies'
import type { Statement } from './policy'
import { boundaryArn } from './principals'
import type { RecordSet } from './record-set'
import type { TargetIndex } from './target-index'

interface Scene {
  set: RecordSet
  account: string
  /** A managed policy of the file. */
  policyOf: (arn: string) => ManagedPolicy | undefined
  /** Users and roles of the file by ARN. */
  refs: Map<string, NodeRef>
  targets: TargetIndex
}

/** What a principal's permission boundary does to all that it holds. */
interface Limit {
  arn?: string
  name?: string
  /** Statements of a boundary that takes something away. */
  statements?: Statement[]
  notEvaluable?: string
}

/**
 * Draws who holds which policy and what the policy grants. A principal with a permission boundary is not linked to the
 * shared policy but to a copy of it cut down by that boundary (`<policy>#within/<boundary>`, one for all holders with
 * the same boundary), so that a path through the graph never shows more than the boundary lets through.
 */
export function drawHoldings(scene: Scene) {
  const { set, account, policyOf, refs, targets } = scene
  const limits = new Map<string, Limit>()

  function emitPolicy(id: string, statements: Statement[]): void {
    const from: NodeRef = { type: 'role', externalId: id }
    const { grants, refused } = grantsOf(statements, account)
    set.refused.push(...refused)
    for (const { resource, ...grant } of grants) {
      set.addNode(resource)
      set.addEdge({
        kind: 'grants',
        from,
        to: { type: 'resource', externalId: resource.externalId },
        ...grant,
        basis: 'entitlement',
      })
    }
    const { assumptions, unresolved } = assumptionsOf(statements, targets)
    set.unresolved.push(...unresolved)
    for (const { kind, arn, isInFile, scopes, condition, notEvaluable } of assumptions) {
      const to: NodeRef = isInFile
        ? (refs.get(arn) ?? { type: 'identity', externalId: arn })
        : { type: 'identity', externalId: arn, global: true }
      set.addEdge({ kind, from, to, effect: 'allow', scopes, condition, notEvaluable, basis: 'entitlement' })
    }
  }

  function hold(from: NodeRef, to: NodeRef, notEvaluable?: string): void {
    set.addEdge({ kind: 'member_of', from, to, effect: 'allow', scopes: [], notEvaluable, basis: 'entitlement' })
  }

  function limitOf(entry: Entry): Limit {
    const limit = limits.get(entry.arn) ?? readLimit(entry)
    limits.set(entry.arn, limit)
    return limit
  }

  function readLimit(entry: Entry): Limit {
    const arn = boundaryArn(entry)
    if (arn === undefined) return {}
    const boundary = policyOf(arn)
    if (boundary === undefined) {
      const reason = 'The policy that is the permission boundary is not in this file'
      set.unresolved.push({ at: `${entry.at}.PermissionsBoundary`, reference: arn, reason })
      return { notEvaluable: `permission boundary ${arn} is not in the file` }
    }
    return allowsEverything(boundary.statements) ? {} : { arn, name: boundary.name, statements: boundary.statements }
  }

  function attach(from: NodeRef, at: string, arn: string, limit: Limit): void {
    const policy = policyOf(arn)
    if (policy === undefined) {
      set.unresolved.push({ at, reference: arn, reason: 'The attached managed policy is not in this file' })
      hold(
        from,
        { type: 'role', externalId: arn, global: true },
        joined('the policy document is not in the file', limit.notEvaluable),
      )
      return
    }
    if (limit.arn === undefined || limit.statements === undefined) {
      hold(from, { type: 'role', externalId: arn }, limit.notEvaluable)
      return
    }
    const externalId = `${arn}#within/${limit.arn}`
    const name = `${policy.name} within ${limit.name}`
    const isNew = set.addNode({ ...policy.record, externalId, name, attributes: { policy: arn, boundary: limit.arn } })
    if (isNew) emitPolicy(externalId, withinBoundary(policy.statements, limit.statements))
    hold(from, { type: 'role', externalId })
  }

  function embed(from: NodeRef, entry: Entry, key: string, limit: Limit): void {
    for (const policy of readInlinePolicies(entry, key, set.refused)) {
      const externalId = `${entry.arn}#inline/${policy.name}`
      const boundary: Record<string, string> = limit.arn === undefined ? {} : { boundary: limit.arn }
      set.addNode({
        type: 'role',
        externalId,
        kind: 'inline_policy',
        name: policy.name,
        attributes: { holder: entry.arn, ...boundary },
      })
      emitPolicy(
        externalId,
        limit.statements === undefined ? policy.statements : withinBoundary(policy.statements, limit.statements),
      )
      hold(from, { type: 'role', externalId }, limit.notEvaluable)
    }
  }

  function holdPolicies(from: NodeRef, entry: Entry, inlineKey: string, limit = limitOf(entry)): void {
    for (const { at, arn } of readAttachments(entry, set.refused)) attach(from, at, arn, limit)
    embed(from, entry, inlineKey, limit)
  }

  function joinGroup(from: NodeRef, user: Entry, group: Entry | undefined, name: string, at: string): void {
    const limit = limitOf(user)
    if (group === undefined) {
      const externalId = `arn:aws:iam::${accountOf(user.arn) ?? account}:group/${name}`
      set.unresolved.push({ at, reference: name, reason: 'The group is not in this file' })
      hold(from, { type: 'role', externalId, global: true }, joined('the group is not in the file', limit.notEvaluable))
      return
    }
    if (limit.arn === undefined) {
      hold(from, { type: 'role', externalId: group.arn }, limit.notEvaluable)
      return
    }
    const externalId = `${group.arn}#within/${limit.arn}`
    const to: NodeRef = { type: 'role', externalId }
    const attributes = { group: group.arn, boundary: limit.arn }
    if (set.addNode({ type: 'role', externalId, kind: 'group', name: `${name} within ${limit.name}`, attributes })) {
      for (const attachment of readAttachments(group, [])) attach(to, attachment.at, attachment.arn, limit)
      for (const policy of readInlinePolicies(group, 'GroupPolicyList', [])) {
        const id = `${externalId}#inline/${policy.name}`
        set.addNode({ type: 'role', externalId: id, kind: 'inline_policy', name: policy.name, attributes })
        emitPolicy(id, withinBoundary(policy.statements, limit.statements ?? []))
        hold(to, { type: 'role', externalId: id })
      }
    }
    hold(from, to)
  }

  return { emitPolicy, holdPolicies, joinGroup }
}

function joined(first: string, second: string | undefined): string {
  return second === undefined ? first : `${first}; ${second}`
}
