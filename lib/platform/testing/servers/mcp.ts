import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'vitest'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import type { LiveConnection } from '../../../connectors/live-connector'
import { Secret } from '../../../connectors/secret'
import { ServerFolder, startServer } from './server-process'
import type { RunningWatched, WatchedSystem } from './watched-system'

const [token, key] = ['token-of-the-gateway-0123456789', 'key-of-the-gateway-0123456789']
const packageFolder = path.resolve('node_modules', '@modelcontextprotocol', 'server-everything')
const program = path.join(packageFolder, 'dist', 'index.js')

export const mcpSystems: WatchedSystem[] = [{ name: 'MCP (server-everything)', connector: 'mcp', start }]

/** The server takes calls from everywhere; here from this machine alone. */
const onLoopback = `const net = require('node:net')
const { listen } = net.Server.prototype
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, port, '127.0.0.1', ...rest.filter((each) => typeof each === 'function'))
}
`

async function start(): Promise<RunningWatched> {
  const folder = new ServerFolder('mcp')
  const preload = folder.write('on-loopback.cjs', onLoopback)
  const port = await freePort()
  const server = await startServer(folder, process.execPath, ['--require', preload, program, 'streamableHttp'], port, {
    PORT: String(port),
  })
  const { cert, key: certKey, pem } = folder.makeCertificate()
  const log: string[] = []
  const plain = http.createServer()
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(certKey) })
  for (const door of [plain, safe]) {
    guard(door, port, log)
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  }
  const portOf = (door: http.Server | https.Server) => (door.address() as AddressInfo).port
  const open = `http://127.0.0.1:${port}/mcp`
  const guarded = `http://127.0.0.1:${portOf(plain)}/mcp`
  const configOf = (servers: object, more: object = {}) => ({
    servers: JSON.stringify({ mcpServers: servers }),
    ...more,
  })
  const signedIn = { Authorization: `Bearer ${token}` }
  const stdio = {
    command: process.execPath,
    args: [program, 'stdio'],
    env: { GITHUB_TOKEN: 'token-of-nobody-at-all-1' },
  }
  return {
    version: JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')).version,
    config: configOf(
      {
        open: { url: open },
        guarded: { url: guarded, headers: signedIn },
        keyed: { url: guarded, headers: { 'X-API-Key': key } },
        program: stdio,
      },
      { startPrograms: 'yes' },
    ),
    encrypted: {
      config: configOf({ guarded: { url: `https://localhost:${portOf(safe)}/mcp`, headers: signedIn } }),
      caPem: pem,
    },
    invalid: { servers: '{"nothing": []}' },
    finds: {
      'identity agent:mcp-client': { kind: 'ai_agent' },
      'identity agent:mcp-client/open': holding('nothing'),
      'identity agent:mcp-client/guarded': holding('a credential'),
      'identity agent:mcp-client/program': holding(undefined),
      'resource tool-server:agent:mcp-client/open': { kind: 'tool_server' },
      'credential agent:mcp-client/guarded#Authorization': { credentialType: 'access_token' },
      'credential agent:mcp-client/keyed#X-API-Key': { credentialType: 'api_key' },
      'credential agent:mcp-client/program#GITHUB_TOKEN': { credentialType: 'access_token' },
    },
    also: {
      'access_token verify': (connection) => proveVerify(connection, 'access_token', 'guarded#Authorization', token),
      'api_key verify': (connection) => proveVerify(connection, 'api_key', 'keyed#X-API-Key', key),
    },
    apart: async (readWith) => {
      const started = await readWith(configOf({ program: stdio }, { startPrograms: 'yes' }), {
        mayStartPrograms: false,
      })
      const unwished = await readWith(configOf({ program: stdio }), { mayStartPrograms: true })
      for (const { records, end } of [started, unwished]) {
        const record = records.get('identity agent:mcp-client/program')
        const isStarted = record?.type === 'identity' && record.attributes?.tools !== undefined
        if (!end.isComplete || record === undefined || isStarted) throw new Error('a program was started unasked')
      }
      const refused = await readWith(configOf({ open: { url: open }, guarded: { url: guarded } }))
      if (refused.end.isComplete || refused.records.has('identity agent:mcp-client/guarded'))
        throw new Error('a server that refused was taken for read')
      const broken = { command: process.execPath, args: ['-e', 'process.exit(1)'] }
      const ended = await readWith(configOf({ broken }, { startPrograms: 'yes' }), { mayStartPrograms: true })
      if (ended.end.isComplete) throw new Error('a program that ended was taken for read')
      return [started.end, unwished.end, refused.end, ended.end]
    },
    secrets: [token, key, 'token-of-nobody-at-all-1'],
    logs: async () => `${log.join('\n')}\n${fs.readFileSync(folder.log, 'utf8')}`,
    stop: async () => {
      for (const door of [plain, safe]) {
        door.closeAllConnections()
        await new Promise((resolve) => door.close(resolve))
      }
      await server.stop()
      folder.remove()
    },
  }
}

const holding = (callersNeed: string | undefined) => ({
  ...{ kind: 'ai_agent', status: 'active' },
  attributes: {
    tools: expect.arrayContaining(['echo', 'get-env']),
    readOnlyTools: expect.arrayContaining([expect.any(String)]),
    ...{ serverName: expect.stringContaining('everything'), serverVersion: expect.any(String) },
    ...{ protocolVersion: expect.any(String), promptCount: expect.any(Number), resourceCount: expect.any(Number) },
    ...(callersNeed === undefined ? {} : { callersNeed }),
  },
})

/** A gateway before the server, as they stand before those that ask nobody: it lets in who brings the token or the key. */
function guard(door: http.Server | https.Server, port: number, log: string[]): void {
  door.on('request', (request, response) => {
    const { authorization, 'x-api-key': given } = request.headers
    const isIn = authorization === `Bearer ${token}` || given === key
    response.once('finish', () => log.push(`${request.method} ${request.url} ${response.statusCode}`))
    if (!isIn) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
      return
    }
    const to = {
      host: '127.0.0.1',
      port,
      path: request.url,
      method: request.method,
      headers: request.headers,
      agent: false,
    }
    const onward = http.request(to, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.once('error', () => response.destroy())
    request.pipe(onward)
  })
}

async function proveVerify(connection: LiveConnection, type: 'access_token' | 'api_key', at: string, good: string) {
  const target = { identity: `agent:mcp-client/${at.split('#')[0]}`, credential: `agent:mcp-client/${at}` }
  const ask = (secret: string) => connection.hands[type]?.verify?.({ target, secret: new Secret(secret) })
  const verdicts = [await ask(good), await ask('a-secret-that-is-wrong')]
  const answers = verdicts.map((verdict) => verdict?.answer).join()
  if (answers !== 'accepted,refused') throw new Error(`verify answered ${answers}`)
  return verdicts
}
