import type { NodeRef } from '../contract'
import type { Entry } from './account-export'
import { accountOf } from './arn'
import { assumptionsOf } from './assumptions'
import type { Crowd } from './crowds'
import { grantsOf } from './grants'
import { type Cut, cutBy, doTake, type Limit, policiesOf, readLimit, suffixOf } from './limits'
import { type ManagedPolicy, readAttachments, readInlinePolicies } from './policies'
import type { Statement } from './policy'
import type { KnownPrincipals, Target } from './principal-table'
import type { RecordSet } from './record-set'
import type { TargetIndex } from './target-index'

interface Scene {
  set: RecordSet
  account: string
  /** A managed policy of the file. */
  policyOf: (arn: string) => ManagedPolicy | undefined
  /** A group of the file, by name. */
  groupOf: (name: string) => Entry | undefined
  /** Users and roles of the file by ARN. */
  refs: Pick<KnownPrincipals, 'get'>
  targets: TargetIndex
  /** The crowds of a file that comes in pieces: who belongs to one is told with its own piece. */
  crowds?: { has: (key: string) => boolean } | undefined
}

/**
 * Draws who holds which policy and what the policy grants. A principal with a permission boundary is not linked to the
 * shared policy but to a copy of it cut down by that boundary (`<policy>#within/<boundary>`, one for all holders with
 * the same boundary), and one whose other policies deny a part of it to a copy without that part (`<policy>#less/<digest>`), so
 * that a path through the graph never shows more than is let through.
 */
export function drawHoldings(scene: Scene) {
  const { set, account, policyOf, groupOf, refs, targets, crowds } = scene
  const limits = new Map<string, Limit>()
  const cuts = new Map<string, Cut>()

  /** `copied`: what marks the copy of a policy, which the account has not itself. */
  function emitPolicy(id: string, statements: Statement[], copied: { isWorkedOut?: true } = {}): void {
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
        ...copied,
      })
    }
    const { assumptions, unresolved } = assumptionsOf(statements, targets)
    set.unresolved.push(...unresolved)
    for (const { kind, to, scopes, condition, notEvaluable } of assumptions) {
      const target =
        'key' in to ? crowd(to) : to.isInFile ? refOf(to.arn) : ({ ...refOf(to.arn), global: true } as const)
      set.addEdge({
        ...{ kind, from, to: target, effect: 'allow', scopes, condition, notEvaluable, basis: 'entitlement' },
        ...('key' in to ? { isWorkedOut: true } : copied),
      })
    }
  }

  const refOf = (arn: string): NodeRef => refs.get(arn) ?? { type: 'identity', externalId: arn }

  /** The node that stands for all of a crowd, with a way on to each of them. */
  function crowd(of: Crowd): NodeRef {
    const from: NodeRef = { type: 'role', externalId: `aws:${account}#${of.key}` }
    if (addCrowd(of) && crowds?.has(of.key) !== true) for (const member of of.members) lead(of, member)
    return from
  }

  function addCrowd({ key, title, members }: Crowd): boolean {
    const name = `${title} of AWS account ${account}`
    const facts = { kind: 'principal_set', name, attributes: { members: members.length } }
    return set.addNode({ type: 'role', externalId: `aws:${account}#${key}`, isWorkedOut: true, ...facts })
  }

  function lead({ key, kind, conditionOf }: Crowd, member: Target): void {
    const from: NodeRef = { type: 'role', externalId: `aws:${account}#${key}` }
    const told = { effect: 'allow', condition: conditionOf(member), basis: 'inferred', isWorkedOut: true } as const
    set.addEdge({ kind, from, to: refOf(member.arn), ...told, scopes: [] })
  }

  /** A principal of this piece in the crowds of the whole file. */
  function joinCrowd(of: Crowd, member: Target): void {
    addCrowd(of)
    lead(of, member)
  }

  function hold(from: NodeRef, to: NodeRef, notEvaluable?: string): void {
    set.addEdge({ kind: 'member_of', from, to, effect: 'allow', scopes: [], notEvaluable, basis: 'entitlement' })
  }

  function limitOf(entry: Entry): Limit {
    const limit = limits.get(entry.arn) ?? readLimit(entry, policyOf, groupOf, set.unresolved)
    limits.set(entry.arn, limit)
    return limit
  }

  /** What the limits of a holder leave of a managed policy: the same for all holders with the same limits. */
  function cutOf(limit: Limit, arn: string, statements: Statement[]): Cut {
    const key = [arn, limit.boundary?.arn ?? '', ...limit.denials.map(({ policy }) => policy)].join('\n')
    const cut = cuts.get(key) ?? cutBy(limit, arn, statements)
    cuts.set(key, cut)
    return cut
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
    const { suffix, label, statements, attributes } = cutOf(limit, arn, policy.statements)
    const externalId = `${arn}${suffix}`
    if (suffix !== '') {
      const name = `${policy.name}${label}`
      const copied = { isWorkedOut: true } as const
      const copy = { ...policy.record, externalId, name, attributes: { policy: arn, ...attributes }, ...copied }
      if (set.addNode(copy)) emitPolicy(externalId, statements, copied)
    }
    hold(from, { type: 'role', externalId }, limit.notEvaluable)
  }

  function embed(from: NodeRef, entry: Entry, key: string, limit: Limit): void {
    for (const policy of readInlinePolicies(entry, key, set.refused)) {
      const externalId = `${entry.arn}#inline/${policy.name}`
      const { statements, attributes } = cutBy(limit, externalId, policy.statements)
      set.addNode({
        type: 'role',
        externalId,
        kind: 'inline_policy',
        name: policy.name,
        attributes: { holder: entry.arn, ...attributes },
      })
      emitPolicy(externalId, statements)
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
    const policies = policiesOf(group, policyOf)
    const isOwn = ({ policy }: Limit['denials'][number]) => policies.some(({ id }) => id === policy)
    const isLess = doTake(
      limit.denials.filter((denial) => !isOwn(denial)),
      policies,
    )
    if (limit.boundary === undefined && !isLess) {
      hold(from, { type: 'role', externalId: group.arn }, limit.notEvaluable)
      return
    }
    const { suffix, label, attributes } = suffixOf(limit, isLess ? limit.denials : [])
    const externalId = `${group.arn}${suffix}`
    const to: NodeRef = { type: 'role', externalId }
    const facts = { group: group.arn, ...attributes }
    if (set.addNode({ type: 'role', externalId, kind: 'group', name: `${name}${label}`, attributes: facts })) {
      // The copy is that of all with these limits: what else one of them denies, or is not known of one, has no place in it.
      const denials = isLess ? limit.denials : limit.denials.filter(isOwn)
      const inside = { ...limit, denials, notEvaluable: undefined }
      for (const attachment of readAttachments(group, [])) attach(to, attachment.at, attachment.arn, inside)
      for (const policy of readInlinePolicies(group, 'GroupPolicyList', [])) {
        const id = `${externalId}#inline/${policy.name}`
        set.addNode({ type: 'role', externalId: id, kind: 'inline_policy', name: policy.name, attributes: facts })
        emitPolicy(id, cutBy(inside, `${group.arn}#inline/${policy.name}`, policy.statements).statements)
        hold(to, { type: 'role', externalId: id })
      }
    }
    hold(from, to, limit.notEvaluable)
  }

  return { emitPolicy, holdPolicies, joinGroup, joinCrowd }
}

function joined(first: string, second: string | undefined): string {
  return second === undefined ? first : `${first}; ${second}`
}
