import { liveConnector } from '../live-connector'
import type { Call, DiscoveryPage, Hands, RightsReport, SemanticsCard, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { addressOf, hear, type McpSession, mcpConfig, obstacle, openMcp, tryHeaders } from './client'
import type { ClientServer } from './client-shapes'
import { mapRunning } from './live-map'
import { serverId } from './map-client'
import type { Listing } from './protocol'

const card: SemanticsCard = {
  disable: 'Tool servers have no switch for a credential: disable it where it was issued.',
  delete:
    'Tool servers delete no credential: delete it where it was issued, and take it out of the client’s configuration.',
  openSessions: {
    goOn: true,
    says: 'A session that a client opened may go on until it ends; whether the credential is looked at again is the server’s to say.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 0,
  enablingRevives: { does: false, says: 'Nothing is enabled here.' },
  twoSecrets: { can: false, says: 'What the issuer allows; the configuration of a client names one.' },
  undo: 'Nothing is changed here, so that there is nothing to undo.',
  source: 'https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization',
}

const identityCard: SemanticsCard = {
  ...card,
  disable: 'A tool server has no switch: take it out of the configurations of the clients, or end it where it runs.',
  delete: 'A tool server is deleted where it runs. What it holds goes on: revoke that at its issuers.',
  openSessions: { goOn: true, says: 'What clients opened goes on until the server ends.' },
}

const hands: Hands<McpSession> = { verify }

export const mcp = liveConnector({
  id: 'mcp',
  title: 'MCP tool servers',
  evidence: 'real',
  config: mcpConfig,
  instructions: [
    {
      title: 'Ask servers at an address',
      language: 'text',
      text: `{
  "mcpServers": {
    "search": {
      "url": "https://tools.example/mcp",
      "headers": { "Authorization": "Bearer …" }
    }
  }
}
A token that may list tools is enough; none is ever called. Streamable HTTP only.`,
    },
    {
      title: 'Start servers that are programs',
      language: 'text',
      text: `{
  "mcpServers": {
    "files": { "command": "mcp-server-filesystem", "args": ["/srv/shared"] }
  }
}
Whoever may change this connection can then run any program on this machine, as the user of Bailiwick. It is therefore off:
set LIVE_PROGRAMS=true for the installation, and "Servers that are programs" to yes. Each is started in an empty folder, with
nothing of Bailiwick's environment, asked for its tools, and ended.`,
    },
  ],
  requestsPerSecond: 20,
  hands: { identity: {}, access_token: hands, api_key: hands },
  semantics: { identity: identityCard, access_token: card, api_key: card },
  open: openMcp,
  close: async () => {},
  self: () => [],
  describeRights,
  readPage,
  changes: {
    why: 'A server gives its tools in one list, without times of change.',
    source: 'https://modelcontextprotocol.io/specification/2025-06-18/server/tools',
  },
  explain: () => undefined,
})

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

async function describeRights(session: McpSession, call: Call): Promise<RightsReport> {
  const { servers } = session.client
  // More would take longer than a test may.
  const asked = servers.slice(0, 5).map(async ({ name, value }) => {
    const heard = await hear(session, value, call)
    const what = `Ask ${name} for its tools`
    if ('listing' in heard)
      return { what: `${what}: ${count(heard.listing.tools.length, 'tool', 'tools')}`, allowed: true }
    return { what, allowed: false, missing: 'left' in heard ? heard.left : heard.refused }
  })
  const statements: RightsReport['statements'] = await Promise.all(asked)
  const others = servers.slice(5)
  const closed = others.filter(({ value }) => obstacle(session, value) !== undefined)
  if (others.length > 0)
    statements.push({
      what: `Ask ${count(others.length, 'other server', 'other servers')}`,
      allowed: 'unknown',
      missing: `seen at the first sync; ${closed.length} of them will not be asked`,
    })
  statements.push({ what: 'Call tools', allowed: false, missing: 'nothing: no tool is ever called' })
  return {
    account: 'the credentials of the configuration',
    product: count(servers.length, 'tool server', 'tool servers'),
    statements,
  }
}

/** Servers in the order of the configuration, so many at a time; the cursor is the number of the next. */
async function readPage(
  session: McpSession,
  { cursor, pageSize = 3 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const { client, setting } = session
  const from = cursor === null ? 0 : Number(cursor)
  const page = new Map<ClientServer, Listing | undefined>()
  const skipped: DiscoveryPage['skipped'] = []
  for (const server of client.servers.slice(from, from + pageSize)) {
    const heard = await hear(session, server.value, call)
    if ('listing' in heard) page.set(server, heard.listing)
    else if ('left' in heard) page.set(server, undefined)
    else skipped.push({ scope: `the tool server ${server.name}`, reason: heard.refused })
  }
  const context = { fingerprint: setting.fingerprint, instance: setting.instance }
  const rights = [...page.keys()].map((server) => ({
    identity: serverId(client, server),
    rotate: false as const,
    revoke: false as const,
    why: 'a tool server’s secrets are rotated and revoked where they were issued',
  }))
  const next = from + pageSize < client.servers.length ? String(from + pageSize) : null
  const records = mapRunning(client, { page, isFirst: cursor === null }, context)
  return { records, rights, refused: [], unresolved: [], skipped, next }
}

/** A sign-in with the secret in the place of the one that is configured. A server that asks nobody says nothing about it. */
async function verify(session: McpSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { client } = session
  const [id, name] = /^(.+)#([^#]+)$/s.exec(order.target.credential ?? '')?.slice(1) ?? []
  const server = client.servers.find((each) => serverId(client, each) === id)
  const place = addressOf(server?.value)
  if (server === undefined || name === undefined)
    throw new LiveError('not_found', 'This credential is of no server of this connection.')
  const written = place?.headers[name]
  if (place === undefined || written === undefined)
    return { answer: 'unknown', reason: 'it is not sent to the server as a header: only its issuer can tell' }
  const [scheme = ''] = /^(?:Bearer|Basic|Token|ApiKey|Bot)\s+/i.exec(written) ?? []
  try {
    await tryHeaders(session, place.url, { ...place.headers, [name]: `${scheme}${order.secret.reveal()}` }, call)
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    if (error.code === 'login_refused' || error.code === 'forbidden')
      return { answer: 'refused', reason: 'the server refused it' }
    if (['unreachable', 'timed_out', 'rate_limited'].includes(error.code))
      return { answer: 'unknown', reason: 'no answer came' }
    throw error
  }
  const { [name]: _without, ...others } = place.headers
  const isOpen = await tryHeaders(session, place.url, others, call).then(
    () => true,
    (error) => {
      if (error instanceof LiveError && (error.code === 'login_refused' || error.code === 'forbidden')) return false
      throw error
    },
  )
  return isOpen
    ? { answer: 'unknown', reason: 'the server lets in callers without it as well' }
    : { answer: 'accepted', reason: 'the server let it in, and nobody without it' }
}
