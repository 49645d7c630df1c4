import { describe, expect, it } from 'vitest'
import { allow, arn, edges, inline, mapped, user } from './fixtures/build-export'

const deny = (Action: unknown, Resource: unknown = '*', rest = {}) => ({ Effect: 'Deny', Action, Resource, ...rest })
const policy = (name: string, ...Statement: unknown[]) => ({
  PolicyName: name,
  Arn: arn(`policy/${name}`),
  PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: { Version: '2012-10-17', Statement } }],
})
const holding = (name: string, ...policies: string[]) =>
  user(name, {
    AttachedManagedPolicies: policies.map((PolicyName) => ({ PolicyName, PolicyArn: arn(`policy/${PolicyName}`) })),
  })

/** What a user has of the policy `allows` when another one denies. */
function left(allows: unknown[], denies: unknown[]): string[] {
  const result = mapped({
    UserDetailList: [holding('u', 'allows', 'denies'), holding('v', 'allows')],
    Policies: [policy('allows', ...allows), policy('denies', ...denies)],
  })
  const [held] = edges(result, 'member_of', 'user/u').map(({ to }) => to.externalId)
  expect(edges(result, 'member_of', 'user/v')).toMatchObject([{ to: { externalId: arn('policy/allows') } }])
  return edges(result, 'grants', held)
    .filter(({ from, effect }) => from.externalId === held && effect === 'allow')
    .map(({ to, scopes, notEvaluable }) =>
      [to.externalId.split(':').at(-1) || to.externalId, scopes.join(' '), notEvaluable].filter(Boolean).join(' | '),
    )
}

describe('what another policy of the holder denies', () => {
  it('is taken from what the holder has, and from nobody else', () => {
    expect(left([allow(['s3:GetObject', 's3:PutObject'], '*')], [deny('s3:Put*')])).toEqual(['* | s3:GetObject'])
    expect(left([allow('s3:*', '*')], [deny('s3:*')])).toEqual([])
    expect(left([allow('s3:*', '*')], [deny('*')])).toEqual([])
    expect(
      left([allow('s3:GetObject', ['arn:aws:s3:::a', 'arn:aws:s3:::b'])], [deny('s3:*', 'arn:aws:s3:::a*')]),
    ).toEqual(['b | s3:GetObject'])
  })

  it('leaves of everything all but the denied service', () => {
    expect(left([allow('*', '*')], [deny('iam:*')])).toEqual([
      '123456789012 | * | NotAction: every action except iam:*',
    ])
  })

  it('takes away what a Deny with NotAction names not', () => {
    const given = [allow(['s3:GetObject', 'iam:CreateUser'], '*')]
    expect(left(given, [{ Effect: 'Deny', NotAction: 's3:*', Resource: '*' }])).toEqual(['* | s3:GetObject'])
  })

  it('stays where the Deny has a condition, or covers a part of the action or the resource only', () => {
    const given = [allow('s3:*', 'arn:aws:s3:::a*')]
    for (const denial of [
      deny('s3:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      deny('s3:GetObject'),
      deny('s3:*', 'arn:aws:s3:::ab'),
      { Effect: 'Deny', Action: 's3:*', NotResource: 'arn:aws:s3:::b' },
    ])
      expect(left(given, [denial])).toEqual(['a* | s3:*'])
  })

  it('counts for policies of the groups and for inline ones', () => {
    const group = {
      GroupName: 'g',
      Arn: arn('group/g'),
      AttachedManagedPolicies: [{ PolicyName: 'allows', PolicyArn: arn('policy/allows') }],
      GroupPolicyList: [],
    }
    const result = mapped({
      UserDetailList: [
        { ...user('u', inline(deny('s3:*'))), GroupList: ['g'] },
        { ...user('v', inline(allow('s3:*', '*'))), GroupList: ['g'] },
      ],
      GroupDetailList: [group],
      Policies: [policy('allows', allow('s3:GetObject', '*'))],
    })
    const [, own] = edges(result, 'member_of', 'user/u').map(({ to }) => to.externalId)
    expect(own).toMatch(/group\/g#less\/[0-9a-f]{16}$/)
    const [within] = edges(result, 'member_of', own).filter(({ from }) => from.externalId === own)
    expect(edges(result, 'grants', within?.to.externalId).filter(({ effect }) => effect === 'allow')).toEqual([])
    expect(edges(result, 'member_of', 'user/v').map(({ to }) => to.externalId)).toContain(arn('group/g'))
  })
})
