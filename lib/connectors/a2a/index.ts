import type { FileConnector } from '../contract'
import { cardEntries, isCard } from './entries'
import { mapCards } from './map'

/** Agent cards of A2A 0.2 to 1.0. */
const agentCard: FileConnector = {
  id: 'a2a-agent-card',
  title: 'A2A agent cards',
  expects: 'an A2A agent card (name, url or supportedInterfaces, capabilities, skills), one or many',
  yields:
    'Agents with their skills, addresses, provider, how callers sign in (or that they need not) and whether the card is signed',
  production: [
    {
      from: 'The agent itself',
      steps: ['curl -s https://AGENT/.well-known/agent-card.json > agent-card.json'],
      rights: 'none: cards are public',
    },
    {
      from: 'An agent of A2A 0.2',
      steps: ['curl -s https://AGENT/.well-known/agent.json > agent-card.json'],
      rights: 'none: cards are public',
    },
    {
      from: 'The extended card, for callers who sign in',
      steps: ['curl -s -H "Authorization: Bearer $TOKEN" https://AGENT/extendedAgentCard > agent-card.json'],
      rights: 'any token that the agent accepts',
    },
  ],
  coverage: 'file',
  accepts: (file) =>
    cardEntries(file)
      .slice(0, 50)
      .some(({ value }) => isCard(value)),
  map: mapCards,
}

export const connectors: FileConnector[] = [agentCard]
