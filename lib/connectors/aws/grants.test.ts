import { describe, expect, it } from 'vitest'
import { allow, edges, inline, mapped, user } from './fixtures/build-export'

describe('grants', () => {
  const grants = (...statements: unknown[]) =>
    edges(mapped({ UserDetailList: [user('u', inline(...statements))] }), 'grants').map(({ to, scopes, privilege }) => [
      to.externalId,
      scopes.join(),
      privilege,
    ])

  it('folds objects into their bucket and indexes into their table', () => {
    expect(
      grants(allow(['s3:GetObject', 's3:PutObject'], ['arn:aws:s3:::b', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/logs/*'])),
    ).toEqual([['arn:aws:s3:::b', 's3:GetObject,s3:PutObject', 'write']])
    expect(grants(allow('dynamodb:Query', ['arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/*']))).toEqual([
      ['arn:aws:dynamodb:eu-west-1:123456789012:table/t', 'dynamodb:Query', 'read'],
    ])
  })

  it('turns a star into the service, or into the account', () => {
    expect(grants(allow(['s3:GetObject', 'secretsmanager:GetSecretValue'], '*'))).toEqual([
      ['aws:123456789012:s3:*', 's3:GetObject', 'read'],
      ['aws:123456789012:secretsmanager:*', 'secretsmanager:GetSecretValue', 'secret_read'],
    ])
    expect(grants(allow('s3:ListBucket', 'arn:aws:s3:::*'))).toEqual([
      ['aws:123456789012:s3:*', 's3:ListBucket', 'read'],
    ])
    expect(grants(allow('*', '*'))).toEqual([['aws:123456789012', '*', 'admin']])
  })

  it('gives each ARN the actions of its service', () => {
    const queue = 'arn:aws:sqs:eu-west-1:123456789012:jobs'
    expect(grants(allow(['s3:GetObject', 'sqs:SendMessage'], ['arn:aws:s3:::b/*', queue]))).toEqual([
      ['arn:aws:s3:::b', 's3:GetObject', 'read'],
      [queue, 'sqs:SendMessage', 'write'],
    ])
    expect(grants(allow('*', queue))).toEqual([[queue, '*', 'admin']])
  })

  it('keeps what is no action, and actions of another service, marked', () => {
    const result = mapped({
      UserDetailList: [
        user('u', inline(allow('nonsense', 'arn:aws:s3:::b'), allow('logs:PutLogEvents', 'arn:aws:s3:::c'))),
      ],
    })
    expect(edges(result, 'grants').map(({ privilege, notEvaluable }) => [privilege, notEvaluable])).toEqual([
      [undefined, 'not an action of AWS: nonsense'],
      ['write', 'actions of another service than s3'],
    ])
  })

  it('bounds NotResource and NotAction from above', () => {
    const result = mapped({
      UserDetailList: [
        user(
          'u',
          inline(
            { Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::x' },
            { Effect: 'Allow', NotAction: ['s3:*'], Resource: 'arn:aws:s3:::x' },
          ),
        ),
      ],
    })
    expect(edges(result, 'grants')).toMatchObject([
      {
        to: { externalId: 'aws:123456789012:s3:*' },
        notEvaluable: 'NotResource: every resource except arn:aws:s3:::x',
      },
    ])
  })

  it('keeps at most 200 scopes and the true number', () => {
    const many = Array.from({ length: 250 }, (_, index) => `ec2:DescribeThing${index}`)
    const [edge] = edges(mapped({ UserDetailList: [user('u', inline(allow(many, '*')))] }), 'grants')
    expect([edge?.scopes.length, edge?.scopeCount]).toEqual([200, 250])
  })

  it('guesses sensitivity only where the service or the name says it', () => {
    const result = mapped({
      UserDetailList: [user('u', inline(allow('s3:GetObject', ['arn:aws:s3:::acme-pii-prod/*', 'arn:aws:s3:::acme'])))],
    })
    expect(result.records.filter((record) => record.type === 'resource')).toMatchObject([
      { sensitivity: 'confidential', environment: 'production', kind: 'bucket' },
      { sensitivity: undefined },
    ])
  })
})
