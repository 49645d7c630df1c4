import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { FileConnector, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'
import { credentialTypeOf, isPlaceholder, namesSecret } from './secret-names'
import { publicAddress, systemOf } from './systems'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const fixtures = path.join(import.meta.dirname, 'fixtures')
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'server.json', value })
const yaml = (name: string): ParsedFile => {
  const value: unknown = parse(readFileSync(path.join(fixtures, 'mcp-docker-server', name), 'utf8'))
  return { kind: 'yaml', name, documents: [{ line: 1, value }] }
}

function connector(id: string): FileConnector {
  const found = connectors.find((candidate) => candidate.id === id)
  if (found === undefined) throw new Error(id)
  return found
}
const registry = connector('mcp-server')
const docker = connector('mcp-docker-server')
/** The one result of a map that never gives several. */
function mapped(format: FileConnector, file: ParsedFile): MapResult {
  const result = format.map(file, context)
  if (Array.isArray(result)) throw new Error('one result')
  return result
}
const map = (value: unknown) => mapped(registry, json(value))
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

describe('registry', () => {
  test('the seed of the official registry: 464 servers, 7 empty entries refused', () => {
    const value: unknown = JSON.parse(
      readFileSync(path.join(fixtures, 'mcp-server', 'registry-seed-2025-05-16.json'), 'utf8'),
    )
    const result = map(value)
    expect(registry.accepts(json(value))).toBe(true)
    expect(ofType(result, 'identity')).toHaveLength(464)
    expect(ofType(result, 'credential')).toHaveLength(214)
    expect(result.refused).toHaveLength(7)
    expect(ofType(result, 'resource').filter(({ kind }) => kind === 'tool_server')).toHaveLength(464)
    expect(ofType(result, 'identity')[0]).toMatchObject({
      externalId: 'io.github.21st-dev/magic-mcp',
      kind: 'ai_agent',
      status: 'unknown',
      ownerHints: [{ value: '21st-dev', from: 'repository owner' }],
      attributes: { packages: ['npm @21st-dev/magic'], registryId: '4e9cf4cf-71f6-4aca-bae8-2d10a29ca2e0' },
    })
  })
  test("today's shape: declared secrets in variables, headers, arguments and addresses", () => {
    const result = map({
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-09-29/server.schema.json',
      name: 'com.example/weather',
      title: 'Weather',
      version: '1.2.0',
      status: 'active',
      repository: { url: 'https://github.com/example/weather', source: 'github' },
      packages: [
        {
          registryType: 'npm',
          identifier: '@example/weather',
          environmentVariables: [
            { name: 'GITHUB_TOKEN', isSecret: true, isRequired: true },
            { name: 'CACHE_KEY', isSecret: false },
            { name: 'WEATHER_CONFIG', value: '{file}', variables: { file: { isSecret: true } } },
            { name: 'OPENAI_API_KEY', isSecret: true, default: 'sk-canary0123456789abcdef' },
          ],
          runtimeArguments: [
            { type: 'named', name: '-e', value: 'REGION=eu' },
            { type: 'named', name: '--token', isSecret: true },
          ],
        },
        {
          registryType: 'oci',
          identifier: 'example/weather',
          environmentVariables: [{ name: 'GITHUB_TOKEN', isSecret: true }],
        },
      ],
      remotes: [
        {
          type: 'streamable-http',
          url: `https://${['user', 'canary'].join(':')}@weather.example.com/mcp?api_key=canary-in-query-0001`,
          headers: [
            { name: 'Authorization', value: 'Bearer {token}', variables: { token: { isSecret: true } } },
            { name: 'X-Region' },
          ],
        },
      ],
    })
    expect(JSON.stringify(result)).not.toMatch(/canary/)
    const credentials = ofType(result, 'credential')
    expect(credentials.map(({ name, credentialType }) => `${name} ${credentialType}`)).toEqual([
      'GITHUB_TOKEN access_token',
      'WEATHER_CONFIG api_key',
      'OPENAI_API_KEY api_key',
      '--token access_token',
      'Authorization access_token',
      'api_key api_key',
    ])
    expect(credentials[0]).toMatchObject({
      externalId: 'com.example/weather#GITHUB_TOKEN',
      status: 'unknown',
      attributes: { declaredSecret: true, required: true },
    })
    expect(credentials[2]).toMatchObject({ fingerprint: 'fp(25)', attributes: { writtenIntoTheFile: true } })
    expect(credentials[5]).toMatchObject({ fingerprint: 'fp(20)' })
    expect(
      ofType(result, 'sighting')
        .filter(({ name }) => name === 'GITHUB_TOKEN')
        .map(({ place }) => place),
    ).toEqual([
      'declared by com.example/weather (npm @example/weather) as environment variable GITHUB_TOKEN',
      'declared by com.example/weather (oci example/weather) as environment variable GITHUB_TOKEN',
    ])
    expect(ofType(result, 'resource').map(({ externalId }) => externalId)).toEqual([
      'tool-server:com.example/weather',
      'https://github.com',
      'system:weather-config',
      'https://api.openai.com',
      'https://weather.example.com/mcp',
    ])
    expect(
      ofType(result, 'entitlement').map(({ kind, privilege, notEvaluable }) => [
        kind,
        privilege,
        notEvaluable !== undefined,
      ]),
    ).toEqual([['delegates_to', undefined, false], ...Array(4).fill(['grants', undefined, true])])
    expect(ofType(result, 'identity')[0]).toMatchObject({
      status: 'active',
      ownerHints: [
        { value: 'example', from: 'repository owner' },
        { value: 'example.com', from: 'namespace' },
      ],
    })
  })
  test("the registry's answer: wrapped, several versions, deprecated", () => {
    const meta = (isLatest: boolean, status = 'active') => ({
      'io.modelcontextprotocol.registry/official': { isLatest, status },
    })
    const server = (version: string) => ({
      name: 'io.github.ann/x',
      version,
      remotes: [{ type: 'sse', url: 'https://x.example/sse' }],
    })
    const result = map({
      servers: [
        { server: server('2.0.0'), _meta: meta(true, 'deprecated') },
        { server: server('1.0.0'), _meta: meta(false) },
        { server: {}, _meta: meta(true) },
        'odd',
      ],
      metadata: { count: 4 },
    })
    expect(ofType(result, 'identity')).toMatchObject([
      {
        status: 'disabled',
        attributes: { version: '2.0.0', versions: ['2.0.0', '1.0.0'] },
        ownerHints: [{ value: 'ann', from: 'namespace' }],
      },
    ])
    expect(result.refused).toEqual([
      { at: '$.servers[2]', reason: 'the server has no name' },
      { at: '$.servers[3]', reason: 'the server is not an object' },
    ])
  })
  test('tools with hints, where the entry lists them', () => {
    const result = map({
      name: 'com.example/x',
      packages: [],
      tools: [
        { name: 'read', annotations: { readOnlyHint: true } },
        { name: 'wipe', annotations: { destructiveHint: true } },
      ],
    })
    expect(ofType(result, 'identity')[0]?.attributes).toMatchObject({
      tools: ['read', 'wipe'],
      readOnlyTools: ['read'],
      destructiveTools: ['wipe'],
    })
  })
  test('other formats are not taken for it', () => {
    for (const value of [
      null,
      [],
      {},
      { name: 'p', version: '1' },
      { openapi: '3.1.0', servers: [{ url: 'x' }] },
      { servers: {} },
      { name: 'card', url: 'x', skills: [] },
    ]) {
      expect(registry.accepts(json(value))).toBe(false)
    }
  })
})

describe('docker', () => {
  const results = readdirSync(path.join(fixtures, 'mcp-docker-server')).map((name) => {
    expect(docker.accepts(yaml(name))).toBe(true)
    return mapped(docker, yaml(name))
  })
  test('70 servers, 51 declared secrets in 32 of them and 4 by OAuth', () => {
    expect(results.flatMap((result) => ofType(result, 'identity'))).toHaveLength(70)
    expect(results.flatMap(({ refused }) => refused)).toEqual([])
    const secrets = results.map(
      (result) => ofType(result, 'credential').filter(({ attributes }) => attributes?.via !== 'OAuth').length,
    )
    expect(secrets.reduce((sum, n) => sum + n)).toBe(51)
    expect(secrets.filter((n) => n > 0)).toHaveLength(32)
    expect(results.flatMap((result) => ofType(result, 'credential'))).toHaveLength(55)
  })
  test('as whom it runs, and tools that only a running server tells', () => {
    expect(ofType(mapped(docker, yaml('aks.yaml')), 'identity')[0]?.attributes?.runsAs).toBe('{{aks.container_user}}')
    expect(ofType(mapped(docker, yaml('asana.yaml')), 'identity')[0]?.attributes?.toolsOnlyKnownWhenRunning).toBe(true)
  })
  test('a secret kept among plain settings is a fact to show', () => {
    expect(ofType(mapped(docker, yaml('charmhealth-mcp-server.yaml')), 'identity')[0]).toMatchObject({
      name: 'charmhealth-mcp-server',
      attributes: { secretsInPlainConfiguration: ['CHARMHEALTH_CLIENT_SECRET'] },
      ownerHints: [{ value: 'CharmHealth', from: 'repository owner' }],
    })
  })
})

test.each([
  ['API_KEY', true],
  ['AWS_ACCESS_KEY_ID', false],
  ['TOKEN_FILE_PATH', false],
  ['LANGFUSE_PUBLIC_KEY', false],
  ['--figma-api-key', true],
  ['appKey', true],
  ['KEYCLOAK_URL', false],
  ['MYSQL_PASS', true],
])('%s names a secret: %s', (name, expected) => {
  expect(namesSecret(name)).toBe(expected)
})

test.each([
  ['DB_PASSWORD', 'password'],
  ['XERO_CLIENT_SECRET', 'client_secret'],
  ['WALLET_PRIVATE_KEY', 'signing_key'],
  ['SSH_PRIVATE_KEY', 'ssh_key'],
  ['GOOGLE_REFRESH_TOKEN', 'refresh_token'],
  ['STRIPE_SECRET_KEY', 'api_key'],
])('%s holds a %s', (name, expected) => {
  expect(credentialTypeOf(name)).toBe(expected)
})

test.each([
  ['GITHUB_PERSONAL_ACCESS_TOKEN', 'https://github.com'],
  ['NEO4J_PASSWORD', 'system:neo4j'],
  ['LLAMA_CLOUD_API_KEY', 'system:llama-cloud'],
  ['X-Brave-Api-Key', 'system:brave'],
  ['API_KEY', undefined],
  ['Authorization', undefined],
])('%s opens %s', (name, expected) => {
  expect(systemOf(name)?.externalId).toBe(expected)
})

test('addresses lose what could be secret; placeholders are no secrets', () => {
  expect(publicAddress('https://mcp.example.com/s/0a1B2c3D4e5F6g7H8i9J0k1L/sse#x')).toBe(
    'https://mcp.example.com/s/…/sse',
  )
  expect(['<YOUR_TOKEN>', 'your-api-key', 'short'].every(isPlaceholder)).toBe(true)
  expect(isPlaceholder('sk-0123456789abcdef')).toBe(false)
})

test('an environment variable that is set by an argument of the runtime is named by itself', () => {
  const runtimeArguments = [
    { type: 'named', name: '-e', value: 'SHOP_TOKEN={token}', variables: { token: { isSecret: true } } },
  ]
  const server = {
    name: 'io.github.user/shop',
    description: 'w',
    version: '1.0.0',
    packages: [{ registryType: 'oci', identifier: 'docker.io/u/w:1', transport: { type: 'stdio' }, runtimeArguments }],
  }
  expect(ofType(map(server), 'credential').map(({ name, attributes }) => [name, attributes?.via])).toEqual([
    ['SHOP_TOKEN', 'environment variable'],
  ])
})
