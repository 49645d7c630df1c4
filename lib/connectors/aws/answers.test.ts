import { describe, expect, it } from 'vitest'
import { answer, arrows, mapAs, mapOne, ofType, tally } from './fixtures/read-answers'

describe('Secrets Manager', () => {
  const id = 'aws-secrets-manager'
  const prefix = 'c7n-test_secretsmanager_remove_matched--secretsmanager.'

  it.each([
    [`${prefix}DescribeSecret_1.json`, [0, 0, 0, 0, 1, 0, 0, 0, 0]],
    [`${prefix}ListSecrets_1.json`, [0, 0, 0, 0, 1, 0, 0, 0, 0]],
    [`${prefix}GetResourcePolicy_1.json`, [0, 0, 0, 0, 1, 2, 0, 0, 2]],
    ['cartography-secretsmanager.json', [0, 0, 0, 0, 7, 0, 0, 0, 0]],
  ])('%s', (name, counts) => {
    expect(tally(mapOne(id, answer(id, name)))).toEqual(counts)
  })

  it('shows rotation, versions and who may read by the resource policy', () => {
    const [, , first, second] = ofType(mapOne(id, answer(id, 'cartography-secretsmanager.json')), 'resource')
    expect(first).toMatchObject({
      kind: 'secret_store',
      name: 'test-secret-1',
      sensitivity: 'confidential',
      attributes: {
        rotationEnabled: true,
        rotationDays: 90,
        lastRotatedAt: '2025-03-15T10:30:00.000Z',
        versionsListed: 2,
        currentVersionSince: '2025-04-20T14:45:30.000Z',
      },
    })
    expect(second?.attributes).toMatchObject({ rotationEnabled: false })
    const policy = mapOne(id, answer(id, `${prefix}GetResourcePolicy_1.json`))
    expect(ofType(policy, 'entitlement')).toMatchObject([
      {
        privilege: 'secret_read',
        scopes: ['secretsmanager:GetSecretValue'],
        from: { externalId: 'arn:aws:iam::644160558196:user/Peter' },
      },
      { privilege: 'secret_read', notEvaluable: 'the other account has to allow it too' },
    ])
  })

  it('drops a value that was read out, and takes a missing policy for none', () => {
    const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf'
    const result = mapOne(id, [
      { ARN, Name: 'db', SecretString: '{"username":"app","password":"canary-value-1"}' },
      { ARN, Name: 'db', ResourcePolicy: null },
    ])
    expect(ofType(result, 'sighting').map(({ name, fingerprint }) => [name, fingerprint])).toEqual([
      ['db username', 'fp-3'],
      ['db password', 'fp-14'],
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
    expect(result.refused).toEqual([])
  })
})

describe('Certificate Manager', () => {
  it('keeps expiry, renewal and use', () => {
    const described = mapOne(
      'aws-acm',
      answer('aws-acm', 'c7n-test_acm_certificate_augment--acm.DescribeCertificate_1.json'),
    )
    expect(ofType(described, 'credential')).toMatchObject([
      {
        credentialType: 'certificate',
        name: 'foobar.com',
        status: 'active',
        expiresAt: '2020-01-07T07:00:00.000Z',
        createdAt: '2018-12-07T10:56:38.000Z',
        attributes: { issuer: 'Amazon', inUse: true },
      },
    ])
    expect(arrows(described)).toEqual([
      'distribution/E3IM41Z1TUORKF stores certificate/291f52cc-1817-469f-918a-cccbb4f9a5fb',
    ])
    const listed = mapOne('aws-acm', answer('aws-acm', 'c7n-test_acm_certificate_augment--acm.ListCertificates_1.json'))
    expect(ofType(listed, 'credential')).toMatchObject([{ name: 'cloudcustodian.io', status: 'unknown' }])
    expect(ofType(listed, 'credential')[0]?.expiresAt).toBeUndefined()
  })

  it('joins the list and the description of one certificate', () => {
    const CertificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1'
    const value = [
      { Certificate: { CertificateArn, DomainName: 'a.example', Status: 'REVOKED', NotAfter: 1_800_000_000 } },
      { CertificateSummaryList: [{ CertificateArn, DomainName: 'a.example' }] },
    ]
    expect(ofType(mapOne('aws-acm', value), 'credential')).toMatchObject([
      { status: 'disabled', expiresAt: '2027-01-15T08:00:00.000Z' },
    ])
  })
})

describe('Bedrock agents', () => {
  const id = 'aws-bedrock'

  it('reads agents with role, tools, knowledge bases and guardrail', () => {
    const result = mapOne(id, answer(id, 'cartography-bedrock-agents.json'))
    expect(tally(result)).toEqual([4, 0, 0, 0, 4, 8, 0, 0, 5])
    expect(arrows(result)).toContain(
      'agent/AGENT456DEF runs_as service-role/AmazonBedrockExecutionRoleForAgents_lambda',
    )
    expect(arrows(result)).toContain('AGENT456DEF#action-group/AG123ABC delegates_to function/test-function')
    expect(arrows(result)).toContain('agent/AGENT123ABC grants knowledge-base/KB12345ABCD')
    expect(ofType(result, 'identity').map(({ attributes }) => attributes?.guardrail)).toEqual([
      'abc123def456',
      'none',
      'none',
      'none',
    ])
  })

  it('joins lists, descriptions and action groups by the agent id', () => {
    const agentArn = 'arn:aws:bedrock:us-east-1:123456789012:agent/A1'
    const result = mapOne(id, [
      {
        agentSummaries: [
          { agentId: 'A1', agentName: 'helper', agentStatus: 'PREPARED', updatedAt: '2025-01-01T00:00:00Z' },
        ],
      },
      {
        agent: {
          agentId: 'A1',
          agentArn,
          agentName: 'helper',
          agentStatus: 'PREPARED',
          agentResourceRoleArn: 'arn:aws:iam::123456789012:role/r',
        },
      },
      {
        agentActionGroup: {
          actionGroupId: 'G1',
          actionGroupName: 'book',
          agentId: 'A1',
          actionGroupState: 'ENABLED',
          functionSchema: { functions: [{ name: 'bookRoom' }] },
          actionGroupExecutor: { customControl: 'RETURN_CONTROL' },
        },
      },
      {
        agentAliasSummaries: [
          { agentAliasId: 'L1', agentAliasName: 'live', agentId: 'A1', agentAliasStatus: 'PREPARED' },
        ],
      },
    ])
    expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual([agentArn])
    expect(arrows(result)).toEqual([
      'agent/A1 runs_as role/r',
      'agent/A1 delegates_to A1#action-group/G1',
      'agent-alias/L1 delegates_to agent/A1',
    ])
  })

  it('reads AgentCore runtimes, and says that models are nobody', () => {
    const runtime = {
      agentRuntimes: [
        {
          agentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/r1',
          agentRuntimeId: 'r1',
          agentRuntimeName: 'r',
          roleArn: 'arn:aws:iam::123456789012:role/r',
          status: 'READY',
        },
      ],
    }
    expect(ofType(mapOne(id, runtime), 'identity')).toMatchObject([{ kind: 'ai_agent', status: 'active' }])
    expect(
      mapOne(id, { modelSummaries: [{ modelArn: 'arn:aws:bedrock:us-east-1::foundation-model/m', modelId: 'm' }] })
        .refused,
    ).toMatchObject([{ reason: /models only/ }])
  })
})

describe('resource policies', () => {
  const id = 'aws-resource-policies'

  it('reads a list of resources, and a bucket policy alone', () => {
    const result = mapOne(id, answer(id, 'iamspy-batch-resource-policies.json'))
    expect(result.instance).toBe('123456789012')
    expect(tally(result)).toEqual([0, 0, 0, 0, 4, 2, 0, 0, 2])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { effect: 'deny', privilege: 'read' },
      { effect: 'allow', to: { externalId: 'arn:aws:s3:::bucket4' } },
    ])
    const open = {
      Policy: JSON.stringify({
        Statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:*',
          Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
        },
      }),
    }
    expect(ofType(mapOne(id, open), 'entitlement')).toMatchObject([
      { from: { externalId: 'aws:everyone' }, to: { externalId: 'arn:aws:s3:::b' }, privilege: 'admin' },
    ])
  })

  it('keeps accounts, services, NotPrincipal and unknown actions apart', () => {
    const statement = (Principal: unknown, more = {}) => ({
      Effect: 'Allow',
      Principal,
      Action: 'sqs:SendMessage',
      Resource: '*',
      ...more,
    })
    const Resource = 'arn:aws:sqs:us-east-1:123456789012:q'
    const policy = (...Statement: unknown[]) => [{ Resource, Policy: { Statement }, Account: '123456789012' }]
    const edges = (...statements: unknown[]) => ofType(mapOne(id, policy(...statements)), 'entitlement')
    expect(edges(statement({ AWS: ['123456789012', 'arn:aws:iam::999999999999:root'] }))).toMatchObject([
      { from: { type: 'resource', externalId: 'aws:123456789012' }, privilege: 'write' },
      { from: { externalId: 'aws:999999999999', global: true }, notEvaluable: /other account/ },
    ])
    expect(edges(statement({ Service: 'sns.amazonaws.com' }))).toEqual([])
    expect(edges(statement(undefined, { NotPrincipal: { AWS: 'x' } }))).toMatchObject([
      { notEvaluable: /NotPrincipal/ },
    ])
    const [odd] = edges(statement('*', { Action: ['sqs:Frobnicate'] }))
    expect(odd?.privilege).toBeUndefined()
    expect(odd?.notEvaluable).toMatch(/not known/)
  })
})

it('maps a file of many calls as a whole, the organization apart', () => {
  const results = mapAs('aws-iam-listings', [
    { Users: [{ UserName: 'a', UserId: 'AIDA1', Arn: 'arn:aws:iam::123456789012:user/a' }] },
    { SecretList: [{ ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s-AbCdEf', Name: 's' }] },
    {
      Accounts: [
        {
          Id: '123456789012',
          Arn: 'arn:aws:organizations::123456789012:account/o-abcdefghij/123456789012',
          Name: 'main',
        },
      ],
    },
  ])
  expect(results.map(({ instance, records }) => [instance, records.length])).toEqual([
    ['o-abcdefghij', 1],
    ['123456789012', 2],
  ])
})
