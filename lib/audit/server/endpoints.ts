import { z } from 'zod'
import { endpoint } from '@/lib/platform/http/endpoint'
import { AuditFacets, AuditFilter, AuditList, ChainReport } from '../schema'
import { listEvents } from './list-events'
import { listFacets } from './list-facets'
import { verifyChain } from './verify-chain'

export const listEventsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/audit-events',
  operationId: 'listAuditEvents',
  summary: 'The audit trail, newest first',
  tags: ['Audit'],
  scope: 'audit:read',
  query: AuditFilter.extend({
    cursor: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: AuditList,
  run: (ctx, { query }) => listEvents(ctx, query),
})

export const listFacetsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/audit-events/facets',
  operationId: 'listAuditFacets',
  summary: 'Actors, actions and kinds of target in the trail, with counts',
  tags: ['Audit'],
  scope: 'audit:read',
  response: AuditFacets,
  run: (ctx) => listFacets(ctx),
})

export const verifyChainEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/audit-events/verify',
  operationId: 'verifyAuditChain',
  summary: 'Recompute the whole chain and check it against the signed checkpoints',
  tags: ['Audit'],
  scope: 'audit:read',
  response: ChainReport,
  run: (ctx) => verifyChain(ctx),
})

export const endpoints = [listEventsEndpoint, listFacetsEndpoint, verifyChainEndpoint]
