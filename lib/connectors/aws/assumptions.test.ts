import { describe, expect, it } from 'vitest'
import type { MapResult } from '../contract'
import { allow, arn, edges, inline, mapped, role, user } from './fixtures/build-export'

describe('becoming another principal', () => {
  const scene = (...statements: unknown[]) =>
    mapped({
      UserDetailList: [user('u', inline(...statements)), user('victim')],
      RoleDetailList: [
        role('app-one', { Service: 'lambda.amazonaws.com' }),
        role('app-two', { Service: 'ec2.amazonaws.com' }),
        role('open', { AWS: arn('root') }),
      ],
    })
  const reached = (result: MapResult) =>
    [...edges(result, 'assumes', '#inline/p'), ...edges(result, 'impersonates')].map((edge) => [
      edge.kind,
      edge.to.externalId.split('/').at(-1),
    ])

  it('draws PassRole to the roles that its wildcards match and that a service may use', () => {
    expect(reached(scene(allow('iam:PassRole', arn('role/app-*'))))).toEqual([
      ['assumes', 'app-one'],
      ['assumes', 'app-two'],
    ])
    expect(reached(scene(allow('iam:PassRole', 'arn:aws:iam::*:role/*')))).toHaveLength(2)
    expect(reached(scene(allow('iam:PassRole', '*')))).toEqual([['assumes', 'aws:123456789012#passable-roles']])
  })

  it('draws a wildcard that matches more than a hundred once for all policies', () => {
    const roles = Array.from({ length: 101 }, (_, index) => role(`r${index}`, { Service: 'ec2.amazonaws.com' }))
    const result = mapped({
      UserDetailList: ['u', 'v'].map((name) => user(name, inline(allow('iam:PassRole', arn('role/*'))))),
      RoleDetailList: roles,
    })
    const crowd = `aws:123456789012#passable-roles:${arn('role/*')}`
    expect(edges(result, 'assumes', '#inline/p').map(({ to }) => to.externalId)).toEqual([crowd, crowd])
    expect(edges(result, 'assumes', crowd)).toHaveLength(101)
    expect(edges(result, 'assumes', crowd)[0]).toMatchObject({ to: { externalId: arn('role/r0') }, basis: 'inferred' })
    expect(edges(result, 'grants')[0]).toMatchObject({ privilege: 'admin', to: { externalId: arn('role/*') } })
  })

  it('leads from all of IAM to everybody whom the action makes', () => {
    const through = (...statements: unknown[]) => {
      const result = scene(...statements)
      const hops = edges(result, 'impersonates')
      const first = hops.filter(({ from }) => from.externalId.endsWith('#inline/p'))
      const on = first.flatMap(({ to }) => hops.filter(({ from }) => from.externalId === to.externalId))
      return [first.map(({ scopes }) => scopes), on.map(({ to }) => to.externalId.split('/').at(-1))]
    }
    const [users, roles] = [
      ['u', 'victim'],
      ['app-one', 'app-two', 'open'],
    ]
    expect(through(allow('iam:CreateAccessKey', '*'))).toEqual([[['iam:CreateAccessKey']], users])
    expect(through(allow('iam:UpdateAssumeRolePolicy', '*'))).toEqual([[['iam:UpdateAssumeRolePolicy']], roles])
    for (const action of ['iam:AttachUserPolicy', 'iam:Put*', 'iam:*', '*'])
      expect(through(allow(action, '*'))).toEqual([[[action]], [...users, ...roles]])
    expect(through(allow(['iam:DeletePolicy', 'iam:DetachRolePolicy', 'iam:List*'], '*'))).toEqual([[], []])
    expect(through({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })).toEqual([[], []])
    const [scopes, all] = through({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })
    expect([scopes?.[0]?.includes('iam:PutUserPolicy'), all?.length]).toEqual([true, 5])
  })

  it('leads nowhere by what the same policy denies', () => {
    const deny = (Action: unknown, Resource: unknown, rest = {}) => ({ Effect: 'Deny', Action, Resource, ...rest })
    const key = allow('iam:CreateAccessKey', '*')
    expect(edges(scene(key, deny('iam:*', '*')), 'impersonates')).toEqual([])
    expect(edges(scene(key, deny('*', '*')), 'impersonates')).toEqual([])
    expect(
      edges(scene(allow('iam:CreateAccessKey', arn('user/*')), deny('iam:*', arn('user/victim'))), 'impersonates'),
    ).toMatchObject([{ to: { externalId: arn('user/u') } }])
    const isLeft = (denial: unknown) => edges(scene(key, denial), 'impersonates').length > 0
    expect(isLeft(deny('iam:DeleteAccessKey', '*'))).toBe(true)
    expect(isLeft(deny('iam:*', arn('user/victim')))).toBe(true)
    expect(isLeft(deny('iam:*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }))).toBe(true)
  })

  it('draws AssumeRole to the roles that leave it to the account', () => {
    expect(reached(scene(allow('sts:AssumeRole', '*')))).toEqual([['assumes', 'open']])
    expect(reached(scene(allow('sts:*', arn('role/app-one'))))).toEqual([])
    expect(reached(scene({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }))).toEqual([])
  })

  it('keeps the role of another account as a reference', () => {
    const result = scene(allow('sts:AssumeRole', arn('role/theirs', '999999999999')))
    expect(edges(result, 'assumes', '#inline/p')).toMatchObject([
      { to: { externalId: arn('role/theirs', '999999999999'), global: true } },
    ])
    expect(result.unresolved).toMatchObject([{ reference: arn('role/theirs', '999999999999') }])
  })

  it('draws the creation of a key for a named user', () => {
    expect(reached(scene(allow('iam:CreateAccessKey', arn('user/victim'))))).toEqual([['impersonates', 'victim']])
    expect(reached(scene(allow('iam:CreateAccessKey', arn(`user/\${aws:username}`))))).toEqual([])
  })
})
