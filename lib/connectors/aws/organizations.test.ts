import { describe, expect, it } from 'vitest'
import type { MapResult } from '../contract'
import { allow, attached, inline, managed, mapped, policy, role, user } from './fixtures/build-export'
import { answer, arrows, mapOne, ofType, tally } from './fixtures/read-answers'
import { joinAws } from './join'

const id = 'aws-organizations'
const tree = mapOne(id, answer(id, 'iamspy-scp-deny-lambda.json'))

describe('organization', () => {
  it('reads the tree with its policies', () => {
    expect(tree.instance).toBe('o-abcdefghij')
    expect(tally(tree)).toEqual([0, 0, 0, 2, 4, 7, 0, 0, 0])
    expect(arrows(tree)).toContain('service_control_policy/p-ab12cd34 grants lambda/*')
    expect(ofType(tree, 'resource').find(({ externalId }) => externalId === 'aws:023456789012')).toMatchObject({
      kind: 'account',
      attributes: { managementAccount: true, state: 'ACTIVE', joinedAt: '2020-01-01T00:00:00.000Z' },
    })
    expect(ofType(tree, 'role')).toMatchObject([
      {
        name: 'FullAWSAccess',
        kind: 'service_control_policy',
        attributes: { awsManaged: true, allowsEverything: true },
      },
      { name: 'block lambda', attributes: { allowsEverything: false } },
    ])
  })

  it('reads the answers of the command line', () => {
    const arn = (rest: string) => `arn:aws:organizations::111111111111:${rest}`
    const result = mapOne(id, [
      {
        Organization: {
          Id: 'o-exampleorgid',
          Arn: arn('organization/o-exampleorgid'),
          FeatureSet: 'ALL',
          MasterAccountId: '111111111111',
        },
      },
      { Roots: [{ Id: 'r-abcd', Arn: arn('root/o-exampleorgid/r-abcd'), Name: 'Root', PolicyTypes: [] }] },
      {
        OrganizationalUnits: [{ Id: 'ou-abcd-11111111', Arn: arn('ou/o-exampleorgid/ou-abcd-11111111'), Name: 'prod' }],
      },
      {
        Accounts: [
          { Id: '222222222222', Arn: arn('account/o-exampleorgid/222222222222'), Name: 'b', Status: 'SUSPENDED' },
        ],
      },
      {
        Policies: [
          {
            Id: 'p-1',
            Arn: arn('policy/o-exampleorgid/service_control_policy/p-1'),
            Name: 'x',
            Type: 'SERVICE_CONTROL_POLICY',
            AwsManaged: false,
          },
        ],
      },
      {
        Policy: {
          PolicySummary: {
            Id: 'p-2',
            Arn: 'arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-2',
            Name: 'y',
            Type: 'SERVICE_CONTROL_POLICY',
          },
          Content: JSON.stringify(policy({ ...allow('s3:*', '*'), Effect: 'Deny' })),
        },
      },
      {
        Targets: [
          { TargetId: '222222222222', Arn: arn('account/o-exampleorgid/222222222222'), Name: 'b', Type: 'ACCOUNT' },
        ],
      },
    ])
    expect(result.instance).toBe('o-exampleorgid')
    expect(ofType(result, 'resource').map(({ kind }) => kind)).toEqual([
      'organization',
      'organization_root',
      'organizational_unit',
      'account',
      'bucket',
    ])
    expect(ofType(result, 'role')).toMatchObject([
      { attributes: { textNotInFile: true } },
      { attributes: { allowsEverything: false } },
    ])
    expect(result.unresolved).toMatchObject([{ reference: '222222222222' }])
  })
})

describe('effective scopes', () => {
  const grants = ([, account]: MapResult[], ...names: string[]) =>
    ofType(account ?? tree, 'entitlement').filter(
      ({ kind, from }) => kind === 'grants' && names.some((name) => from.externalId.endsWith(name)),
    )

  it('takes away what a service control policy denies, and keeps what it cannot evaluate', () => {
    const account = mapped({
      UserDetailList: [
        user('a', inline(allow(['lambda:InvokeFunction', 's3:GetObject', 'lambda:List*'], '*'))),
        user('b', inline(allow('*', '*'))),
      ],
    })
    const joined = joinAws([tree, account])
    expect(grants(joined, 'user/a#inline/p')).toMatchObject([{ scopes: ['s3:GetObject'] }])
    expect(grants(joined, 'user/b#inline/p')).toMatchObject([
      { scopes: ['*'], notEvaluable: 'denied in part by the service control policies FullAWSAccess, block lambda' },
    ])
    expect(
      ofType(joined[1] ?? tree, 'resource').find(({ externalId }) => externalId === 'aws:123456789012')?.attributes,
    ).toMatchObject({
      serviceControlPolicies: ['FullAWSAccess', 'block lambda'],
      scopesTakenAway: 2,
    })
  })

  it('spares service-linked roles and the management account', () => {
    const linked = 'arn:aws:iam::aws:policy/aws-service-role/L'
    const account = mapped({
      RoleDetailList: [role('AWSServiceRoleForLambda', attached(linked))],
      Policies: [managed('L', policy(allow('lambda:*', '*')), { Arn: linked })],
    })
    expect(grants(joinAws([tree, account]), linked)).toHaveLength(1)
    const management = { ...account, instance: '023456789012' }
    expect(joinAws([tree, management])[1]).toEqual(management)
  })

  it('keeps what every level allows, with conditions and exceptions as notes', () => {
    const level = (Id: string, ...Statement: unknown[]) => ({
      Id,
      Arn: `arn:aws:organizations::111111111111:policy/o-abcdefghij/service_control_policy/${Id}`,
      Name: Id,
      Type: 'SERVICE_CONTROL_POLICY',
      Content: { Statement },
    })
    const organization = mapOne(id, {
      Id: 'r-abcd',
      Arn: 'arn:aws:organizations::111111111111:root/o-abcdefghij/r-abcd',
      Policies: [level('p-allow', allow(['s3:*', 'sqs:*'], '*'))],
      Children: [
        {
          Id: '123456789012',
          Arn: 'arn:aws:organizations::111111111111:account/o-abcdefghij/123456789012',
          Policies: [
            level('p-regions', {
              ...allow('s3:PutObject', '*'),
              Effect: 'Deny',
              Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
            }),
            level('p-all', allow('*', '*')),
            level('p-not', { Effect: 'Deny', NotAction: ['s3:*', 'iam:*'], Resource: '*' }),
          ],
        },
      ],
    })
    const account = mapped({
      UserDetailList: [
        user('a', inline(allow(['s3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'ec2:RunInstances'], '*'))),
      ],
    })
    expect(
      grants(joinAws([organization, account]), '#inline/p').map(({ scopes, notEvaluable }) => [scopes, notEvaluable]),
    ).toEqual([
      [
        ['s3:GetObject', 's3:PutObject'],
        'denied under a condition by the service control policies p-regions, p-all, p-not',
      ],
    ])
  })

  it('gives credentials of a listing the user that another file defines', () => {
    const listing = mapOne(
      'aws-iam-listings',
      { AccessKeyMetadata: [{ UserName: 'a', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Active' }] },
      '123456789012',
    )
    const account = mapped({
      UserDetailList: [user('a', { Arn: 'arn:aws:iam::123456789012:user/bots/a', Path: '/bots/' })],
    })
    const [first] = joinAws([listing, account])
    expect(ofType(first ?? tree, 'credential')[0]?.subject).toEqual({
      type: 'identity',
      externalId: 'arn:aws:iam::123456789012:user/bots/a',
    })
    expect(first?.unresolved).toEqual([])
  })
})

it('a policy that comes alone tells by its ARN to which organization it belongs', () => {
  const PolicySummary = {
    Id: 'p-2',
    Arn: 'arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-2',
    Name: 'y',
    Type: 'SERVICE_CONTROL_POLICY',
  }
  const result = mapOne(id, { Policy: { PolicySummary, Content: JSON.stringify(policy(allow('*', '*'))) } })
  expect(result.instance).toBe('o-exampleorgid')
})
