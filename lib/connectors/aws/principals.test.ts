import { describe, expect, it } from 'vitest'
import { identity, mapped, role, user } from './fixtures/build-export'

describe('principals', () => {
  it('takes a user for a person only by path or tag', () => {
    const result = mapped({
      UserDetailList: [
        user('jane', { Path: '/employees/' }),
        user('joe', { Tags: [{ Key: 'type', Value: 'Human' }] }),
        user('svc-joe@example.org'),
      ],
    })
    expect(result.records).toMatchObject([
      { type: 'human', name: 'jane', reason: 'is in the path /employees/' },
      { type: 'human', name: 'joe', reason: 'is tagged type=Human' },
      { type: 'identity', kind: 'service_account', ownerHints: [{ value: 'svc-joe@example.org', from: 'name' }] },
    ])
  })

  it('finds owners and environment in tags and names', () => {
    const tags = [
      { Key: 'acme:Owner-Email', Value: ' pay@example.org ' },
      { Key: 'CreatedBy', Value: 'terraform' },
      { Key: 'env', Value: 'PRD' },
      { Key: 'note', Value: 'x' },
    ]
    const result = mapped({
      UserDetailList: [user('a', { Tags: tags }), user('billing-stg-writer'), user('product-devtools')],
    })
    expect(identity(result, 'a')).toMatchObject({
      environment: 'production',
      ownerHints: [
        { value: 'pay@example.org', from: 'tag:acme:Owner-Email' },
        { value: 'terraform', from: 'tag:CreatedBy' },
      ],
    })
    expect(identity(result, 'billing-stg-writer')?.environment).toBe('staging')
    expect(identity(result, 'product-devtools')?.environment).toBeUndefined()
  })

  it('keeps no secret that stands in a tag', () => {
    const result = mapped({ UserDetailList: [user('a', { Tags: [{ Key: 'db_password', Value: 'canary-4711' }] })] })
    expect(JSON.stringify(result)).not.toContain('canary-4711')
    expect(result.records).toContainEqual(
      expect.objectContaining({ type: 'sighting', name: 'db_password', fingerprint: 'fp-11' }),
    )
  })

  it('reads dates of every tool', () => {
    const dates = [
      '2019-12-18 19:10:08+00:00',
      '2019-12-18T20:10:08+01:00',
      '2019-12-18T19:10:08Z',
      1576696208,
      1576696208000,
    ]
    const recorded = {
      __class__: 'datetime',
      year: 2019,
      month: 12,
      day: 18,
      hour: 19,
      minute: 10,
      second: 8,
      microsecond: 0,
    }
    for (const date of [...dates, recorded]) {
      expect(identity(mapped({ UserDetailList: [user('a', { CreateDate: date })] }), 'a')?.createdAt).toBe(
        '2019-12-18T19:10:08.000Z',
      )
    }
    expect(identity(mapped({ UserDetailList: [user('a', { CreateDate: 'soon' })] }), 'a')?.createdAt).toBeUndefined()
  })

  it('says of a role without a recorded use only that there was none in 400 days', () => {
    const result = mapped({ RoleDetailList: [role('r', { Service: 'ec2.amazonaws.com' }, { RoleLastUsed: {} })] })
    expect(identity(result, 'r')?.lastUsedAt).toBeUndefined()
    expect(identity(result, 'r')?.attributes?.unusedForAtLeastDays).toBe(400)
  })
})
