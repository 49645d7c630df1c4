import { Accepted, endpoint } from '@/lib/platform/http/endpoint'
import {
  AppliedOwnerChange,
  ById,
  CreateSelectionInput,
  IdentitySelection,
  MyOwnershipPage,
  MyOwnershipQuery,
  OwnerChange,
  OwnerChangeEffects,
  OwnerChangeRun,
  OwnerChangeRunList,
  OwnershipTaskDetail,
  OwnershipTaskList,
  RestoredOwners,
  TaskQuery,
} from '../schema'
import { applyOwnerChange, previewOwnerChange } from './apply-owner-change'
import { cancelOwnerChange } from './cancel-owner-change'
import { createIdentitySelection } from './create-identity-selection'
import { createTaskSelection } from './create-task-selection'
import { getOwnerChangeRun } from './get-owner-change-run'
import { getOwnershipTask } from './get-ownership-task'
import { listMyOwnerships } from './list-my-ownerships'
import { listOwnerChangeRuns } from './list-owner-change-runs'
import { listOwnershipTasks } from './list-ownership-tasks'
import { restoreOwners } from './restore-owners'

const read = { tags: ['Owners'] as [string], scope: 'inventory:read' as const }
const write = { tags: ['Owners'] as [string], scope: 'inventory:write' as const }

/** A run of the worker is told as begun, everything else as done. */
function orAccepted<T extends object>(result: T | OwnerChangeRun): T | Accepted<OwnerChangeRun> {
  return 'startedBy' in result ? new Accepted(result) : result
}

export const createIdentitySelectionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/identity-selections',
  operationId: 'createIdentitySelection',
  summary: 'Choose all identities that match a filter at this moment',
  description: 'Which they are is kept for an hour, for the caller alone. Bulk changes take the id in place of ids.',
  status: 201,
  body: CreateSelectionInput,
  response: IdentitySelection,
  run: (ctx, { body }) => createIdentitySelection(ctx, body),
})

export const previewOwnerChangeEndpoint = endpoint({
  ...read,
  method: 'POST',
  path: '/api/v1/owner-changes/preview',
  operationId: 'previewOwnerChange',
  summary: 'What a change of the owners of many identities would do',
  body: OwnerChange,
  response: OwnerChangeEffects,
  errors: ['not_found'],
  run: (ctx, { body }) => previewOwnerChange(ctx, body),
})

export const applyOwnerChangeEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/owner-changes',
  operationId: 'applyOwnerChange',
  summary: 'Assign, attest, transfer or release the ownership of many identities',
  description:
    '`assign` names an owner; the others are about ownerships of the caller and their teams. One transaction and one audit ' +
    'event; identities that cannot change are counted with the reason. Can be taken back for 15 minutes. A selection of more ' +
    'than 2,000 is changed in the background, batch by batch: the answer is 202 with the run, which can be asked for and stopped.',
  body: OwnerChange,
  response: AppliedOwnerChange,
  accepted: OwnerChangeRun,
  errors: ['not_found'],
  run: async (ctx, { body }) => orAccepted(await applyOwnerChange(ctx, body)),
})

export const restoreOwnersEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/owner-changes/{id}/undo',
  operationId: 'restoreOwners',
  summary: 'Take a change of many owners back',
  description:
    'By whoever made it, within 15 minutes. What somebody has changed since stays and is counted. More than 2,000 are taken ' +
    'back in the background: the answer is 202 with the run.',
  params: ById,
  response: RestoredOwners,
  accepted: OwnerChangeRun,
  errors: ['conflict'],
  run: async (ctx, { params }) => orAccepted(await restoreOwners(ctx, params)),
})

export const listOwnerChangeRunsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/owner-change-runs',
  operationId: 'listOwnerChangeRuns',
  summary: 'Changes of many owners that run in the background',
  description:
    'Those of the caller that are under way or ended within 15 minutes, and for whoever may follow all also those of others that ' +
    'are under way or ended within 2; at most 20.',
  response: OwnerChangeRunList,
  run: (ctx) => listOwnerChangeRuns(ctx),
})

export const getOwnerChangeRunEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/owner-change-runs/{id}',
  operationId: 'getOwnerChangeRun',
  summary: 'One change of many owners in the background, and how far it is',
  params: ById,
  response: OwnerChangeRun,
  run: (ctx, { params }) => getOwnerChangeRun(ctx, params),
})

export const cancelOwnerChangeEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/owner-change-runs/{id}/cancel',
  operationId: 'cancelOwnerChange',
  summary: 'Stop a change of many owners after the batch that it is at',
  description:
    'By whoever began it, or whoever may stop all. What it has changed stays, and can be taken back by whoever began it.',
  params: ById,
  response: OwnerChangeRun,
  errors: ['conflict'],
  run: (ctx, { params }) => cancelOwnerChange(ctx, params),
})

export const listMyOwnershipsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/ownerships/mine',
  operationId: 'listMyOwnerships',
  summary: 'What the caller and their teams answer for',
  description: 'Those that wait longest for an attestation first.',
  query: MyOwnershipQuery,
  response: MyOwnershipPage,
  run: (ctx, { query }) => listMyOwnerships(ctx, query),
})

export const listOwnershipTasksEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/ownership-tasks',
  operationId: 'listOwnershipTasks',
  summary: 'Tasks to take over what somebody who left answered for',
  description: 'Those of the caller and their teams, or all for whoever may see all; the latest first, at most 100.',
  query: TaskQuery,
  response: OwnershipTaskList,
  run: (ctx, { query }) => listOwnershipTasks(ctx, query),
})

export const getOwnershipTaskEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/ownership-tasks/{id}',
  operationId: 'getOwnershipTask',
  summary: 'One task, with the secrets that the one who left could have read',
  params: ById,
  response: OwnershipTaskDetail,
  run: (ctx, { params }) => getOwnershipTask(ctx, params),
})

export const createTaskSelectionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/ownership-tasks/{id}/selection',
  operationId: 'createTaskSelection',
  summary: 'Choose all identities of a task that nobody answers for yet',
  description: 'Which they are is kept for an hour, for the caller alone. Bulk changes take the id in place of ids.',
  status: 201,
  params: ById,
  response: IdentitySelection,
  run: (ctx, { params }) => createTaskSelection(ctx, params),
})

export const endpoints = [
  createIdentitySelectionEndpoint,
  previewOwnerChangeEndpoint,
  applyOwnerChangeEndpoint,
  restoreOwnersEndpoint,
  listOwnerChangeRunsEndpoint,
  getOwnerChangeRunEndpoint,
  cancelOwnerChangeEndpoint,
  listMyOwnershipsEndpoint,
  listOwnershipTasksEndpoint,
  getOwnershipTaskEndpoint,
  createTaskSelectionEndpoint,
]
