import { endpoint } from '@/lib/platform/http/endpoint'
import { RunUse } from '../history'
import { ById } from '../schema'
import { PreviewTwinInput, SetTwinInput, TwinPair, TwinPreview } from '../twins'
import { getRunUse } from './get-run-use'
import { getTwin } from './get-twin'
import { previewTwin } from './preview-twin'
import { deleteTwin, setTwin } from './set-twin'

const read = { tags: ['Rotation and revocation'] as [string], scope: 'lifecycle:read' as const }
const write = { tags: ['Rotation and revocation'] as [string], scope: 'lifecycle:write' as const }

export const getRunUseEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/runs/{id}/use',
  operationId: 'getRunUse',
  summary: 'Who signs in with the old secret and who with the new one, while both work',
  description:
    'Asks the source, at most every 10 seconds for one run, and for 5 seconds. What it does not say is unknown.',
  params: ById,
  response: RunUse,
  run: (ctx, { params }) => getRunUse(ctx, params),
})

export const getTwinEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/identities/{id}/twin',
  operationId: 'getTwin',
  summary: 'The account that one program uses in turn with this one',
  params: ById,
  response: TwinPair,
  run: (ctx, { params }) => getTwin(ctx, params),
})

export const previewTwinEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/twins/preview',
  operationId: 'previewTwin',
  summary: 'Whether two accounts can be used in turn, and what differs between them',
  body: PreviewTwinInput,
  response: TwinPreview,
  errors: ['not_found'],
  run: (ctx, { body }) => previewTwin(ctx, body),
})

export const setTwinEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/twins',
  operationId: 'setTwin',
  summary: 'Make two accounts twins, or say which of them is in use',
  body: SetTwinInput,
  response: TwinPair,
  errors: ['not_found', 'conflict', 'precondition_failed'],
  run: (ctx, { body }) => setTwin(ctx, body),
})

export const deleteTwinEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/identities/{id}/twin',
  operationId: 'deleteTwin',
  summary: 'End a pair: each of the two is rotated by itself from then on',
  params: ById,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteTwin(ctx, params)
    return null
  },
})

export const twinEndpoints = [
  ...[getRunUseEndpoint, getTwinEndpoint, previewTwinEndpoint, setTwinEndpoint, deleteTwinEndpoint],
]
