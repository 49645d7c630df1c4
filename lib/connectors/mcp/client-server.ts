import { namedSecrets, type Secret, secretsInArguments, secretsInUrl } from './client-secrets'
import type { ClientServer } from './client-shapes'
import { field, isFields, list, path, text } from './fields'
import { namesSecret } from './secret-names'
import { publicAddress } from './systems'
import { type ToolHints, toolHintsOf } from './tool-hints'

/** A tool server as a client starts or calls it. */
export interface ConfiguredServer {
  name: string
  project: string | undefined
  /** `stdio` = a process on the client's machine; else `http`, `sse` or as written. */
  transport: string
  command: string | undefined
  /** With every secret taken out. */
  args: string[]
  url: string | undefined
  isDisabled: boolean
  secrets: Secret[]
  hints: ToolHints
  /** Tools that the client may call at all; empty = all. */
  allowedTools: string[]
  deniedTools: string[]
  /** Tools that the client calls without asking its user. */
  unaskedTools: string[]
  /** True when the client calls every tool without asking. */
  isTrusted: boolean
  /** As whom a container runs, where the command says so. */
  user: string | undefined
  /** The package or image that is started. */
  source: string | undefined
  folder: string | undefined
  at: string
}

/** A string is the reason why the entry is no server. */
export function readServer(entry: ClientServer, passwordInputs: ReadonlySet<string>): ConfiguredServer | string {
  const { value } = entry
  if (!isFields(value)) return 'is not an object'
  const inner = isFields(field(value, 'transport')) ? field(value, 'transport') : value
  const words = commandOf(inner)
  const written = text(field(inner, 'url')) ?? text(value.serverUrl) ?? text(value.httpUrl) ?? text(value.uri)
  const [first, ...others] = words
  const isAssignment = first !== undefined && /^\w+=/.test(first)
  const command = isAssignment ? 'sh' : first
  const rest = isAssignment ? words : others
  if (command === undefined && written === undefined) return 'has neither a command nor an address'
  const { args, secrets } = secretsInArguments(rest)
  const environment = field(inner, 'env') ?? value.environment ?? value.envs ?? path(value, 'command', 'env')
  const headers = field(inner, 'headers') ?? value.http_headers ?? path(value, 'requestOptions', 'headers')
  const stated = text(field(inner, 'type')) ?? text(value.transportType) ?? text(value.transport)
  return {
    name: entry.name,
    project: entry.project,
    transport: transportOf(stated, command !== undefined, written, value),
    command,
    args,
    url: written === undefined ? undefined : publicAddress(written),
    isDisabled: value.disabled === true || value.enabled === false,
    secrets: [
      ...namedSecrets(environment, 'environment variable', passwordInputs),
      ...namedSecrets(headers, 'header', passwordInputs),
      ...keyNames(value.env_keys),
      ...keyNames(list(value.env_vars).filter((name) => typeof name === 'string' && namesSecret(name))),
      ...headersFromEnvironment(value.env_http_headers),
      ...bearerToken(value),
      ...secrets,
      ...(written === undefined ? [] : secretsInUrl(written)),
    ],
    hints: toolHintsOf(value),
    allowedTools: names(
      ...[value.includeTools, value.allowedTools, value.enabledTools, value.available_tools, value.enabled_tools],
    ),
    deniedTools: names(value.excludeTools, value.disabledTools, value.disabled_tools),
    unaskedTools: names(value.autoApprove, value.alwaysAllow, value.autoAllow, approvedTools(value.tools)),
    isTrusted:
      value.trust === true ||
      value.autoApprove === true ||
      value.alwaysAllow === true ||
      value.default_tools_approval_mode === 'approve',
    user: userOf(args),
    source: sourceOf(command, args),
    folder: text(field(inner, 'cwd')),
    at: entry.at,
  }
}

/** The command and its arguments: a string with `args`, a list, or Zed's and Goose's forms. */
function commandOf(holder: unknown): string[] {
  const command = field(holder, 'command') ?? field(holder, 'cmd')
  const args = isFields(command) ? field(command, 'args') : field(holder, 'args')
  const program = isFields(command) ? text(field(command, 'path')) : text(command)
  // A whole command line in one string.
  if (program !== undefined && list(args).length === 0 && /\s-|^env\s|=/.test(program))
    return program.split(/\s+/).slice(0, 500)
  const words = Array.isArray(command) ? command : program === undefined ? [] : [program]
  return [...words, ...list(args)]
    .flatMap((word) => (typeof word === 'string' || typeof word === 'number' ? [String(word)] : []))
    .slice(0, 500)
}

function transportOf(stated: string | undefined, isProcess: boolean, url: string | undefined, value: unknown): string {
  if (stated !== undefined && !['local', 'remote', 'custom'].includes(stated)) return stated.slice(0, 50)
  if (isProcess) return 'stdio'
  if (text(field(value, 'httpUrl')) !== undefined) return 'http'
  return url !== undefined && /\/sse\/?(?:\?|$)/.test(url) ? 'sse' : 'http'
}

function keyNames(value: unknown): Secret[] {
  return list(value).flatMap((entry) => {
    const name = text(entry)
    return name === undefined
      ? []
      : [{ name, via: 'environment variable', declared: true, literal: undefined, reference: undefined }]
  })
}

function names(...lists: unknown[]): string[] {
  const found = lists.flatMap((entry) => list(entry)).flatMap((entry) => text(entry)?.slice(0, 200) ?? [])
  return [...new Set(found)].slice(0, 200)
}

function userOf(args: string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '-u' || arg === '--user')
  return at < 0 ? args.find((arg) => arg.startsWith('--user='))?.slice(7) : args[at + 1]
}

/** What is started: the package of npx or uvx, the image of docker. */
function sourceOf(command: string | undefined, args: string[]): string | undefined {
  const program = command
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.(?:exe|cmd)$/i, '')
  if (program === 'npx' || program === 'bunx' || program === 'pnpm' || program === 'yarn') {
    const name = args.find((arg) => !arg.startsWith('-') && arg !== 'dlx' && arg !== 'exec')
    return name === undefined ? undefined : `npm ${name.slice(0, 200)}`
  }
  if (program === 'uvx' || program === 'pipx') {
    const from = args.indexOf('--from')
    const name = from < 0 ? args.find((arg) => !arg.startsWith('-') && arg !== 'run') : args[from + 1]
    return name === undefined ? undefined : `pypi ${publicAddress(name).slice(0, 200)}`
  }
  if (program !== 'docker' && program !== 'podman') return undefined
  return imageOf(args)
}

/** Options of `docker run` that stand alone; every other one takes the word after it. */
const standalone =
  /^(?:-[itdqP]+|--(?:rm|init|interactive|tty|detach|privileged|read-only|no-healthcheck|sig-proxy|quiet))$/

function imageOf(args: string[]): string | undefined {
  const start = args.indexOf('run')
  for (let i = start + 1; start >= 0 && i < args.length; i++) {
    const arg = args[i] ?? ''
    if (!arg.startsWith('-')) return `docker ${arg.slice(0, 200)}`
    if (!arg.includes('=') && !standalone.test(arg)) i++
  }
  return undefined
}

/** Codex: headers whose values are taken from variables, by name. */
function headersFromEnvironment(holder: unknown): Secret[] {
  if (!isFields(holder)) return []
  return Object.entries(holder).flatMap(([name, variable]) =>
    typeof variable === 'string'
      ? [
          {
            name: variable.slice(0, 200),
            via: 'header',
            declared: false,
            literal: undefined,
            reference: `header ${name.slice(0, 100)}`,
          },
        ]
      : [],
  )
}

/** Codex: the token for a server with an address, by the variable that holds it; older files have the token itself. */
function bearerToken(value: Record<string, unknown>): Secret[] {
  const variable = text(value.bearer_token_env_var)
  const literal = text(value.bearer_token)
  return [
    ...(variable === undefined
      ? []
      : [
          {
            name: variable.slice(0, 200),
            via: 'header',
            declared: true,
            literal: undefined,
            reference: `$${variable.slice(0, 100)}`,
          },
        ]),
    ...(literal === undefined
      ? []
      : [{ name: 'bearer_token', via: 'header', declared: true, literal, reference: undefined }]),
  ]
}

/** Codex: tools that are called without asking, one table for each. */
function approvedTools(tools: unknown): string[] {
  if (!isFields(tools)) return []
  return Object.entries(tools).flatMap(([name, tool]) => (field(tool, 'approval_mode') === 'approve' ? [name] : []))
}
