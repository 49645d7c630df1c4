import type { EdgeKind, Unresolved } from '../contract'
import { accountOf, parseArn } from './arn'
import type { Statement } from './policy'
import { parseAction } from './privileges'
import type { Target, TargetIndex } from './target-index'
import { matches } from './wildcards'

/** A way to become a principal: whoever may do `scopes` acts as `arn`. */
export interface Assumption {
  kind: Extract<EdgeKind, 'assumes' | 'impersonates'>
  arn: string
  isInFile: boolean
  scopes: string[]
  condition?: string
  notEvaluable?: string
}

interface Route {
  action: string
  kind: Assumption['kind']
  target: Target['kind']
  opens: (target: Target) => boolean
}

const routes: Route[] = [
  { action: 'sts:assumerole', kind: 'assumes', target: 'role', opens: (role) => role.trustsAccount !== false },
  { action: 'iam:passrole', kind: 'assumes', target: 'role', opens: (role) => role.trustsService },
  { action: 'iam:updateassumerolepolicy', kind: 'impersonates', target: 'role', opens: () => true },
  { action: 'iam:createaccesskey', kind: 'impersonates', target: 'user', opens: () => true },
  { action: 'iam:createloginprofile', kind: 'impersonates', target: 'user', opens: () => true },
  { action: 'iam:updateloginprofile', kind: 'impersonates', target: 'user', opens: () => true },
]

/** A wildcard that matches more principals than this is not drawn one by one. */
const maxTargets = 100

/**
 * The principals that a policy's Allow statements name for sts:AssumeRole, iam:PassRole or the creation of a login.
 * Wildcards are matched within the file. A bare `*` counts for sts:AssumeRole only (every role whose trust
 * policy leaves it to the account); for the others it is already the `admin` grant on the account's IAM.
 */
export function assumptionsOf(
  statements: Statement[],
  targets: TargetIndex,
): { assumptions: Assumption[]; unresolved: Unresolved[] } {
  const assumptions: Assumption[] = []
  const unresolved: Unresolved[] = []
  for (const { at, effect, actions, resources, condition, notes } of statements) {
    if (effect === 'deny' || 'exclude' in actions || resources === undefined || 'exclude' in resources) continue
    for (const route of routes) {
      const scopes = actions.include.filter((action) => names(action, route.action))
      if (scopes.length === 0) continue
      for (const pattern of resources.include) {
        if (/^\*+$/.test(pattern) && route.action !== 'sts:assumerole') continue
        const found = targets.matching(pattern).filter((target) => target.kind === route.target && route.opens(target))
        if (found.length > maxTargets) {
          const reason = `Matches ${found.length} principals of this file: too many to link one by one, the grant on the pattern stands for them`
          unresolved.push({ at, reference: pattern, reason })
        }
        for (const target of found.length > maxTargets ? [] : found) {
          const trust =
            route.action === 'sts:assumerole' && target.trustsAccount ? target.trustsAccount.condition : undefined
          assumptions.push({
            kind: route.kind,
            arn: target.arn,
            isInFile: true,
            scopes,
            condition: joined(condition, trust),
            notEvaluable: notes.length === 0 ? undefined : notes.join('; '),
          })
        }
        if (route.action === 'sts:assumerole' && isOutside(pattern, targets)) {
          const reason = 'The role that may be assumed is not in this file'
          unresolved.push({ at, reference: pattern, reason })
          const notEvaluable = [...notes, "the role's trust policy is not in this file"].join('; ')
          assumptions.push({
            kind: route.kind,
            arn: pattern,
            isInFile: false,
            scopes,
            condition,
            notEvaluable,
          })
        }
      }
    }
  }
  return { assumptions, unresolved }
}

/** Only actions whose service is written out: `*` on its own is the account's `admin` grant. */
function names(action: string, wanted: string): boolean {
  const parsed = /^\s*(sts|iam):/i.test(action) ? parseAction(action) : undefined
  return parsed !== undefined && matches(`${parsed.service}:${parsed.name}`, wanted)
}

function isOutside(pattern: string, targets: TargetIndex): boolean {
  if (/[*?$]/.test(pattern) || accountOf(pattern) === undefined) return false
  return (parseArn(pattern)?.resource.startsWith('role/') ?? false) && !targets.has(pattern)
}

function joined(policy: string | undefined, trust: string | undefined): string | undefined {
  if (trust === undefined) return policy
  return policy === undefined ? `{"trust":${trust}}` : `{"policy":${policy},"trust":${trust}}`
}
