import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'

const [connector] = connectors
if (connector === undefined) throw new Error('a2a-agent-card')
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'card.json', value })
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', 'a2a-agent-card', name), 'utf8'))

function map(value: unknown): MapResult {
  expect(connector?.accepts(json(value))).toBe(true)
  const result = connector?.map(json(value), context)
  if (result === undefined || Array.isArray(result)) throw new Error('one result')
  return result
}
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
const agent = (value: unknown) => ofType(map(value), 'identity')[0]
const base = { name: 'A', url: 'https://a.example/', version: '1', capabilities: {}, skills: [{ id: 's', name: 'S' }] }

test.each([
  ['air_ticketing_agent.json', 'http://localhost:10103', 'Air Ticketing Agent', 'book_air_tickets'],
  ['currency_agent.json', 'http://localhost:10999', 'Currency Conversion Agent', 'currency_conversion'],
  ['hotel_booking_agent.json', 'http://localhost:10104', 'Hotel Booking Agent', 'book_accommodation'],
  ['orchestrator_agent.json', 'http://localhost:10101', 'Orchestrator Agent', 'executor'],
])('%s: an agent that declares no authentication', (file, id, name, skill) => {
  const result = map(fixture(file))
  expect(result).toMatchObject({ system: 'a2a', instance: 'agents', refused: [], unresolved: [] })
  expect(ofType(result, 'identity')).toMatchObject([
    {
      externalId: id,
      kind: 'ai_agent',
      name,
      status: 'unknown',
      attributes: { authentication: 'none declared', signature: 'none', unencrypted: true },
    },
  ])
  expect(ofType(result, 'resource')).toMatchObject([{ externalId: `agent:${id}`, kind: 'agent', name: id }])
  expect(ofType(result, 'entitlement')).toMatchObject([
    {
      kind: 'delegates_to',
      from: { externalId: `agent:${id}` },
      to: { externalId: id },
      scopes: [skill],
      scopeCount: 1,
    },
  ])
})

test('the provider is a hint at the owner', () => {
  expect(agent(fixture('currency_agent.json'))).toMatchObject({
    ownerHints: [{ value: 'Example org', from: 'provider' }],
    attributes: {
      protocolVersion: '0.3.0',
      addresses: ['JSONRPC http://localhost:10999'],
      capabilities: ['streaming'],
    },
  })
})

describe('versions', () => {
  test('0.2: schemes by name, credentials in the card are fingerprinted and dropped', () => {
    const result = map({ ...base, authentication: { schemes: ['Bearer'], credentials: 'canary-credential-0001' } })
    expect(ofType(result, 'identity')[0]?.attributes?.authentication).toEqual(['Bearer'])
    expect(ofType(result, 'credential')).toMatchObject([{ fingerprint: 'fp(22)', lastFour: '0001' }])
    expect(ofType(result, 'sighting')).toMatchObject([{ fingerprint: 'fp(22)' }])
    expect(JSON.stringify(result)).not.toMatch(/canary/)
  })
  test('0.3: schemes, requirements, signatures, extended card, more interfaces', () => {
    const header = Buffer.from('{"alg":"ES256","kid":"k1","jku":"https://a.example/jwks.json"}').toString('base64url')
    expect(
      agent({
        ...base,
        protocolVersion: '0.3.0',
        preferredTransport: 'JSONRPC',
        additionalInterfaces: [
          { url: 'https://a.example/', transport: 'JSONRPC' },
          { url: 'https://a.example/grpc', transport: 'GRPC' },
        ],
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'x', scopes: { read: '', write: '' } } } },
          mtls: { type: 'mutualTLS' },
        },
        security: [{ oauth: ['read'] }, { key: [], mtls: [] }],
        supportsAuthenticatedExtendedCard: true,
        signatures: [{ protected: header, signature: 'x' }],
      })?.attributes,
    ).toMatchObject({
      authentication: [
        'key: API key in header X-API-Key',
        'oauth: OAuth 2 clientCredentials (read, write)',
        'mtls: mutual TLS',
      ],
      callersNeed: ['oauth (read)', 'key and mtls'],
      signature: 'present, not verified',
      signatures: ['ES256, key k1, https://a.example/jwks.json'],
      extendedCard: 'shown to callers who sign in',
      addresses: ['JSONRPC https://a.example', 'GRPC https://a.example/grpc'],
    })
  })
  test('1.0: interfaces, wrapped schemes, requirements with lists, requirements of a skill', () => {
    const result = map({
      name: 'B',
      description: 'b',
      version: '2',
      supportedInterfaces: [
        { url: 'https://b.example/a2a/v1', protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
        { url: 'https://b.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
      ],
      provider: { organization: 'Bee', url: 'https://bee.example/?utm=1' },
      capabilities: { extendedAgentCard: true, streaming: false, extensions: [{ uri: 'https://e.example/x' }] },
      securitySchemes: {
        bearer: { httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' } },
        oidc: { openIdConnectSecurityScheme: { openIdConnectUrl: 'https://id.example' } },
        cert: { mtlsSecurityScheme: {} },
      },
      securityRequirements: [{ schemes: { bearer: { list: ['a'] } } }],
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
      skills: [
        {
          id: 'one',
          name: 'One',
          description: '',
          tags: [],
          securityRequirements: [{ schemes: { oidc: { list: [] } } }],
        },
        { id: 'two', name: 'Two' },
      ],
    })
    expect(ofType(result, 'identity')).toMatchObject([
      {
        externalId: 'https://b.example/a2a/v1',
        attributes: {
          protocolVersion: '1.0',
          authentication: ['bearer: HTTP Bearer', 'oidc: OpenID Connect', 'cert: mutual TLS'],
          callersNeed: ['bearer (a)'],
          providerAddress: 'https://bee.example',
          extensions: ['https://e.example/x'],
          skillsWithOwnRequirements: ['one: oidc'],
          skills: ['one: One', 'two: Two'],
        },
      },
    ])
    expect(ofType(result, 'identity')[0]?.attributes?.unencrypted).toBeUndefined()
    expect(ofType(result, 'entitlement')).toMatchObject([{ scopes: ['one', 'two'], scopeCount: 2 }])
  })
  test('the names of the Python tools', () => {
    expect(
      agent({
        name: 'C',
        supported_interfaces: [{ url: 'https://c.example', protocol_binding: 'GRPC' }],
        default_input_modes: ['text'],
        capabilities: { push_notifications: true },
        security_schemes: { k: { api_key_security_scheme: { location: 'query', name: 'k' } } },
        skills: [],
      })?.attributes,
    ).toMatchObject({ authentication: ['k: API key in query k'], capabilities: ['push_notifications'] })
  })
})

describe('files', () => {
  test('lists, registries, maps, answers', () => {
    const other = { ...base, name: 'B', url: 'https://b.example' }
    for (const value of [
      [base, other],
      [[base], [other]],
      { agents: [base, other] },
      { agents: [{ agentCard: base }, { agentCard: other }] },
      { a: base, b: other },
      { data: { cards: [base, other] } },
    ])
      expect(ofType(map(value), 'identity').map(({ name }) => name)).toEqual(['A', 'B'])
    expect(ofType(map({ jsonrpc: '2.0', id: 1, result: base }), 'identity')).toHaveLength(1)
  })
  test('agents that it hands work to', () => {
    const result = map({
      ...base,
      subAgents: ['https://b.example/.well-known/agent-card.json', { url: 'https://c.example/' }, 7],
    })
    expect(ofType(result, 'entitlement').slice(1)).toMatchObject([
      {
        kind: 'delegates_to',
        from: { externalId: 'https://a.example' },
        to: { externalId: 'https://b.example', global: true },
      },
      { to: { externalId: 'https://c.example' } },
    ])
  })
  test('two agents at one address, one twice, one without a name', () => {
    const result = map([base, { ...base, name: 'B' }, base, { ...base, name: '' }, 7])
    expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual([
      'https://a.example',
      'https://a.example#B',
    ])
    expect(result.refused).toEqual([
      { at: '$[2]', reason: 'the card describes an agent that stands in the file already' },
      { at: '$[3]', reason: 'the card has no name' },
      { at: '$[4]', reason: 'the card is not an object' },
    ])
  })
  test('other files are not taken for it', () => {
    for (const value of [
      null,
      [],
      {},
      { name: 'p', version: '1' },
      { name: 'p', skills: ['x'] },
      { name: 's', url: 'x', capabilities: {} },
      { servers: [{ name: 's' }] },
    ])
      expect(connector.accepts(json(value))).toBe(false)
  })
})
