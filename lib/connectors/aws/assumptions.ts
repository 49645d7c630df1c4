import type { EdgeKind, Unresolved } from '../contract'
import { accountOf, parseArn } from './arn'
import { type Crowd, crowdOf } from './crowds'
import { certainDenies, isDenied } from './denials'
import { notActionNote } from './grants'
import { PackedTexts } from './packed-texts'
import type { Statement } from './policy'
import type { PrincipalTable, Target } from './principal-table'
import { kept, parseAction } from './privileges'
import type { TargetIndex } from './target-index'
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
  opens: (table: PrincipalTable, number: number) => boolean
}

const routes: Route[] = [
  { action: 'sts:AssumeRole', kind: 'assumes', target: 'role', opens: (table, role) => table.trustsAccount(role) },
  { action: 'iam:PassRole', kind: 'assumes', target: 'role', opens: (table, role) => table.trustsService(role) },
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
      for (const { route, scopes } of openedBy(statement, pattern, denies)) {
        const { crowd: to, few } = ledTo({ route, pattern }, targets)
        if (to !== undefined) assumptions.push({ kind: to.kind, to, scopes, condition, notEvaluable })
        if (route === 'everyone') continue
        const { kind } = route
        for (const target of few) {
          if (isDenied(denies, route.action, target.arn)) continue
          const limits = joined(condition, route.action === 'sts:AssumeRole' ? trustOf(target) : undefined)
          assumptions.push({ kind, to: { arn: target.arn, isInFile: true }, scopes, condition: limits, notEvaluable })
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

/** What a policy opens on what it names: one of the routes, or everyone, for whom it raises its holder's own rights. */
export interface Way {
  route: Route | 'everyone'
  pattern: string
}

/** Ways by number, each once, packed: every statement of an account may name a pattern of its own. */
export class WayTable {
  readonly #texts = new PackedTexts()

  add({ route, pattern }: Way): number {
    return this.#texts.add(`${route === 'everyone' ? route : route.action}\n${pattern}`)
  }

  *those(numbers: Iterable<number>): Generator<Way> {
    for (const number of numbers) {
      const text = this.#texts.at(number)
      const end = text.indexOf('\n')
      const name = text.slice(0, end)
      const route = name === 'everyone' ? name : routes.find(({ action }) => action === name)
      if (route !== undefined) yield { route, pattern: text.slice(end + 1) }
    }
  }

  *[Symbol.iterator](): Generator<Way> {
    for (let number = 0; number < this.#texts.size; number++) yield* this.those([number])
  }
}

/** The ways of a policy that may lead to a crowd: to whom depends on who is in the file. */
export function wideWaysOf(statements: readonly Statement[]): Way[] {
  const denies = certainDenies(statements)
  return statements.flatMap((statement) => {
    const { effect, resources } = statement
    if (effect === 'deny' || resources === undefined || 'exclude' in resources) return []
    const wide = resources.include.filter((pattern) => /[*?]/.test(pattern))
    return wide.flatMap((pattern) => openedBy(statement, pattern, denies).map(({ route }) => ({ route, pattern })))
  })
}

function openedBy(
  statement: Statement,
  pattern: string,
  denies: readonly Statement[],
): { route: Way['route']; scopes: string[] }[] {
  const mayDo = (action: string) => (isDenied(denies, action, pattern) ? [] : scopesFor(statement, action))
  const raised = isEverything(pattern) ? [...new Set(raising.flatMap(mayDo))] : []
  if (raised.length > 0) return [{ route: 'everyone', scopes: raised }]
  return routes.flatMap((route) => {
    const scopes = mayDo(route.action)
    return scopes.length === 0 ? [] : [{ route, scopes }]
  })
}

/** The crowd that a way leads to, where it leads to one, or else the few principals. */
export function ledTo({ route, pattern }: Way, targets: TargetIndex): { crowd?: Crowd; few: Iterable<Target> } {
  if (route === 'everyone') return { crowd: crowdOf('everyone', targets), few: [] }
  const found = targets.fitting(
    pattern,
    route.action,
    (table, number) => table.kind(number) === route.target && route.opens(table, number),
  )
  const isAll = isEverything(pattern) && route.action !== 'sts:AssumeRole'
  if (found.length === 0 || !(isAll || found.length > mostTargets)) return { few: found }
  return { crowd: crowdOf(route.action, targets, pattern, found), few: [] }
}

const isEverything = (pattern: string) => /^\*+$/.test(pattern)

/** The actions of a statement that let its holder do this one, as they are written; the action itself where NotAction leaves it. */
function scopesFor({ actions }: Statement, wanted: string): string[] {
  const action = wanted.toLowerCase()
  if ('exclude' in actions) return actions.exclude.some((name) => covers(name.toLowerCase(), action)) ? [] : [wanted]
  return actions.include.filter((name) => opening(name).includes(action))
}

const leading = [...routes.map((route) => route.action), ...raising].map((action) => action.toLowerCase())

/** Those of the actions that lead to others which an action, as it is written, holds. */
const opening = kept((name) => {
  const parsed = parseAction(name)
  return parsed === undefined ? [] : leading.filter((action) => matches(`${parsed.service}:${parsed.name}`, action))
})

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
