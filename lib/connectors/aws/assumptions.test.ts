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
    expect(reached(scene(allow('iam:PassRole', '*')))).toEqual([])
  })

  it('does not draw a wildcard that matches more than a hundred', () => {
    const roles = Array.from({ length: 101 }, (_, index) => role(`r${index}`, { Service: 'ec2.amazonaws.com' }))
    const result = mapped({
      UserDetailList: [user('u', inline(allow('iam:PassRole', arn('role/*'))))],
      RoleDetailList: roles,
    })
    expect(edges(result, 'assumes', '#inline/p')).toEqual([])
    expect(result.unresolved).toMatchObject([{ reference: arn('role/*'), reason: /^Matches 101 principals/ }])
    expect(edges(result, 'grants')).toMatchObject([{ privilege: 'admin', to: { externalId: arn('role/*') } }])
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
