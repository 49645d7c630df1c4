import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'

/** As much of JSON Schema as our contracts use. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

export interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  'x-scope': string
  parameters: { name: string; in: string; required?: boolean; description?: string; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { description?: string; content?: Record<string, { schema: JsonSchema }> }>
}

export interface OpenApi {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema> }
}

export interface Entry {
  method: string
  path: string
  operation: Operation
}

/** The document that the server builds from the contracts. */
export const openApiQuery = () =>
  queryOptions({
    queryKey: ['openapi'],
    queryFn: async ({ signal }) => (await apiFetch('/api/v1/openapi.json', { signal })) as OpenApi,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Operations by tag, in the document's order; with `text`, those whose path, name or summary holds it. */
export function groupByTag(document: OpenApi, text: string): Map<string, Entry[]> {
  const wanted = text.trim().toLowerCase()
  const groups = new Map<string, Entry[]>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const haystack = `${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase()
      if (!haystack.includes(wanted)) continue
      const tag = operation.tags[0] ?? 'other'
      groups.set(tag, [...(groups.get(tag) ?? []), { method: method.toUpperCase(), path, operation }])
    }
  }
  return groups
}

/** The schema behind a reference. */
export function resolve(schema: JsonSchema, document: OpenApi): { schema: JsonSchema; name?: string } {
  const name = schema.$ref?.split('/').at(-1)
  const found = name ? document.components.schemas[name] : undefined
  return found ? { schema: found, name } : { schema }
}

/** A type in a few words: `text (uuid)`, `list of Identity`, `one of a, b`. */
export function typeWords(schema: JsonSchema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? 'object'
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.map(typeWords).join(' or ')
  if (schema.items) return `list of ${typeWords(schema.items)}`
  if (typeof schema.additionalProperties === 'object') return `map of ${typeWords(schema.additionalProperties)}`
  const type = [schema.type ?? 'any'].flat().join(' or ').replace('string', 'text')
  return schema.format ? `${type} (${schema.format})` : type
}
