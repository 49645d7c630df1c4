import { z } from 'zod'
import { endpoint } from '@/lib/platform/http/endpoint'
import {
  Connection,
  ConnectionList,
  CreateConnectionInput,
  DeleteConnectionInput,
  SyncList,
  SyncRun,
  SystemList,
  TestConnectionInput,
  TestResult,
  UpdateConnectionInput,
} from '../live'
import { cancelSync } from './cancel-sync'
import { createConnection } from './create-connection'
import { deleteConnection } from './delete-connection'
import { getConnection } from './get-connection'
import { getSync } from './get-sync'
import { listConnections } from './list-connections'
import { listSyncs } from './list-syncs'
import { listSystems } from './list-systems'
import { requestSync } from './request-sync'
import { updateConnection } from './update-connection'
import { verifyConnection, verifyNewConnection } from './verify-connection'

const params = z.object({ id: z.uuid() })
const tags: ['Connections'] = ['Connections']

export const listSystemsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/systems',
  operationId: 'listSystems',
  summary: 'Systems that can be connected to: fields, instructions, and what revoking means there',
  tags,
  scope: 'imports:read',
  response: SystemList,
  run: (ctx) => listSystems(ctx),
})

export const listConnectionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/connections',
  operationId: 'listConnections',
  summary: 'Connections to running systems, by name, each with its last sync',
  description: 'Secrets of a configuration are never in an answer; `secretFields` tells which there are.',
  tags,
  scope: 'imports:read',
  response: ConnectionList,
  run: (ctx) => listConnections(ctx),
})

export const createConnectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/connections',
  operationId: 'createConnection',
  summary: 'Connect to a running system',
  description: 'Secrets are encrypted and never given back. There is one connection for each system and instance.',
  tags,
  scope: 'settings:write',
  status: 201,
  takesSecret: true,
  errors: ['conflict'],
  body: CreateConnectionInput,
  response: Connection,
  run: (ctx, { body }) => createConnection(ctx, body),
})

export const testNewConnectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/connections/test',
  operationId: 'testNewConnection',
  summary: 'Try a configuration that is not stored: sign in, and list what it may see and do',
  description: 'A source that refuses is an answer with `ok: false`. Takes at most 20 seconds.',
  tags,
  scope: 'settings:write',
  takesSecret: true,
  body: TestConnectionInput,
  response: TestResult,
  run: (ctx, { body }) => verifyNewConnection(ctx, body),
})

export const getConnectionEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/connections/{id}',
  operationId: 'getConnection',
  summary: 'One connection: its settings without secrets, what it may do, and its last sync',
  tags,
  scope: 'imports:read',
  params,
  response: Connection,
  run: (ctx, { params: { id } }) => getConnection(ctx, { id }),
})

export const updateConnectionEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/v1/connections/{id}',
  operationId: 'updateConnection',
  summary: 'Change a connection, pause it or take it up again',
  description:
    'Only what is given changes. Secrets that are not given stay; they are needed again when another setting of the configuration changes.',
  tags,
  scope: 'settings:write',
  takesSecret: true,
  params,
  body: UpdateConnectionInput.omit({ id: true }),
  response: Connection,
  run: (ctx, { params: { id }, body }) => updateConnection(ctx, { ...body, id }),
})

export const deleteConnectionEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/v1/connections/{id}',
  operationId: 'deleteConnection',
  summary: 'Remove a connection and destroy its secrets; its history stays',
  description:
    '`records`: what only this connection vouches for stays as it was last seen (`keep`), or is marked gone.',
  tags,
  scope: 'settings:write',
  errors: ['conflict'],
  params,
  query: DeleteConnectionInput.pick({ records: true }).extend({
    records: DeleteConnectionInput.shape.records.default('keep'),
  }),
  run: async (ctx, { params: { id }, query: { records } }) => {
    await deleteConnection(ctx, { id, records })
    return null
  },
})

export const testConnectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/connections/{id}/test',
  operationId: 'testConnection',
  summary: 'Try a stored connection, or what a change of its configuration would make of it',
  tags,
  scope: 'settings:write',
  takesSecret: true,
  params,
  body: UpdateConnectionInput.pick({ config: true }),
  response: TestResult,
  run: (ctx, { params: { id }, body }) => verifyConnection(ctx, { ...body, id }),
})

export const syncConnectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/connections/{id}/sync',
  operationId: 'syncConnection',
  summary: 'Read the system now, in the background',
  description:
    'Answers at once; follow the run, which says whether it reads what changed or everything, and why. `reads=all`: everything, although the source could tell what changed. One that would mark more than 20 % of what the source held gone waits as an import of the same id.',
  tags,
  scope: 'imports:write',
  status: 202,
  errors: ['conflict'],
  params,
  query: z.object({ reads: z.enum(['changes', 'all']).default('changes') }),
  response: SyncRun,
  run: (ctx, { params: { id }, query: { reads } }) => requestSync(ctx, { id, readAll: reads === 'all' }),
})

export const getSyncEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/syncs/{id}',
  operationId: 'getSync',
  summary: 'One sync, and how far it is',
  tags,
  scope: 'imports:read',
  params,
  response: SyncRun,
  run: (ctx, { params: { id } }) => getSync(ctx, { id }),
})

export const cancelSyncEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/v1/syncs/{id}',
  operationId: 'cancelSync',
  summary: 'Stop a sync that waits or reads; nothing of it reaches the inventory',
  tags,
  scope: 'imports:write',
  errors: ['conflict'],
  params,
  response: SyncRun,
  run: (ctx, { params: { id } }) => cancelSync(ctx, { id }),
})

export const listSyncsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/connections/{id}/syncs',
  operationId: 'listSyncs',
  summary: 'The syncs of a connection, newest first, with counts, duration, what was skipped and errors',
  tags,
  scope: 'imports:read',
  params,
  query: z.object({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(100).default(25) }),
  response: SyncList,
  run: (ctx, { params: { id }, query }) => listSyncs(ctx, { ...query, id }),
})

export const connectionEndpoints = [
  listSystemsEndpoint,
  listConnectionsEndpoint,
  createConnectionEndpoint,
  testNewConnectionEndpoint,
  getConnectionEndpoint,
  updateConnectionEndpoint,
  deleteConnectionEndpoint,
  testConnectionEndpoint,
  syncConnectionEndpoint,
  getSyncEndpoint,
  cancelSyncEndpoint,
  listSyncsEndpoint,
]
