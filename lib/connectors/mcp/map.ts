import type {
  CredentialRecord,
  EdgeRecord,
  IdentityRecord,
  MapContext,
  MapResult,
  NodeRef,
  NormalisedRecord,
  OwnerHint,
} from '../contract'
import { credentialTypeOf } from './secret-names'
import type { SecretInput, ToolServer } from './server'
import { type KnownSystem, systemOf } from './systems'

/** An entry of the file, read or refused. */
export interface ReadServer {
  at: string
  server: ToolServer | string
}

const unknownScope = 'the server does not state what the secret may do'
const unknownUse = 'the server does not state what it does at this address'

/**
 * Tool servers to records. The running server is the principal (identity `ai_agent`), what agents reach of it is the
 * resource `tool_server`, which acts as that identity (`delegates_to`).
 */
export function mapServers(
  read: ReadServer[],
  defaults: { instance: string; title: string },
  context: MapContext,
): MapResult {
  const instance = context.instance ?? defaults.instance
  const result: MapResult = {
    system: 'mcp',
    instance,
    instanceName: context.instance === undefined ? defaults.title : `Tool servers ${instance}`,
    records: [],
    refused: [],
    unresolved: [],
  }
  const versions = new Map<string, ToolServer[]>()
  for (const { at, server } of read) {
    if (typeof server === 'string') result.refused.push({ at, reason: `the server ${server}` })
    else {
      const known = versions.get(server.name)
      if (known === undefined) versions.set(server.name, [server])
      else known.push(server)
    }
  }
  const systems = new Map<string, KnownSystem>()
  for (const entries of versions.values()) {
    for (const record of serverRecords(entries, systems, context)) result.records.push(record)
  }
  for (const { externalId, name, kind } of systems.values())
    result.records.push({ type: 'resource', externalId, name, kind })
  if (result.records.length === 0 && result.refused.length === 0)
    result.refused.push({ at: 'file', reason: 'lists no server' })
  return result
}

/** The version to show: marked latest, else released last, else the last in the file. */
function newest(entries: ToolServer[]): ToolServer | undefined {
  let best: ToolServer | undefined
  for (const entry of entries) {
    const marked = Number(entry.isLatest === true) - Number(best?.isLatest === true)
    if (best === undefined || marked > 0 || (marked === 0 && (entry.releasedAt ?? '') >= (best.releasedAt ?? '')))
      best = entry
  }
  return best
}

function serverRecords(
  entries: ToolServer[],
  systems: Map<string, KnownSystem>,
  { fingerprint }: MapContext,
): NormalisedRecord[] {
  const server = newest(entries)
  if (server === undefined) return []
  const self: NodeRef = { type: 'identity', externalId: server.name }
  const tool: NodeRef = { type: 'resource', externalId: `tool-server:${server.name}` }
  const records: NormalisedRecord[] = [
    identityOf(server, entries),
    { type: 'resource', externalId: tool.externalId, kind: 'tool_server', name: server.title ?? server.name },
    edge('delegates_to', tool, self),
  ]
  const reached = new Map<string, EdgeRecord>()
  const reach = (system: KnownSystem, scope: string | undefined, reason: string) => {
    if (!systems.has(system.externalId)) systems.set(system.externalId, system)
    const known =
      reached.get(system.externalId) ??
      edge('grants', self, { type: 'resource', externalId: system.externalId }, reason)
    if (scope !== undefined && !known.scopes.includes(scope) && known.scopes.length < 200) known.scopes.push(scope)
    known.scopeCount = known.scopes.length
    reached.set(system.externalId, known)
  }
  const credentials = new Map<string, CredentialRecord>()
  const sightings = new Map<string, NormalisedRecord>()
  for (const input of server.secrets) {
    const credential = credentialOf(server, input, self, credentials.get(input.name), fingerprint)
    credentials.set(input.name, credential)
    const externalId = `${credential.externalId}@${input.place}`
    sightings.set(externalId, {
      type: 'sighting',
      externalId,
      about: { type: 'credential', externalId: credential.externalId },
      name: input.name,
      place: `${input.declared ? 'declared' : 'asked for'} by ${server.name} (${input.place}) as ${input.via} ${input.name}`,
      ...(input.literal === undefined ? {} : { fingerprint: fingerprint(input.literal) }),
    })
    const system = systemOf(input.name)
    if (system !== undefined) reach(system, input.name, unknownScope)
  }
  for (const { url } of server.remotes)
    reach({ externalId: url, name: hostOf(url), kind: 'system' }, undefined, unknownUse)
  return [...records, ...credentials.values(), ...sightings.values(), ...reached.values()]
}

function edge(kind: 'grants' | 'delegates_to', from: NodeRef, to: NodeRef, notEvaluable?: string): EdgeRecord {
  const base: EdgeRecord = {
    type: 'entitlement',
    kind,
    from,
    to,
    effect: 'allow',
    scopes: [],
    scopeCount: 0,
    basis: 'declared',
  }
  return notEvaluable === undefined ? base : { ...base, notEvaluable }
}

function identityOf(server: ToolServer, entries: ToolServer[]): IdentityRecord {
  const versions = [...new Set(entries.flatMap(({ version }) => version ?? []))]
  const { status } = server
  return {
    type: 'identity',
    externalId: server.name,
    kind: 'ai_agent',
    name: server.name,
    description: server.description ?? server.title,
    status: status === 'deprecated' || status === 'deleted' ? 'disabled' : status === 'active' ? 'active' : 'unknown',
    attributes: {
      ...(server.title === undefined ? {} : { title: server.title }),
      ...(server.version === undefined ? {} : { version: server.version }),
      ...(versions.length > 1 ? { versions: versions.slice(0, 50) } : {}),
      ...(status === undefined || status === 'active' ? {} : { registryStatus: status }),
      ...(server.releasedAt === undefined ? {} : { releasedAt: server.releasedAt }),
      ...(server.repositoryUrl === undefined ? {} : { repository: server.repositoryUrl }),
      ...(server.websiteUrl === undefined ? {} : { website: server.websiteUrl }),
      ...(server.packages.length === 0 ? {} : { packages: server.packages.slice(0, 50) }),
      ...(server.remotes.length === 0
        ? {}
        : { remotes: server.remotes.slice(0, 50).map(({ transport, url }) => `${transport ?? 'remote'} ${url}`) }),
      ...server.attributes,
    },
    ownerHints: ownerHints(server),
  }
}

/** One credential per name and server; the strongest statement about it wins. */
function credentialOf(
  server: ToolServer,
  input: SecretInput,
  subject: NodeRef,
  known: CredentialRecord | undefined,
  fingerprint: (secret: string) => string,
): CredentialRecord {
  const credential: CredentialRecord = known ?? {
    type: 'credential',
    externalId: `${server.name}#${input.name}`,
    subject,
    credentialType: credentialTypeOf(input.via === 'OAuth' ? 'TOKEN' : input.name),
    name: input.name,
    status: 'unknown',
    attributes: { declaredSecret: false, via: input.via },
  }
  credential.attributes = {
    ...credential.attributes,
    declaredSecret: credential.attributes?.declaredSecret === true || input.declared,
    ...(input.required === undefined ? {} : { required: input.required }),
    ...(input.literal === undefined ? {} : { writtenIntoTheFile: true }),
  }
  if (input.literal !== undefined) {
    credential.fingerprint = fingerprint(input.literal)
    if (input.literal.length >= 16) credential.lastFour = input.literal.slice(-4)
  }
  return credential
}

function hostOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/]+)/i.exec(url)?.[1] ?? url
}

/** Who publishes the server: the owner of its repository, or the holder of its namespace. */
function ownerHints({ repositoryUrl, name }: ToolServer): OwnerHint[] | undefined {
  const hints: OwnerHint[] = []
  const owner = /^https?:\/\/(?:www\.)?(?:github|gitlab)\.com\/([\w.-]+)/i.exec(repositoryUrl ?? '')?.[1]
  if (owner !== undefined) hints.push({ value: owner, from: 'repository owner' })
  const namespace = name.includes('/') ? (name.split('/', 1)[0] ?? '') : ''
  const account = /^io\.(?:github|gitlab)\.(.+)$/i.exec(namespace)?.[1]
  const holder = account ?? namespace.split('.').reverse().join('.')
  if (holder !== '' && holder.toLowerCase() !== owner?.toLowerCase()) hints.push({ value: holder, from: 'namespace' })
  return hints.length === 0 ? undefined : hints
}
