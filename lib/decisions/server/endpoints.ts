import { z } from 'zod'
import { endpoint } from '@/lib/platform/http/endpoint'
import { DecisionDetail, DecisionFilter, DecisionList, Directory, ExportQuery, UpdateDirectoryInput } from '../schema'
import { exportDecisions } from './export-decisions'
import { getDecision } from './get-decision'
import { getDirectory } from './get-directory'
import { listDecisions } from './list-decisions'
import { updateDirectory } from './update-directory'

const tagged = { tags: ['Decisions'] } satisfies { tags: [string] }

export const listDecisionsEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/decisions',
  operationId: 'listDecisions',
  summary: 'What the runtime decision point answered, latest first',
  scope: 'decisions:read',
  query: DecisionFilter.extend({
    cursor: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: DecisionList,
  run: (ctx, { query }) => listDecisions(ctx, query),
})

export const getDecisionEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/decisions/{id}',
  operationId: 'getDecision',
  summary: 'One answer with what the policy saw, and why it was so',
  scope: 'decisions:read',
  params: z.strictObject({ id: z.uuid() }),
  response: DecisionDetail,
  run: (ctx, { params }) => getDecision(ctx, params),
})

export const exportDecisionsEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/decisions/export',
  operationId: 'exportDecisions',
  summary: 'The log of decisions as NDJSON',
  description: 'With `format=ocsf` each line is an event of OCSF 1.8.0, class API Activity (6003).',
  scope: 'decisions:read',
  query: ExportQuery,
  response: { contentType: 'application/x-ndjson' },
  run: (ctx, { query }) => exportDecisions(ctx, query),
})

export const getDirectoryEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/decision-directory',
  operationId: 'getDecisionDirectory',
  summary: 'What the organization told the decision point of its own applications',
  scope: 'settings:read',
  response: Directory,
  run: (ctx) => getDirectory(ctx),
})

export const updateDirectoryEndpoint = endpoint({
  ...tagged,
  method: 'PUT',
  path: '/api/v1/decision-directory',
  operationId: 'updateDecisionDirectory',
  summary: 'Tell the decision point of your own types, things and context sources; replaces what was told before',
  scope: 'settings:write',
  description:
    'Secrets of sources are encrypted and never given back. Without one the stored one stays, as long as it goes where it was given for.',
  takesSecret: true,
  maxBodyBytes: 16 * 1024 * 1024,
  body: UpdateDirectoryInput,
  response: Directory,
  run: (ctx, { body }) => updateDirectory(ctx, body),
})

export const endpoints = [
  listDecisionsEndpoint,
  getDecisionEndpoint,
  exportDecisionsEndpoint,
  getDirectoryEndpoint,
  updateDirectoryEndpoint,
]
