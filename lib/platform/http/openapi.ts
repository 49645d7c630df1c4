import { z } from 'zod'
import type { ErrorCode } from '../errors'
import { type Endpoint, isRawResponse, successStatus } from './endpoint'
import { refuseUnknown } from './parse-input'
import { problemKinds } from './problem'

type Json = Record<string, unknown>

export interface ApiInfo {
  title: string
  version: string
  description: string
}

const security = [{ apiKey: [] }, { session: [] }]

const Problem = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'code', 'reference'],
  properties: {
    type: { type: 'string', enum: problemKinds.map(({ type }) => type) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and how to mend it; may be shown to people.' },
    code: { type: 'string', enum: problemKinds.map(({ code }) => code) },
    reference: { type: 'string', description: 'The request id; also in the X-Request-Id header.' },
    missing: {
      type: 'object',
      description:
        'Only for `forbidden`: the permission that is missing, and the roles any one of which would be enough, the least first.',
      properties: { permission: { type: 'string' }, roles: { type: 'array', items: { type: 'string' } } },
      required: ['permission', 'roles'],
    },
    access_request: {
      type: 'object',
      description:
        'With `missing`: where that role can be asked for, in the form of the AuthZEN profile for access requests (draft).',
      properties: {
        endpoint: { type: 'string' },
        template: { type: 'string' },
        form_url: { type: 'string' },
        display: { type: 'object', properties: { en: { type: 'string' } } },
      },
      required: ['endpoint', 'template', 'form_url', 'display'],
    },
    fields: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'What is wrong, by field; with invalid_input.',
    },
  },
}

/** Builds the OpenAPI 3.1 document from the endpoints' own declarations. Pure; paths in the order given. */
export function openApiDocument(endpoints: readonly Endpoint[], info: ApiInfo): Json {
  const schemas: Record<string, Json> = { Problem }
  const paths: Record<string, Json> = {}
  for (const endpoint of endpoints) {
    paths[endpoint.path] ??= {}
    Object.assign(paths[endpoint.path] ?? {}, { [endpoint.method.toLowerCase()]: operation(endpoint, schemas) })
  }
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    tags: [...new Set(endpoints.flatMap(({ tags }) => tags))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key with the scope in x-scope.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'session',
          description: 'A signed-in browser, same origin only.',
        },
      },
    },
  }
}

function operation(endpoint: Endpoint, schemas: Record<string, Json>): Json {
  const { operationId, summary, description, tags, scope } = endpoint
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags,
    security,
    'x-scope': scope,
    parameters: [
      ...parametersOf(endpoint.params, 'path', operationId, schemas),
      ...parametersOf(endpoint.query, 'query', operationId, schemas),
      ...(endpoint.method === 'POST' && !endpoint.takesSecret ? [idempotencyKey] : []),
      ...(endpoint.isVersioned && endpoint.method !== 'GET' ? [ifMatch] : []),
    ],
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: bodyOf(endpoint.body, operationId, schemas) } }),
    responses: {
      [successStatus(endpoint)]: success(endpoint, schemas),
      ...(endpoint.accepted ? { 202: accepted(endpoint, endpoint.accepted, schemas) } : {}),
      ...refusals(endpoint),
    },
  }
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A repeated request with the same key gets the first answer and is not carried out again; kept 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
}

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of what you saw. When it was changed since, nothing is done and the answer is 412.',
  schema: { type: 'string', pattern: '^"[1-9][0-9]{0,8}"$' },
}

function parametersOf(
  shape: z.ZodObject | undefined,
  where: 'path' | 'query',
  operationId: string,
  schemas: Record<string, Json>,
): Json[] {
  if (!shape) return []
  const { properties, required } = toSchema(shape, 'input', operationId, schemas, false) as {
    properties: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: where,
    required: where === 'path' || (required ?? []).includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}

function bodyOf(body: NonNullable<Endpoint['body']>, operationId: string, schemas: Record<string, Json>): Json {
  if (body === 'binary') return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  if (body === 'multipart') {
    return { 'multipart/form-data': { schema: { type: 'object', additionalProperties: true } } }
  }
  return { 'application/json': { schema: toSchema(refuseUnknown(body), 'input', operationId, schemas) } }
}

const answerHeaders = {
  'X-Request-Id': { schema: { type: 'string' } },
  RateLimit: { schema: { type: 'string' }, description: 'What is left of the window.' },
  'RateLimit-Policy': { schema: { type: 'string' }, description: 'Quota and window in seconds.' },
}

function success(endpoint: Endpoint, schemas: Record<string, Json>): Json {
  const { response, isVersioned } = endpoint
  const headers = isVersioned ? { ...answerHeaders, ETag: { schema: { type: 'string' } } } : answerHeaders
  if (response === undefined) return { description: 'Done.', headers }
  const content = isRawResponse(response)
    ? Object.fromEntries([response.contentType].flat().map((type) => [type, { schema: { type: 'string' } }]))
    : { 'application/json': { schema: toSchema(response, 'output', endpoint.operationId, schemas) } }
  return { description: 'The answer.', headers, content }
}

function accepted({ operationId }: Endpoint, form: z.ZodType, schemas: Record<string, Json>): Json {
  const content = { 'application/json': { schema: toSchema(form, 'output', operationId, schemas) } }
  return { description: 'Begun, and goes on in the background.', headers: answerHeaders, content }
}

/** Which codes an endpoint can answer with: some follow from its shape, the rest it declares. */
export function refusalCodes(endpoint: Endpoint): Set<ErrorCode> {
  const codes = new Set<ErrorCode>(['invalid_input', 'unauthenticated', 'forbidden', 'rate_limited', 'internal'])
  codes.add('upstream_failed')
  if (endpoint.params) codes.add('not_found')
  if (endpoint.method !== 'GET') codes.add('conflict')
  if (endpoint.method !== 'GET' && endpoint.isVersioned) codes.add('precondition_failed')
  for (const code of endpoint.errors ?? []) codes.add(code)
  return codes
}

function refusals(endpoint: Endpoint): Json {
  const codes = refusalCodes(endpoint)
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  const kinds = problemKinds.filter(({ code }) => codes.has(code))
  const responses: Json = {}
  for (const { status, title } of kinds) responses[status] = { description: `${title}.`, content }
  responses[503] = { description: 'A system behind this one is not available.', content }
  return responses
}

/**
 * JSON Schema of a contract. Named parts (`.meta({ id })`) move to the components and are referred to; parts that refer to
 * themselves need a name and get one from the operation.
 */
function toSchema(
  contract: z.ZodType,
  io: 'input' | 'output',
  operationId: string,
  schemas: Record<string, Json>,
  named = true,
): Json {
  const {
    $schema: _,
    $defs,
    ...schema
  } = z.toJSONSchema(contract, { io, unrepresentable: 'any' }) as Json & {
    $defs?: Record<string, Json>
  }
  if (!$defs) return schema
  const nameOf = (name: string) =>
    name.startsWith('__schema')
      ? `${operationId}_${io}${name.slice('__schema'.length)}`
      : `${name}${io === 'output' ? '' : 'Input'}`
  const refer = (part: unknown): Json =>
    JSON.parse(
      JSON.stringify(part, (key, value) =>
        key === '$ref' && typeof value === 'string'
          ? value.replace(/^#\/\$defs\/(.+)$/, (_all, name: string) => `#/components/schemas/${nameOf(name)}`)
          : value,
      ),
    )
  for (const [name, part] of Object.entries($defs)) schemas[nameOf(name)] = refer(part)
  if (!named && typeof schema.$ref === 'string') return refer($defs[schema.$ref.replace('#/$defs/', '')])
  return refer(schema)
}
