import { endpoint } from '@/lib/platform/http/endpoint'
import { Reappearance, ReappearancePage, ReappearanceQuery, SettleReappearanceInput } from '../history'
import {
  ApproveOrderInput,
  ById,
  CancelRunInput,
  LifecycleSettings,
  Order,
  OrderPage,
  OrderQuery,
  PreviewRevocationInput,
  PreviewRotationInput,
  RequestRevocationInput,
  RequestRotationInput,
  ResolveRunInput,
  RestoreRunInput,
  RevealedSecret,
  RevocationPreview,
  RotationPreview,
  RunDetail,
  RunEventQuery,
  RunPage,
  RunQuery,
  SecretLink,
  UpdateSettingsInput,
} from '../schema'
import { approveOrder } from './approve-order'
import { cancelOrder } from './cancel-order'
import { endpoints as drills } from './endpoints-drills'
import { policyEndpoints } from './endpoints-policies'
import { twinEndpoints } from './endpoints-twins'
import { getRun } from './get-run'
import { getSecretLink } from './get-secret-link'
import { getSettings } from './get-settings'
import { getOrder, listOrders } from './list-orders'
import { listReappearances, settleReappearance } from './list-reappearances'
import { listRunEvents } from './list-run-events'
import { listRuns } from './list-runs'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { readRevealedSecret } from './read-revealed-secret'
import { requestRevocation } from './request-revocation'
import { requestRotation } from './request-rotation'
import { cancelRun, endHold, resolveRun, restoreRun } from './update-run'
import { updateSettings } from './update-settings'

const read = { tags: ['Rotation and revocation'] as [string], scope: 'lifecycle:read' as const }
const write = { tags: ['Rotation and revocation'] as [string], scope: 'lifecycle:write' as const }

export const previewRevocationEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/revocations/preview',
  operationId: 'previewRevocation',
  summary: 'What revoking these would do: who is signed in, what the source makes of it, what is refused',
  description:
    'Changes nothing. For up to five targets the sources are asked who is signed in, which takes at most 5 seconds.',
  body: PreviewRevocationInput,
  response: RevocationPreview,
  errors: ['not_found'],
  run: (ctx, { body }) => previewRevocation(ctx, body),
})

export const requestRevocationEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/revocations',
  operationId: 'requestRevocation',
  summary: 'Revoke identities or credentials at their sources',
  description:
    'Give back the `listHash` of the preview: when what it would do has changed since, it is refused. Answers before anything was ' +
    'done; follow the runs. `secret` is tried after the cut, kept encrypted until the run ends and in no answer.',
  status: 202,
  takesSecret: true,
  body: RequestRevocationInput,
  response: Order,
  errors: ['not_found', 'conflict', 'precondition_failed'],
  run: (ctx, { body }) => requestRevocation(ctx, body),
})

export const previewRotationEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/rotations/preview',
  operationId: 'previewRotation',
  summary: 'What rotating these would do, and whether old and new work side by side',
  body: PreviewRotationInput,
  response: RotationPreview,
  errors: ['not_found'],
  run: (ctx, { body }) => previewRotation(ctx, body),
})

export const requestRotationEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/rotations',
  operationId: 'requestRotation',
  summary: 'Give credentials new secrets at their sources, and end the old ones',
  description: 'As `requestRevocation`. The new secret is in no answer: whoever `delivery` names gets it.',
  status: 202,
  takesSecret: true,
  body: RequestRotationInput,
  response: Order,
  errors: ['not_found', 'conflict', 'precondition_failed'],
  run: (ctx, { body }) => requestRotation(ctx, body),
})

export const listOrdersEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/orders',
  operationId: 'listOrders',
  summary: 'Orders to rotate, revoke or rehearse, newest first, each with its runs',
  query: OrderQuery,
  response: OrderPage,
  run: (ctx, { query }) => listOrders(ctx, query),
})

export const getOrderEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/orders/{id}',
  operationId: 'getOrder',
  summary: 'One order, who agreed to it, and its runs',
  params: ById,
  response: Order,
  run: (ctx, { params }) => getOrder(ctx, params),
})

export const approveOrderEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/orders/{id}/verdict',
  operationId: 'approveOrder',
  summary: 'Agree to an order, or not, as the second person',
  description:
    'Bound to the exact list by its hash. Not by whoever asked for it, nor by who answers for a target, nor by an API key. Refused when ' +
    'what the order would do has changed since it was asked for.',
  params: ById,
  body: ApproveOrderInput.omit({ id: true }),
  response: Order,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => approveOrder(ctx, { ...body, ...params }),
})

export const withdrawOrderEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/orders/{id}',
  operationId: 'withdrawOrder',
  summary: 'Take back an order that waits for a second person',
  params: ById,
  response: Order,
  errors: ['conflict'],
  run: (ctx, { params }) => cancelOrder(ctx, params),
})

export const listRunsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/runs',
  operationId: 'listRuns',
  summary: 'Runs of rotation, revocation and drill, newest first',
  description: '`effect` and `headline` tell what has been shown, never what was only asked for.',
  query: RunQuery,
  response: RunPage,
  run: (ctx, { query }) => listRuns(ctx, query),
})

export const getRunEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/runs/{id}',
  operationId: 'getRun',
  summary: 'One run: its steps with every try, its hops, the latest probes, and what it needs',
  params: ById,
  response: RunDetail,
  run: (ctx, { params }) => getRun(ctx, params),
})

export const listRunEventsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/runs/{id}/events',
  operationId: 'listRunEvents',
  summary: 'The history of a run as it is written, as server-sent events',
  description:
    'The id of each is its number, without gaps. `after` and the header Last-Event-ID say where to go on; the larger counts. The event ' +
    '`end` says that the run has ended. A comment line every 15 seconds.',
  params: ById,
  query: RunEventQuery,
  response: { contentType: 'text/event-stream' },
  run: (ctx, { params, query, lastEventId, signal }) =>
    listRunEvents(
      ctx,
      { ...params, after: Math.max(query.after, lastEventId), follow: query.follow === 'yes' },
      signal,
    ),
})

export const cancelRunEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/runs/{id}/cancel',
  operationId: 'cancelRun',
  summary: 'Stop a run at its next safe point, and take back what it did',
  params: ById,
  body: CancelRunInput.omit({ id: true }),
  response: RunDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => cancelRun(ctx, { ...body, ...params }),
})

export const restoreRunEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/runs/{id}/restore',
  operationId: 'restoreRun',
  summary: 'Bring back what was cut off, within its window',
  description: '`rotatesFirst`: with a new secret, where switching on would make the old one work again.',
  params: ById,
  body: RestoreRunInput.omit({ id: true }),
  response: RunDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => restoreRun(ctx, { ...body, ...params }),
})

export const resolveRunEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/runs/{id}/choice',
  operationId: 'resolveRun',
  summary: 'Say what a run shall do that needs a person',
  params: ById,
  body: ResolveRunInput.omit({ id: true }),
  response: RunDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => resolveRun(ctx, { ...body, ...params }),
})

export const endHoldEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/runs/{id}/end-hold',
  operationId: 'endHold',
  summary: 'End the window in which something can be brought back',
  params: ById,
  body: CancelRunInput.omit({ id: true }),
  response: RunDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => endHold(ctx, { ...body, ...params }),
})

export const getSecretLinkEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/secret-links/{id}',
  operationId: 'getSecretLink',
  summary: 'A link to a new secret, without opening it; only for whom it names',
  params: ById,
  response: SecretLink,
  run: (ctx, { params }) => getSecretLink(ctx, params),
})

export const revealSecretEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/secret-links/{id}/open',
  operationId: 'revealSecret',
  summary: 'Open a link: shows the new secret to whom it names, once',
  params: ById,
  response: RevealedSecret,
  revealsSecret: true,
  errors: ['conflict'],
  run: (ctx, { params }) => readRevealedSecret(ctx, params),
})

export const listReappearancesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/reappearances',
  operationId: 'listReappearances',
  summary: 'What was cut off and is there again',
  description: 'Held against the inventory every minute. At most the newest 100 that nobody has settled.',
  query: ReappearanceQuery,
  response: ReappearancePage,
  run: (ctx, { query }) => listReappearances(ctx, query),
})

export const settleReappearanceEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/reappearances/{id}/settle',
  operationId: 'settleReappearance',
  summary: 'Say that something is meant to be there again',
  params: ById,
  body: SettleReappearanceInput.omit({ id: true }),
  response: Reappearance,
  errors: ['not_found'],
  run: (ctx, { params, body }) => settleReappearance(ctx, { ...params, ...body }),
})

export const getLifecycleSettingsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/lifecycle-settings',
  operationId: 'getLifecycleSettings',
  summary: 'When a second person is needed, and how long things can be brought back',
  response: LifecycleSettings,
  run: (ctx) => getSettings(ctx),
})

export const updateLifecycleSettingsEndpoint = endpoint({
  ...write,
  scope: 'settings:write',
  method: 'PATCH',
  path: '/api/v1/lifecycle-settings',
  operationId: 'updateLifecycleSettings',
  summary: 'Change when a second person is needed, and how long things can be brought back',
  body: UpdateSettingsInput,
  response: LifecycleSettings,
  run: (ctx, { body }) => updateSettings(ctx, body),
})

export const endpoints = [
  ...drills,
  ...[previewRevocationEndpoint, requestRevocationEndpoint, previewRotationEndpoint, requestRotationEndpoint],
  ...[listOrdersEndpoint, getOrderEndpoint, approveOrderEndpoint, withdrawOrderEndpoint],
  ...[listRunsEndpoint, getRunEndpoint, listRunEventsEndpoint, cancelRunEndpoint, restoreRunEndpoint],
  ...[resolveRunEndpoint, endHoldEndpoint, getSecretLinkEndpoint, revealSecretEndpoint],
  ...[getLifecycleSettingsEndpoint, updateLifecycleSettingsEndpoint],
  ...[listReappearancesEndpoint, settleReappearanceEndpoint],
  ...policyEndpoints,
  ...twinEndpoints,
]
