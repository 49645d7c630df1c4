import type { Caller, FakeAccount, FakeKey } from './aws-account'
import { AwsFault } from './aws-query'

interface Asked {
  account: FakeAccount
  caller: Caller
  parameters: URLSearchParams
}

/** Things in one page of an answer, at most: so few that there are several. */
const mostInPage = 40

const told = ({ id, user, isActive, createdAt }: FakeKey) => ({
  ...{ UserName: user, AccessKeyId: id, Status: isActive ? 'Active' : 'Inactive', CreateDate: createdAt.toISOString() },
})

/** A parameter that must be there. */
function word({ parameters }: Asked, name: string): string {
  const value = parameters.get(name)
  if (value === null || value === '') throw new AwsFault(400, 'ValidationError', `${name} is missing`)
  return value
}

const members = (parameters: URLSearchParams, name: string) =>
  [...parameters].flatMap(([key, value]) => (key.startsWith(`${name}.member.`) ? [value] : []))

/** So many of a list as fit into a page, after the marker of the one before. */
function paged<T>(items: T[], { parameters }: Asked): { page: T[]; rest: { IsTruncated: boolean; Marker?: string } } {
  const from = Number(parameters.get('Marker') ?? 0)
  const until = from + Math.min(mostInPage, Number(parameters.get('MaxItems') ?? mostInPage))
  const isTruncated = until < items.length
  return {
    page: items.slice(from, until),
    rest: { IsTruncated: isTruncated, ...(isTruncated ? { Marker: String(until) } : {}) },
  }
}

/** Refuses in the words of AWS. */
function demand({ account, caller }: Asked, action: string, resource: string): void {
  const decision = account.decide(caller, `iam:${action}`, resource)
  if (decision === 'allowed') return
  const why =
    decision === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the iam:${action} action`
  throw new AwsFault(
    403,
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: iam:${action} on resource: ${resource} ${why}`,
  )
}

/** The user that is asked about, once the caller may ask. */
function user(asked: Asked, action: string): string {
  const name = word(asked, 'UserName')
  const known = asked.account.details.UserDetailList.find(({ UserName }) => UserName === name)
  demand(asked, action, String(known?.Arn ?? `arn:aws:iam::${asked.account.id}:user/${name}`))
  asked.account.user(name)
  return name
}

export const iamActions: Record<string, (asked: Asked) => object | undefined> = {
  GetAccountAuthorizationDetails: (asked) => {
    demand(asked, 'GetAccountAuthorizationDetails', '*')
    const { details } = asked.account
    const kinds = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const
    const all = kinds.flatMap((kind) => details[kind].map((fields) => ({ kind, fields })))
    const { page, rest } = paged(all, asked)
    const lists = kinds.map((kind) => [kind, page.flatMap((one) => (one.kind === kind ? [one.fields] : []))])
    return { ...Object.fromEntries(lists), ...rest }
  },
  ListAccessKeys: (asked) => ({
    AccessKeyMetadata: asked.account.keysOf(user(asked, 'ListAccessKeys')).map(told),
    IsTruncated: false,
  }),
  GetAccessKeyLastUsed: (asked) => {
    const key = asked.account.keys.get(word(asked, 'AccessKeyId'))
    if (key === undefined) throw new AwsFault(403, 'AccessDenied', 'The key is of no user that the caller may see')
    demand(asked, 'GetAccessKeyLastUsed', String(asked.account.user(key.user).Arn))
    const used = { LastUsedDate: key.lastUsedAt?.toISOString(), ServiceName: 'sts', Region: 'us-east-1' }
    // As recorded for a key without use: no date, and N/A in the place of words.
    const never = { ServiceName: 'N/A', Region: 'N/A' }
    return { UserName: key.user, AccessKeyLastUsed: key.lastUsedAt === undefined ? never : used }
  },
  CreateAccessKey: (asked) => {
    const key = asked.account.addKey(user(asked, 'CreateAccessKey'))
    return { AccessKey: { ...told(key), SecretAccessKey: key.secret } }
  },
  UpdateAccessKey: (asked) => {
    const key = asked.account.keyOf(user(asked, 'UpdateAccessKey'), word(asked, 'AccessKeyId'))
    asked.account.setActive(key, word(asked, 'Status') === 'Active')
    return undefined
  },
  DeleteAccessKey: (asked) => {
    const key = asked.account.keyOf(user(asked, 'DeleteAccessKey'), word(asked, 'AccessKeyId'))
    asked.account.keys.delete(key.id)
    return undefined
  },
  GetUserPolicy: (asked) => {
    const [name, policy] = [user(asked, 'GetUserPolicy'), word(asked, 'PolicyName')]
    const found = asked.account.policiesOf(name).find(({ PolicyName }) => PolicyName === policy)
    if (found === undefined)
      throw new AwsFault(404, 'NoSuchEntity', `The user policy with name ${policy} cannot be found.`)
    return { UserName: name, ...found }
  },
  PutUserPolicy: (asked) => {
    asked.account.putPolicy(user(asked, 'PutUserPolicy'), word(asked, 'PolicyName'), word(asked, 'PolicyDocument'))
    return undefined
  },
  DeleteUserPolicy: (asked) => {
    asked.account.deletePolicy(user(asked, 'DeleteUserPolicy'), word(asked, 'PolicyName'))
    return undefined
  },
  SimulatePrincipalPolicy: (asked) => {
    const source = word(asked, 'PolicySourceArn')
    demand(asked, 'SimulatePrincipalPolicy', source)
    const holder = asked.account.details.UserDetailList.find(({ Arn }) => Arn === source)
    const results = members(asked.parameters, 'ActionNames').flatMap((action) =>
      members(asked.parameters, 'ResourceArns').map((resource) => ({
        ...{ EvalActionName: action, EvalResourceName: resource },
        EvalDecision: asked.account.decide({ user: String(holder?.UserName), arn: source }, action, resource),
      })),
    )
    const { page, rest } = paged(results, asked)
    return { EvaluationResults: page, ...rest }
  },
}
