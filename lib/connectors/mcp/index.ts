import type { FileConnector, ParsedFile } from '../contract'
import { field, isFields } from './fields'
import { mapServers } from './map'
import { isDockerServer, readDockerServer } from './read-docker'
import { isServerEntry, readRegistryServer, registryEntries } from './read-registry'

/** The values of a file with the place of each. */
function values(file: ParsedFile): { value: unknown; at: string }[] {
  if (file.kind === 'json') return [{ value: file.value, at: '$' }]
  if (file.kind === 'yaml') return file.documents.map(({ line, value }) => ({ value, at: `line ${line}` }))
  return []
}

/** `server.json`, one or many, as authors publish it and as the registry answers. */
const registryServer: FileConnector = {
  id: 'mcp-server',
  title: 'MCP registry servers',
  expects: 'an MCP server.json (name with packages or remotes), or a registry listing with a "servers" list',
  coverage: 'file',
  accepts: (file) => {
    if (file.kind !== 'json') return false
    const entries = registryEntries(file.value)
    if (entries.length > 0) return entries.slice(0, 50).some(({ entry }) => isServerEntry(entry))
    return isFields(field(file.value, 'metadata')) && Array.isArray(field(file.value, 'servers'))
  },
  map: (file, context) => {
    const entries = values(file).flatMap(({ value }) => registryEntries(value))
    const read = entries.map(({ entry, at }) => ({ at, server: readRegistryServer(entry, at) }))
    return mapServers(read, { instance: 'registry', title: 'MCP registry' }, context)
  },
}

/** `server.yaml` of Docker's MCP registry. */
const dockerServer: FileConnector = {
  id: 'mcp-docker-server',
  title: 'Docker MCP servers',
  expects: "a server.yaml of Docker's MCP registry (name, image or remote, about, config)",
  coverage: 'file',
  accepts: (file) => values(file).some(({ value }) => isDockerServer(value)),
  map: (file, context) => {
    const read = values(file).map(({ value, at }) => ({ at, server: readDockerServer(value, at) }))
    return mapServers(read, { instance: 'docker', title: 'Docker MCP registry' }, context)
  },
}

export const connectors: FileConnector[] = [registryServer, dockerServer]
