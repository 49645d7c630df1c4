import type { LargeFormat } from './large-format'

const account = 'arn:aws:iam::123456789012:'
const policyOf = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements })
const allow = (actions: string | string[], resources: string | string[]) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
})
const deny = (actions: string[], resources: string) => ({ Effect: 'Deny', Action: actions, Resource: resources })
const managed = (name: string, document: object, versions: object[] = []) => ({
  ...{ PolicyName: name, PolicyId: `ANPA${name}`, Arn: `${account}policy/${name}`, Path: '/', DefaultVersionId: 'v1' },
  PolicyVersionList: [{ Document: document, VersionId: 'v1', IsDefaultVersion: true }, ...versions],
})
const attached = (...arns: string[]) => ({
  AttachedManagedPolicies: arns.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })),
})
/** One of twenty. */
const within = (number: number) => ({
  PermissionsBoundary: {
    PermissionsBoundaryType: 'Policy',
    PermissionsBoundaryArn: `${account}policy/edge-${number % 20}`,
  },
})
const created = { CreateDate: '2024-01-01T00:00:00+00:00' }

function user(number: number, copy: number) {
  const name = `user-${number}`
  const team = `${account}role/team-${number % 5000}-*`
  return {
    ...{ Path: '/', UserName: name, UserId: `AIDA${String(number).padStart(17, '0')}`, Arn: `${account}user/${name}` },
    ...{
      ...created,
      ...attached(`${account}policy/own-${copy}`),
      GroupList: number % 2 ? [`group-${number % 50}`] : [],
    },
    UserPolicyList: [
      {
        PolicyName: 'own',
        PolicyDocument: policyOf(
          allow(['iam:PassRole', 's3:GetObject'], team),
          allow(number % 4 ? 's3:*' : 'iam:CreateAccessKey', '*'),
        ),
      },
    ],
    ...(number % 2 ? {} : within(number)),
  }
}

function trusted(number: number): object {
  if (number % 4 === 0) return { Service: 'ec2.amazonaws.com' }
  if (number % 4 === 1) return { AWS: `${account}root` }
  return { AWS: number % 4 === 2 ? `${account}user/user-${number}` : `AIDA${String(number).padStart(17, '0')}` }
}

function role(number: number, copy: number) {
  const name = `team-${number % 5000}-role-${number}`
  const denied = number % 7 === 0 ? [deny(['s3:DeleteBucket'], '*')] : []
  return {
    ...{ Path: '/', RoleName: name, RoleId: `AROA${String(number).padStart(17, '0')}`, Arn: `${account}role/${name}` },
    AssumeRolePolicyDocument: policyOf({ Effect: 'Allow', Principal: trusted(number), Action: 'sts:AssumeRole' }),
    ...{ ...created, InstanceProfileList: [] },
    RolePolicyList: [
      {
        PolicyName: 'own',
        PolicyDocument: policyOf(
          allow(['s3:*', 'sts:AssumeRole'], [`arn:aws:s3:::bucket-${number}/*`, `${account}role/svc/*`]),
          ...denied,
        ),
      },
    ],
    // Far from where the policy is defined, and held with others' boundaries too.
    ...attached(`${account}policy/own-${copy >> 1}`, 'arn:aws:iam::aws:policy/ReadOnlyAccess'),
    ...(number % 3 ? within(number) : {}),
  }
}

function policy(copy: number) {
  const team = `${account}role/team-${copy % 5000}-*`
  const statements = Array.from('abcdefgh', (letter) =>
    allow(
      [`s3:Get${letter}*`, 'ec2:Describe*', 'kms:Decrypt', 'iam:PassRole'],
      [`arn:aws:s3:::${letter}${copy}/*`, team],
    ),
  )
  const denied = copy % 13 === 0 ? [deny(['s3:PutObject'], '*')] : []
  const former = { Document: policyOf(allow('*', '*')), VersionId: 'v0', IsDefaultVersion: false }
  return managed(`own-${copy}`, policyOf(...statements, ...denied), [former])
}

const edge = (number: number) =>
  managed(`edge-${number}`, policyOf(allow(['s3:*', 'ec2:*', 'iam:PassRole', 'iam:CreateAccessKey', 'sts:*'], '*')))

const group = (number: number) => ({
  ...{ Path: '/', GroupName: `group-${number}`, GroupId: `AGPA${number}`, Arn: `${account}group/group-${number}` },
  ...attached(`${account}policy/own-${number}`),
  GroupPolicyList: [
    {
      PolicyName: 'queues',
      PolicyDocument: policyOf(allow('sqs:*', `arn:aws:sqs:*:123456789012:queue-${number}-*`)),
    },
  ],
})

const each = [0, 1, 2] as const
const text = (value: object) => JSON.stringify(value)
const listed = (key: string, isFirst = false) => ({ before: `${isFirst ? '{' : '],'}"${key}":[`, between: ',' })

/** An account in which every second user and two of three roles are held within one of twenty boundaries. */
export const awsBoundaries: LargeFormat = {
  name: 'aws-permission-boundaries',
  extension: 'json',
  make: () => ({
    lists: [
      {
        ...listed('UserDetailList', true),
        entries: each.map((part) => (copy: number) => text(user(3 * copy + part, copy))),
      },
      {
        ...listed('GroupDetailList'),
        entries: [(copy: number) => (copy < 50 ? text(group(copy)) : undefined)],
      },
      {
        ...listed('RoleDetailList'),
        entries: each.map((part) => (copy: number) => text(role(3 * copy + part, copy))),
      },
      {
        ...listed('Policies'),
        entries: [(copy: number) => text(policy(copy)), (copy: number) => (copy < 20 ? text(edge(copy)) : undefined)],
      },
    ],
    after: ']}',
  }),
}
