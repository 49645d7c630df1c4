import type { NodeRef } from '../contract'
import type { KnownPrincipals } from './principal-table'
import type { RecordSet } from './record-set'
import { accountResource } from './resources'
import type { Trust, TrustedPrincipal } from './trust'

interface Scene {
  /** The role whose trust policy it is. */
  arn: string
  trust: Trust
  /** The role's own account. */
  account: string
  /** Users and roles of the file. */
  known: KnownPrincipals
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
  const { account, known, set } = scene
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
      return [namedSource(principal.arn, known, account)]
    case 'session': {
      const role = namedSource(roleOfSession(principal, known), known, account)
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
      const holder = known.byUniqueId(principal.id)
      if (holder !== undefined) return [{ from: holder, reference: principal.id }]
      const missing = 'The principal of this unique id was deleted or is not in this file'
      const from: NodeRef = { type: 'identity', externalId: principal.id, global: true }
      return [{ from, reference: principal.id, missing }]
    }
    case 'other':
      return [{ reference: principal.text, missing: 'Not a kind of principal that is known' }]
  }
}

function namedSource(arn: string, known: KnownPrincipals, account: string): Source {
  const source = known.get(arn)
  if (source !== undefined) return { from: source, reference: arn }
  const isHome = arn.includes(`::${account}:`)
  return {
    from: { type: 'identity', externalId: arn, global: true },
    reference: arn,
    missing: isHome ? 'The trusted principal is not in this file' : 'The trusted principal belongs to another account',
    notEvaluable: isHome ? undefined : elsewhere,
  }
}

/** A session's ARN leaves out the role's path, so the role is found by its name. */
function roleOfSession(session: Extract<TrustedPrincipal, { is: 'session' }>, known: KnownPrincipals): string {
  const plain = `arn:${session.partition}:iam::${session.account}:role/${session.roleName}`
  return known.get(plain) === undefined ? (known.roleWithoutPath(plain) ?? plain) : plain
}
