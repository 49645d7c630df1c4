import type { MapContext, NodeRef, NormalisedRecord } from '../contract'
import type { ClientConfig, ClientServer } from './client-shapes'
import { isFields } from './fields'
import { mapConfig, serverId } from './map-client'
import type { Listing } from './protocol'

/**
 * The records of a configuration as from a file, with the tools that running servers told in place of what is written. Only those of the
 * servers of this page; what belongs to none of them comes with the first.
 */
export function mapRunning(
  config: ClientConfig,
  { page, isFirst }: { page: ReadonlyMap<ClientServer, Listing | undefined>; isFirst: boolean },
  context: MapContext,
): NormalisedRecord[] {
  const told = (server: ClientServer): ClientServer => {
    const tools = page.get(server)?.tools
    return tools === undefined || !isFields(server.value) ? server : { ...server, value: { ...server.value, tools } }
  }
  const { records } = mapConfig({ ...config, servers: config.servers.map(told) }, 'the connection', context)
  const ids = new Set(config.servers.map((server) => serverId(config, server)))
  const listings = new Map([...page].map(([server, listing]) => [serverId(config, server), listing]))
  return records.flatMap((record): NormalisedRecord[] => {
    const owner = ownerOf(record, ids)
    if (owner === undefined ? !isFirst : !listings.has(owner)) return []
    const listing = owner === undefined ? undefined : listings.get(owner)
    return [listing === undefined ? record : withFacts(record, listing)]
  })
}

/** The server that a record belongs to: by its own id, or by the ends of an edge. */
function ownerOf(record: NormalisedRecord, ids: ReadonlySet<string>): string | undefined {
  const refs: Pick<NodeRef, 'externalId'>[] = record.type === 'entitlement' ? [record.to, record.from] : [record]
  for (const { externalId } of refs) {
    const bare = externalId.replace(/^tool-server:/, '')
    for (const id of [bare, bare.slice(0, bare.lastIndexOf('#'))]) if (ids.has(id)) return id
  }
  return undefined
}

/** What only the running server says. */
function withFacts(record: NormalisedRecord, listing: Listing): NormalisedRecord {
  if (record.type !== 'identity') return record
  const { name, version, protocolVersion, resourceCount, promptCount, callersNeed } = listing
  return {
    ...record,
    status: 'active',
    attributes: {
      ...record.attributes,
      ...(name === undefined ? {} : { serverName: name }),
      ...(version === undefined ? {} : { serverVersion: version }),
      ...(callersNeed === undefined ? {} : { callersNeed }),
      ...(listing.tools.length === 0 ? { toolCount: 0 } : {}),
      ...{ protocolVersion, resourceCount, promptCount },
    },
  }
}
