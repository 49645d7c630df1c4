import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ById,
  CampaignDetail,
  CampaignPage,
  CampaignPreview,
  CampaignProgress,
  CampaignQuery,
  CloseCampaignInput,
  CreateCampaignInput,
  EndCampaignInput,
  LaunchCampaignInput,
  PreviewCampaignInput,
  ReviewerPage,
  ReviewerQuery,
  UpdateCampaignInput,
} from '../schema'
import { CreateTemplateInput, ReviewTemplate, TemplatePage, UpdateTemplateInput } from '../templates'
import { cancelCampaign, closeCampaign } from './close-campaign'
import { createCampaign } from './create-campaign'
import { createTemplate } from './create-template'
import { itemEndpoints } from './endpoints-items'
import { getCampaign } from './get-campaign'
import { getProgress } from './get-progress'
import { launchCampaign } from './launch-campaign'
import { listCampaigns } from './list-campaigns'
import { listReviewers } from './list-reviewers'
import { listTemplates } from './list-templates'
import { previewCampaign } from './preview-campaign'
import { deleteCampaign, updateCampaign } from './update-campaign'
import { deleteTemplate, updateTemplate } from './update-template'

const read = { tags: ['Access reviews'] as [string], scope: 'reviews:read' as const }
const write = { tags: ['Access reviews'] as [string], scope: 'reviews:write' as const }

export const listTemplatesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/review-templates',
  operationId: 'listReviewTemplates',
  summary: 'What campaigns are made from: the templates of the product, and saved ones',
  response: TemplatePage,
  run: (ctx) => listTemplates(ctx),
})

export const createTemplateEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/review-templates',
  operationId: 'createReviewTemplate',
  summary: 'Save a template',
  status: 201,
  body: CreateTemplateInput,
  response: ReviewTemplate,
  errors: ['conflict', 'not_found'],
  run: (ctx, { body }) => createTemplate(ctx, body),
})

export const updateTemplateEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: '/api/v1/review-templates/{id}',
  operationId: 'updateReviewTemplate',
  summary: 'Change a template; campaigns begun from it stay as they are',
  params: ById,
  body: UpdateTemplateInput.omit({ id: true }),
  response: ReviewTemplate,
  errors: ['conflict'],
  run: (ctx, { params, body }) => updateTemplate(ctx, { ...body, ...params }),
})

export const deleteTemplateEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/review-templates/{id}',
  operationId: 'deleteReviewTemplate',
  summary: 'Delete a template; campaigns begun from it stay',
  params: ById,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteTemplate(ctx, params)
    return null
  },
})

export const listCampaignsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns',
  operationId: 'listCampaigns',
  summary: 'Campaigns of access review, newest first',
  query: CampaignQuery,
  response: CampaignPage,
  run: (ctx, { query }) => listCampaigns(ctx, query),
})

export const createCampaignEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns',
  operationId: 'createCampaign',
  summary: 'Plan a campaign; nobody is asked before it is launched',
  status: 201,
  body: CreateCampaignInput,
  response: CampaignDetail,
  errors: ['conflict', 'not_found'],
  run: (ctx, { body }) => createCampaign(ctx, body),
})

export const previewCampaignEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/preview',
  operationId: 'previewCampaign',
  summary: 'What a campaign would be: items, reviewers with their load, conflicts, and what silence would do',
  description: 'Changes nothing.',
  body: PreviewCampaignInput,
  response: CampaignPreview,
  errors: ['conflict', 'not_found'],
  run: (ctx, { body }) => previewCampaign(ctx, body),
})

export const getCampaignEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}',
  operationId: 'getCampaign',
  summary: 'One campaign: its rules, its stages, and the hashes of what was frozen',
  params: ById,
  response: CampaignDetail,
  run: (ctx, { params }) => getCampaign(ctx, params),
})

export const updateCampaignEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: '/api/v1/campaigns/{id}',
  operationId: 'updateCampaign',
  summary: 'Change a campaign that was not launched',
  params: ById,
  body: UpdateCampaignInput.omit({ id: true }),
  response: CampaignDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => updateCampaign(ctx, { ...body, ...params }),
})

export const deleteCampaignEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/campaigns/{id}',
  operationId: 'deleteCampaign',
  summary: 'Delete a campaign that was not launched',
  params: ById,
  errors: ['conflict'],
  run: async (ctx, { params }) => {
    await deleteCampaign(ctx, params)
    return null
  },
})

export const launchCampaignEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/launch',
  operationId: 'launchCampaign',
  summary: 'Freeze the population with its evidence, and ask the reviewers',
  description:
    'Refused while a source of the population is read in part only: nothing is left out unseen. With `previewHash` it is refused too when ' +
    'the population is not that of the preview any more.',
  params: ById,
  body: LaunchCampaignInput.omit({ id: true }),
  response: CampaignDetail,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => launchCampaign(ctx, { ...body, ...params }),
})

export const cancelCampaignEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/cancel',
  operationId: 'cancelCampaign',
  summary: 'End a campaign before anything of it is carried out; what was decided is kept',
  params: ById,
  body: EndCampaignInput.omit({ id: true }),
  response: CampaignDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => cancelCampaign(ctx, { ...body, ...params }),
})

export const closeCampaignEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/close',
  operationId: 'closeCampaign',
  summary: 'Close a campaign: as effective when all is proved, else with exceptions',
  params: ById,
  body: CloseCampaignInput.omit({ id: true }),
  response: CampaignDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => closeCampaign(ctx, { ...body, ...params }),
})

export const getProgressEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/progress',
  operationId: 'getCampaignProgress',
  summary: 'How far a campaign is: by stage, decision and outcome',
  params: ById,
  response: CampaignProgress,
  run: (ctx, { params }) => getProgress(ctx, params),
})

export const listReviewersEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/reviewers',
  operationId: 'listCampaignReviewers',
  summary: 'The reviewers of the stage under way, those with the most to do first',
  params: ById,
  query: ReviewerQuery,
  response: ReviewerPage,
  run: (ctx, { params, query }) => listReviewers(ctx, { ...params, ...query }),
})

export const endpoints = [
  ...[listTemplatesEndpoint, createTemplateEndpoint, updateTemplateEndpoint, deleteTemplateEndpoint],
  ...[listCampaignsEndpoint, createCampaignEndpoint, previewCampaignEndpoint, getCampaignEndpoint],
  ...[updateCampaignEndpoint, deleteCampaignEndpoint, launchCampaignEndpoint, cancelCampaignEndpoint],
  ...[closeCampaignEndpoint, getProgressEndpoint, listReviewersEndpoint],
  ...itemEndpoints,
]
