import { z } from 'zod'
import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import { BlastSummary, ChokePoints, NodeSearch, NodeSearchQuery, Paths, PathsQuery } from '../blast-radius'
import { AccessQuery, ChokePointsQuery, ResourceQuery } from '../filters'
import { CatalogueQuery, IdentityAccess, ResourceDetail, ResourcePage, RoleDetail, RolePage } from '../schema'
import { endpoints as blastRadius } from './endpoints-blast-radius'
import { endpoints as worth } from './endpoints-worth'
import { exportOpenGraph } from './export-open-graph'
import { findPaths } from './find-paths'
import { getBlastSummary } from './get-blast-summary'
import { getResource } from './get-resource'
import { getRole } from './get-role'
import { listAccess } from './list-access'
import { listChokePoints } from './list-choke-points'
import { listResources } from './list-resources'
import { listRoles } from './list-roles'
import { searchNodes } from './search-nodes'

const ById = z.object({ id: z.uuid() })

export const listAccessEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/{id}/access',
  operationId: 'listAccess',
  summary: 'What an identity may do on what, by which route',
  description:
    'Keyset pages. Conditions are shown and not evaluated. The first page carries totals, open ends and who can become it; ' +
    '`truncated` says that more ways lead on from the identity than one answer looks at.',
  tags: ['Access'],
  scope: 'inventory:read',
  params: ById,
  query: AccessQuery,
  response: IdentityAccess,
  run: (ctx, { params, query }) => listAccess(ctx, { ...query, id: params.id }),
})

export const listResourcesEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/resources',
  operationId: 'listResources',
  summary: 'List resources',
  description:
    'Keyset pages, by name unless `sort` says otherwise. The first page carries the total and the facets of the filters.',
  tags: ['Access'],
  scope: 'inventory:read',
  query: ResourceQuery,
  response: ResourcePage,
  run: (ctx, { query }) => listResources(ctx, query),
})

export const getResourceEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/resources/{id}',
  operationId: 'getResource',
  summary: 'One resource',
  tags: ['Access'],
  scope: 'inventory:read',
  params: ById,
  response: ResourceDetail,
  run: (ctx, { params }) => getResource(ctx, params),
})

export const listRolesEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/roles',
  operationId: 'listRoles',
  summary: 'List roles, groups and policies',
  tags: ['Access'],
  scope: 'inventory:read',
  query: CatalogueQuery,
  response: RolePage,
  run: (ctx, { query }) => listRoles(ctx, query),
})

export const getRoleEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/roles/{id}',
  operationId: 'getRole',
  summary: 'One role, group or policy',
  tags: ['Access'],
  scope: 'inventory:read',
  params: ById,
  response: RoleDetail,
  run: (ctx, { params }) => getRole(ctx, params),
})

export const exportOpenGraphEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/access-graph/export',
  operationId: 'exportOpenGraph',
  summary: 'The whole access graph as BloodHound OpenGraph',
  description:
    'A stream of one JSON document: every identity, person, role, resource, credential and edge with all their fields, never ' +
    'the secrets. Importing it into an empty organization gives the same graph.',
  tags: ['Access'],
  scope: 'inventory:read',
  response: { contentType: 'application/json' },
  errors: ['rate_limited'],
  run: (ctx) => exportOpenGraph(ctx),
})

export const searchNodesEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/access-graph/nodes',
  operationId: 'searchNodes',
  summary: 'Identities, people, roles and resources by name or id',
  description: 'At most 30, of those that the caller may know by name.',
  tags: ['Access'],
  scope: 'inventory:read',
  query: NodeSearchQuery,
  response: NodeSearch,
  run: (ctx, { query }) => searchNodes(ctx, query),
})

export const findPathsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/access-graph/paths',
  operationId: 'findPaths',
  summary: 'The shortest paths from one node of the graph to another',
  description:
    'Between identities, people, roles and resources; from a resource by what it opens. `kinds` names the edges that a path may use, ' +
    'with commas between.',
  tags: ['Access'],
  scope: 'inventory:read',
  query: PathsQuery,
  response: Paths,
  errors: ['not_found', 'upstream_failed'],
  run: (ctx, { query }) => findPaths(ctx, query),
})

export const listChokePointsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/access-graph/choke-points',
  operationId: 'listChokePoints',
  summary: 'The edges whose removal lowers the sum of all scores most',
  description: 'The edges by which most is reached are weighed exactly; `candidates` says how many they were.',
  tags: ['Access'],
  scope: 'inventory:read',
  query: ChokePointsQuery,
  response: ChokePoints,
  errors: ['upstream_failed'],
  run: (ctx, { query }) => listChokePoints(ctx, query),
})

export const getBlastSummaryEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/access-graph/summary',
  operationId: 'getBlastSummary',
  summary: 'How the scores of the organization are distributed, the highest ones, and how they went',
  tags: ['Blast radius'],
  scope: 'inventory:read',
  response: BlastSummary,
  run: (ctx) => getBlastSummary(ctx),
})

export const endpoints: Endpoint[] = [
  listAccessEndpoint,
  listResourcesEndpoint,
  getResourceEndpoint,
  listRolesEndpoint,
  getRoleEndpoint,
  exportOpenGraphEndpoint,
  searchNodesEndpoint,
  findPathsEndpoint,
  listChokePointsEndpoint,
  getBlastSummaryEndpoint,
  ...blastRadius,
  ...worth,
]
