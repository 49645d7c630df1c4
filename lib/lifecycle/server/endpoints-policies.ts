import { endpoint } from '@/lib/platform/http/endpoint'
import {
  CreatePolicyInput,
  DuePage,
  DueQuery,
  PolicyPreview,
  PreviewPolicyInput,
  RotationPolicyDetail,
  RotationPolicyPage,
  SigningKey,
  SigningKeyInput,
  UpdatePolicyInput,
} from '../policies'
import { ById } from '../schema'
import { createPolicy } from './create-policy'
import { listDue } from './list-due'
import { getPolicy, listPolicies } from './list-policies'
import { previewPolicy } from './preview-policy'
import { readSigningKey } from './read-signing-key'
import { deletePolicy, resumePolicy, updatePolicy } from './update-policy'

const read = { tags: ['Rotation and revocation'] as [string], scope: 'lifecycle:read' as const }
const write = { tags: ['Rotation and revocation'] as [string], scope: 'lifecycle:write' as const }

export const listDueRotationsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/due-rotations',
  operationId: 'listDueRotations',
  summary: 'What falls due by the rotation policies, the most urgent first',
  description: 'Without `state`: all that are overdue, due, or due within two weeks. Counts end at 1000.',
  query: DueQuery,
  response: DuePage,
  run: (ctx, { query }) => listDue(ctx, query),
})

export const listRotationPoliciesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/rotation-policies',
  operationId: 'listRotationPolicies',
  summary: 'Every rotation policy, with what is due by it',
  response: RotationPolicyPage,
  run: (ctx) => listPolicies(ctx),
})

export const createRotationPolicyEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/rotation-policies',
  operationId: 'createRotationPolicy',
  summary: 'Make a rotation policy',
  description: 'Ask `previewRotationPolicy` first what it would do. What is due by it is worked out within seconds.',
  status: 201,
  body: CreatePolicyInput,
  response: RotationPolicyDetail,
  errors: ['conflict'],
  run: (ctx, { body }) => createPolicy(ctx, body),
})

export const previewRotationPolicyEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/rotation-policies/preview',
  operationId: 'previewRotationPolicy',
  summary: 'What a rotation policy would do and when, before it is saved',
  body: PreviewPolicyInput,
  response: PolicyPreview,
  run: (ctx, { body }) => previewPolicy(ctx, body),
})

export const getRotationPolicyEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/rotation-policies/{id}',
  operationId: 'getRotationPolicy',
  summary: 'One rotation policy with its versions',
  params: ById,
  response: RotationPolicyDetail,
  run: (ctx, { params }) => getPolicy(ctx, params),
})

export const updateRotationPolicyEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: '/api/v1/rotation-policies/{id}',
  operationId: 'updateRotationPolicy',
  summary: 'Change a rotation policy, which makes another version of it',
  description: 'Name the `version` that you saw: a later one is not overwritten. Only what is given changes.',
  params: ById,
  body: UpdatePolicyInput.omit({ id: true }),
  response: RotationPolicyDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => updatePolicy(ctx, { ...body, ...params }),
})

export const deleteRotationPolicyEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/rotation-policies/{id}',
  operationId: 'deleteRotationPolicy',
  summary: 'Delete a rotation policy; runs that are under way go on',
  params: ById,
  run: async (ctx, { params }) => {
    await deletePolicy(ctx, params)
    return null
  },
})

export const resumeRotationPolicyEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/rotation-policies/{id}/resume',
  operationId: 'resumeRotationPolicy',
  summary: 'Let a policy go on after a rotation of it did not end well',
  params: ById,
  response: RotationPolicyDetail,
  run: (ctx, { params }) => resumePolicy(ctx, params),
})

export const readSigningKeyEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/delivery-signing-keys',
  operationId: 'readSigningKey',
  summary: 'The key by which messages with new secrets to an address are signed',
  description:
    'For whoever sets up what receives them. One key for all addresses of a host. Each look stands in the audit trail.',
  body: SigningKeyInput,
  response: SigningKey,
  revealsSecret: true,
  run: (ctx, { body }) => readSigningKey(ctx, body),
})

export const policyEndpoints = [
  ...[listDueRotationsEndpoint, listRotationPoliciesEndpoint, createRotationPolicyEndpoint],
  ...[previewRotationPolicyEndpoint, getRotationPolicyEndpoint, updateRotationPolicyEndpoint],
  ...[deleteRotationPolicyEndpoint, resumeRotationPolicyEndpoint, readSigningKeyEndpoint],
]
