import { describe, expect, it } from 'vitest'
import { arn, edges, identity, mapped, policy, role, user } from './fixtures/build-export'

describe('trust', () => {
  const trusted = (principal: unknown, more: object = {}) =>
    mapped({ UserDetailList: [user('u', { UserId: 'AIDAEXAMPLE1234' })], RoleDetailList: [role('r', principal, more)] })

  it('reads a principal as text, list, account number and star', () => {
    expect(edges(trusted({ AWS: arn('user/u') }), 'assumes')).toMatchObject([
      { from: { type: 'identity', externalId: arn('user/u') }, scopes: ['sts:AssumeRole'] },
    ])
    expect(edges(trusted({ AWS: [arn('user/u'), '123456789012'] }), 'assumes').map((edge) => edge.from.type)).toEqual([
      'identity',
      'resource',
    ])
    for (const star of ['*', { AWS: '*' }, { AWS: ['*'] }]) {
      const result = trusted(star)
      expect(identity(result, 'r')?.attributes).toMatchObject({ anyoneMayAssume: true })
      expect(edges(result, 'assumes')).toEqual([])
    }
  })

  it('records web identity providers with what they demand', () => {
    const document = policy({
      Effect: 'Allow',
      Principal: { Federated: arn('oidc-provider/token.actions.githubusercontent.com') },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' } },
    })
    expect(identity(trusted('*', { AssumeRolePolicyDocument: document }), 'r')?.attributes).toMatchObject({
      trustedFederated: [arn('oidc-provider/token.actions.githubusercontent.com')],
      federatedConditions: ['{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}'],
    })
  })

  it('finds principals by unique id, and says which are gone', () => {
    expect(edges(trusted({ AWS: 'AIDAEXAMPLE1234' }), 'assumes')).toMatchObject([
      { from: { externalId: arn('user/u') } },
    ])
    const gone = trusted({ AWS: 'AROADELETED12345' })
    expect(edges(gone, 'assumes')).toMatchObject([{ from: { externalId: 'AROADELETED12345', global: true } }])
    expect(gone.unresolved).toMatchObject([{ reference: 'AROADELETED12345' }])
  })

  it('keeps a deleted and a foreign principal as references', () => {
    const result = trusted({ AWS: [arn('role/gone'), arn('role/theirs', '999999999999')] })
    expect(edges(result, 'assumes')).toMatchObject([
      { from: { externalId: arn('role/gone'), global: true } },
      { from: { global: true }, notEvaluable: 'the other account has to allow it too' },
    ])
    expect(result.unresolved).toHaveLength(2)
  })

  it('does not call NotPrincipal or mere session tagging an assumption', () => {
    const document = policy(
      { Effect: 'Allow', NotPrincipal: { AWS: arn('user/u') }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { AWS: arn('user/u') }, Action: 'sts:TagSession' },
    )
    const result = trusted('*', { AssumeRolePolicyDocument: document })
    expect(edges(result, 'assumes')).toEqual([])
    expect(identity(result, 'r')?.attributes?.trustNotEvaluable).toBe('The trust policy names a NotPrincipal')
  })
})
