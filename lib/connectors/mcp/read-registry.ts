import { type Fields, field, instant, isFields, list, path, text } from './fields'
import { isPlaceholder, namesSecret } from './secret-names'
import type { Remote, SecretInput, ToolServer } from './server'
import { publicAddress, queryOf } from './systems'
import { hintAttributes, toolHintsOf } from './tool-hints'

const officialMeta = 'io.modelcontextprotocol.registry/official'

/** The entries of a registry file with their paths: one server, a list, the registry API's `{servers: […]}`, or many of these. */
export function registryEntries(value: unknown): { entry: unknown; at: string }[] {
  return Array.isArray(value) ? value.flatMap((entry, i) => entriesOf(entry, `$[${i}]`)) : entriesOf(value, '$')
}

function entriesOf(value: unknown, at: string): { entry: unknown; at: string }[] {
  const servers = field(value, 'servers')
  if (!Array.isArray(servers)) return [{ entry: value, at }]
  return servers.map((entry, i) => ({ entry, at: `${at}.servers[${i}]` }))
}

/** The server itself: the API wraps it as `{server, _meta}`. */
export function unwrapped(entry: unknown): unknown {
  const server = field(entry, 'server')
  return isFields(server) ? server : entry
}

/** True for something that is a server entry by its shape. */
export function isServerEntry(entry: unknown): boolean {
  const server = unwrapped(entry)
  if (typeof field(server, 'name') !== 'string') return false
  const schema = field(server, '$schema')
  if (typeof schema === 'string' && schema.includes('modelcontextprotocol')) return true
  return (
    Array.isArray(field(server, 'packages')) ||
    Array.isArray(field(server, 'remotes')) ||
    isFields(field(server, 'versionDetail'))
  )
}

/** A string is the reason why the entry is no server. */
export function readRegistryServer(entry: unknown, at: string): ToolServer | string {
  const server = unwrapped(entry)
  if (!isFields(server)) return 'is not an object'
  const name = text(field(server, 'name'))
  if (name === undefined) return 'has no name'
  if (name.length > 512) return 'has a name of more than 512 characters'
  const official = path(entry, '_meta', officialMeta) ?? path(server, '_meta', officialMeta)
  const detail = field(server, 'versionDetail')
  const isLatest = field(official, 'isLatest') ?? field(detail, 'isLatest')
  const secrets: SecretInput[] = []
  const packages: string[] = []
  for (const entry of list(field(server, 'packages'))) packages.push(...readPackage(entry, secrets))
  const remotes: Remote[] = []
  for (const entry of list(field(server, 'remotes'))) remotes.push(...readRemote(entry, secrets))
  const registryId = text(field(server, 'id')) ?? text(field(official, 'serverId')) ?? text(field(official, 'id'))
  return {
    name,
    title: text(field(server, 'title')),
    description: text(field(server, 'description')),
    version: text(field(server, 'version')) ?? text(field(detail, 'version')),
    status: text(field(official, 'status')) ?? text(field(server, 'status')),
    repositoryUrl: text(path(server, 'repository', 'url')),
    websiteUrl: text(field(server, 'websiteUrl')),
    packages,
    remotes,
    secrets,
    releasedAt:
      instant(field(official, 'publishedAt')) ??
      instant(field(official, 'releaseDate')) ??
      instant(field(detail, 'releaseDate')),
    isLatest: typeof isLatest === 'boolean' ? isLatest : undefined,
    attributes: { ...(registryId === undefined ? {} : { registryId }), ...hintAttributes(toolHintsOf(server)) },
    at,
  }
}

function readPackage(entry: unknown, secrets: SecretInput[]): string[] {
  if (!isFields(entry)) return []
  const identifier = text(field(entry, 'identifier')) ?? text(field(entry, 'name'))
  const registry = text(field(entry, 'registryType')) ?? text(field(entry, 'registryName'))
  const place =
    [registry === 'unknown' ? undefined : registry, identifier].filter((part) => part !== undefined).join(' ') ||
    'package'
  readInputs(field(entry, 'environmentVariables'), 'environment variable', place, secrets)
  for (const kind of ['runtimeArguments', 'packageArguments']) {
    for (const argument of list(field(entry, kind))) readArgument(argument, place, secrets)
  }
  const transport = field(entry, 'transport')
  if (isFields(transport)) readRemote(transport, secrets)
  return identifier === undefined ? [] : [place]
}

function readRemote(entry: unknown, secrets: SecretInput[]): Remote[] {
  if (!isFields(entry)) return []
  const url = text(field(entry, 'url'))
  const place = url === undefined ? 'remote' : publicAddress(url)
  readInputs(field(entry, 'headers'), 'header', place, secrets)
  readVariables(field(entry, 'variables'), 'URL', place, secrets)
  if (url === undefined) return []
  for (const [name, value] of queryOf(url)) {
    if (!namesSecret(name)) continue
    secrets.push({ name, via: 'URL parameter', place, declared: false, required: undefined, literal: literalOf(value) })
  }
  return [{ transport: text(field(entry, 'type')) ?? text(field(entry, 'transportType')), url: place }]
}

/** Inputs with a name of their own: environment variables and headers. */
function readInputs(inputs: unknown, via: string, place: string, secrets: SecretInput[]): void {
  for (const input of list(inputs)) {
    const name = text(field(input, 'name'))
    if (name === undefined) continue
    const secretVariable = Object.values(variablesOf(input)).some((variable) => field(variable, 'isSecret') === true)
    const stated = secretVariable ? true : field(input, 'isSecret')
    if (stated === true || (stated !== false && namesSecret(name))) {
      secrets.push({
        name,
        via,
        place,
        declared: stated === true,
        required: required(input),
        literal: statedValue(input),
      })
    }
  }
}

/** `--flag value`, `-e NAME=value`, or a positional value; a secret by its declaration or by the flag's name. */
function readArgument(argument: unknown, place: string, secrets: SecretInput[]): void {
  const written =
    text(field(argument, 'name')) ?? text(field(argument, 'valueHint')) ?? text(field(argument, 'value')) ?? ''
  // Either in one text or, as a named argument, apart: `{"name": "-e", "value": "TOKEN={token}"}`.
  const whole = /^(?:-e|--env)$/.test(written) ? `${written} ${text(field(argument, 'value')) ?? ''}` : written
  const environment = /^(?:-e|--env)[\s=]+([A-Za-z_]\w*)/.exec(whole)
  const name = (environment?.[1] ?? /^-{0,2}[\w.-]+/.exec(written)?.[0] ?? '').slice(0, 100)
  const secretVariable = Object.values(variablesOf(argument)).some((variable) => field(variable, 'isSecret') === true)
  const stated = secretVariable ? true : field(argument, 'isSecret')
  const isFlag = environment !== null || name.startsWith('-')
  if (stated !== true && (stated === false || !isFlag || !namesSecret(name))) return
  secrets.push({
    name: name === '' ? 'argument' : name,
    via: environment === null ? 'argument' : 'environment variable',
    place,
    declared: stated === true,
    required: required(argument),
    literal: stated === true && whole === written ? statedValue(argument) : undefined,
  })
}

function readVariables(variables: unknown, via: string, place: string, secrets: SecretInput[]): void {
  if (!isFields(variables)) return
  for (const [name, variable] of Object.entries(variables).slice(0, 100)) {
    if (field(variable, 'isSecret') !== true) continue
    secrets.push({ name, via, place, declared: true, required: required(variable), literal: statedValue(variable) })
  }
}

function variablesOf(input: unknown): Fields {
  const variables = field(input, 'variables')
  return isFields(variables) ? variables : {}
}

function required(input: unknown): boolean | undefined {
  const stated = field(input, 'isRequired')
  return typeof stated === 'boolean' ? stated : undefined
}

function statedValue(input: unknown): string | undefined {
  return literalOf(text(field(input, 'value')) ?? text(field(input, 'default')))
}

function literalOf(value: string | undefined): string | undefined {
  return value === undefined || isPlaceholder(value) ? undefined : value
}
