import type { NodeRef } from '../contract'
import type { RecordSet } from './record-set'
import { accountResource } from './resources'
import type { Trust, TrustedPrincipal } from './trust'

interface Scene {
  /** The role whose trust policy it is. */
  arn: string
  trust: Trust
  /** The role's own account. */
  account: string
  refs: Map<string, NodeRef>
  /** Users and roles of the file by their unique id (`AIDA…`, `AROA…`). */
  ids: Map<string, NodeRef>
  set: RecordSet
}

const elsewhere = 'the other account has to allow it too'

/** Draws an `assumes` edge from every principal that a role's trust policy names; those outside the file are unresolved. */
export function linkTrust(scene: Scene): void {
  const { arn, trust, set } = scene
  const to: NodeRef = { type: 'identity', externalId: arn }
  for (const { at, effect, principal, scopes, condition } of trust.entries) {
    for (const source of sourcesOf(principal, scene)) {
      if (source.missing !== undefined) set.unresolved.push({ at, reference: source.reference, reason: source.missing })
      if (source.from === undefined) continue
      const limits = [condition, source.condition].filter((text) => text !== undefined)
      set.addEdge({
        kind: 'assumes',
        from: source.from,
        to,
        effect,
        scopes,
        condition: limits.length > 1 ? `[${limits.join(',')}]` : limits[0],
        notEvaluable: source.notEvaluable,
        basis: 'entitlement',
      })
    }
  }
}

interface Source {
  from?: NodeRef
  reference: string
  missing?: string
  condition?: string
  notEvaluable?: string
}

function sourcesOf(principal: TrustedPrincipal, scene: Scene): Source[] {
  const { account, refs, ids, set } = scene
  switch (principal.is) {
    case 'account': {
      const resource = accountResource(principal.account, account)
      set.addNode(resource)
      const isHome = principal.account === account
      return [
        {
          from: { type: 'resource', externalId: resource.externalId, ...(isHome ? {} : { global: true }) },
          reference: `AWS account ${principal.account}`,
          missing: isHome
            ? undefined
            : 'Every principal that this other account lets may assume the role; none of them is in this file',
          notEvaluable: isHome ? undefined : elsewhere,
        },
      ]
    }
    case 'principal':
      return [namedSource(principal.arn, refs, account)]
    case 'session': {
      const role = namedSource(roleOfSession(principal, refs), refs, account)
      const session = { ...role, condition: JSON.stringify({ 'sts:RoleSessionName': principal.sessionName }) }
      if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(principal.sessionName)) return [session]
      const reason = `signs in as a session of ${principal.roleName} that carries an e-mail address`
      set.addNode({
        type: 'human',
        externalId: principal.arn,
        name: principal.sessionName,
        email: principal.sessionName,
        reason,
      })
      return [session, { from: { type: 'human', externalId: principal.arn }, reference: principal.arn }]
    }
    case 'unique_id': {
      const known = ids.get(principal.id)
      if (known !== undefined) return [{ from: known, reference: principal.id }]
      const missing = 'The principal of this unique id was deleted or is not in this file'
      const from: NodeRef = { type: 'identity', externalId: principal.id, global: true }
      return [{ from, reference: principal.id, missing }]
    }
    case 'other':
      return [{ reference: principal.text, missing: 'Not a kind of principal that is known' }]
  }
}

function namedSource(arn: string, refs: Map<string, NodeRef>, account: string): Source {
  const known = refs.get(arn)
  if (known !== undefined) return { from: known, reference: arn }
  const isHome = arn.includes(`::${account}:`)
  return {
    from: { type: 'identity', externalId: arn, global: true },
    reference: arn,
    missing: isHome ? 'The trusted principal is not in this file' : 'The trusted principal belongs to another account',
    notEvaluable: isHome ? undefined : elsewhere,
  }
}

/** The roles with a path, by their ARN without it. Made once for all sessions of a file. */
const roleIndexes = new WeakMap<Map<string, NodeRef>, Map<string, string>>()

function rolesWithoutPath(refs: Map<string, NodeRef>): Map<string, string> {
  const known = roleIndexes.get(refs)
  if (known) return known
  const roles = new Map<string, string>()
  for (const arn of refs.keys()) {
    const plain = arn.replace(/:role\/.*\//, ':role/')
    if (plain !== arn && !roles.has(plain)) roles.set(plain, arn)
  }
  roleIndexes.set(refs, roles)
  return roles
}

/** A session's ARN leaves out the role's path, so the role is found by its name. */
function roleOfSession(session: Extract<TrustedPrincipal, { is: 'session' }>, refs: Map<string, NodeRef>): string {
  const plain = `arn:${session.partition}:iam::${session.account}:role/${session.roleName}`
  return refs.has(plain) ? plain : (rolesWithoutPath(refs).get(plain) ?? plain)
}
