import { endpoint } from '@/lib/platform/http/endpoint'
import { ById, StandingDetail, StandingPage, StandingQuery } from '../schema'
import { getStanding, listStanding } from './list-standing'

const read = { tags: ['Grants'] as [string], scope: 'grants:read' as const }

export const listStandingEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/standing-access',
  operationId: 'listStandingAccess',
  summary: 'Who holds access without an end, the weightiest first',
  description:
    'Accounts with rights that have no end at their source, and people with a role in the organization itself. Ordered by weight, then by blast ' +
    'radius, then by how many rights. Kept up to date in the background: `asOf` says of when it is. Counts end at 1000.',
  query: StandingQuery,
  response: StandingPage,
  run: (ctx, { query }) => listStanding(ctx, query),
})

export const getStandingEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/standing-access/{id}',
  operationId: 'getStandingAccess',
  summary: 'What one account holds without an end, and of which of it a grant can take the place',
  params: ById,
  response: StandingDetail,
  run: (ctx, { params }) => getStanding(ctx, params),
})

export const endpoints = [listStandingEndpoint, getStandingEndpoint]
