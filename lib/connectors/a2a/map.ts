import type { EdgeRecord, MapContext, MapResult, NodeRef, NormalisedRecord, ParsedFile } from '../contract'
import { type Agent, readCard } from './card'
import { cardEntries } from './entries'

/**
 * Cards to records: the agent is an identity by its address, what callers reach of it is a resource that acts as the agent,
 * with the skills as scopes.
 */
export function mapCards(file: ParsedFile, { instance, fingerprint }: MapContext): MapResult {
  const result: MapResult = {
    system: 'a2a',
    instance: instance ?? 'agents',
    instanceName: instance === undefined ? 'A2A agents' : `A2A agents ${instance}`,
    records: [],
    refused: [],
    unresolved: [],
  }
  const names = new Map<string, string>()
  for (const { value, at } of cardEntries(file)) {
    const agent = readCard(value)
    if (typeof agent === 'string') {
      result.refused.push({ at, reason: `the card ${agent}` })
      continue
    }
    // A gateway may answer for several agents at one address.
    const id = names.has(agent.id) && names.get(agent.id) !== agent.name ? `${agent.id}#${agent.name}` : agent.id
    if (names.has(id)) {
      result.refused.push({ at, reason: 'the card describes an agent that stands in the file already' })
      continue
    }
    names.set(id, agent.name)
    result.records.push(...recordsOf({ ...agent, id }, fingerprint))
  }
  if (result.records.length === 0 && result.refused.length === 0)
    result.refused.push({ at: 'file', reason: 'lists no agent card' })
  return result
}

function recordsOf(agent: Agent, fingerprint: (secret: string) => string): NormalisedRecord[] {
  const self: NodeRef = { type: 'identity', externalId: agent.id }
  const endpoint: NodeRef = { type: 'resource', externalId: `agent:${agent.id}` }
  const skills = agent.skills.map(({ id }) => id)
  const records: NormalisedRecord[] = [
    {
      type: 'identity',
      externalId: agent.id,
      kind: 'ai_agent',
      name: agent.name,
      ...(agent.description === undefined ? {} : { description: agent.description }),
      status: 'unknown',
      attributes: agent.attributes,
      ...(agent.provider === undefined ? {} : { ownerHints: [{ value: agent.provider, from: 'provider' }] }),
    },
    {
      type: 'resource',
      externalId: endpoint.externalId,
      kind: 'agent',
      name: agent.url ?? agent.name,
      attributes: { ...(skills.length === 0 ? {} : { skills: skills.slice(0, 200) }) },
    },
    edge(endpoint, self, skills),
    ...agent.delegates
      .filter((url) => url !== agent.id)
      .map((url) => edge(self, { type: 'identity', externalId: url, global: true }, [])),
  ]
  return agent.secret === undefined ? records : [...records, ...credentialOf(agent, agent.secret, self, fingerprint)]
}

function edge(from: NodeRef, to: NodeRef, skills: string[]): EdgeRecord {
  return {
    type: 'entitlement',
    kind: 'delegates_to',
    from,
    to,
    effect: 'allow',
    scopes: skills.slice(0, 200),
    scopeCount: skills.length,
    basis: 'declared',
  }
}

/** A secret in a card that everybody may read. */
function credentialOf(
  agent: Agent,
  secret: string,
  subject: NodeRef,
  fingerprint: (secret: string) => string,
): NormalisedRecord[] {
  const externalId = `${agent.id}#credentials`
  const print = fingerprint(secret)
  const ends = secret.length < 12 ? {} : { lastFour: secret.slice(-4) }
  return [
    {
      type: 'credential',
      externalId,
      subject,
      credentialType: 'access_token',
      name: 'credentials in the card',
      status: 'unknown',
      fingerprint: print,
      ...ends,
      attributes: { writtenIntoTheFile: true },
    },
    {
      type: 'sighting',
      externalId,
      about: { type: 'credential', externalId },
      name: 'credentials in the card',
      place: `agent card of ${agent.name}, authentication.credentials`,
      fingerprint: print,
      ...ends,
    },
  ]
}
