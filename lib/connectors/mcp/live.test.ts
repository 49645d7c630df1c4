import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { LiveSetting } from '../live-contract'
import { Secret } from '../secret'
import { mcp } from './live'
import { mapRunning } from './live-map'
import { initialize, type Listing, listTools, replyIn } from './protocol'
import { withProgram } from './start-program'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  vi.unstubAllEnvs()
})

const setting: LiveSetting = {
  ...{
    outbound: { allow: [], allowLoopback: true },
    instance: 'test',
    fingerprint: (secret) => `print ${secret.length}`,
  },
}
const listing: Listing = {
  ...{ name: 'everything', version: '1.0', protocolVersion: '2025-06-18', resourceCount: 2, promptCount: 0 },
  tools: [
    { name: 'look', annotations: { readOnlyHint: true } },
    { name: 'drop', annotations: { destructiveHint: true } },
  ],
  callersNeed: 'nothing',
}

test('what a running server tells stands in the place of what is written, on the page of that server alone', () => {
  const server = (name: string) => ({
    name,
    at: '$',
    value: { url: `https://${name}.example/mcp`, tools: ['written'] },
  })
  const [first, second] = [server('first'), server('second')]
  const config = { client: 'MCP client', servers: [first, second], passwordInputs: new Set<string>(), isCertain: true }
  const context = { fingerprint: setting.fingerprint }
  const one = mapRunning(config, { page: new Map([[first, listing]]), isFirst: true }, context)
  const two = mapRunning(config, { page: new Map([[second, undefined]]), isFirst: false }, context)
  const identities = (records: typeof one) => records.flatMap((record) => (record.type === 'identity' ? [record] : []))
  expect(identities(one)).toMatchObject([
    { externalId: 'agent:mcp-client' },
    {
      ...{ externalId: 'agent:mcp-client/first', status: 'active' },
      attributes: {
        ...{ tools: ['look', 'drop'], readOnlyTools: ['look'], destructiveTools: ['drop'] },
        ...{ serverName: 'everything', callersNeed: 'nothing', resourceCount: 2 },
      },
    },
  ])
  expect(identities(two)).toMatchObject([{ externalId: 'agent:mcp-client/second', attributes: { tools: ['written'] } }])
  const keys = (records: typeof one) => records.map((record) => JSON.stringify(record))
  expect(keys(one).filter((key) => keys(two).includes(key))).toEqual([])
})

test('a reply is found in JSON and among the events of a stream; anything else is no tool server', () => {
  const reply = '{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}'
  expect(replyIn(reply, false, 2)).toEqual({ tools: [] })
  const stream = `event: message\ndata: {"method":"notifications/message"}\n\nid: 7\ndata: ${reply}\n\n`
  expect(replyIn(stream, true, 2)).toEqual({ tools: [] })
  expect(() => replyIn('<html>', false, 2)).toThrow(/no tool server/)
  const error = '{"id":2,"error":{"code":-32601,"message":"the secret is hunter2"}}'
  expect(() => replyIn(error, false, 2)).toThrow(/^The server answered with the error -32601\.$/)
})

test('a list that never ends is not followed for ever', async () => {
  const hello = { protocolVersion: '1', capabilities: { tools: {} } }
  const ask = async () => ({ tools: [{ name: 'again' }], nextCursor: 'more' })
  await expect(listTools(ask, hello)).rejects.toMatchObject({ code: 'unexpected_answer' })
})

const program = (body: string) => ({ command: process.execPath, args: ['-e', body], env: { OWN: 'given' } })
const echo = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id } = JSON.parse(line)
  console.log('a line of a log')
  console.log(JSON.stringify({ id, result: { protocolVersion: '1', env: Object.keys(process.env).sort(), cwd: process.cwd() } }))
})`

test('a program is given nothing of this process but the path, and a folder that is gone afterwards', async () => {
  vi.stubEnv('ENCRYPTION_KEY', 'of-the-installation')
  const hello = await withProgram(program(echo), AbortSignal.timeout(10_000), (ask) => initialize(ask))
  expect(hello.hello).toMatchObject({ env: ['HOME', 'LANG', 'NODE_ENV', 'OWN', 'PATH'] })
  const { cwd } = hello.hello as { cwd: string }
  expect(cwd).toMatch(/tool-server-/)
  const { existsSync } = await import('node:fs')
  expect(existsSync(cwd)).toBe(false)
})

test.each([
  ['ends', 'process.exit(3)', 'unreachable'],
  ['says nothing', 'setInterval(() => {}, 1000)', 'timed_out'],
  [
    'never stops talking',
    "const say = () => process.stdout.write('x'.repeat(1 << 20), say); say()",
    'unexpected_answer',
  ],
])('a program that %s is ended', async (_what, body, code) => {
  const signal = AbortSignal.timeout(code === 'timed_out' ? 300 : 10_000)
  await expect(withProgram(program(body), signal, (ask) => initialize(ask))).rejects.toMatchObject({ code })
})

test('a program that is not there is told as that', async () => {
  const missing = { command: '/nowhere/at-all', args: [], env: {} }
  const work = withProgram(missing, AbortSignal.timeout(5000), (ask) => initialize(ask))
  await expect(work).rejects.toMatchObject({ code: 'unreachable' })
})

test('a server that lets everybody in says nothing about a credential; one that points elsewhere is not followed', async () => {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.url === '/moved') return response.writeHead(307, { location: '/mcp' }).end()
    const result = { protocolVersion: '1', capabilities: {} }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 1, result }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const headers = { Authorization: 'Bearer of-nobody-at-all' }
  const list = { open: { url: `${base}/mcp`, headers }, moved: { url: `${base}/moved`, headers } }
  const connection = await mcp.connect({ servers: JSON.stringify({ mcpServers: list }) }, setting)
  const target = { identity: 'agent:mcp-client/open', credential: 'agent:mcp-client/open#Authorization' }
  const verdict = await connection.hands.access_token?.verify?.({ target, secret: new Secret('whatever-it-is') })
  expect(verdict).toMatchObject({ answer: 'unknown' })
  asked.length = 0
  const moved = { identity: 'agent:mcp-client/moved', credential: 'agent:mcp-client/moved#Authorization' }
  const attempt = connection.hands.access_token?.verify?.({ target: moved, secret: new Secret('whatever-it-is') })
  await expect(attempt).rejects.toMatchObject({ code: 'unexpected_answer' })
  expect(asked).toEqual(['POST /moved'])
})
