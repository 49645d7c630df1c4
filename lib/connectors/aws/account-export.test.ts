import { describe, expect, it } from 'vitest'
import { authorizationDetails } from './authorization-details'
import { allow, arn, context, edges, inline, managed, mapped, only, policy, user } from './fixtures/build-export'

describe('shapes of the file', () => {
  const plain = { UserDetailList: [user('a', inline(allow('s3:GetObject', '*')))] }

  it('reads pages, the recorded envelope and YAML alike', () => {
    const expected = mapped(plain).records
    expect(mapped([plain, { RoleDetailList: [] }]).records).toEqual(expected)
    expect(mapped({ status_code: 200, data: plain }).records).toEqual(expected)
    expect(mapped([{ status_code: 200, data: plain }]).records).toEqual(expected)
    expect(mapped({ ACCOUNT_DETAILS: plain }).records).toEqual(expected)
    const yaml = { kind: 'yaml' as const, name: 'x.yaml', documents: [{ line: 1, value: plain }] }
    expect(authorizationDetails.accepts(yaml)).toBe(true)
    expect(only(authorizationDetails.map(yaml, context)).records).toEqual(expected)
  })

  it('reads policy documents as text and URL-encoded', () => {
    const document = policy(allow('s3:GetObject', 'arn:aws:s3:::my bucket+1/*'))
    const records = (value: unknown) =>
      mapped({ UserDetailList: [user('a', { UserPolicyList: [{ PolicyName: 'p', PolicyDocument: value }] })] }).records
    expect(records(JSON.stringify(document))).toEqual(records(document))
    expect(records(encodeURIComponent(JSON.stringify(document)))).toEqual(records(document))
  })

  it('reads a single statement and single strings', () => {
    const result = mapped({
      UserDetailList: [
        user('a', { UserPolicyList: [{ PolicyName: 'p', PolicyDocument: { Statement: allow('s3:GetObject', '*') } }] }),
      ],
    })
    expect(edges(result, 'grants')).toMatchObject([{ scopes: ['s3:GetObject'], privilege: 'read' }])
  })

  it('accepts by shape and nothing else', () => {
    const accepts = (value: unknown) => authorizationDetails.accepts({ kind: 'json', name: 'x', value })
    expect(accepts({ RoleDetailList: 'odd' })).toBe(true)
    expect(accepts({ Policies: [{ PolicyVersionList: [] }] })).toBe(true)
    for (const other of [
      null,
      1,
      'x',
      [],
      {},
      { Policies: [] },
      { Policies: [{ Content: {} }] },
      { Roles: [] },
      [[]],
    ]) {
      expect(accepts(other)).toBe(false)
    }
    expect(authorizationDetails.accepts({ kind: 'csv', name: 'x', header: ['arn'], rows: [], malformed: [] })).toBe(
      false,
    )
  })

  it('takes the account that most principals have', () => {
    const result = mapped({ UserDetailList: [{ Arn: arn('user/x', '999999999999') }, user('a'), user('b')] })
    expect(result.instance).toBe('123456789012')
    expect(mapped({ UserDetailList: [] }).instance).toBe('unknown')
  })

  it('refuses, with the place, what it cannot take', () => {
    const result = mapped({
      UserDetailList: [user('a'), { UserName: 'b' }, user('a'), 7, { Arn: 'x' }],
      GroupDetailList: 'none',
      RoleDetailList: null,
      Policies: [
        managed('broken', 'not json'),
        managed('versionless', {}, { PolicyVersionList: [], DefaultVersionId: 'v3' }),
      ],
      IsTruncated: true,
    })
    expect(result.refused.map(({ at }) => at)).toEqual([
      '$.UserDetailList[1]',
      '$.UserDetailList[2]',
      '$.UserDetailList[3]',
      '$.UserDetailList[4]',
      '$.GroupDetailList',
      '$.IsTruncated',
      '$.Policies[0].PolicyVersionList[0].Document',
      '$.Policies[1].PolicyVersionList',
    ])
    expect(mapped({ UserDetailList: [], NextToken: 'eyJ' }).refused).toMatchObject([{ at: '$.NextToken' }])
    expect(
      mapped([
        { UserDetailList: [], IsTruncated: true },
        { UserDetailList: [], IsTruncated: false },
      ]).refused,
    ).toEqual([])
  })

  it('refuses bad statements one by one', () => {
    const result = mapped({
      UserDetailList: [
        user(
          'a',
          inline(
            allow('s3:GetObject', '*'),
            { Effect: 'allow', Action: 'x', Resource: '*' },
            allow(7, '*'),
            { Effect: 'Allow', Action: 's3:PutObject' },
            allow('s3:GetObject', 'bucket'),
          ),
        ),
      ],
    })
    expect(result.refused.map(({ at }) => at.slice(-12))).toEqual([
      'Statement[1]',
      'Statement[2]',
      'Statement[3]',
      'Statement[4]',
    ])
    expect(edges(result, 'grants')).toHaveLength(1)
  })
})
