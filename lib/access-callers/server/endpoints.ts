import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import {
  AccessCallers,
  AccessClient,
  AccessIssuer,
  ById,
  CreateClientInput,
  CreateIssuerInput,
  IssuerTest,
} from '../schema'
import { createClient } from './create-client'
import { createIssuer } from './create-issuer'
import { deleteClient, deleteIssuer } from './delete-caller'
import { listCallers } from './list-callers'
import { verifyIssuer } from './verify-issuer'

const read = { tags: ['Decisions'] as [string], scope: 'settings:read' as const }
const write = { tags: ['Decisions'] as [string], scope: 'settings:write' as const }

export const listCallersEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/access-callers',
  operationId: 'listAccessCallers',
  summary: 'Who may ask the decision point without an API key',
  response: AccessCallers,
  run: (ctx) => listCallers(ctx),
})

export const createIssuerEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/access-issuers',
  operationId: 'createAccessIssuer',
  summary: 'Believe the access tokens of an issuer',
  description: 'Tokens must be signed by one of its keys, name it and the audience, and not be expired.',
  status: 201,
  body: CreateIssuerInput,
  response: AccessIssuer,
  run: (ctx, { body }) => createIssuer(ctx, body),
})

export const testIssuerEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/access-issuers/{id}/test',
  operationId: 'testAccessIssuer',
  summary: 'Read the keys of an issuer now',
  params: ById,
  response: IssuerTest,
  run: (ctx, { params }) => verifyIssuer(ctx, params),
})

export const deleteIssuerEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/access-issuers/{id}',
  operationId: 'deleteAccessIssuer',
  summary: 'Believe an issuer no longer; its clients go with it',
  params: ById,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteIssuer(ctx, params)
    return undefined
  },
})

export const createClientEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/access-clients',
  operationId: 'createAccessClient',
  summary: 'Say which identity an OAuth client or a certificate is',
  description:
    'It asks in the role of whoever says so, for as long as they are active, and about itself only unless `mayAskAny`. It names its ' +
    'organization in `X-Organization-Id`.',
  status: 201,
  body: CreateClientInput,
  response: AccessClient,
  run: (ctx, { body }) => createClient(ctx, body),
})

export const deleteClientEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/access-clients/{id}',
  operationId: 'deleteAccessClient',
  summary: 'Let a client ask the decision point no longer',
  params: ById,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteClient(ctx, params)
    return undefined
  },
})

export const endpoints: readonly Endpoint[] = [
  listCallersEndpoint,
  createIssuerEndpoint,
  testIssuerEndpoint,
  deleteIssuerEndpoint,
  createClientEndpoint,
  deleteClientEndpoint,
]
