import type { FileConnector } from '../contract'
import { survey } from './graph-index'
import { acceptsGraph, mapGraph } from './map'

const opengraph: FileConnector = {
  id: 'opengraph',
  title: 'BloodHound OpenGraph',
  expects: 'a BloodHound OpenGraph ({"graph": {"nodes": […], "edges": […]}}) or a drawing of arrows.app',
  yields:
    'Identities, people, roles, credentials and resources by the kinds of the nodes, and grants, memberships and other edges by theirs',
  production: [
    {
      from: 'This product, the whole access graph of an organization',
      steps: ['Identities > Export > Access graph'],
      rights: 'a role that may export: admin, security, reviewer or auditor',
    },
    {
      from: 'A BloodHound OpenGraph collector',
      steps: ['Run the collector and import the JSON file that it writes for BloodHound'],
      rights: 'what the collector asks for',
    },
  ],
  coverage: 'file',
  accepts: acceptsGraph,
  map: mapGraph,
  pieces: ['graph.nodes', 'graph.edges', 'nodes', 'edges'],
  survey,
}

export const connectors: FileConnector[] = [opengraph]
