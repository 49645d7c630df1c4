import { endpoint } from '@/lib/platform/http/endpoint'
import {
  AppliedOwnerChange,
  ById,
  CreateSelectionInput,
  IdentitySelection,
  MyOwnershipPage,
  MyOwnershipQuery,
  OwnerChange,
  OwnerChangeEffects,
  OwnershipTaskDetail,
  OwnershipTaskList,
  RestoredOwners,
  TaskQuery,
} from '../schema'
import { applyOwnerChange, previewOwnerChange } from './apply-owner-change'
import { createIdentitySelection } from './create-identity-selection'
import { getOwnershipTask } from './get-ownership-task'
import { listMyOwnerships } from './list-my-ownerships'
import { listOwnershipTasks } from './list-ownership-tasks'
import { restoreOwners } from './restore-owners'

const read = { tags: ['Owners'] as [string], scope: 'inventory:read' as const }
const write = { tags: ['Owners'] as [string], scope: 'inventory:write' as const }

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
    'event; identities that cannot change are counted with the reason. Can be taken back for 15 minutes.',
  body: OwnerChange,
  response: AppliedOwnerChange,
  errors: ['not_found'],
  run: (ctx, { body }) => applyOwnerChange(ctx, body),
})

export const restoreOwnersEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/owner-changes/{id}/undo',
  operationId: 'restoreOwners',
  summary: 'Take a change of many owners back',
  description: 'By whoever made it, within 15 minutes. What somebody has changed since stays and is counted.',
  params: ById,
  response: RestoredOwners,
  errors: ['conflict'],
  run: (ctx, { params }) => restoreOwners(ctx, params),
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

export const endpoints = [
  createIdentitySelectionEndpoint,
  previewOwnerChangeEndpoint,
  applyOwnerChangeEndpoint,
  restoreOwnersEndpoint,
  listMyOwnershipsEndpoint,
  listOwnershipTasksEndpoint,
  getOwnershipTaskEndpoint,
]
