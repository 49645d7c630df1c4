import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import type { MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'

const found = connectors.find(({ id }) => id === 'mcp-client')
if (found === undefined) throw new Error('mcp-client')
const client = found
/** A reference as clients write it. */
const ref = (name: string) => ['$', '{', name, '}'].join('')
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const json = (value: unknown, name = 'mcp.json'): ParsedFile => ({ kind: 'json', name, value })
const fixture = (name: string) =>
  json(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', 'mcp-client', name), 'utf8')), name)

function map(file: ParsedFile): MapResult {
  expect(connectors.filter((connector) => connector.accepts(file)).map(({ id }) => id)).toEqual(['mcp-client'])
  const result = client.map(file, context)
  if (Array.isArray(result)) throw new Error('one result')
  return result
}
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
const one = (value: unknown) => map(json({ mcpServers: { one: value } }))
const server = (value: unknown) => ofType(one(value), 'identity')[1]
const secrets = (value: unknown) =>
  ofType(one(value), 'credential').map(({ name, fingerprint, attributes }) => [
    name,
    attributes?.via,
    fingerprint ?? attributes?.takenFrom,
  ])

test('Claude Desktop: the agent, three servers, two secrets', () => {
  const result = map(fixture('claude_desktop_config.json'))
  expect(result).toMatchObject({ system: 'mcp', instance: 'claude_desktop_config.json', refused: [] })
  expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual([
    'agent:claude-desktop',
    'agent:claude-desktop/filesystem',
    'agent:claude-desktop/github',
    'agent:claude-desktop/postgres',
  ])
  expect(ofType(result, 'identity')[0]).toMatchObject({
    kind: 'ai_agent',
    name: 'Claude Desktop',
    attributes: { toolServers: ['filesystem', 'github', 'postgres'], onBehalfOf: 'not stated' },
  })
  expect(ofType(result, 'identity')[2]?.attributes).toMatchObject({
    transport: 'stdio',
    command: 'docker',
    startedFrom: 'docker ghcr.io/github/github-mcp-server',
    runsAs: 'the person who starts the client',
  })
  expect(ofType(result, 'credential')).toMatchObject([
    { name: 'GITHUB_PERSONAL_ACCESS_TOKEN', credentialType: 'access_token', fingerprint: 'fp(33)', lastFour: '0001' },
    { name: 'address with a password', credentialType: 'password', fingerprint: 'fp(54)' },
  ])
  expect(ofType(result, 'sighting').map(({ place }) => place)).toEqual([
    'claude_desktop_config.json, server github, environment variable GITHUB_PERSONAL_ACCESS_TOKEN',
    'claude_desktop_config.json, server postgres, argument address with a password',
  ])
  expect(ofType(result, 'entitlement').map(({ kind, from, to }) => [kind, from.externalId, to.externalId])).toEqual(
    expect.arrayContaining([
      ['grants', 'agent:claude-desktop', 'tool-server:agent:claude-desktop/github'],
      ['delegates_to', 'tool-server:agent:claude-desktop/github', 'agent:claude-desktop/github'],
      ['grants', 'agent:claude-desktop/github', 'https://github.com'],
      ['grants', 'agent:claude-desktop/postgres', 'postgresql://db.example.com:5432/shop'],
    ]),
  )
  expect(JSON.stringify(result)).not.toMatch(/MMMM/)
})

test('VS Code: values asked of the user and taken from the environment are no values', () => {
  const result = map(fixture('vscode-mcp.json'))
  expect(ofType(result, 'identity')[0]?.name).toBe('VS Code')
  expect(ofType(result, 'credential')).toMatchObject([
    { name: 'PERPLEXITY_API_KEY', attributes: { declaredSecret: true, takenFrom: ref('input:perplexity-key') } },
    { name: 'Authorization', attributes: { declaredSecret: false, takenFrom: ref('env:ISSUES_TOKEN') } },
  ])
  expect(ofType(result, 'credential').every(({ fingerprint }) => fingerprint === undefined)).toBe(true)
  expect(ofType(result, 'identity')[2]?.attributes).toMatchObject({ transport: 'http', runsAs: 'not stated' })
})

test('Cline: tools called without asking, a disabled server, secrets in an argument and in an address', () => {
  const result = map(fixture('cline_mcp_settings.json'))
  const [agent, tickets, legacy] = ofType(result, 'identity')
  expect(agent).toMatchObject({ name: 'Cline', attributes: { callsWithoutAsking: ['tickets'] } })
  expect(tickets?.attributes).toMatchObject({
    toolsCalledWithoutAsking: ['list_tickets', 'close_ticket'],
    arguments: ['/opt/tickets/server.js', '--api-key', '…'],
  })
  expect(legacy).toMatchObject({ status: 'disabled', attributes: { address: 'https://legacy.example.com/sse' } })
  expect(ofType(result, 'credential').map(({ name, fingerprint }) => [name, fingerprint])).toEqual([
    ['--api-key', 'fp(23)'],
    ['token', 'fp(25)'],
  ])
  expect(ofType(result, 'entitlement').filter(({ from }) => from.externalId === 'agent:cline')).toHaveLength(1)
  expect(JSON.stringify(result)).not.toMatch(/example-/)
})

describe('shapes', () => {
  const stdio = { command: 'npx', args: ['-y', 'x'], env: { X_TOKEN: 'canary-value-0001' } }
  test.each<[string, unknown, string]>([
    ['settings of VS Code', { 'editor.tabSize': 2, mcp: { inputs: [], servers: { a: stdio } } }, 'VS Code'],
    ['settings of VS Code, dotted', { 'mcp.servers': { a: stdio } }, 'VS Code'],
    ['Zed', { context_servers: { a: { source: 'custom', ...stdio } } }, 'Zed'],
    ['Zed, older', { context_servers: { a: { command: { path: 'npx', args: ['x'], env: stdio.env } } } }, 'Zed'],
    [
      'Continue',
      { experimental: { modelContextProtocolServers: [{ transport: { type: 'stdio', ...stdio } }] } },
      'Continue',
    ],
    [
      'Windsurf',
      { mcpServers: { a: { serverUrl: 'https://x.example/mcp', headers: { 'X-API-Key': 'canary-value-0001' } } } },
      'Windsurf',
    ],
    [
      'Gemini',
      {
        theme: 'x',
        mcpServers: { a: { httpUrl: 'https://x.example/mcp', headers: { Authorization: 'Bearer canary-value-0001' } } },
      },
      'Gemini CLI',
    ],
    ['opencode', { mcp: { a: { type: 'local', command: ['npx', 'x'], environment: stdio.env } } }, 'opencode'],
    ['Goose', { extensions: { a: { type: 'stdio', cmd: 'npx', args: ['x'], envs: stdio.env } } }, 'Goose'],
    ['Claude Code', { projects: { '/home/ann/shop': { mcpServers: { a: stdio }, history: [] } } }, 'Claude Code'],
    ['only servers', { a: stdio }, 'MCP client'],
  ])('%s', (_, value, name) => {
    const result = map(json(value))
    expect(ofType(result, 'identity')[0]?.name).toBe(name)
    expect(ofType(result, 'identity')).toHaveLength(2)
    expect(ofType(result, 'credential')).toMatchObject([{ fingerprint: 'fp(17)', lastFour: '0001' }])
    expect(JSON.stringify(result)).not.toMatch(/canary/)
  })
  test('YAML with a list (Continue)', () => {
    const file: ParsedFile = {
      kind: 'yaml',
      name: 'continue.yaml',
      documents: [{ line: 1, value: { name: 'x', mcpServers: [{ name: 'a', ...stdio }] } }],
    }
    expect(ofType(map(file), 'identity').map(({ externalId }) => externalId)).toEqual([
      'agent:continue',
      'agent:continue/a',
    ])
  })
  test('no server, odd servers', () => {
    expect(map(json({ mcpServers: {} })).refused).toEqual([
      { at: 'file', reason: 'No findings: the configuration names no tool server' },
    ])
    const odd = map(json({ mcpServers: { a: 7, b: {}, c: stdio } }))
    expect(odd.refused).toEqual([
      { at: '$.mcpServers["a"]', reason: 'the server is not an object' },
      { at: '$.mcpServers["b"]', reason: 'the server has neither a command nor an address' },
    ])
    expect(ofType(odd, 'identity')).toHaveLength(2)
  })
  test('other files are not taken for it', () => {
    for (const value of [
      null,
      [],
      {},
      { servers: [] },
      { servers: { a: 1 } },
      { asyncapi: '2.6.0', servers: { a: { url: 'mqtt://x', protocol: 'mqtt' } } },
      { mcp: true },
      { extensions: { a: {} } },
      { a: { command: 'x' } },
    ])
      expect(client.accepts(json(value))).toBe(false)
  })
})

describe('secrets', () => {
  test.each<[string, unknown, unknown]>([
    ['a flag', { command: 'x', args: ['--token', 'canary-value-0001'] }, [['--token', 'argument', 'fp(17)']]],
    ['a flag with =', { command: 'x', args: ['--token=canary-value-0001'] }, [['--token', 'argument', 'fp(17)']]],
    [
      'docker -e',
      { command: 'docker', args: ['run', '-e', 'A_KEY=canary-value-0001', 'img'] },
      [['A_KEY', 'environment variable', 'fp(17)']],
    ],
    [
      'docker -e of the environment',
      { command: 'docker', args: ['run', '-e', 'A_KEY', 'img'] },
      [['A_KEY', 'environment variable', 'the environment']],
    ],
    [
      'a header',
      {
        command: 'npx',
        args: ['mcp-remote', 'https://x.example', '--header', 'Authorization: Bearer canary-value-0001'],
      },
      [['Authorization', 'header', 'fp(17)']],
    ],
    [
      'an object',
      { command: 'npx', args: ['--config', '{"apiKey":"canary-value-0001"}'] },
      [['apiKey', 'argument', 'fp(17)']],
    ],
    [
      'a shell line',
      { command: 'sh', args: ['-c', 'cd /x && A_KEY=canary-value-0001 npx x'] },
      [['A_KEY', 'argument', 'fp(17)']],
    ],
    ['a command line', { command: 'A_KEY=canary-value-0001 npx x' }, [['A_KEY', 'argument', 'fp(17)']]],
    [
      'a known form',
      { command: 'x', env: { SETTING: 'ghp_canaryvalue0001' } },
      [['SETTING', 'environment variable', 'fp(19)']],
    ],
    [
      'a value to fall back on',
      { command: 'x', env: { A_KEY: ref('A_KEY:-canary-value-0001') } },
      [['A_KEY', 'environment variable', 'fp(17)']],
    ],
    [
      'to be replaced',
      { command: 'x', env: { A_KEY: '<YOUR_KEY>', B_KEY: 'your-key-here' } },
      [
        ['A_KEY', 'environment variable', undefined],
        ['B_KEY', 'environment variable', undefined],
      ],
    ],
    [
      'around a reference',
      { command: 'x', env: { DB_PASSWORD: `canary${ref('REST')}` } },
      [['DB_PASSWORD', 'environment variable', ref('REST')]],
    ],
    [
      'from a vault',
      { command: 'x', env: { A_KEY: 'op://vault/item/key' } },
      [['A_KEY', 'environment variable', 'op://vault/item/key']],
    ],
    ['no secret', { command: 'x', env: { AWS_REGION: 'eu', AWS_PROFILE: 'dev' } }, []],
  ])('%s', (_, value, expected) => {
    expect(secrets(value)).toEqual(expected)
    expect(JSON.stringify(one(value))).not.toMatch(/canary/)
  })
  test('a password in an address with a reference is not shown', () => {
    const value = { command: 'x', args: [`${'postgres'}://app:canary@${ref('HOST')}/db`] }
    expect(JSON.stringify(one(value))).not.toMatch(/canary/)
  })
})

test('tools with hints, allowed tools, as whom a container runs', () => {
  const value = {
    command: 'docker',
    args: ['run', '--rm', '--user', '1000:1000', 'img'],
    includeTools: ['read'],
    trust: true,
    tools: [
      { name: 'read', annotations: { readOnlyHint: true } },
      { name: 'wipe', annotations: { destructiveHint: true, openWorldHint: true } },
    ],
  }
  expect(server(value)?.attributes).toMatchObject({
    runsAs: '1000:1000',
    startedFrom: 'docker img',
    callsWithoutAsking: 'every tool',
    allowedTools: ['read'],
    tools: ['read', 'wipe'],
    readOnlyTools: ['read'],
    destructiveTools: ['wipe'],
    openWorldTools: ['wipe'],
  })
  expect(ofType(one(value), 'entitlement')[1]).toMatchObject({ kind: 'grants', scopes: ['read'] })
})

test('Codex: settings in TOML, secrets by value and by the variable that holds them', () => {
  const name = 'codex-config.toml'
  const bytes = readFileSync(path.join(import.meta.dirname, 'fixtures', 'mcp-client', name))
  const result = map(readUpload(name, bytes))
  expect(result.refused).toEqual([])
  expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual([
    'agent:codex',
    'agent:codex/github',
    'agent:codex/warehouse',
    'agent:codex/catalog',
  ])
  expect(
    ofType(result, 'credential').map(({ name: title, fingerprint, attributes }) => [
      title,
      fingerprint ?? attributes?.takenFrom,
    ]),
  ).toEqual([
    ['GITHUB_PAT_TOKEN', '$GITHUB_PAT_TOKEN'],
    ['WAREHOUSE_API_KEY', 'fp(19)'],
    ['WAREHOUSE_TOKEN', undefined],
    ['X-Api-Key', 'fp(19)'],
    ['CATALOG_TOKEN', 'header X-Catalog-Token'],
  ])
  expect(ofType(result, 'identity')[2]?.attributes).toMatchObject({ callsWithoutAsking: 'every tool' })
  expect(ofType(result, 'identity')[3]).toMatchObject({ status: 'disabled' })
})
