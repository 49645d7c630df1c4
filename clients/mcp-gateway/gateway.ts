import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { DecisionPoint } from './ask-decision'
import { TokenRefused, type TokenRules, tokenChecker } from './check-token'
import { guard } from './guard'

export interface GatewayOptions {
  /** 0 = any. */
  port: number
  host: string
  token: TokenRules
  /** The claim that names whom the caller acts for. */
  subjectClaim: string
  point: DecisionPoint
  /** The guarded server: a program that speaks over its standard streams, one for each session, or an address. */
  server: { command: string; args: string[]; env: Record<string, string> } | { url: string }
  /** A line for whoever runs the gateway; never with a token in it. */
  log: (line: string) => void
}

interface Session {
  transport: StreamableHTTPServerTransport
  subject: unknown
  usedAt: number
  close: () => Promise<void>
}

const path = '/mcp'
const mostSessions = 200
const idleMs = 30 * 60_000
const mostBytes = 4 * 1024 * 1024

/**
 * Stands in front of a server of the Model Context Protocol and lets through what a decision point permits. Everything else is
 * refused, also when the decision point is away.
 * @returns where it listens, and how to stop it
 */
export async function startGateway(options: GatewayOptions): Promise<{ url: string; stop: () => Promise<void> }> {
  const check = tokenChecker(options.token)
  const sessions = new Map<string, Session>()

  const open = async (claims: Record<string, unknown>): Promise<Session> => {
    const far: Transport =
      'url' in options.server
        ? new StreamableHTTPClientTransport(new URL(options.server.url))
        : new StdioClientTransport({ ...options.server, stderr: 'ignore' })
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, session),
      onsessionclosed: (id) => void sessions.get(id)?.close(),
    })
    const session: Session = {
      transport,
      subject: claims[options.subjectClaim],
      usedAt: Date.now(),
      close: async () => {
        if (transport.sessionId) sessions.delete(transport.sessionId)
        await Promise.allSettled([transport.close(), far.close()])
      },
    }
    await guard(transport, far, {
      point: options.point,
      subjectClaim: options.subjectClaim,
      serverId: options.token.audience,
      log: options.log,
    })
    far.onclose = () => void session.close()
    return session
  }

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
    if (url.pathname === `/.well-known/oauth-protected-resource${path}`)
      return send(response, 200, { resource: options.token.audience, authorization_servers: [options.token.issuer] })
    if (url.pathname !== path) return send(response, 404, { error: `There is only ${path} here.` })
    const claims = await check(request.headers.authorization)
    const auth = { token: '', clientId: String(claims.client_id ?? ''), scopes: [], extra: { claims } }
    const id = request.headers['mcp-session-id']
    let session = typeof id === 'string' ? sessions.get(id) : undefined
    if (typeof id === 'string' && !session) return send(response, 404, { error: 'There is no such session.' })
    if (session && session.subject !== claims[options.subjectClaim])
      return send(response, 403, { error: 'The session is somebody else’s.' })
    const body = request.method === 'POST' ? await readBody(request) : undefined
    if (!session && sessions.size >= mostSessions) return send(response, 503, { error: 'There are too many sessions.' })
    session ??= await open(claims)
    session.usedAt = Date.now()
    await session.transport.handleRequest(Object.assign(request, { auth }), response, body)
    // Whatever opened no session leaves no program behind.
    if (!session.transport.sessionId) await session.close()
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy()
      if (error instanceof TokenRefused) {
        const metadata = `${new URL(options.token.audience).origin}/.well-known/oauth-protected-resource${path}`
        response.setHeader('www-authenticate', `Bearer resource_metadata="${metadata}"`)
        return send(response, 401, { error: error.message })
      }
      if (error instanceof BadBody) return send(response, error.status, { error: error.message })
      options.log(`A request failed: ${error instanceof Error ? error.message : 'unknown'}`)
      return send(response, 502, { error: 'The guarded server could not be reached.' })
    })
  })
  const sweep = setInterval(() => {
    for (const session of sessions.values()) if (Date.now() - session.usedAt > idleMs) void session.close()
  }, 60_000)
  sweep.unref()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host}:${port}${path}`,
    stop: async () => {
      clearInterval(sweep)
      await Promise.allSettled([...sessions.values()].map((session) => session.close()))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

class BadBody extends Error {
  constructor(
    readonly status: number,
    says: string,
  ) {
    super(says)
  }
}

async function readBody(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new BadBody(413, 'The message is larger than 4 MB.')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new BadBody(400, 'The message is no JSON.')
  }
}

function send(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
