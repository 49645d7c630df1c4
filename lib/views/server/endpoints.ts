import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import {
  CreatedViews,
  CreateViewInput,
  GetViewInput,
  UpdateViewPreferencesInput,
  View,
  ViewChange,
  ViewCounts,
  ViewCountsInput,
  ViewDocument,
  ViewList,
  ViewPath,
} from '../schema'
import { createView } from './create-view'
import { createViews } from './create-views'
import { deleteView } from './delete-view'
import { exportViews } from './export-views'
import { getView } from './get-view'
import { getViewCounts } from './get-view-counts'
import { listViews } from './list-views'
import { restoreView } from './restore-view'
import { updatePreferences } from './update-preferences'
import { updateView } from './update-view'

const tagged = { tags: ['Views'] } satisfies { tags: [string] }

export const listViewsEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/views',
  operationId: 'listViews',
  summary: 'The views that the caller may open',
  description:
    "The caller's own, shared ones, and those that come with the product; `query` holds parameters of the list.",
  scope: 'inventory:read',
  response: ViewList,
  run: (ctx) => listViews(ctx),
})

export const getViewCountsEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/views/counts',
  operationId: 'getViewCounts',
  summary: 'How many rows each view would show the caller',
  description: 'Counted with the rights of the caller; told again for a few seconds without counting.',
  scope: 'inventory:read',
  query: ViewCountsInput,
  response: ViewCounts,
  run: (ctx, { query }) => getViewCounts(ctx, query),
})

export const createViewEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/views',
  operationId: 'createView',
  summary: 'Save a view',
  scope: 'inventory:write',
  status: 201,
  body: CreateViewInput,
  response: View,
  run: (ctx, { body }) => createView(ctx, body),
})

export const updateViewPreferencesEndpoint = endpoint({
  ...tagged,
  method: 'PUT',
  path: '/api/v1/views/preferences',
  operationId: 'updateViewPreferences',
  summary: "Choose the caller's default view and the order of views",
  scope: 'inventory:write',
  errors: ['not_found'],
  body: UpdateViewPreferencesInput,
  response: ViewList,
  run: (ctx, { body }) => updatePreferences(ctx, body),
})

export const exportViewsEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/views/document',
  operationId: 'exportViews',
  summary: "The caller's own views as a file",
  scope: 'inventory:read',
  response: ViewDocument,
  run: (ctx) => exportViews(ctx),
})

export const createViewsEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/views/document',
  operationId: 'createViews',
  summary: 'Take views of a file in',
  description: 'All or none, as the own views of the caller; those that the caller has already are left.',
  scope: 'inventory:write',
  body: ViewDocument,
  response: CreatedViews,
  run: (ctx, { body }) => createViews(ctx, body),
})

export const getViewEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/views/{id}',
  operationId: 'getView',
  summary: 'One view',
  scope: 'inventory:read',
  params: GetViewInput,
  response: View,
  run: (ctx, { params }) => getView(ctx, params),
})

export const updateViewEndpoint = endpoint({
  ...tagged,
  method: 'PATCH',
  path: '/api/v1/views/{id}',
  operationId: 'updateView',
  summary: 'Rename, change or share a view',
  scope: 'inventory:write',
  params: ViewPath,
  body: ViewChange,
  response: View,
  run: (ctx, { params, body }) => updateView(ctx, { ...body, ...params }),
})

export const deleteViewEndpoint = endpoint({
  ...tagged,
  method: 'DELETE',
  path: '/api/v1/views/{id}',
  operationId: 'deleteView',
  summary: 'Delete a view',
  scope: 'inventory:write',
  params: ViewPath,
  run: async (ctx, { params }) => {
    await deleteView(ctx, params)
    return undefined
  },
})

export const restoreViewEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/views/{id}/restore',
  operationId: 'restoreView',
  summary: 'Take the deletion of a view back',
  scope: 'inventory:write',
  params: ViewPath,
  response: View,
  run: (ctx, { params }) => restoreView(ctx, params),
})

export const endpoints: Endpoint[] = [
  listViewsEndpoint,
  getViewCountsEndpoint,
  createViewEndpoint,
  updateViewPreferencesEndpoint,
  exportViewsEndpoint,
  createViewsEndpoint,
  getViewEndpoint,
  updateViewEndpoint,
  deleteViewEndpoint,
  restoreViewEndpoint,
]
