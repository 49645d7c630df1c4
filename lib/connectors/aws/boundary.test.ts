import { describe, expect, it } from 'vitest'
import { allow, arn, attached, edges, inline, managed, mapped, policy, user } from './fixtures/build-export'

describe('permission boundaries', () => {
  const bounded = (boundary: unknown, held: unknown, more: object = {}) =>
    mapped({
      UserDetailList: [
        user('u', {
          PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/limit') },
          GroupList: ['g'],
          ...attached('held'),
          ...more,
        }),
        user('free', attached('held')),
      ],
      GroupDetailList: [{ GroupName: 'g', Arn: arn('group/g'), ...attached('held') }],
      Policies: [managed('limit', boundary), managed('held', held)],
    })

  it('links the holder to a copy that is cut down, and others to the policy itself', () => {
    const result = bounded(policy(allow(['s3:*', 'sqs:*'], '*')), policy(allow(['S3:Get*', 'ec2:*'], '*')))
    const copy = `${arn('policy/held')}#within/${arn('policy/limit')}`
    expect(edges(result, 'grants', copy)).toMatchObject([{ scopes: ['S3:Get*'], privilege: 'read' }])
    expect(edges(result, 'member_of', 'user/u').map((edge) => edge.to.externalId)).toEqual([
      copy,
      `${arn('group/g')}#within/${arn('policy/limit')}`,
    ])
    expect(edges(result, 'member_of', 'user/free').map((edge) => edge.to.externalId)).toEqual([arn('policy/held')])
  })

  it('takes the narrower resource and both conditions', () => {
    const condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
    const result = bounded(
      policy(allow('s3:*', 'arn:aws:s3:::mine/*', { Condition: condition })),
      policy(allow('s3:GetObject', '*')),
    )
    expect(edges(result, 'grants', `#within/${arn('policy/limit')}`)).toMatchObject([
      {
        to: { externalId: 'arn:aws:s3:::mine' },
        condition: '{"boundary":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}',
      },
    ])
  })

  it('applies NotAction and Deny of the boundary', () => {
    const limit = policy(
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
      { Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' },
    )
    const result = bounded(limit, policy(allow(['iam:CreateUser', 's3:GetObject'], '*')))
    expect(
      edges(result, 'grants', `#within/${arn('policy/limit')}`).map(({ effect, scopes }) => [effect, ...scopes]),
    ).toEqual([
      ['allow', 's3:GetObject'],
      ['deny', 's3:DeleteBucket'],
    ])
  })

  it('marks an overlap that it cannot decide', () => {
    const result = bounded(policy(allow('s3:*Object', '*')), policy(allow('s3:Get*', '*')))
    expect(edges(result, 'grants', `#within/${arn('policy/limit')}`)).toMatchObject([
      { scopes: ['s3:Get*'], notEvaluable: 'wildcards that the permission boundary only partly covers' },
    ])
  })

  it('says so when the boundary is not in the file', () => {
    const result = mapped({
      UserDetailList: [
        user('u', {
          PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/none') },
          ...inline(allow('s3:*', '*')),
        }),
      ],
    })
    expect(edges(result, 'member_of')).toMatchObject([
      { notEvaluable: `permission boundary ${arn('policy/none')} is not in the file` },
    ])
    expect(result.unresolved).toMatchObject([{ at: '$.UserDetailList[0].PermissionsBoundary' }])
  })
})
