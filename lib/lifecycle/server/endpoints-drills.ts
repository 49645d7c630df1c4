import { z } from 'zod'
import { endpoint } from '@/lib/platform/http/endpoint'
import {
  CreateDrillInput,
  Drill,
  DrillCoverage,
  DrillList,
  DrillPreview,
  DrillResult,
  StartDrillInput,
  UpdateDrillInput,
} from '../drills'
import { ById, Order } from '../schema'
import { createDrill } from './create-drill'
import { getDrillCoverage } from './get-drill-coverage'
import { getDrillResult } from './get-drill-result'
import { getDrill, listDrills } from './list-drills'
import { previewDrill } from './preview-drill'
import { requestDrill } from './request-drill'
import { deleteDrill, updateDrill } from './update-drill'

const read = { tags: ['Drills'] as [string], scope: 'lifecycle:read' as const }
const write = { tags: ['Drills'] as [string], scope: 'lifecycle:write' as const }

export const listDrillsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/drills',
  operationId: 'listDrills',
  summary: 'Drills by name, each with its latest runs and what they have shown',
  query: z.strictObject({}),
  response: DrillList,
  run: (ctx) => listDrills(ctx),
})

export const createDrillEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/drills',
  operationId: 'createDrill',
  summary: 'Plan a drill: what is cut, by when it should have ended, and who must keep access',
  description: 'Does nothing by itself. With `everyDays` it begins by itself; a live drill is begun by people alone.',
  status: 201,
  body: CreateDrillInput,
  response: Drill,
  errors: ['not_found', 'conflict'],
  run: (ctx, { body }) => createDrill(ctx, body),
})

export const getDrillEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/drills/{id}',
  operationId: 'getDrill',
  summary: 'One drill with its runs',
  params: ById,
  response: Drill,
  run: (ctx, { params }) => getDrill(ctx, params),
})

export const updateDrillEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: '/api/v1/drills/{id}',
  operationId: 'updateDrill',
  summary: 'Change a drill; runs that are under way go on as they were begun',
  params: ById,
  body: UpdateDrillInput.omit({ id: true }),
  response: Drill,
  errors: ['conflict'],
  run: (ctx, { params, body }) => updateDrill(ctx, { ...body, ...params }),
})

export const deleteDrillEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/drills/{id}',
  operationId: 'deleteDrill',
  summary: 'Take a drill out of the catalogue; what its runs have shown stays',
  params: ById,
  errors: ['conflict'],
  run: (ctx, { params }) => deleteDrill(ctx, params),
})

export const previewDrillEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/drills/{id}/preview',
  operationId: 'previewDrill',
  summary: 'What beginning a drill now would do, and what is in the way',
  params: ById,
  response: DrillPreview,
  errors: ['precondition_failed'],
  run: (ctx, { params }) => previewDrill(ctx, params),
})

export const requestDrillEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/drills/{id}/start',
  operationId: 'requestDrill',
  summary: 'Begin a drill',
  description:
    'Answers before anything was tried; follow the runs. A live drill takes the `listHash` of the preview, and a second person where a ' +
    'revocation would. `secrets` of those who must keep access, and in a live drill of what is cut, are kept encrypted until the run ends.',
  status: 202,
  takesSecret: true,
  params: ById,
  body: StartDrillInput.omit({ id: true }),
  response: Order,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => requestDrill(ctx, { ...body, ...params }),
})

export const getDrillResultEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/runs/{id}/drill',
  operationId: 'getDrillResult',
  summary: 'What a run of a drill has shown, place by place, beside the run before it',
  description:
    'A verdict comes from logins that were made and sessions that were held, never from what the source says of itself; where neither ' +
    'could be tried it is `not_testable`. A tabletop has no verdict: nothing was tried.',
  params: ById,
  response: DrillResult,
  run: (ctx, { params }) => getDrillResult(ctx, params),
})

export const getDrillCoverageEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/drill-coverage',
  operationId: 'getDrillCoverage',
  summary: 'Whose end of access was measured in the last 90 days, and how long it took',
  query: z.strictObject({}),
  response: DrillCoverage,
  run: (ctx) => getDrillCoverage(ctx),
})

export const endpoints = [
  ...[listDrillsEndpoint, createDrillEndpoint, getDrillEndpoint, updateDrillEndpoint, deleteDrillEndpoint],
  ...[previewDrillEndpoint, requestDrillEndpoint, getDrillResultEndpoint, getDrillCoverageEndpoint],
]
