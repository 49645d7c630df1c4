import type { MapContext, NormalisedRecord, ParsedFile, Refusal, Unresolved } from '../contract'
import { isObject } from './account-export'
import { type AccountSurvey, takeSurvey } from './account-survey'
import { authorizationDetails } from './authorization-details'
import type { AccessKey, KeyUse } from './client'
import { addCredentials } from './listing-credentials'
import { createRecordSet } from './record-set'

type Details = Record<string, unknown>[]

/** The inline policy that stands for a disabled user. */
export const disabledPolicy = 'BailiwickDisabled'

export interface Mapped {
  records: NormalisedRecord[]
  refused: Refusal[]
  unresolved: Unresolved[]
}

/** A user of the account, as `GetAccountAuthorizationDetails` tells of it. */
export interface AwsUser {
  arn: string
  name: string
  fields: Record<string, unknown>
}

/** A user's access keys; `use` absent = not told. */
export interface UserKeys {
  user: AwsUser
  keys: { key: AccessKey; use?: KeyUse }[]
}

const fileOf = (value: unknown): ParsedFile => ({ kind: 'json', name: 'answers', value })

/** What the parts of the account must know of one another, as for a file that is read in pieces. */
export function surveyOf(details: Details): AccountSurvey {
  return takeSurvey(fileOf(details), takeSurvey(fileOf(details), undefined, 1), 2)
}

/** Users by ARN. */
export function usersIn(details: Details): AwsUser[] {
  const users = details.flatMap(({ UserDetailList }) => (Array.isArray(UserDetailList) ? UserDetailList : []))
  return users
    .flatMap((fields: unknown) =>
      isObject(fields) && typeof fields.Arn === 'string' && typeof fields.UserName === 'string'
        ? [{ arn: fields.Arn, name: fields.UserName, fields }]
        : [],
    )
    .sort((a, b) => (a.arn < b.arn ? -1 : 1))
}

/** Roles, groups and policies: all that is no user. The map is that of the file of the same answer. */
export function mapShared(details: Details, survey: AccountSurvey, context: MapContext): Mapped {
  return mapPiece(
    details.map((page) => ({ ...page, UserDetailList: [] })),
    survey,
    context,
  )
}

/** Users with what they hold, and their access keys. */
export function mapUsers(users: readonly UserKeys[], survey: AccountSurvey, context: MapContext): Mapped {
  const page = {
    UserDetailList: users.map(({ user }) => user.fields),
    RoleDetailList: [],
    GroupDetailList: [],
    Policies: [],
  }
  const mapped = mapPiece([page], survey, context)
  const disabled = new Set(users.flatMap(({ user }) => (isDisabled(user) ? [user.arn] : [])))
  const records = mapped.records.map((record): NormalisedRecord => {
    return record.type === 'identity' && disabled.has(record.externalId) ? { ...record, status: 'disabled' } : record
  })
  return { ...mapped, records: [...records, ...keyRecords(users, survey, context)] }
}

function mapPiece(value: unknown, survey: AccountSurvey, context: MapContext): Mapped {
  const result = authorizationDetails.map(fileOf(value), { ...context, isPiece: true, survey })
  return (Array.isArray(result) ? result : [result]).reduce<Mapped>(
    (all, { records, refused, unresolved }) => ({
      records: [...all.records, ...records],
      refused: [...all.refused, ...refused],
      unresolved: [...all.unresolved, ...unresolved],
    }),
    { records: [], refused: [], unresolved: [] },
  )
}

export function isDisabled({ fields: { UserPolicyList: policies } }: AwsUser): boolean {
  return Array.isArray(policies) && policies.some((policy) => isObject(policy) && policy.PolicyName === disabledPolicy)
}

function keyRecords(users: readonly UserKeys[], survey: AccountSurvey, context: MapContext): NormalisedRecord[] {
  const set = createRecordSet()
  const known = users.flatMap(({ user }) => {
    const ref = survey.principals.get(user.arn)
    return ref === undefined ? [] : [{ user, ref }]
  })
  const scene = {
    set,
    context,
    account: survey.account ?? 'unknown',
    refs: new Map(known.map(({ user, ref }) => [user.arn, ref])),
    users: new Map(known.map(({ user, ref }) => [user.name, ref])),
    trusts: new Map(),
  }
  const found = users.flatMap(({ user, keys }) =>
    keys.map(({ key, use }) => ({
      ...{ kind: 'accessKey' as const, at: user.arn, under: undefined },
      fields: {
        ...{ AccessKeyId: key.id, UserName: user.name, Status: key.isActive ? 'Active' : 'Inactive' },
        ...(key.createdAt === undefined ? {} : { CreateDate: key.createdAt }),
        ...(use === undefined
          ? {}
          : { LastUsedDate: use.at, LastUsedService: use.service, LastUsedRegion: use.region }),
      },
    })),
  )
  addCredentials(found, scene)
  return set.records()
}
