import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { privileges } from '../contract'
import { isKnownAction } from './known-actions'
import { adminActions, readingVerbs, secretActions, writingReads } from './privilege-table'
import { higher, kept, privilegeOfAction, privilegeOfActions } from './privileges'
import { matches } from './wildcards'

const rank = (action: string[]) => {
  const privilege = privilegeOfActions(action)
  return privilege === undefined ? -1 : privileges.indexOf(privilege)
}
const tabled = [adminActions, secretActions, writingReads].flatMap((table) =>
  Object.entries(table).flatMap(([service, names]) => names.split(' ').map((name) => `${service}:${name}`)),
)
const ordinary = [
  's3:GetObject',
  's3:PutObject',
  'ec2:DescribeInstances',
  'iam:ListRoles',
  'iam:GenerateCredentialReport',
]
const action = fc.constantFrom(...tabled, ...ordinary, '*', 's3:*', 'iam:Get*', 'nonsense', 'newservice:DoThings')

describe('privilege of an AWS action', { timeout: 30_000 }, () => {
  it.each([
    ['s3:GetObject', 'read'],
    ['S3:LISTBUCKET', 'read'],
    ['s3:Get*', 'read'],
    ['s3:PutObject', 'write'],
    ['s3:*', 'admin'],
    ['s3:PutBucketPolicy', 'admin'],
    ['s3:PutObject*', 'admin'],
    ['s3:G*', 'write'],
    ['dynamodb:Query', 'read'],
    ['dynamodb:BatchGetItem', 'read'],
    ['dynamodb:PartiQLSelect', 'read'],
    ['dynamodb:BatchWriteItem', 'write'],
    ['secretsmanager:GetSecretValue', 'secret_read'],
    ['secretsmanager:Get*', 'secret_read'],
    ['secretsmanager:DescribeSecret', 'read'],
    ['ssm:GetParametersByPath', 'secret_read'],
    ['ssm:GetParameter*', 'secret_read'],
    ['ssm:DescribeParameters', 'read'],
    ['kms:Decrypt', 'secret_read'],
    ['kms:Encrypt', 'write'],
    ['kms:CreateGrant', 'admin'],
    ['iam:PassRole', 'admin'],
    ['iam:passrole', 'admin'],
    ['iam:Pass*', 'admin'],
    ['iam:CreateAccessKey', 'admin'],
    ['iam:AttachRolePolicy', 'admin'],
    ['iam:UpdateAssumeRolePolicy', 'admin'],
    ['iam:CreateLoginProfile', 'admin'],
    ['iam:TagRole', 'write'],
    ['iam:DeleteAccessKey', 'write'],
    ['iam:Get*', 'read'],
    ['iam:Generate*', 'read'],
    ['sts:AssumeRole', 'admin'],
    ['sts:GetCallerIdentity', 'read'],
    ['organizations:*', 'admin'],
    ['organizations:MoveAccount', 'admin'],
    ['organizations:DescribeOrganization', 'read'],
    ['lambda:InvokeFunction', 'write'],
    ['lambda:UpdateFunctionCode', 'admin'],
    ['ec2:DescribeInstances', 'read'],
    ['ec2:RunInstances', 'write'],
    ['ec2:Get*', 'secret_read'],
    ['apigateway:GET', 'read'],
    ['apigateway:POST', 'write'],
    ['gamesparks:ListGames', 'read'],
    ['*', 'admin'],
    ['*:*', 'admin'],
  ])('%s is %s', (name, privilege) => {
    expect(privilegeOfAction(name)).toBe(privilege)
  })

  it.each(['newservice:GetThing', 'newservice:PutResourcePolicy', 's3:GetNonsense', 's3:Frobnicate*', 'constructor:*'])(
    'is unknown for %s, which AWS does not have',
    (name) => {
      expect(privilegeOfAction(name)).toBeUndefined()
    },
  )

  it('knows the actions of the reference', () => {
    expect(isKnownAction('s3', 'getobject')).toBe(true)
    expect(isKnownAction('sts', 'assumerole')).toBe(true)
    expect(isKnownAction('execute-api', 'invoke')).toBe(true)
    expect(isKnownAction('s3', '')).toBe(false)
  })

  it.each(['', 'nonsense', 'a:b:c', 's3:', ':Get', 's3 GetObject'])('has none for %j, which is no action', (name) => {
    expect(privilegeOfAction(name)).toBeUndefined()
  })

  it('is never lowered by one more action', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 6 }), action, (actions, extra) => {
        expect(rank([...actions, extra])).toBeGreaterThanOrEqual(rank(actions))
      }),
    )
  })

  it('is never lower for a wildcard than for a known action that it matches', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...tabled, ...ordinary),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('*', '?'),
        (name, from, count, sign) => {
          const start = name.indexOf(':') + 1
          const at = start + (from % (name.length - start))
          const length = sign === '?' ? 1 : count % (name.length - at + 1)
          const wildcard = name.slice(0, at) + sign + name.slice(at + length)
          expect(matches(wildcard, name)).toBe(true)
          expect(rank([wildcard])).toBeGreaterThanOrEqual(rank([name]))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('gives every known service the wildcard of its strongest action', () => {
    for (const service of Object.keys(adminActions)) expect(privilegeOfAction(`${service}:*`)).toBe('admin')
  })

  it('has tables without a name in two levels', () => {
    expect(new Set(tabled.map((name) => name.toLowerCase())).size).toBe(tabled.length)
    expect(Object.keys(readingVerbs).length).toBeGreaterThan(0)
  })

  it('reads an action once, keeps no more than so many and none that is too long', () => {
    const read: string[] = []
    const lengthOf = kept((action) => {
      read.push(action)
      return action === 'none' ? undefined : action.length
    })
    const long = 'x'.repeat(101)
    for (const action of ['none', 's3:Get', 'none', 's3:Get']) expect(lengthOf(action)).toBe(lengthOf(action))
    expect(read).toEqual(['none', 's3:Get'])
    expect([lengthOf(long), lengthOf(long)]).toEqual([101, 101])
    expect(read).toEqual(['none', 's3:Get', long, long])
    for (let no = 0; no < 5000; no++) lengthOf(`s3:${no}`)
    expect([lengthOf('none'), lengthOf('s3:Get')]).toEqual([undefined, 6])
    expect(read).toHaveLength(4 + 5000 + 2)
  })

  it('puts the known above the unknown', () => {
    expect(higher(undefined, 'read')).toBe('read')
    expect(higher('secret_read', 'write')).toBe('secret_read')
    expect(privilegeOfActions([])).toBeUndefined()
  })
})
