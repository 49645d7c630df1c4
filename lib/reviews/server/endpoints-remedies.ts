import { endpoint } from '@/lib/platform/http/endpoint'
import { ItemPath } from '../items'
import {
  CampaignQuality,
  CampaignRecord,
  RemedyChange,
  RemedyPage,
  RemedyQuery,
  ReportQuery,
  SecondLookInput,
} from '../remedies'
import { ById } from '../schema'
import { getQuality } from './get-quality'
import { getRecord } from './get-record'
import { listRemedies } from './list-remedies'
import { recordSecondLook } from './record-second-look'
import { reportCampaign } from './report-campaign'
import { updateRemedy } from './update-remedy'

const read = { tags: ['Access reviews'] as [string], scope: 'reviews:read' as const }
const write = { tags: ['Access reviews'] as [string], scope: 'reviews:write' as const }

export const listRemediesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/remedies',
  operationId: 'listCampaignRemedies',
  summary: 'What follows the decisions of a campaign, and what of it is proved',
  params: ById,
  query: RemedyQuery,
  response: RemedyPage,
  run: (ctx, { params, query }) => listRemedies(ctx, { ...params, ...query }),
})

export const updateRemedyEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/remedies/{item}',
  operationId: 'updateCampaignRemedy',
  summary: 'Say that it is done, who does it, that it stays, or have it tried again',
  description:
    'By a person: a key of a program may not. What a person says proves nothing; a campaign with it closes with exceptions.',
  params: ItemPath,
  body: RemedyChange,
  errors: ['conflict'],
  run: async (ctx, { params, body }) => {
    await updateRemedy(ctx, { ...body, ...params })
    return null
  },
})

export const getQualityEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/quality',
  operationId: 'getCampaignQuality',
  summary: 'How reviewers decided: time, evidence, shares, independence, reversals',
  params: ById,
  response: CampaignQuality,
  run: (ctx, { params }) => getQuality(ctx, params),
})

export const recordSecondLookEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/second-looks',
  operationId: 'recordSecondLook',
  summary: 'Say what a second person makes of a batch',
  description: 'By a person who decided none of it. `repeat` makes a draft of a campaign over the same identities.',
  params: ById,
  body: SecondLookInput.omit({ id: true }),
  response: CampaignQuality,
  errors: ['conflict'],
  run: (ctx, { params, body }) => recordSecondLook(ctx, { ...body, ...params }),
})

export const getRecordEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/record',
  operationId: 'getCampaignRecord',
  summary: 'Where a campaign stands in the audit log, and the reports that were handed out',
  params: ById,
  response: CampaignRecord,
  run: (ctx, { params }) => getRecord(ctx, params),
})

export const reportCampaignEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/report',
  operationId: 'reportCampaign',
  summary: 'The report of a campaign whose items all have their outcome',
  description: 'As JSON it can be verified by itself: `npm run -s review:verify -- report.json`.',
  params: ById,
  query: ReportQuery,
  response: { contentType: ['application/json', 'text/csv', 'application/pdf'] },
  errors: ['conflict', 'rate_limited'],
  run: (ctx, { params, query }) => reportCampaign(ctx, { ...params, ...query }),
})

export const remedyEndpoints = [
  ...[listRemediesEndpoint, updateRemedyEndpoint, getQualityEndpoint, recordSecondLookEndpoint],
  ...[getRecordEndpoint, reportCampaignEndpoint],
]
