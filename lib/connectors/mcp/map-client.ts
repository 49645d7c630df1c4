import type {
  CredentialRecord,
  EdgeRecord,
  MapContext,
  MapResult,
  NodeRef,
  NormalisedRecord,
  ParsedFile,
  SightingRecord,
} from '../contract'
import type { Secret } from './client-secrets'
import { type ConfiguredServer, readServer } from './client-server'
import { type ClientConfig, clientConfigOf } from './client-shapes'
import { credentialTypeOf } from './secret-names'
import { type KnownSystem, publicAddress, systemOf } from './systems'
import { hintAttributes } from './tool-hints'

/**
 * A client's configuration to records: the client is an agent, which may call tool servers; each server runs with the
 * secrets that the configuration hands to it.
 */
export function mapClient(file: ParsedFile, context: MapContext): MapResult {
  const config = clientConfigOf(file)
  const { instance } = context
  const result: MapResult = {
    system: 'mcp',
    instance: instance ?? file.name,
    instanceName: instance === undefined ? `MCP client ${file.name}` : `Tool servers ${instance}`,
    records: [],
    refused: [],
    unresolved: [],
  }
  if (config === undefined || config.servers.length === 0) {
    result.refused.push({ at: 'file', reason: 'No findings: the configuration names no tool server' })
    return result
  }
  return { ...result, ...mapConfig(config, file.name, context) }
}

const agentId = ({ client }: ClientConfig) => `agent:${client.toLowerCase().replaceAll(' ', '-')}`

/** The id of a server's identity; the ids of all else that is its own hold it too. */
export const serverId = (config: ClientConfig, { name, project }: { name: string; project?: string | undefined }) =>
  `${agentId(config)}/${project === undefined ? '' : `${project}/`}${name}`.slice(0, 512)

/** The same of a configuration that was read already. `place` says where a person finds it. */
export function mapConfig(
  config: ClientConfig,
  place: string,
  { fingerprint }: MapContext,
): Pick<MapResult, 'records' | 'refused'> {
  const result: Pick<MapResult, 'records' | 'refused'> = { records: [], refused: [] }
  const agent: NodeRef = { type: 'identity', externalId: agentId(config) }
  const systems = new Map<string, KnownSystem>()
  const seen = new Set<string>()
  const servers: ConfiguredServer[] = []
  for (const entry of config.servers) {
    const server = readServer(entry, config.passwordInputs)
    if (typeof server === 'string') result.refused.push({ at: entry.at, reason: `the server ${server}` })
    else servers.push(server)
  }
  if (servers.length === 0) return result
  result.records.push(agentRecord(config, servers, agent))
  for (const server of servers) {
    const id = serverId(config, server)
    if (seen.has(id)) result.refused.push({ at: server.at, reason: 'the server has the name of another one' })
    else result.records.push(...serverRecords(server, id, agent, place, systems, fingerprint))
    seen.add(id)
  }
  for (const { externalId, name, kind } of systems.values())
    result.records.push({ type: 'resource', externalId, name, kind })
  return result
}

function agentRecord(config: ClientConfig, servers: ConfiguredServer[], { externalId }: NodeRef): NormalisedRecord {
  const unasked = servers.filter(({ isTrusted, unaskedTools }) => isTrusted || unaskedTools.length > 0)
  return {
    type: 'identity',
    externalId,
    kind: 'ai_agent',
    name: config.client,
    status: 'unknown',
    attributes: {
      toolServers: servers.map(({ name }) => name).slice(0, 200),
      runsAs: 'the person who starts it',
      onBehalfOf: 'not stated',
      ...(unasked.length === 0 ? {} : { callsWithoutAsking: unasked.map(({ name }) => name).slice(0, 200) }),
    },
  }
}

function serverRecords(
  server: ConfiguredServer,
  id: string,
  agent: NodeRef,
  fileName: string,
  systems: Map<string, KnownSystem>,
  fingerprint: (secret: string) => string,
): NormalisedRecord[] {
  const self: NodeRef = { type: 'identity', externalId: id }
  const tool: NodeRef = { type: 'resource', externalId: `tool-server:${id}` }
  const records: NormalisedRecord[] = [
    {
      type: 'identity',
      externalId: id,
      kind: 'ai_agent',
      name: server.name,
      status: server.isDisabled ? 'disabled' : 'unknown',
      attributes: attributesOf(server),
    },
    { type: 'resource', externalId: tool.externalId, kind: 'tool_server', name: server.name },
    edge('delegates_to', tool, self),
  ]
  if (!server.isDisabled)
    records.push(
      edge('grants', agent, tool, 'the configuration does not state what the tools may do', server.allowedTools),
    )
  const reached = new Map<string, { system: KnownSystem; scopes: string[]; reason: string }>()
  const reach = (system: KnownSystem, scope: string | undefined, reason: string) => {
    const known = reached.get(system.externalId) ?? { system, scopes: [], reason }
    if (scope !== undefined && !known.scopes.includes(scope)) known.scopes.push(scope)
    reached.set(system.externalId, known)
  }
  const held = new Map<string, NormalisedRecord[]>()
  for (const secret of server.secrets) {
    const opened = systemOpened(secret)
    if (opened !== undefined) reach(opened, secret.name, 'the configuration does not state what the secret may do')
    // The same name twice (in the environment and as an argument) is one credential; a value in the file counts most.
    if (!held.has(secret.name) || secret.literal !== undefined)
      held.set(secret.name, secretRecords(secret, server, self, fileName, fingerprint))
  }
  if (server.url !== undefined) {
    const host = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)/i.exec(server.url)?.[1] ?? server.url
    reach(
      { externalId: server.url, name: host, kind: 'system' },
      undefined,
      'the configuration does not state what it does there',
    )
  }
  for (const { system, scopes, reason } of reached.values()) {
    systems.set(system.externalId, system)
    records.push(edge('grants', self, { type: 'resource', externalId: system.externalId }, reason, scopes))
  }
  return [...records, ...[...held.values()].flat()]
}

function attributesOf(server: ConfiguredServer): Record<string, string | number | boolean | string[]> {
  const isProcess = server.command !== undefined
  return {
    transport: server.transport,
    ...(server.command === undefined ? {} : { command: server.command.slice(0, 300) }),
    ...(server.args.length === 0 ? {} : { arguments: server.args }),
    ...(server.url === undefined ? {} : { address: server.url }),
    ...(server.source === undefined ? {} : { startedFrom: server.source }),
    ...(server.folder === undefined ? {} : { folder: server.folder.slice(0, 300) }),
    ...(server.project === undefined ? {} : { project: server.project.slice(0, 300) }),
    runsAs: server.user ?? (isProcess ? 'the person who starts the client' : 'not stated'),
    onBehalfOf: 'not stated',
    ...(server.isTrusted ? { callsWithoutAsking: 'every tool' } : {}),
    ...(server.unaskedTools.length === 0 ? {} : { toolsCalledWithoutAsking: server.unaskedTools }),
    ...(server.allowedTools.length === 0 ? {} : { allowedTools: server.allowedTools }),
    ...(server.deniedTools.length === 0 ? {} : { deniedTools: server.deniedTools }),
    ...hintAttributes(server.hints),
  }
}

/** What the secret opens: the database of its address, else what its name says. */
function systemOpened({ name, literal }: Secret): KnownSystem | undefined {
  if (literal !== undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(literal)) {
    const address = publicAddress(literal)
    return { externalId: address, name: address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, ''), kind: 'database' }
  }
  return /^(?:argument|address|password)/i.test(name) ? undefined : systemOf(name)
}

function secretRecords(
  secret: Secret,
  server: ConfiguredServer,
  subject: NodeRef,
  fileName: string,
  fingerprint: (secret: string) => string,
): [CredentialRecord, SightingRecord] {
  const { name, via, literal, reference, declared } = secret
  const externalId = `${subject.externalId}#${name}`.slice(0, 800)
  const isAddress = literal?.includes('://') === true
  const value =
    literal === undefined
      ? {}
      : {
          fingerprint: fingerprint(literal),
          ...(literal.length >= 12 && !isAddress ? { lastFour: literal.slice(-4) } : {}),
        }
  const credentialType = isAddress ? 'password' : credentialTypeOf(name)
  return [
    {
      type: 'credential',
      externalId,
      subject,
      credentialType,
      name,
      status: 'unknown',
      ...value,
      attributes: {
        via,
        declaredSecret: declared,
        ...(literal === undefined ? {} : { writtenIntoTheFile: true }),
        ...(reference === undefined ? {} : { takenFrom: reference }),
      },
    },
    {
      type: 'sighting',
      externalId,
      about: { type: 'credential', externalId },
      name,
      place: `${fileName}, server ${server.name}, ${via} ${name}`,
      credentialType,
      ...value,
    },
  ]
}

function edge(
  kind: EdgeRecord['kind'],
  from: NodeRef,
  to: NodeRef,
  notEvaluable?: string,
  scopes: string[] = [],
): EdgeRecord {
  return {
    type: 'entitlement',
    kind,
    from,
    to,
    effect: 'allow',
    scopes: scopes.slice(0, 200),
    scopeCount: scopes.length,
    basis: 'declared',
    ...(notEvaluable === undefined ? {} : { notEvaluable }),
  }
}
