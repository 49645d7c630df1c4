import type { EdgeKind, Unresolved } from '../contract'
import { accountOf, parseArn } from './arn'
import { type Crowd, crowdOf } from './crowds'
import { certainDenies, isDenied } from './denials'
import { notActionNote } from './grants'
import type { Statement } from './policy'
import { parseAction } from './privileges'
import type { Target, TargetIndex } from './target-index'
import { covers, matches } from './wildcards'

/** A way to become a principal, or any of a crowd of them: whoever may do `scopes` acts as it. */
export interface Assumption {
  kind: Extract<EdgeKind, 'assumes' | 'impersonates'>
  to: { arn: string; isInFile: boolean } | Crowd
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
  { action: 'sts:AssumeRole', kind: 'assumes', target: 'role', opens: (role) => role.trustsAccount !== false },
  { action: 'iam:PassRole', kind: 'assumes', target: 'role', opens: (role) => role.trustsService },
  { action: 'iam:UpdateAssumeRolePolicy', kind: 'impersonates', target: 'role', opens: () => true },
  { action: 'iam:CreateAccessKey', kind: 'impersonates', target: 'user', opens: () => true },
  { action: 'iam:CreateLoginProfile', kind: 'impersonates', target: 'user', opens: () => true },
  { action: 'iam:UpdateLoginProfile', kind: 'impersonates', target: 'user', opens: () => true },
]

/** Whoever may do one of these to all of IAM gives itself every right, and with it every user and role. */
const raising = [
  'iam:AddUserToGroup',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreatePolicyVersion',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:SetDefaultPolicyVersion',
]

/** More principals than this are not drawn one by one for each policy, but once for all that lead there. */
const mostTargets = 100

/**
 * The principals that a policy's Allow statements lead to by sts:AssumeRole, iam:PassRole, the creation of a login or by
 * raising their own rights. Wildcards are matched within the file. What an unconditional Deny among the statements takes away
 * leads nowhere.
 */
export function assumptionsOf(
  statements: readonly Statement[],
  targets: TargetIndex,
): { assumptions: Assumption[]; unresolved: Unresolved[] } {
  const assumptions: Assumption[] = []
  const unresolved: Unresolved[] = []
  const denies = certainDenies(statements)
  for (const statement of statements) {
    const { at, effect, resources, condition, notes } = statement
    if (effect === 'deny' || resources === undefined || 'exclude' in resources) continue
    const notEvaluable = noteOf(statement)
    for (const pattern of resources.include) {
      const mayDo = (action: string) => (isDenied(denies, action, pattern) ? [] : scopesFor(statement, action))
      if (isEverything(pattern)) {
        const raised = [...new Set(raising.flatMap(mayDo))]
        if (raised.length > 0) {
          const to = crowdOf('everyone', targets)
          assumptions.push({ kind: 'impersonates', to, scopes: raised, condition, notEvaluable })
          continue
        }
      }
      for (const route of routes) {
        const scopes = mayDo(route.action)
        if (scopes.length === 0) continue
        const { kind } = route
        const opened = (target: Target) => target.kind === route.target && route.opens(target)
        const found = targets.matching(pattern).filter(opened)
        const isCrowd = isEverything(pattern) && route.action !== 'sts:AssumeRole'
        if (isCrowd || found.length > mostTargets) {
          const to = crowdOf(route.action, targets, pattern, found)
          if (found.length > 0) assumptions.push({ kind, to, scopes, condition, notEvaluable })
        } else {
          for (const target of found.filter(({ arn }) => !isDenied(denies, route.action, arn))) {
            const to = { arn: target.arn, isInFile: true }
            const limits = joined(condition, route.action === 'sts:AssumeRole' ? trustOf(target) : undefined)
            assumptions.push({ kind, to, scopes, condition: limits, notEvaluable })
          }
        }
        if (route.action === 'sts:AssumeRole' && isOutside(pattern, targets)) {
          const reason = 'The role that may be assumed is not in this file'
          unresolved.push({ at, reference: pattern, reason })
          const missing = [...notes, "the role's trust policy is not in this file"].join('; ')
          const to = { arn: pattern, isInFile: false }
          assumptions.push({ kind, to, scopes, condition, notEvaluable: missing })
        }
      }
    }
  }
  return { assumptions, unresolved }
}

const isEverything = (pattern: string) => /^\*+$/.test(pattern)

/** The actions of a statement that let its holder do this one, as they are written; the action itself where NotAction leaves it. */
function scopesFor({ actions }: Statement, wanted: string): string[] {
  const action = wanted.toLowerCase()
  if ('exclude' in actions) return actions.exclude.some((name) => covers(name.toLowerCase(), action)) ? [] : [wanted]
  return actions.include.filter((name) => {
    const parsed = parseAction(name)
    return parsed !== undefined && matches(`${parsed.service}:${parsed.name}`, action)
  })
}

function noteOf({ actions, notes }: Statement): string | undefined {
  const all = 'exclude' in actions ? [...notes, notActionNote(actions.exclude)] : notes
  return all.length === 0 ? undefined : all.join('; ')
}

const trustOf = ({ trustsAccount }: Target) => (trustsAccount ? trustsAccount.condition : undefined)

function isOutside(pattern: string, targets: TargetIndex): boolean {
  if (/[*?$]/.test(pattern) || accountOf(pattern) === undefined) return false
  return (parseArn(pattern)?.resource.startsWith('role/') ?? false) && !targets.has(pattern)
}

function joined(policy: string | undefined, trust: string | undefined): string | undefined {
  if (trust === undefined) return policy
  return policy === undefined ? `{"trust":${trust}}` : `{"policy":${policy},"trust":${trust}}`
}
