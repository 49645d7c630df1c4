import { describe, expect, it } from 'vitest'
import { answer, arrows, mapOne, ofType } from './fixtures/read-answers'

const id = 'aws-iam-listings'
const account = '123456789012'
const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`
const role = (name: string, more = {}) => ({
  RoleName: name,
  RoleId: `AROA${name}`,
  Path: '/',
  Arn: arn(name),
  AssumeRolePolicyDocument: { Statement: [] },
  ...more,
})
const document = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] })
const allow = (action: string, resource: string) => document({ Effect: 'Allow', Action: action, Resource: resource })

describe('policies in single answers', () => {
  it('get-user-policy names its user only: by ARN where the account is told, else open', () => {
    const printed = answer(id, 'awscli-get-user-policy.json')
    const told = mapOne(id, printed, account)
    expect(told.instance).toBe(account)
    expect(arrows(told).sort()).toEqual([
      `Bob#inline/ExamplePolicy grants aws/${account}`,
      `Bob#inline/ExamplePolicy impersonates aws/${account}#everyone`,
      'user/Bob member_of Bob#inline/ExamplePolicy',
    ])
    expect(ofType(told, 'entitlement').find(({ kind }) => kind === 'grants')).toMatchObject({ privilege: 'admin' })
    expect(told.unresolved).toMatchObject([{ reference: `arn:aws:iam::${account}:user/Bob` }])
    const open = mapOne(id, printed)
    expect(ofType(open, 'entitlement')).toEqual([])
    expect(open.refused).toMatchObject([{ at: '$', reason: expect.stringContaining('account number') }])
  })

  it('list-attached-role-policies does not say whose: the policy is kept and what is open is said', () => {
    const result = mapOne(id, answer(id, 'awscli-list-attached-role-policies.json'), account)
    expect(ofType(result, 'role')).toMatchObject([
      { externalId: 'arn:aws:iam::aws:policy/SecurityAudit', attributes: { awsManaged: true, textNotInFile: true } },
    ])
    expect(result.unresolved).toMatchObject([
      { at: '$.AttachedPolicies[0]', reason: expect.stringContaining('add UserName, RoleName or GroupName') },
    ])
  })

  it('joins roles, their policies and the texts of those, also under a path', () => {
    const custom = `arn:aws:iam::${account}:policy/read`
    const result = mapOne(id, [
      { Role: role('till', { Path: '/shop/', Arn: arn('shop/till') }) },
      { RoleName: 'till', AttachedPolicies: [{ PolicyName: 'read', PolicyArn: custom }] },
      { RoleName: 'till', PolicyName: 'own', PolicyDocument: allow('s3:PutObject', 'arn:aws:s3:::sales/*') },
      {
        PolicyArn: custom,
        PolicyVersion: {
          VersionId: 'v3',
          IsDefaultVersion: true,
          Document: allow('s3:GetObject', 'arn:aws:s3:::sales/*'),
        },
      },
    ])
    expect(result.refused).toEqual([])
    expect(result.unresolved).toEqual([])
    expect(arrows(result).sort()).toEqual([
      'policy/read grants /sales',
      'shop/till member_of policy/read',
      'shop/till member_of till#inline/own',
      'till#inline/own grants /sales',
    ])
  })

  it('heeds a boundary that the listing tells, and one policy that denies what another allows', () => {
    const boundary = {
      PermissionsBoundaryArn: `arn:aws:iam::${account}:policy/most`,
      PermissionsBoundaryType: 'Policy',
    }
    const result = mapOne(id, [
      { Role: role('a', { PermissionsBoundary: boundary }) },
      { RoleName: 'a', PolicyName: 'own', PolicyDocument: allow('s3:*', '*') },
    ])
    expect(ofType(result, 'entitlement').find(({ kind }) => kind === 'member_of')).toMatchObject({
      notEvaluable: expect.stringContaining('permission boundary'),
    })
    const denied = mapOne(id, [
      { Role: role('a') },
      { RoleName: 'a', PolicyName: 'yes', PolicyDocument: allow('s3:*', '*') },
      { RoleName: 'a', PolicyName: 'no', PolicyDocument: document({ Effect: 'Deny', Action: 's3:*', Resource: '*' }) },
    ])
    const grants = ofType(denied, 'entitlement').filter(({ kind, effect }) => kind === 'grants' && effect === 'allow')
    expect(grants).toEqual([])
  })

  it('says the place in the file of what cannot be read, and refuses names and texts alone', () => {
    const result = mapOne(
      id,
      [
        { Role: role('a') },
        { RoleName: 'a', PolicyName: 'own', PolicyDocument: allow('s3:*', 'nonsense') },
        { PolicyNames: ['own', 'other'] },
        { PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true, Document: allow('s3:*', '*') } },
        { RoleName: 'a', AttachedPolicies: [{ PolicyName: 'x' }], IsTruncated: true },
      ],
      account,
    )
    expect(result.refused.map(({ at }) => at)).toEqual(
      expect.arrayContaining([
        '$[1].PolicyDocument.Statement[0]',
        '$[2]',
        '$[3]',
        '$[4].IsTruncated',
        '$[4].AttachedPolicies[0]',
      ]),
    )
  })

  it('takes lists that are kept under the ARN of their holder', () => {
    const result = mapOne(id, {
      ROLE_POLICIES: {
        [arn('a')]: [{ PolicyName: 'SecurityAudit', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' }],
      },
    })
    expect(arrows(result)).toEqual(['role/a member_of policy/SecurityAudit'])
  })
})
