import type { RoleRecord } from '../contract'
import { isObject, textOf } from './account-export'
import { allowsEverything } from './boundary'
import { grantsOf } from './grants'
import { attributes } from './policies'
import { canonicalJson, decodePolicy, readPolicy, type Statement } from './policy'
import type { RecordSet } from './record-set'

type Fields = Record<string, unknown>

/** The id by which an organization's policy is known: its ARN, else its short id. */
export function policyIdOf(fields: Fields): string | undefined {
  return textOf(fields, 'Arn') ?? textOf(fields, 'Id')
}

/** The summary of a policy, which `describe-policy` keeps apart from its text. */
function summaryOf(fields: Fields): Fields {
  return isObject(fields.PolicySummary) ? fields.PolicySummary : fields
}

/**
 * Adds a policy of an organization; its id, or `undefined` when it has none. What it denies is drawn, as `deny` edges to the
 * organization; what it allows grants nothing by itself, so it is told as attributes.
 */
export function addControlPolicy(fields: Fields, at: string, organization: string, set: RecordSet): string | undefined {
  const summary = summaryOf(fields)
  const externalId = policyIdOf(summary)
  if (externalId === undefined) return undefined
  const type = textOf(summary, 'Type') ?? 'SERVICE_CONTROL_POLICY'
  const { Content: content } = fields
  const isControl = type === 'SERVICE_CONTROL_POLICY' || type === 'RESOURCE_CONTROL_POLICY'
  const outcome = content === undefined || !isControl ? undefined : readPolicy(content, `${at}.Content`)
  const record: RoleRecord = {
    type: 'role',
    externalId,
    kind: type.toLowerCase(),
    name: textOf(summary, 'Name') ?? externalId,
    description: textOf(summary, 'Description'),
    attributes: attributes<string | boolean | string[]>({
      id: textOf(summary, 'Id'),
      awsManaged: typeof summary.AwsManaged === 'boolean' ? summary.AwsManaged : undefined,
      textNotInFile: content === undefined ? true : undefined,
      allowsEverything: outcome === undefined ? undefined : allowsEverything(outcome.statements),
      allows: outcome === undefined ? undefined : allowed(outcome.statements),
      statements: outcome === undefined ? undefined : texts(content),
    }),
  }
  if (!set.addNode(record) || outcome === undefined) return externalId
  set.refused.push(...outcome.refused)
  const { grants, refused } = grantsOf(
    outcome.statements.filter(({ effect }) => effect === 'deny'),
    organization,
  )
  set.refused.push(...refused)
  for (const { resource, ...grant } of grants) {
    set.addNode(resource)
    const to = { type: 'resource', externalId: resource.externalId } as const
    set.addEdge({ kind: 'grants', from: { type: 'role', externalId }, to, ...grant, basis: 'entitlement' })
  }
  return externalId
}

/** The statements as they are written, one text each, to be read again when the account's own policies are known. */
function texts(content: unknown): string[] | undefined {
  const value = decodePolicy(content)
  if (!isObject(value)) return undefined
  const list = Array.isArray(value.Statement) ? value.Statement : [value.Statement]
  return list.slice(0, 200).map((statement: unknown) => canonicalJson(isObject(statement) ? elementsOf(statement) : {}))
}

const elements = /^(?:Sid|Effect|(?:Not)?(?:Action|Resource|Principal)|Condition)$/

/** What the policy language knows; anything else in a statement means nothing, and may be anything. */
function elementsOf(statement: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(statement).filter(([name]) => elements.test(name)))
}

function allowed(statements: Statement[]): string[] {
  const names = statements.flatMap(({ effect, actions }) => {
    if (effect === 'deny') return []
    return 'include' in actions ? actions.include : [`everything except ${actions.exclude.join(', ')}`]
  })
  return [...new Set(names)].slice(0, 200)
}
