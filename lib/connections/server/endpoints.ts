import { z } from 'zod'
import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ApplyImportInput,
  ColumnMapping,
  ColumnMappingList,
  CreateColumnMappingInput,
  FormatList,
  ImportDetail,
  ImportList,
  uploadLimits,
} from '../schema'
import { createColumnMapping } from './create-column-mapping'
import { deleteColumnMapping } from './delete-column-mapping'
import { discardImport } from './discard-import'
import { connectionEndpoints } from './endpoints-connections'
import { getImport } from './get-import'
import { listColumnMappings } from './list-column-mappings'
import { listFormats } from './list-formats'
import { listImports } from './list-imports'
import { previewImport } from './preview-import'
import { readForm } from './read-form'
import { requestApply } from './request-apply'

const params = z.object({ id: z.uuid() })

export const listImportsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/imports',
  operationId: 'listImports',
  summary: 'Imports, newest first',
  tags: ['Imports'],
  scope: 'imports:read',
  query: z.object({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(100).default(25) }),
  response: ImportList,
  run: (ctx, { query }) => listImports(ctx, query),
})

export const createImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/imports',
  operationId: 'previewImport',
  summary: 'Upload files and see what importing them would do',
  description:
    'Multipart form: any number of `files`; optionally `instance`, what the source is called where the files do not say; `columns`, for CSV a JSON object from our column to the header of the file. The format is detected. Nothing in the catalogue changes until the import is applied. The files are not kept, only what was understood of them.',
  tags: ['Imports'],
  scope: 'imports:write',
  status: 201,
  maxBodyBytes: uploadLimits.bytesInAll + 1024 * 1024,
  body: 'multipart',
  response: ImportDetail,
  run: (ctx, { body }) => previewImport(ctx, readForm(body)),
})

export const getImportEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/imports/{id}',
  operationId: 'getImport',
  summary: 'One import: what it would do or did, and how far it is',
  tags: ['Imports'],
  scope: 'imports:read',
  params,
  response: ImportDetail,
  run: (ctx, { params: { id } }) => getImport(ctx, { id }),
})

export const applyImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/imports/{id}/apply',
  operationId: 'applyImport',
  summary: 'Apply a previewed import in the background',
  description:
    'Answers at once; follow the import to see its progress. Needs `acceptVanished` when more than 20 % of what the source held before would be marked gone. It ends as failed when something newer of the same source was applied since the preview.',
  tags: ['Imports'],
  scope: 'imports:write',
  status: 202,
  errors: ['conflict', 'precondition_failed'],
  params,
  body: ApplyImportInput.omit({ id: true }),
  response: ImportDetail,
  run: (ctx, { params: { id }, body }) => requestApply(ctx, { ...body, id }),
})

export const discardImportEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/v1/imports/{id}',
  operationId: 'discardImport',
  summary: 'Throw an import away that is not applied; its history stays',
  tags: ['Imports'],
  scope: 'imports:write',
  errors: ['conflict'],
  params,
  response: ImportDetail,
  run: (ctx, { params: { id } }) => discardImport(ctx, { id }),
})

export const listFormatsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/import-formats',
  operationId: 'listImportFormats',
  summary: 'File formats that can be imported, what each yields, and how to make such a file',
  tags: ['Imports'],
  scope: 'imports:read',
  response: FormatList,
  run: (ctx) => listFormats(ctx),
})

export const listColumnMappingsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/column-mappings',
  operationId: 'listColumnMappings',
  summary: 'Column mappings that are kept for CSV and Excel files, the last used first',
  tags: ['Imports'],
  scope: 'imports:read',
  response: ColumnMappingList,
  run: (ctx) => listColumnMappings(ctx),
})

export const createColumnMappingEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/column-mappings',
  operationId: 'createColumnMapping',
  summary: 'Keep a column mapping for files with the same header',
  description:
    'The next file with this header is read by it unless its upload says otherwise. One of the same name is replaced.',
  tags: ['Imports'],
  scope: 'imports:write',
  status: 201,
  errors: ['conflict'],
  body: CreateColumnMappingInput,
  response: ColumnMapping,
  run: (ctx, { body }) => createColumnMapping(ctx, body),
})

export const deleteColumnMappingEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/v1/column-mappings/{id}',
  operationId: 'deleteColumnMapping',
  summary: 'Forget a column mapping',
  tags: ['Imports'],
  scope: 'imports:write',
  params,
  run: async (ctx, { params: { id } }) => {
    await deleteColumnMapping(ctx, { id })
    return null
  },
})

export const endpoints = [
  listColumnMappingsEndpoint,
  createColumnMappingEndpoint,
  deleteColumnMappingEndpoint,
  listFormatsEndpoint,
  listImportsEndpoint,
  createImportEndpoint,
  getImportEndpoint,
  applyImportEndpoint,
  discardImportEndpoint,
  ...connectionEndpoints,
]
