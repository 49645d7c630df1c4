import type { FileConnector, ParsedFile } from '../contract'
import { unfinishedPages } from '../walk-answers'
import { clientConfigOf } from './client-shapes'
import { field, isFields } from './fields'
import { mapServers } from './map'
import { mapClient } from './map-client'
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
  yields:
    'Tool servers as agents, the secrets they ask for by name, the systems those open, their tools with hints, publishers',
  production: [
    {
      from: 'The official registry, page by page',
      steps: [
        'c=; while curl -sG https://registry.modelcontextprotocol.io/v0/servers -d limit=100 --data-urlencode "cursor=$c" > page.json; do jq -c . page.json >> servers.jsonl; c=$(jq -r ".metadata.nextCursor // empty" page.json); [ -n "$c" ] || break; done',
      ],
      rights: 'none: the registry is public',
    },
    {
      from: 'A registry of your own',
      steps: ['curl -s -H "Authorization: Bearer $TOKEN" https://REGISTRY/v0/servers > servers.json'],
      rights: 'read access to the registry',
    },
    { from: 'One server', steps: ['take server.json from its repository'], rights: 'read access to the repository' },
  ],
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
    const result = mapServers(read, { instance: 'registry', title: 'MCP registry' }, context)
    return { ...result, refused: [...result.refused, ...unfinishedPages(values(file))] }
  },
}

/** `server.yaml` of Docker's MCP registry. */
const dockerServer: FileConnector = {
  id: 'mcp-docker-server',
  title: 'Docker MCP servers',
  expects: "a server.yaml of Docker's MCP registry (name, image or remote, about, config)",
  yields:
    'Tool servers as agents, the secrets they ask for by name, the systems those open, what they mount, publishers',
  production: [
    {
      from: "Docker's catalogue",
      steps: [
        'git clone --depth 1 https://github.com/docker/mcp-registry',
        'take servers/NAME/server.yaml of each server that you use',
      ],
      rights: 'none: the catalogue is public',
    },
  ],
  coverage: 'file',
  accepts: (file) => values(file).some(({ value }) => isDockerServer(value)),
  map: (file, context) => {
    const read = values(file).map(({ value, at }) => ({ at, server: readDockerServer(value, at) }))
    return mapServers(read, { instance: 'docker', title: 'Docker MCP registry' }, context)
  },
}

/** Configurations of MCP clients. */
const client: FileConnector = {
  id: 'mcp-client',
  title: 'MCP client configuration',
  expects:
    'the configuration of an MCP client (mcpServers, servers, context_servers, mcp_servers), such as mcp.json, claude_desktop_config.json or config.toml',
  yields: 'The agent, the tool servers it may call, the secrets they hold by name, what it calls without asking',
  production: [
    {
      from: 'Claude Desktop',
      steps: [
        'macOS: ~/Library/Application Support/Claude/claude_desktop_config.json',
        'Windows: %APPDATA%\\Claude\\claude_desktop_config.json',
      ],
      rights: 'read access to the file, as its user',
    },
    {
      from: 'VS Code',
      steps: ['.vscode/mcp.json of the project, or the command "MCP: Open User Configuration"'],
      rights: 'read access to the file',
    },
    {
      from: 'Cursor, Windsurf, Gemini CLI, Claude Code',
      steps: [
        '~/.cursor/mcp.json',
        '~/.codeium/windsurf/mcp_config.json',
        '~/.gemini/settings.json',
        '~/.claude.json or .mcp.json',
      ],
      rights: 'read access to the file, as its user',
    },
    {
      from: 'Codex',
      steps: ['~/.codex/config.toml, or .codex/config.toml of the project; the name must end in .toml'],
      rights: 'read access to the file, as its user',
    },
  ],
  coverage: 'file',
  accepts: (file) => clientConfigOf(file) !== undefined,
  map: mapClient,
}

export const connectors: FileConnector[] = [registryServer, dockerServer, client]
