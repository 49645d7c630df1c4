import type { ParsedFile } from '../contract'
import { field, isFields, list, path, text } from './fields'

/** A server of a client's configuration, as written. */
export interface ClientServer {
  name: string
  value: unknown
  at: string
  /** The folder that alone uses it, where a client keeps such lists. */
  project?: string
}

/** A client's configuration: the agent and the servers it starts or calls. */
export interface ClientConfig {
  /** What the shape or the file's name tells of the program: `Claude Desktop`, `VS Code`; else `MCP client`. */
  client: string
  servers: ClientServer[]
  /** Ids of values that the client asks the user for as a password (VS Code `inputs`). */
  passwordInputs: Set<string>
  /** True when the shape cannot be anything else, even without a server. */
  isCertain: boolean
}

/** True for an entry that tells how to start or reach a tool server. */
export function isServer(value: unknown): boolean {
  if (!isFields(value)) return false
  const command = value.command ?? value.cmd
  if (typeof command === 'string' || Array.isArray(command) || isFields(command)) return true
  if (isFields(value.transport)) return true
  return ['url', 'serverUrl', 'httpUrl', 'uri'].some((name) => typeof value[name] === 'string')
}

/** Names in the file's own name that tell the client. */
const fileNames: [RegExp, string][] = [
  [/claude_desktop_config/i, 'Claude Desktop'],
  [/\.claude\.json|\.claude\//i, 'Claude Code'],
  [/cline_mcp/i, 'Cline'],
  [/roo|mcp_settings/i, 'Roo Code'],
  [/cursor/i, 'Cursor'],
  [/windsurf|mcp_config\.json/i, 'Windsurf'],
  [/vscode/i, 'VS Code'],
  [/gemini/i, 'Gemini CLI'],
  [/copilot|mcp-config\.json/i, 'GitHub Copilot CLI'],
  [/amazonq/i, 'Amazon Q'],
  [/kiro/i, 'Kiro'],
  [/continue/i, 'Continue'],
  [/librechat/i, 'LibreChat'],
]

interface Found {
  client: string | undefined
  holder: unknown
  at: string
  isCertain: boolean
  project?: string
}

/** Every place where the known clients keep their servers. */
function holdersOf(value: unknown, at: string): Found[] {
  const found: Found[] = []
  const add = (client: string | undefined, holder: unknown, key: string, isCertain = true) => {
    if (isFields(holder) || Array.isArray(holder)) found.push({ client, holder, at: `${at}.${key}`, isCertain })
  }
  add(undefined, own(value, 'mcpServers'), 'mcpServers')
  add('Zed', own(value, 'context_servers'), 'context_servers')
  // A list of that name is part of a request to a model, not of a client's settings.
  if (isFields(own(value, 'mcp_servers'))) add('Codex', own(value, 'mcp_servers'), 'mcp_servers')
  add('VS Code', path(value, 'mcp', 'servers'), 'mcp.servers')
  add('VS Code', own(value, 'mcp.servers'), '["mcp.servers"]')
  add('Amp', own(value, 'amp.mcpServers'), '["amp.mcpServers"]')
  add('VS Code', path(value, 'customizations', 'vscode', 'mcp', 'servers'), 'customizations.vscode.mcp.servers')
  add(
    'Continue',
    path(value, 'experimental', 'modelContextProtocolServers'),
    'experimental.modelContextProtocolServers',
  )
  for (const [client, key] of [
    ['VS Code', 'servers'],
    ['opencode', 'mcp'],
    ['Goose', 'extensions'],
  ] as const) {
    const holder = own(value, key)
    const isOther =
      key === 'servers' && ['asyncapi', 'openapi', 'swagger'].some((name) => own(value, name) !== undefined)
    if (isFields(holder) && !isOther && Object.values(holder).some(isServer)) add(client, holder, key, false)
  }
  const projects = own(value, 'projects')
  for (const [folder, project] of isFields(projects) ? Object.entries(projects).slice(0, 10_000) : []) {
    const holder = own(project, 'mcpServers')
    if (isFields(holder) && Object.keys(holder).length > 0)
      found.push({
        client: 'Claude Code',
        holder,
        at: `${at}.projects["${folder}"].mcpServers`,
        isCertain: true,
        project: folder,
      })
  }
  if (found.length === 0 && isBareMap(value)) found.push({ client: undefined, holder: value, at, isCertain: false })
  return found
}

const own = (value: unknown, name: string): unknown =>
  isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined

/** Only servers by name, as documentation shows them: `{"github": {"command": "npx", "args": […]}}`. */
function isBareMap(value: unknown): boolean {
  if (!isFields(value)) return false
  const entries = Object.values(value)
  return (
    entries.length > 0 &&
    entries.length < 1000 &&
    entries.every((entry) => isFields(entry) && typeof entry.command === 'string' && Array.isArray(entry.args))
  )
}

/** The configuration in a file; `undefined` when it is none by its shape. */
export function clientConfigOf(file: ParsedFile): ClientConfig | undefined {
  const values =
    file.kind === 'json'
      ? [{ value: file.value, at: '$' }]
      : file.kind === 'yaml'
        ? file.documents.map(({ line, value }) => ({ value, at: `line ${line}` }))
        : []
  const found = values.flatMap(({ value, at }) => holdersOf(value, at))
  const servers = found.flatMap(({ holder, at, project }) => serversIn(holder, at, project))
  const isCertain = found.some((entry) => entry.isCertain)
  if (found.length === 0 || (!isCertain && !servers.some(({ value }) => isServer(value)))) return undefined
  const inputs = values.flatMap(({ value }) => [
    ...list(field(value, 'inputs')),
    ...list(path(value, 'mcp', 'inputs')),
    ...list(own(value, 'mcp.inputs')),
  ])
  const passwords = inputs.flatMap((input) =>
    field(input, 'password') === true ? (text(field(input, 'id')) ?? []) : [],
  )
  return { client: clientOf(file.name, found, servers), servers, passwordInputs: new Set(passwords), isCertain }
}

function serversIn(holder: unknown, at: string, project: string | undefined): ClientServer[] {
  const entries: [string, unknown, string][] = Array.isArray(holder)
    ? holder.map((value: unknown, i) => [text(field(value, 'name')) ?? `server ${i + 1}`, value, `${at}[${i}]`])
    : Object.entries(isFields(holder) ? holder : {}).map(([name, value]) => [name, value, `${at}["${name}"]`])
  return entries.map(([name, value, place]) => ({
    name,
    value,
    at: place,
    ...(project === undefined ? {} : { project }),
  }))
}

function clientOf(fileName: string, found: Found[], servers: ClientServer[]): string {
  const byShape = found.map(({ client }) => client).find((client) => client !== undefined)
  if (byShape !== undefined) return byShape
  const byName = fileNames.find(([pattern]) => pattern.test(fileName))?.[1]
  if (byName !== undefined) return byName
  const has = (name: string) => servers.some(({ value }) => own(value, name) !== undefined)
  if (has('serverUrl')) return 'Windsurf'
  if (has('httpUrl') || has('trust')) return 'Gemini CLI'
  if (has('alwaysAllow')) return 'Roo Code'
  return 'MCP client'
}
