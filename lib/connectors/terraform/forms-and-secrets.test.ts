import { describe, expect, test } from 'vitest'
import { context, edges, json, resultOf, state } from './fixtures/make-state'
import { connectors } from './index'
import { mapState } from './map'

describe('forms of a state', () => {
  const attributes = {
    arn: 'arn:aws:iam::111122223333:user/u',
    name: 'u',
    path: '/',
    'tags.%': '2',
    'tags.a.b': 'x',
    'tags.Team': 'red',
  }
  const group = { id: 'm', name: 'm', group: 'ops', 'users.#': '2', 'users.1234': 'u', 'users.99': 'w' }

  test('version 3: flat attributes, modules by path', () => {
    const file = json({
      version: 3,
      terraform_version: '0.11.14',
      serial: 4,
      lineage: 'old',
      modules: [
        {
          path: ['root', 'iam'],
          outputs: { secret: { sensitive: true, type: 'string', value: 'canary-output-3' } },
          resources: {
            'aws_iam_user.u.0': {
              type: 'aws_iam_user',
              primary: { id: 'u', attributes, meta: {}, tainted: false },
              deposed: [],
              provider: 'provider.aws',
            },
            'aws_iam_group_membership.m': {
              type: 'aws_iam_group_membership',
              primary: { id: 'm', attributes: group },
              provider: 'provider.aws',
            },
            'data.aws_caller_identity.me': { type: 'aws_caller_identity', primary: { id: 'x', attributes: {} } },
          },
        },
      ],
    })
    const { records, unresolved } = resultOf(file, 'aws')
    expect(records[0]).toMatchObject({
      name: 'u',
      tags: { 'a.b': 'x', Team: 'red' },
      attributes: { terraform: 'module.iam.aws_iam_user.u.0' },
    })
    expect(edges(records).map(({ from }) => from.externalId.split('/')[1])).toEqual(['w', 'u'])
    expect(unresolved.map(({ reference }) => reference)).toContain('data sources (1)')
    expect(resultOf(file, 'terraform').records[0]).toMatchObject({ type: 'sighting', fingerprint: 'fp-15' })
  })

  test('terraform show -json: modules within modules', () => {
    const values = { arn: 'arn:aws:iam::111122223333:user/u', name: 'u', path: '/' }
    const file = json({
      format_version: '1.0',
      terraform_version: '1.9.0',
      values: {
        root_module: {
          child_modules: [
            {
              address: 'module.a',
              resources: [
                {
                  address: 'module.a.aws_iam_user.u',
                  mode: 'managed',
                  type: 'aws_iam_user',
                  name: 'u',
                  provider_name: 'registry.terraform.io/hashicorp/aws',
                  values,
                  sensitive_values: {},
                },
              ],
            },
          ],
        },
      },
    })
    expect(resultOf(file, 'aws').records[0]).toMatchObject({ attributes: { terraform: 'module.a.aws_iam_user.u' } })
  })

  test.each([
    [
      'encrypted',
      {
        serial: 1,
        lineage: 'x',
        meta: { 'key_provider.pbkdf2.k': 'e30=' },
        encrypted_data: 'AAAA',
        encryption_version: 'v0',
      },
      /encrypted by OpenTofu/,
    ],
    [
      'a plan',
      { format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, resource_changes: [] },
      /This is a plan/,
    ],
    [
      'a note of the backend',
      {
        version: 3,
        serial: 1,
        lineage: 'x',
        backend: { type: 's3', config: {} },
        modules: [{ path: ['root'], outputs: {}, resources: {} }],
      },
      /where the state is kept/,
    ],
    [
      'empty',
      { version: 4, terraform_version: '1.9.0', serial: 1, lineage: 'x', outputs: {}, resources: [] },
      /manages nothing/,
    ],
    [
      'only data sources',
      {
        version: 4,
        terraform_version: '1.9.0',
        serial: 1,
        lineage: 'x',
        resources: [{ mode: 'data', type: 'aws_ami', name: 'a', instances: [{}] }],
      },
      /1 data source/,
    ],
    [
      'of other resources',
      {
        version: 4,
        terraform_version: '1.9.0',
        serial: 1,
        lineage: 'x',
        resources: [{ mode: 'managed', type: 'aws_vpc', name: 'a', instances: [{ attributes: { id: 'v' } }] }],
      },
      /aws_vpc \(1\)/,
    ],
  ])('%s is refused in plain words', (_name, value, reason) => {
    expect(connectors[0]?.accepts(json(value))).toBe(true)
    const [result, ...rest] = mapState(json(value), context)
    expect(rest).toEqual([])
    expect(result?.records).toEqual([])
    expect(result?.refused[0]?.reason).toMatch(reason)
  })

  test('what is no state is declined', () => {
    for (const value of [
      {},
      [],
      { version: 4 },
      { version: 3, services: {} },
      { format_version: '1.0' },
      { lockfileVersion: 3, version: '1.0.0' },
      null,
    ])
      expect(connectors[0]?.accepts(json(value)), JSON.stringify(value)).toBe(false)
  })
})

describe('secrets', () => {
  test('leave fingerprints, never values', () => {
    const canaries = Array.from({ length: 8 }, (_, n) => `canary-${n}-abcdefgh`)
    const file = state(
      [
        'aws_iam_access_key',
        'k',
        {
          id: 'AKIA5QYBVVD223VWU32A',
          user: 'bot',
          secret: canaries[0],
          ses_smtp_password_v4: canaries[1],
          status: 'Active',
        },
      ],
      ['random_password', 'r', { result: canaries[2], length: 16 }],
      ['tls_private_key', 't', { private_key_pem: canaries[3], public_key_pem: 'public' }],
      [
        'aws_db_instance',
        'd',
        { arn: 'arn:aws:rds:eu-west-1:929327065333:db:d', username: 'root', password: canaries[4] },
      ],
      [
        'aws_lambda_function',
        'l',
        {
          arn: 'arn:aws:lambda:eu-west-1:929327065333:function:f',
          function_name: 'f',
          role: 'arn:aws:iam::929327065333:role/r',
          environment: [{ variables: { API_TOKEN: canaries[5], MODE: 'x' } }],
        },
      ],
      [
        'vendor_thing',
        'v',
        { marked: canaries[6] },
        { sensitive_attributes: [[{ type: 'get_attr', value: 'marked' }]] },
      ],
      ['azuread_service_principal_password', 'p', { value: canaries[7] }],
    )
    const results = mapState(file, context)
    const sightings = results.flatMap(({ records }) => records.filter(({ type }) => type === 'sighting'))
    expect(sightings).toHaveLength(8)
    expect(sightings.map((record) => ('fingerprint' in record ? record.fingerprint : undefined))).toEqual(
      Array(8).fill('fp-17'),
    )
    const written = JSON.stringify(results)
    for (const canary of canaries) expect(written).not.toContain(canary)
  })

  test('a masked or empty value leaves no fingerprint', () => {
    const { records } = resultOf(
      state(['aws_iam_access_key', 'k', { id: 'AKIA5QYBVVD223VWU32A', user: 'b', secret: 'MMMMMMMMMM' }]),
      'aws',
    )
    expect(records).toHaveLength(1)
    expect(records[0]).not.toHaveProperty('fingerprint')
  })
})
