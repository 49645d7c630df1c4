import { z } from 'zod'
import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import { ReachersPage, ReachersQuery } from '../blast-radius'
import { PreviewSensitivityRuleQuery, SensitivityRulePreview, UpdateSensitivityRuleInput } from '../edits'
import { JewelChangesQuery } from '../filters'
import {
  CrownJewel,
  CrownJewels,
  JewelChanges,
  MarkCrownJewelInput,
  SensitivityHistory,
  SensitivityRule,
  SensitivityRuleInput,
  SensitivityRules,
  SetSensitivityInput,
} from '../worth'
import { createSensitivityRule } from './create-sensitivity-rule'
import { deleteCrownJewel } from './delete-crown-jewel'
import { deleteSensitivityRule } from './delete-sensitivity-rule'
import { getSensitivityHistory } from './get-sensitivity-history'
import { listCrownJewels } from './list-crown-jewels'
import { listJewelChanges } from './list-jewel-changes'
import { listReachers } from './list-reachers'
import { listSensitivityRules } from './list-sensitivity-rules'
import { markCrownJewel } from './mark-crown-jewel'
import { previewSensitivityRule } from './preview-sensitivity-rule'
import { setSensitivity } from './set-sensitivity'
import { updateSensitivityRule } from './update-sensitivity-rule'

const params = z.object({ id: z.uuid() })
const reads = { tags: ['Sensitivity'], scope: 'inventory:read' } satisfies Partial<Endpoint>
const writes = { tags: ['Sensitivity'], scope: 'inventory:write' } satisfies Partial<Endpoint>

export const listReachersEndpoint = endpoint({
  ...reads,
  method: 'GET',
  path: '/api/v1/resources/{id}/reachers',
  operationId: 'listReachers',
  summary: 'Who can reach a resource, by which route',
  description:
    'The highest privilege first, of one privilege the highest `score` (as it was last worked out, for whoever may see all identities), then the fewest steps, then by name; pages begin at any row (`at`).',
  params,
  query: ReachersQuery,
  response: ReachersPage,
  errors: ['upstream_failed'],
  run: (ctx, { params, query }) => listReachers(ctx, { ...query, ...params }),
})

export const getSensitivityHistoryEndpoint = endpoint({
  ...reads,
  method: 'GET',
  path: '/api/v1/resources/{id}/sensitivity',
  operationId: 'getSensitivityHistory',
  summary: 'How sensitive a resource is, who says so, and every change of it',
  params,
  response: SensitivityHistory,
  run: (ctx, { params }) => getSensitivityHistory(ctx, params),
})

export const setSensitivityEndpoint = endpoint({
  ...writes,
  method: 'PUT',
  path: '/api/v1/resources/{id}/sensitivity',
  operationId: 'setSensitivity',
  summary: 'Say how sensitive a resource is, over its source and every rule',
  description: '`null` takes that back. With `seen`, a sensitivity that is another one by now is a conflict.',
  params,
  body: SetSensitivityInput.omit({ id: true }),
  response: SensitivityHistory,
  errors: ['conflict'],
  run: (ctx, { params, body }) => setSensitivity(ctx, { ...body, ...params }),
})

export const listSensitivityRulesEndpoint = endpoint({
  ...reads,
  method: 'GET',
  path: '/api/v1/sensitivity-rules',
  operationId: 'listSensitivityRules',
  summary: 'Rules of sensitivity in their order',
  description: 'The first that matches a resource decides, unless a person has; where none does, the source decides.',
  response: SensitivityRules,
  run: (ctx) => listSensitivityRules(ctx),
})

export const previewSensitivityRuleEndpoint = endpoint({
  ...reads,
  method: 'GET',
  path: '/api/v1/sensitivity-rules/preview',
  operationId: 'previewSensitivityRule',
  summary: 'What a rule would match and decide',
  query: PreviewSensitivityRuleQuery,
  response: SensitivityRulePreview,
  run: (ctx, { query }) => previewSensitivityRule(ctx, query),
})

export const createSensitivityRuleEndpoint = endpoint({
  ...writes,
  method: 'POST',
  path: '/api/v1/sensitivity-rules',
  operationId: 'createSensitivityRule',
  summary: 'Add a rule of sensitivity at its place in the order',
  status: 201,
  body: SensitivityRuleInput,
  response: SensitivityRule,
  errors: ['conflict'],
  run: (ctx, { body }) => createSensitivityRule(ctx, body),
})

export const updateSensitivityRuleEndpoint = endpoint({
  ...writes,
  method: 'PUT',
  path: '/api/v1/sensitivity-rules/{id}',
  operationId: 'updateSensitivityRule',
  summary: 'Change a rule of sensitivity or its place in the order',
  description: '`version` is that of the rule as the caller saw it; a later one is a conflict.',
  params,
  body: UpdateSensitivityRuleInput.omit({ id: true }),
  response: SensitivityRule,
  errors: ['conflict'],
  run: (ctx, { params, body }) => updateSensitivityRule(ctx, { ...body, ...params }),
})

export const deleteSensitivityRuleEndpoint = endpoint({
  ...writes,
  method: 'DELETE',
  path: '/api/v1/sensitivity-rules/{id}',
  operationId: 'deleteSensitivityRule',
  summary: 'Delete a rule of sensitivity',
  params,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteSensitivityRule(ctx, params)
    return undefined
  },
})

export const listCrownJewelsEndpoint = endpoint({
  ...reads,
  method: 'GET',
  path: '/api/v1/crown-jewels',
  operationId: 'listCrownJewels',
  summary: 'What is marked as worth most, each with how many reach it',
  response: CrownJewels,
  errors: ['upstream_failed'],
  run: (ctx) => listCrownJewels(ctx),
})

export const markCrownJewelEndpoint = endpoint({
  ...writes,
  method: 'POST',
  path: '/api/v1/crown-jewels',
  operationId: 'markCrownJewel',
  summary: 'Mark a resource or an identity as worth most',
  status: 201,
  body: MarkCrownJewelInput,
  response: CrownJewel,
  errors: ['not_found', 'conflict', 'upstream_failed'],
  run: (ctx, { body }) => markCrownJewel(ctx, body),
})

export const deleteCrownJewelEndpoint = endpoint({
  ...writes,
  method: 'DELETE',
  path: '/api/v1/crown-jewels/{id}',
  operationId: 'deleteCrownJewel',
  summary: 'Take the mark of a crown jewel away; what was kept of its changes stays',
  params,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteCrownJewel(ctx, params)
    return undefined
  },
})

export const listJewelChangesEndpoint = endpoint({
  ...reads,
  method: 'GET',
  path: '/api/v1/crown-jewels/{id}/changes',
  operationId: 'listJewelChanges',
  summary: 'Who has come to reach a crown jewel and who no longer does, latest first',
  params,
  query: JewelChangesQuery,
  response: JewelChanges,
  errors: ['upstream_failed'],
  run: (ctx, { params, query }) => listJewelChanges(ctx, { ...query, ...params }),
})

export const endpoints: Endpoint[] = [
  listReachersEndpoint,
  getSensitivityHistoryEndpoint,
  setSensitivityEndpoint,
  listSensitivityRulesEndpoint,
  previewSensitivityRuleEndpoint,
  createSensitivityRuleEndpoint,
  updateSensitivityRuleEndpoint,
  deleteSensitivityRuleEndpoint,
  listCrownJewelsEndpoint,
  markCrownJewelEndpoint,
  deleteCrownJewelEndpoint,
  listJewelChangesEndpoint,
]
