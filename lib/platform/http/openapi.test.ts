import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint } from './endpoint'
import { openApiDocument } from './openapi'

const Owner = z.object({ key: z.string() }).meta({ id: 'OpenApiTestOwner' })
const Thing = z.object({ id: z.uuid(), owners: z.array(Owner) }).meta({ id: 'OpenApiTestThing' })

const listThings = endpoint({
  method: 'GET',
  path: '/api/v1/things',
  operationId: 'listThings',
  summary: 'List things',
  tags: ['things'],
  scope: 'inventory:read',
  query: z.object({ limit: z.coerce.number().int().max(200).default(50), kind: z.array(z.string()).optional() }),
  response: z.object({ items: z.array(Thing) }),
  run: async () => ({ items: [] }),
})

const assignThing = endpoint({
  method: 'POST',
  path: '/api/v1/things/{id}/owners',
  operationId: 'assignThing',
  summary: 'Assign',
  tags: ['things'],
  scope: 'inventory:write',
  params: z.object({ id: z.uuid() }),
  body: Owner,
  response: Thing,
  status: 201,
  errors: ['precondition_failed'],
  run: async (_ctx, { params, body }) => ({ id: params.id, owners: [body] }),
})

const document = openApiDocument([listThings, assignThing], { title: 'T', version: '1', description: 'D' }) as {
  paths: Record<
    string,
    Record<string, { responses: object; parameters: object[]; requestBody: object; security: object[] }>
  >
  components: { schemas: Record<string, object> }
}

/** Every `$ref` in the document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)))
}

describe('openApiDocument', () => {
  it('describes every endpoint with its parameters', () => {
    expect(Object.keys(document.paths)).toEqual(['/api/v1/things', '/api/v1/things/{id}/owners'])
    const { parameters } = document.paths['/api/v1/things']?.get ?? {}
    expect(parameters).toMatchObject([
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 200, default: 50 } },
      { name: 'kind', in: 'query', required: false, schema: { type: 'array' } },
    ])
  })

  it('lists every status that can come, success and refusal', () => {
    const { get } = document.paths['/api/v1/things'] ?? {}
    const { post } = document.paths['/api/v1/things/{id}/owners'] ?? {}
    expect(Object.keys(get?.responses ?? {})).toEqual(['200', '400', '401', '403', '429', '500', '502', '503'])
    expect(Object.keys(post?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '429',
      '500',
      '502',
      '503',
    ])
    expect(post?.parameters).toMatchObject([{ name: 'id', in: 'path', required: true }, { name: 'Idempotency-Key' }])
    expect(post?.security).toEqual([{ apiKey: [] }, { session: [] }])
  })

  it('keeps named contracts as components, and every reference resolves', () => {
    const names = Object.keys(document.components.schemas)
    expect(names).toEqual(['Problem', 'OpenApiTestThing', 'OpenApiTestOwner'])
    const refs = references(document)
    expect(refs.length).toBeGreaterThan(5)
    for (const ref of refs) expect(names).toContain(ref.replace('#/components/schemas/', ''))
    expect(JSON.stringify(document)).not.toContain('$defs')
  })
})
