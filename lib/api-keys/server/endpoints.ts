import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ApiKey,
  ApiKeyList,
  CreateApiKeyInput,
  CreatedApiKey,
  GetApiKeyInput,
  ListApiKeysInput,
  RevocationReason,
} from '../schema'
import { createApiKey } from './create-api-key'
import { getApiKey } from './get-api-key'
import { listApiKeys } from './list-api-keys'
import { revokeApiKey } from './revoke-api-key'

const tagged = { tags: ['API keys'] } satisfies { tags: [string] }

export const listApiKeysEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/api-keys',
  operationId: 'listApiKeys',
  summary: 'The API keys that the caller may see, newest first',
  scope: 'settings:read',
  query: ListApiKeysInput,
  response: ApiKeyList,
  run: (ctx, { query }) => listApiKeys(ctx, query),
})
export const createApiKeyEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/api-keys',
  operationId: 'createApiKey',
  summary: 'Make an API key that belongs to the caller',
  description: 'The answer holds the token, once. A key cannot make keys: this needs a signed-in person.',
  scope: 'settings:write',
  status: 201,
  revealsSecret: true,
  body: CreateApiKeyInput,
  response: CreatedApiKey,
  run: (ctx, { body }) => createApiKey(ctx, body),
})
export const getApiKeyEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/api-keys/{id}',
  operationId: 'getApiKey',
  summary: 'One API key, without its token',
  scope: 'settings:read',
  params: GetApiKeyInput,
  response: ApiKey,
  run: (ctx, { params }) => getApiKey(ctx, params),
})
export const revokeApiKeyEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/api-keys/{id}/revoke',
  operationId: 'revokeApiKey',
  summary: 'End an API key for good',
  scope: 'settings:write',
  errors: ['conflict'],
  params: GetApiKeyInput,
  body: RevocationReason,
  response: ApiKey,
  run: (ctx, { params, body }) => revokeApiKey(ctx, { ...body, ...params }),
})

export const endpoints = [listApiKeysEndpoint, createApiKeyEndpoint, getApiKeyEndpoint, revokeApiKeyEndpoint]
