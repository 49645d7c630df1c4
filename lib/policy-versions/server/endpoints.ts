import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ById,
  CreateVersionInput,
  DiscardVersionInput,
  PublishVersionInput,
  ReplayInput,
  ReviewVersionInput,
  RollBackInput,
  ShadowVersionInput,
  TestVersionInput,
  Trial,
  UpdateVersionInput,
  VersionDetail,
  VersionList,
} from '../schema'
import { launchShadow, publishVersion, restoreFormer, reviewVersion } from './activate-version'
import { getVersion, listVersions } from './list-versions'
import { requestReplay } from './request-replay'
import { createVersion, discardVersion, testVersion, updateVersion } from './update-version'

const read = { tags: ['Policies'] as [string], scope: 'settings:read' as const }
const write = { tags: ['Policies'] as [string], scope: 'settings:write' as const }

export const listVersionsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/policy-versions',
  operationId: 'listPolicyVersions',
  summary: 'The organization’s own policies by version, what answers now, and what did before',
  response: VersionList,
  run: (ctx) => listVersions(ctx),
})

export const createVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions',
  operationId: 'createPolicyVersion',
  summary: 'Begin a version',
  description: 'Without `files` it begins with those of the version in use, or with an example.',
  status: 201,
  body: CreateVersionInput,
  response: VersionDetail,
  run: (ctx, { body }) => createVersion(ctx, body),
})

export const getVersionEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/policy-versions/{id}',
  operationId: 'getPolicyVersion',
  summary: 'One version with its text, tests, review, shadow and replays',
  params: ById,
  response: VersionDetail,
  run: (ctx, { params }) => getVersion(ctx, params),
})

export const updateVersionEndpoint = endpoint({
  ...write,
  method: 'PUT',
  path: '/api/v1/policy-versions/{id}',
  operationId: 'updatePolicyVersion',
  summary: 'Change the text of a version that was not published',
  description: 'It is a draft again from then on: what was tested and agreed to was another text.',
  params: ById,
  body: UpdateVersionInput.omit({ id: true }),
  response: VersionDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => updateVersion(ctx, { ...body, ...params }),
})

export const discardVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/{id}/discard',
  operationId: 'discardPolicyVersion',
  summary: 'Put a version aside that was not published',
  params: ById,
  body: DiscardVersionInput.omit({ id: true }),
  response: VersionDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => discardVersion(ctx, { ...body, ...params }),
})

export const testVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/{id}/test',
  operationId: 'testPolicyVersion',
  summary: 'Compile a version, and run its tests and the mandatory set',
  params: ById,
  body: TestVersionInput.omit({ id: true }),
  response: VersionDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => testVersion(ctx, { ...body, ...params }),
})

export const reviewVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/{id}/verdict',
  operationId: 'reviewPolicyVersion',
  summary: 'Agree to a version that passed its tests, or not',
  description: 'Bound to the text by its hash. Never by somebody who wrote in it, nor by an API key.',
  params: ById,
  body: ReviewVersionInput.omit({ id: true }),
  response: VersionDetail,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => reviewVersion(ctx, { ...body, ...params }),
})

export const shadowVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/{id}/shadow',
  operationId: 'shadowPolicyVersion',
  summary: 'Put a version beside what answers',
  description: 'Each question is put to it too, after its answer. People only.',
  params: ById,
  body: ShadowVersionInput.omit({ id: true }),
  response: VersionDetail,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => launchShadow(ctx, { ...body, ...params }),
})

export const publishVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/{id}/publish',
  operationId: 'publishPolicyVersion',
  summary: 'Let a version answer from the next question on',
  description: '`activeHash` is what answers now; another one by then is a conflict. People only.',
  params: ById,
  body: PublishVersionInput.omit({ id: true }),
  response: VersionDetail,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => publishVersion(ctx, { ...body, ...params }),
})

export const replayVersionEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/{id}/replay',
  operationId: 'replayPolicyVersion',
  summary: 'Put a version to the recorded decisions of the last days',
  description:
    'With the facts and the moment that the log kept of each. `base` as the id is the product’s policies alone. A worker does it; the result ' +
    'is stale once something else answers.',
  status: 202,
  params: ReplayInput.pick({ id: true }),
  body: ReplayInput.omit({ id: true }),
  response: Trial,
  errors: ['conflict'],
  run: (ctx, { params, body }) => requestReplay(ctx, { ...body, ...params }),
})

export const rollBackEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/policy-versions/rollback',
  operationId: 'rollBackPolicies',
  summary: 'Go back to what answered before the version in use was published',
  description: 'One action, one person, from the next question on. People only.',
  body: RollBackInput,
  response: VersionList,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { body }) => restoreFormer(ctx, body),
})

export const endpoints = [
  ...[listVersionsEndpoint, createVersionEndpoint, getVersionEndpoint, updateVersionEndpoint, discardVersionEndpoint],
  ...[testVersionEndpoint, reviewVersionEndpoint, shadowVersionEndpoint, publishVersionEndpoint, replayVersionEndpoint],
  rollBackEndpoint,
]
