import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ById,
  InvokeInput,
  PreviewUseInput,
  ReviewUseInput,
  SettleSecretInput,
  UseDetail,
  UsePage,
  UsePreview,
  UseQuery,
} from '../schema'
import { reviewUse } from './certify-use'
import { invokeBreakGlass } from './create-use'
import { getUse, listUses } from './list-uses'
import { markSeen } from './mark-seen'
import { previewUse } from './preview-use'
import { settleSecret } from './update-secret'

const read = { tags: ['Break-glass'] as [string], scope: 'grants:read' as const }
const write = { tags: ['Break-glass'] as [string], scope: 'grants:write' as const }

export const previewUseEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/break-glass/preview',
  operationId: 'previewBreakGlass',
  summary: 'What breaking the glass would give, and whose word it would not wait for',
  description: 'For people only, by their session. Changes nothing. `listHash` is given back with the invocation.',
  body: PreviewUseInput,
  response: UsePreview,
  errors: ['not_found'],
  run: (ctx, { body }) => previewUse(ctx, body),
})

export const invokeEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/break-glass',
  operationId: 'invokeBreakGlass',
  summary: 'Break the glass: access at once that nobody agreed to',
  description:
    'For people only, after `confirmSession`. It begins with this call, for an hour unless told otherwise and at most four, and is never extended. ' +
    'Everybody whose word was not waited for is told. A second use before the first is reviewed waits for one second person; while a review is ' +
    'overdue it is refused, but for a new incident of severity 1.',
  takesSecret: true,
  status: 201,
  body: InvokeInput,
  response: UseDetail,
  errors: ['not_found', 'conflict', 'precondition_failed'],
  run: (ctx, { body }) => invokeBreakGlass(ctx, body),
})

export const listUsesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/break-glass',
  operationId: 'listBreakGlassUses',
  summary: 'Uses of break-glass, newest first',
  query: UseQuery,
  response: UsePage,
  run: (ctx, { query }) => listUses(ctx, query),
})

export const getUseEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/break-glass/{id}',
  operationId: 'getBreakGlassUse',
  summary: 'One use of break-glass: what was done in it, what it touched, and its review',
  params: ById,
  response: UseDetail,
  run: (ctx, { params }) => getUse(ctx, params),
})

export const markSeenEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/break-glass/{id}/seen',
  operationId: 'acknowledgeBreakGlass',
  summary: 'Say that one has seen the alert',
  params: ById,
  response: UseDetail,
  errors: ['conflict'],
  run: (ctx, { params }) => markSeen(ctx, params),
})

export const reviewUseEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/break-glass/{id}/review',
  operationId: 'reviewBreakGlass',
  summary: 'Say whether a use was justified, as somebody who had no part in it',
  params: ById,
  body: ReviewUseInput.omit({ id: true }),
  response: UseDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => reviewUse(ctx, { ...body, ...params }),
})

export const settleSecretEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/break-glass/{id}/secrets',
  operationId: 'settleBreakGlassSecret',
  summary: 'Say what became of a secret that a use touched',
  description: 'What the inventory shows as made anew, or gone, since its end needs no word.',
  params: ById,
  body: SettleSecretInput.omit({ id: true }),
  response: UseDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => settleSecret(ctx, { ...body, ...params }),
})

export const endpoints = [
  ...[previewUseEndpoint, invokeEndpoint, listUsesEndpoint, getUseEndpoint],
  ...[markSeenEndpoint, reviewUseEndpoint, settleSecretEndpoint],
]
