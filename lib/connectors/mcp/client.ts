import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError, networkError } from '../live-error'
import { checkPlace, type Endpoint } from '../outbound'
import { askHttp, retryAfterMs } from '../outbound-http'
import { type ClientConfig, clientConfigOf } from './client-shapes'
import { field, isFields, text } from './fields'
import { type Ask, initialize, type Listing, listTools, type Message, replyIn } from './protocol'
import { withProgram } from './start-program'

export const mcpConfig = z.object({
  servers: secretField(
    'Tool servers',
    'As MCP clients are configured: {"mcpServers": {"search": {"url": "https://tools.example/mcp", "headers": {"Authorization": "Bearer …"}}}}',
  ).meta({ isLong: true }),
  startPrograms: z.enum(['no', 'yes']).default('no').meta({
    title: 'Servers that are programs',
    description:
      'no: they are read from the configuration and not started. yes: started on this machine and asked for their tools, where the installation allows it',
  }),
  caPem: z.string().max(100_000).optional().meta({
    title: 'Certificate authority',
    description: 'PEM of the authority that signed the servers’ certificates, when it is not a public one',
  }),
})
export type McpConfig = z.output<typeof mcpConfig>

export interface McpSession {
  config: McpConfig
  setting: LiveSetting
  client: ClientConfig
}

/** What a server said, or why it said nothing. */
export type Heard = { listing: Listing } | { refused: string } | { left: string }

/** How a server is reached, as the configuration writes it; with its secrets. */
interface Reach {
  url: string | undefined
  headers: Record<string, string>
  command: string | undefined
  args: string[]
  env: Record<string, string>
}

const serverLimit = 500

/** Reads the configuration; nothing is asked yet. */
export async function openMcp(config: McpConfig, setting: LiveSetting): Promise<McpSession> {
  let value: unknown
  try {
    value = JSON.parse(config.servers.reveal())
  } catch {
    throw new LiveError('invalid_config', 'The tool servers are not written as JSON.')
  }
  const client = clientConfigOf({ kind: 'json', name: '', value })
  if (client === undefined || client.servers.length === 0)
    throw new LiveError(
      'invalid_config',
      'The configuration names no tool server: {"mcpServers": {"name": {"url": "…"}}}.',
    )
  if (client.servers.length > serverLimit)
    throw new LiveError('invalid_config', `A connection takes at most ${serverLimit} tool servers.`)
  return { config, setting, client }
}

/** What stands in the way of asking this server; `undefined` = nothing. */
export function obstacle({ config, setting }: McpSession, value: unknown): string | undefined {
  const { url, command } = reachOf(value)
  if (url !== undefined) return undefined
  if (command === undefined) return 'the configuration names neither an address nor a program'
  if (config.startPrograms !== 'yes') return 'it is a program, which this connection does not start'
  return setting.mayStartPrograms === true ? undefined : 'it is a program, and this installation starts none'
}

/** One server that does not answer must not keep the others waiting. */
const patienceMs = 15_000

/** Asks one server what it is and which tools it has. What stops everything is thrown. */
export async function hear(session: McpSession, value: unknown, call: Call): Promise<Heard> {
  const left = obstacle(session, value)
  if (left !== undefined) return { left }
  const reach = reachOf(value)
  const foreign = [...Object.entries(reach.headers), ...Object.entries(reach.env)].find(([, text]) => isReference(text))
  if (foreign !== undefined) return { refused: `it takes ${foreign[0]} from the client’s own machine` }
  const bounded = { ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(patienceMs)]) }
  try {
    if (reach.url === undefined) return { listing: await hearProgram(reach, bounded) }
    const listing = await hearAddress(session, reach.url, reach.headers, bounded)
    const isBare = Object.keys(reach.headers).length === 0
    const callersNeed = isBare ? 'nothing' : await whatCallersNeed(session, reach.url, bounded)
    return { listing: { ...listing, callersNeed } }
  } catch (thrown) {
    if (call.signal.aborted) throw thrown
    if (bounded.signal.aborted) return { refused: `it did not answer within ${patienceMs / 1000} s` }
    const error = thrown instanceof LiveError ? thrown : networkError(thrown)
    if (error === undefined || error.code === 'rate_limited') throw thrown
    return { refused: error.message }
  }
}

/** The headers of a server, and its address; nothing for a program. */
export function addressOf(value: unknown): { url: string; headers: Record<string, string> } | undefined {
  const { url, headers } = reachOf(value)
  return url === undefined ? undefined : { url, headers }
}

function reachOf(value: unknown): Reach {
  const inner = isFields(field(value, 'transport')) ? field(value, 'transport') : value
  const words = field(inner, 'args')
  return {
    url: text(field(inner, 'url')) ?? text(field(value, 'serverUrl')) ?? text(field(value, 'httpUrl')),
    headers: texts(field(inner, 'headers')),
    command: text(field(inner, 'command')),
    args: Array.isArray(words) ? words.map(String) : [],
    env: texts(field(inner, 'env')),
  }
}

const texts = (value: unknown) =>
  Object.fromEntries(
    Object.entries(isFields(value) ? value : {}).flatMap(([name, entry]) =>
      typeof entry === 'string' || typeof entry === 'number' ? [[name, String(entry)]] : [],
    ),
  )

/** What a client would fill in: `${input:key}`, `$TOKEN`. */
const isReference = (value: string) => /\$\{[^}]*\}|^\$\w+$|\{\{/.test(value)

async function hearAddress(
  session: McpSession,
  url: string,
  headers: Record<string, string>,
  call: Call,
): Promise<Listing> {
  const state: { id?: string; version?: string } = {}
  const ask: Ask = async (message) => {
    const { answer, id } = await post(session, { url, headers, state }, message, call)
    state.id ??= id
    return answer
  }
  const { hello, version } = await initialize(ask)
  state.version = version
  try {
    return await listTools(ask, hello)
  } finally {
    // A server that does not know this, or is gone, keeps no session for us either.
    if (state.id !== undefined) await end(session, { url, headers, state }, call).catch(() => {})
  }
}

/** Whether a caller without any credential is let in. */
async function whatCallersNeed(session: McpSession, url: string, call: Call): Promise<Listing['callersNeed']> {
  const state: { id?: string } = {}
  try {
    const ask: Ask = async (message) => {
      const { answer, id } = await post(session, { url, headers: {}, state }, message, call)
      state.id ??= id
      return answer
    }
    await initialize(ask)
    if (state.id !== undefined) await end(session, { url, headers: {}, state }, call).catch(() => {})
    return 'nothing'
  } catch (error) {
    if (error instanceof LiveError && (error.code === 'login_refused' || error.code === 'forbidden'))
      return 'a credential'
    return undefined
  }
}

/** A sign-in with these headers. @throws LiveError `login_refused`, `forbidden` */
export async function tryHeaders(
  session: McpSession,
  url: string,
  headers: Record<string, string>,
  call: Call,
): Promise<void> {
  const state: { id?: string } = {}
  await initialize(async (message) => {
    const { answer, id } = await post(session, { url, headers, state }, message, call)
    state.id ??= id
    return answer
  })
  if (state.id !== undefined) await end(session, { url, headers, state }, call).catch(() => {})
}

interface Place {
  url: string
  headers: Record<string, string>
  state: { id?: string; version?: string }
}

function endpointOf({ config }: McpSession, written: string): { endpoint: Endpoint; path: string } {
  const url = URL.canParse(written) ? new URL(written) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '')
    throw new LiveError('invalid_config', 'Its address is not one of http or https without a user in it.')
  const tls = url.protocol === 'https:' ? 'verify' : 'off'
  const port = url.port === '' ? (tls === 'verify' ? 443 : 80) : Number(url.port)
  return { endpoint: { host: url.hostname, port, tls, caPem: config.caPem }, path: `${url.pathname}${url.search}` }
}

const sessionHeaders = ({ headers, state }: Place) => ({
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  ...(state.id === undefined ? {} : { 'mcp-session-id': state.id }),
  ...(state.version === undefined ? {} : { 'mcp-protocol-version': state.version }),
})

async function end(session: McpSession, place: Place, call: Call): Promise<void> {
  const { endpoint, path } = endpointOf(session, place.url)
  await call.pace()
  const checked = await checkPlace(endpoint, session.setting.outbound)
  await askHttp(checked, { method: 'DELETE', path, headers: sessionHeaders(place) }, call.signal)
}

/** One message of JSON-RPC over streamable HTTP: the answer is JSON, or a stream that ends with it. */
async function post(
  session: McpSession,
  place: Place,
  message: Message,
  call: Call,
): Promise<{ answer: unknown; id: string | undefined }> {
  const { endpoint, path } = endpointOf(session, place.url)
  await call.pace()
  const checked = await checkPlace(endpoint, session.setting.outbound)
  const headers = {
    ...sessionHeaders(place),
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  }
  const answer = await askHttp(checked, { method: 'POST', path, headers, body: JSON.stringify(message) }, call.signal)
  const { status } = answer
  if (status === 401)
    throw new LiveError('login_refused', 'The server asks for a credential, or refused the one it was given.')
  if (status === 403) throw new LiveError('forbidden', 'The server refused the credential that it was given.')
  if (status === 429 || status === 503) throw new LiveError('rate_limited', 'The server is busy.', retryAfterMs(answer))
  if (status >= 500) throw new LiveError('unreachable', `The server failed with ${status}.`)
  if (status >= 300 && status < 400)
    throw new LiveError('unexpected_answer', 'The server points elsewhere, which is not followed.')
  if (status >= 400)
    throw new LiveError('unexpected_answer', `What answers there is no tool server: it said ${status}.`)
  const id = answer.headers['mcp-session-id']
  const isStream = String(answer.headers['content-type']).startsWith('text/event-stream')
  return { answer: replyIn(answer.text, isStream, message.id), id: typeof id === 'string' ? id : undefined }
}

/** A program that speaks the same over its input and output. */
function hearProgram({ command = '', args, env }: Reach, call: Call): Promise<Listing> {
  return withProgram({ command, args, env }, call.signal, async (ask) => {
    const { hello } = await initialize(ask)
    return listTools(ask, hello)
  })
}
