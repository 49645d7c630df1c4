import type { MapContext, NodeRef } from '../contract'
import { isFields } from './fields'
import { credentialTypeOf, isSecretAttribute, isSecretName } from './secret-names'
import type { Graph } from './sink'
import type { StateResource } from './state'

/** Where a state's secrets are put: places seen, never values. */
export interface SecretScene {
  context: MapContext
  /** Keeps apart what is of the same address in two states. */
  lineage: string
}

const deepest = 8
/** No resource has so many; a hostile file may. */
const mostPerResource = 200

/** A secret's traces: a fingerprint, and its end when it is long. A masked value (one character repeated, `(sensitive)`) leaves none. */
export function tracesOf(secret: unknown, context: MapContext): { fingerprint?: string; lastFour?: string } {
  if (typeof secret !== 'string' || !isRealSecret(secret)) return {}
  const fingerprint = context.fingerprint(secret)
  return secret.length >= 12 ? { fingerprint, lastFour: secret.slice(-4) } : { fingerprint }
}

function isRealSecret(secret: string): boolean {
  const trimmed = secret.trim()
  if (trimmed.length < 2 || /^(.)\1*$/s.test(trimmed)) return false
  return !/^(?:true|false|null|none)$|^[<(].*sensitive.*[>)]$|^\d{1,3}$/i.test(trimmed)
}

/** References to a secret are no secret: ARNs, resource ids, paths of a vault. */
function isReference(value: string): boolean {
  return /^arn:[\w-]+:|^\/subscriptions\/|^projects\/[^/]+\/|^https?:\/\/[^@]*$|^\$\{.*\}$/.test(value)
}

/** Every secret of a resource as a sighting: that it stands in the state in clear text is a fact worth knowing. */
export function noteSecrets(
  resource: StateResource,
  about: NodeRef | undefined,
  graph: () => Graph,
  scene: SecretScene,
): void {
  let left = mostPerResource
  const note = (path: string, name: string, value: string) => {
    if (left <= 0 || isReference(value) || !isRealSecret(value)) return
    left -= 1
    addSighting(graph(), scene, {
      id: `${resource.address}#${path}`,
      name: `${path} of ${resource.address}`,
      attributes: { resourceType: resource.type, attribute: path },
      credentialType: credentialTypeOf(resource.type, name),
      about,
      value,
    })
  }
  const walk = (value: unknown, path: string, name: string, isSecret: boolean, depth: number): void => {
    if (depth > deepest) return
    if (typeof value === 'string') {
      if (isSecret) note(path, name, value)
    } else if (Array.isArray(value)) {
      for (const [index, entry] of value.entries())
        walk(entry, value.length === 1 ? path : `${path}[${index}]`, name, isSecret, depth + 1)
    } else if (isFields(value)) {
      for (const [key, entry] of Object.entries(value))
        walk(entry, `${path}.${key}`, key, isSecret || isSecretName(key), depth + 1)
    }
  }
  const { attributes, type, sensitive } = resource
  for (const [name, value] of Object.entries(attributes))
    walk(value, name, name, sensitive.has(name) || isSecretAttribute(type, name, attributes), 0)
}

/** The outputs of a state that are marked sensitive, or whose name says that they are. */
export function noteOutputs(outputs: unknown, graph: () => Graph, scene: SecretScene): void {
  if (!isFields(outputs)) return
  for (const [name, output] of Object.entries(outputs)) {
    if (!isFields(output) || (output.sensitive !== true && !isSecretName(name))) continue
    const values = textsOf(output.value, name, 0)
    for (const [path, value] of values.slice(0, mostPerResource)) {
      if (isReference(value) || !isRealSecret(value)) continue
      const attributes = { output: name }
      addSighting(graph(), scene, { id: `output.${path}`, name: `output ${path}`, attributes, value })
    }
  }
}

function textsOf(value: unknown, path: string, depth: number): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (depth > deepest || typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, entry]) => textsOf(entry, `${path}.${key}`, depth + 1))
}

interface Seen {
  id: string
  name: string
  attributes: Record<string, string>
  credentialType?: ReturnType<typeof credentialTypeOf>
  about?: NodeRef
  value: string
}

function addSighting(graph: Graph, { context, lineage }: SecretScene, seen: Seen): void {
  const { id, name, attributes, credentialType, about, value } = seen
  graph.add({
    type: 'sighting',
    externalId: `terraform:${lineage}:${id}`,
    name,
    place: `Terraform state${lineage === '' ? '' : ` ${lineage}`}: ${name}`,
    attributes,
    ...(about === undefined ? {} : { about }),
    ...(credentialType === undefined ? {} : { credentialType }),
    ...tracesOf(value, context),
  })
}

/** Whether the values of a map's entries may be shown: tags and labels, unless their name or the state says that they are secret. */
export function safeTags(tags: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [key, isSecretName(key) ? '(secret, not kept)' : value]),
  )
}
