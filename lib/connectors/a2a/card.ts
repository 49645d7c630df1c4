import { field, isFields, list, pairs, publicAddress, text, texts } from './fields'
import { authenticationOf, requirementsOf, signaturesOf } from './security'

/** What another agent or a caller may do with the agent. */
export interface Skill {
  id: string
  name: string | undefined
  /** What the skill alone requires of its callers; absent = not stated. */
  requires: string[] | undefined
}

/** An agent as its card describes it, before it becomes records. */
export interface Agent {
  /** Its main address without a slash at the end, or its name when the card states no address. */
  id: string
  name: string
  description: string | undefined
  url: string | undefined
  skills: Skill[]
  /** Addresses of agents that it hands work to. */
  delegates: string[]
  provider: string | undefined
  /** A secret that the card gives away (`authentication.credentials` of A2A 0.2); fingerprinted at once. */
  secret: string | undefined
  attributes: Record<string, string | number | boolean | string[]>
}

/** A string is the reason why the card describes no agent. */
export function readCard(value: unknown): Agent | string {
  if (!isFields(value)) return 'is not an object'
  const name = text(field(value, 'name'))
  if (name === undefined) return 'has no name'
  if (name.length > 512) return 'has a name of more than 512 characters'
  const interfaces = interfacesOf(value)
  const url = interfaces[0]?.url
  const skills = list(field(value, 'skills')).flatMap(readSkill)
  const capabilities = field(value, 'capabilities')
  const signatures = signaturesOf(value)
  const authentication = authenticationOf(value)
  const requirements = requirementsOf(value)
  const isExtended =
    field(value, 'supportsAuthenticatedExtendedCard') === true || field(capabilities, 'extendedAgentCard') === true
  const provider = text(field(field(value, 'provider'), 'organization')) ?? text(field(value, 'provider'))
  const early = field(value, 'authentication')
  return {
    id: (url ?? name).slice(0, 512),
    name,
    description: text(field(value, 'description')),
    url,
    skills,
    delegates: delegatesOf(value),
    provider,
    secret: isFields(early) ? text(field(early, 'credentials')) : undefined,
    attributes: known({
      agentVersion: text(field(value, 'version')),
      protocolVersion: text(field(value, 'protocolVersion')) ?? interfaces[0]?.version,
      addresses: interfaces.map(({ url: address, binding }) =>
        binding === undefined ? address : `${binding} ${address}`,
      ),
      provider,
      providerAddress: addressOf(field(field(value, 'provider'), 'url')),
      documentation: addressOf(field(value, 'documentationUrl')),
      authentication: authentication.length === 0 ? 'none declared' : authentication,
      callersNeed: requirements?.length === 0 ? ['nothing'] : requirements,
      signature: signatures.length === 0 ? 'none' : 'present, not verified',
      signatures,
      extendedCard: isExtended ? 'shown to callers who sign in' : undefined,
      unencrypted: url?.toLowerCase().startsWith('http://') === true ? true : undefined,
      capabilities: capabilitiesOf(capabilities),
      extensions: list(field(capabilities, 'extensions')).flatMap(
        (extension) => addressOf(field(extension, 'uri')) ?? [],
      ),
      skills: skills.map(({ id, name: title }) => (title === undefined ? id : `${id}: ${title}`)),
      skillsWithOwnRequirements: skills.flatMap(({ id, requires }) =>
        requires === undefined ? [] : [`${id}: ${requires.join(' or ')}`],
      ),
      inputModes: texts(field(value, 'defaultInputModes')),
      outputModes: texts(field(value, 'defaultOutputModes')),
    }),
  }
}

interface Interface {
  url: string
  binding: string | undefined
  version: string | undefined
}

/** The agent's addresses, the preferred one first: `url` up to 0.3, `supportedInterfaces` since 1.0. */
function interfacesOf(card: unknown): Interface[] {
  const listed = [...list(field(card, 'supportedInterfaces')), ...list(field(card, 'additionalInterfaces'))].flatMap(
    (entry) => {
      const url = text(field(entry, 'url'))
      return url === undefined
        ? []
        : [
            {
              url: publicAddress(url),
              binding: text(field(entry, 'protocolBinding')) ?? text(field(entry, 'transport')),
              version: text(field(entry, 'protocolVersion')),
            },
          ]
    },
  )
  const main = text(field(card, 'url'))
  const binding = text(field(card, 'preferredTransport'))
  const first = main === undefined ? [] : [{ url: publicAddress(main), binding, version: undefined }]
  const seen = new Set<string>()
  return [...first, ...listed].filter(({ url, binding: kind }) => {
    const key = `${kind ?? first[0]?.binding ?? ''} ${url}`
    if (url === '' || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function readSkill(skill: unknown): Skill[] {
  const id = text(field(skill, 'id')) ?? text(field(skill, 'name')) ?? text(skill)
  if (id === undefined) return []
  return [{ id: id.slice(0, 200), name: text(field(skill, 'name'))?.slice(0, 200), requires: requirementsOf(skill) }]
}

/** Cards have no field for this; registries and frameworks add one. */
function delegatesOf(card: unknown): string[] {
  const names = ['delegatedAgents', 'delegatesTo', 'subAgents', 'remoteAgents', 'agents']
  const found = names
    .flatMap((name) => list(field(card, name)))
    .flatMap((entry) => {
      const url = text(entry) ?? text(field(entry, 'url')) ?? text(field(entry, 'agentCardUrl'))
      return url !== undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(url)
        ? [publicAddress(url.replace(/\/\.well-known\/agent(?:-card)?\.json$/, ''))]
        : []
    })
  return [...new Set(found)]
}

function capabilitiesOf(capabilities: unknown): string[] {
  if (Array.isArray(capabilities)) return texts(capabilities)
  return pairs(capabilities).flatMap(([name, value]) => (value === true ? [name] : []))
}

function addressOf(value: unknown): string | undefined {
  const url = text(value)
  return url === undefined ? undefined : publicAddress(url)
}

function known(
  attributes: Record<string, string | boolean | string[] | undefined>,
): Record<string, string | number | boolean | string[]> {
  const kept: Record<string, string | number | boolean | string[]> = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    kept[key] = typeof value === 'string' ? value.slice(0, 500) : value
  }
  return kept
}
