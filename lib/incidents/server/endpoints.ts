import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ById,
  ChangeIncidentBody,
  DeclareIncidentInput,
  EndIncidentInput,
  IncidentDetail,
  IncidentPage,
  IncidentQuery,
} from '../schema'
import { declareIncident } from './create-incident'
import { endIncident } from './end-incident'
import { getIncident, listIncidents } from './list-incidents'
import { changeIncident } from './update-incident'

const read = { tags: ['Incidents'] as [string], scope: 'incidents:read' as const }
const write = { tags: ['Incidents'] as [string], scope: 'incidents:write' as const }

export const listIncidentsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/incidents',
  operationId: 'listIncidents',
  summary: 'Incidents, newest first',
  query: IncidentQuery,
  response: IncidentPage,
  run: (ctx, { query }) => listIncidents(ctx, query),
})

export const declareIncidentEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/incidents',
  operationId: 'declareIncident',
  summary: 'Say that something is wrong now',
  description:
    'The decision point sees the severity with its next answer, where the scope reaches: `context.incident`. Every open grant is put to ' +
    'the policies again, and those that they no longer allow end. Without a commander it is whoever declares it.',
  status: 201,
  body: DeclareIncidentInput,
  response: IncidentDetail,
  run: (ctx, { body }) => declareIncident(ctx, body),
})

export const getIncidentEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/incidents/{id}',
  operationId: 'getIncident',
  summary: 'One incident: what happened, which grants it ended and why, and which are for it',
  description: '`grants` is null for a key that may not read grants.',
  params: ById,
  response: IncidentDetail,
  run: (ctx, { params }) => getIncident(ctx, params),
})

export const changeIncidentEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: '/api/v1/incidents/{id}',
  operationId: 'changeIncident',
  summary: 'Change its severity or its commander',
  params: ById,
  body: ChangeIncidentBody,
  response: IncidentDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => changeIncident(ctx, { ...body, ...params }),
})

export const endIncidentEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/incidents/{id}/end',
  operationId: 'endIncident',
  summary: 'End it, with what was learned',
  description: 'By a person: an API key is refused, for it loosens what was narrowed. Grants that were for it end.',
  params: ById,
  body: EndIncidentInput.omit({ id: true }),
  response: IncidentDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => endIncident(ctx, { ...body, ...params }),
})

export const endpoints = [
  ...[listIncidentsEndpoint, declareIncidentEndpoint, getIncidentEndpoint, changeIncidentEndpoint, endIncidentEndpoint],
]
