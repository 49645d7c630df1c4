import { field, isFields, list, path, text } from './fields'
import { namesSecret } from './secret-names'
import type { SecretInput, ToolServer } from './server'
import { publicAddress } from './systems'
import { hintAttributes, toolHintsOf } from './tool-hints'

const types = ['server', 'remote', 'poci']

/** True for a `server.yaml` of Docker's MCP registry by its shape. */
export function isDockerServer(value: unknown): boolean {
  if (!isFields(value) || typeof field(value, 'name') !== 'string' || Object.hasOwn(value, 'apiVersion')) return false
  const type = field(value, 'type')
  const typed = typeof type === 'string' && types.includes(type)
  const described = ['about', 'meta', 'source', 'remote'].some((name) => isFields(field(value, name)))
  return described && (typed || typeof field(value, 'image') === 'string' || isFields(field(value, 'remote')))
}

/** A string is the reason why the document is no server. */
export function readDockerServer(value: unknown, at: string): ToolServer | string {
  if (!isFields(value)) return 'is not an object'
  const name = text(field(value, 'name'))
  if (name === undefined) return 'has no name'
  if (name.length > 512) return 'has a name of more than 512 characters'
  const image = text(field(value, 'image'))
  const remote = text(path(value, 'remote', 'url'))
  const place = image === undefined ? (remote === undefined ? 'server' : publicAddress(remote)) : `docker ${image}`
  const secrets: SecretInput[] = []
  const plain: string[] = []
  for (const config of list(field(value, 'config'))) {
    for (const secret of list(field(config, 'secrets'))) secrets.push(...readSecret(secret, place))
    for (const variable of list(field(config, 'env'))) {
      const variableName = text(field(variable, 'name'))
      if (variableName !== undefined && namesSecret(variableName)) plain.push(variableName)
    }
  }
  for (const grant of list(field(value, 'oauth'))) {
    const variable = text(field(grant, 'env')) ?? text(field(grant, 'secret'))
    if (variable !== undefined)
      secrets.push({ name: variable, via: 'OAuth', place, declared: true, required: undefined, literal: undefined })
  }
  const category = text(path(value, 'meta', 'category'))
  const commit = text(path(value, 'source', 'commit'))
  return {
    name,
    title: text(path(value, 'about', 'title')),
    description: text(path(value, 'about', 'description')),
    version: undefined,
    status: undefined,
    repositoryUrl: text(path(value, 'source', 'project')),
    websiteUrl: undefined,
    packages: image === undefined ? [] : [place],
    remotes:
      remote === undefined
        ? []
        : [{ transport: text(path(value, 'remote', 'transportType')), url: publicAddress(remote) }],
    secrets,
    releasedAt: undefined,
    isLatest: undefined,
    attributes: {
      ...(category === undefined ? {} : { category }),
      ...(commit === undefined ? {} : { commit }),
      ...(plain.length === 0 ? {} : { secretsInPlainConfiguration: plain }),
      ...(path(value, 'run', 'disableNetwork') === true ? { networkDisabled: true } : {}),
      ...(list(path(value, 'run', 'volumes')).length > 0 ? { mountsHostPaths: true } : {}),
      ...(text(path(value, 'run', 'user')) === undefined
        ? {}
        : { runsAs: String(path(value, 'run', 'user')).slice(0, 200) }),
      ...(path(value, 'dynamic', 'tools') === true ? { toolsOnlyKnownWhenRunning: true } : {}),
      ...hintAttributes(toolHintsOf(value)),
    },
    at,
  }
}

function readSecret(secret: unknown, place: string): SecretInput[] {
  const name = text(field(secret, 'env')) ?? text(field(secret, 'name'))
  if (name === undefined) return []
  const stated = field(secret, 'required')
  return [
    {
      name,
      via: 'environment variable',
      place,
      declared: true,
      required: typeof stated === 'boolean' ? stated : undefined,
      literal: undefined,
    },
  ]
}
