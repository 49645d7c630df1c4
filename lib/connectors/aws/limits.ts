import { createHash } from 'node:crypto'
import type { Unresolved } from '../contract'
import { type Entry, listAt } from './account-export'
import { allowsEverything, withinBoundary } from './boundary'
import { certainDenies, lessDenied } from './denials'
import { type InlinePolicy, type ManagedPolicy, readAttachments, readInlinePolicies } from './policies'
import type { Statement } from './policy'
import { boundaryArn } from './principals'

/** What a principal's permission boundary, and the denies among its policies, do to each policy that it holds. */
export interface Limit {
  /** A boundary that takes something away. */
  boundary?: { arn: string; name: string; statements: Statement[] }
  notEvaluable?: string
  denials: Denial[]
}

/** The denies of one policy that hold whatever happens. */
interface Denial {
  /** Id of the policy. */
  policy: string
  name: string
  denies: Statement[]
}

/** A policy as one holder has it. */
export interface Cut {
  /** Goes behind the policy's id and name; empty where nothing is taken away. */
  suffix: string
  label: string
  statements: Statement[]
  attributes: Record<string, string | string[]>
}

const inlineKeys = ['UserPolicyList', 'RolePolicyList', 'GroupPolicyList']

/** The inline policies of a user, a role or a group. */
export function inlinePoliciesOf(entry: Entry): InlinePolicy[] {
  return inlineKeys.flatMap((key) => readInlinePolicies(entry, key, []))
}

/** The policies of an entry, attached and inline, by the ids that they have in the graph. */
export function policiesOf(
  entry: Entry,
  policyOf: (arn: string) => ManagedPolicy | undefined,
): { id: string; name: string; statements: Statement[] }[] {
  const attached = readAttachments(entry, []).flatMap(({ arn }) => {
    const policy = policyOf(arn)
    return policy === undefined ? [] : [{ id: arn, name: policy.name, statements: policy.statements }]
  })
  const inline = inlinePoliciesOf(entry).map(({ name, statements }) => ({
    id: `${entry.arn}#inline/${name}`,
    name,
    statements,
  }))
  return [...attached, ...inline]
}

/** What limits a user, a role or a group; `groupOf` finds the groups of a user. */
export function readLimit(
  entry: Entry,
  policyOf: (arn: string) => ManagedPolicy | undefined,
  groupOf: (name: string) => Entry | undefined,
  unresolved: Unresolved[],
): Limit {
  const groups = listAt(entry.fields, 'GroupList', entry.at, []).flatMap(({ value }) =>
    typeof value === 'string' ? (groupOf(value) ?? []) : [],
  )
  const held = [entry, ...groups].flatMap((each) =>
    policiesOf(each, policyOf).flatMap(({ id, name, statements }) => {
      const denies = certainDenies(statements)
      return denies.length === 0 ? [] : [{ policy: id, name, denies }]
    }),
  )
  // One that is held twice, by oneself and through a group, denies what it denies once.
  const denials = [...new Map(held.map((denial) => [denial.policy, denial])).values()]
  const arn = boundaryArn(entry)
  if (arn === undefined) return { denials }
  const boundary = policyOf(arn)
  if (boundary === undefined) {
    const reason = 'The policy that is the permission boundary is not in this file'
    unresolved.push({ at: `${entry.at}.PermissionsBoundary`, reference: arn, reason })
    return { notEvaluable: `permission boundary ${arn} is not in the file`, denials }
  }
  if (allowsEverything(boundary.statements)) return { denials }
  return { boundary: { arn, name: boundary.name, statements: boundary.statements }, denials }
}

/** The policy within the holder's boundary, and without what the holder's other policies deny. */
export function cutBy(limit: Limit, policy: string, statements: Statement[]): Cut {
  const { boundary, denials } = limit
  const within = boundary === undefined ? statements : withinBoundary(statements, boundary.statements)
  const others = denials.filter((denial) => denial.policy !== policy)
  const foreign = others.flatMap(({ denies }) => denies)
  const left = lessDenied(within, foreign)
  const isLess = left !== within
  return {
    ...suffixOf(limit, isLess ? others : []),
    statements: isLess ? [...left, ...foreign] : within,
  }
}

/** How a copy within a limit is called: the same for all whom the same limits. */
export function suffixOf({ boundary }: Limit, others: Denial[]): Pick<Cut, 'suffix' | 'label' | 'attributes'> {
  const policies = [...new Set(others.map(({ policy }) => policy))].toSorted()
  const less = others.length === 0 ? '' : `#less/${digestOf(others)}`
  const names = [...new Set(others.map(({ name }) => name))].toSorted().join(', ')
  return {
    suffix: `${boundary === undefined ? '' : `#within/${boundary.arn}`}${less}`,
    label: `${boundary === undefined ? '' : ` within ${boundary.name}`}${less === '' ? '' : ` less what ${names} denies`}`,
    attributes: {
      ...(boundary === undefined ? {} : { boundary: boundary.arn }),
      ...(less === '' ? {} : { lessDeniedBy: policies }),
    },
  }
}

/** Whether these denials take something of one of the policies away. */
export function doTake(denials: Denial[], policies: readonly { statements: Statement[] }[]): boolean {
  const denies = denials.flatMap((denial) => denial.denies)
  return policies.some(({ statements }) => lessDenied(statements, denies) !== statements)
}

function digestOf(denials: Denial[]): string {
  const said = denials.flatMap(({ denies }) =>
    denies.map(({ actions, resources }) => JSON.stringify([actions, resources])),
  )
  return createHash('sha256').update(JSON.stringify(said.toSorted())).digest('hex').slice(0, 16)
}
