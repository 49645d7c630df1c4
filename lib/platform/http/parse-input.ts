import secureJson from 'secure-json-parse'
import { z } from 'zod'
import { AppError } from '../errors'
import type { Endpoint, Input } from './endpoint'

const defaultMaxBodyBytes = 1024 * 1024

/** A request's input, parsed, with a digest source that is the same whenever the request is the same. */
export interface ParsedInput {
  input: Input
  /** What the caller asked for, without the accidents of its encoding; for idempotency. Copies files, so ask only then. */
  essence: () => Promise<unknown>
}

/**
 * Reads parameters, query and body as the endpoint declares them.
 * @throws AppError `invalid_input` naming every wrong field; unknown query parameters and body members are wrong too
 */
export async function parseInput(
  endpoint: Endpoint,
  request: Request,
  params: Record<string, unknown>,
): Promise<ParsedInput> {
  const given = readQuery(endpoint.query, new URL(request.url).searchParams)
  const input = {
    params: endpoint.params && parse(endpoint.params, params, 'path'),
    query: parse(z.strictObject(endpoint.query?.shape ?? {}), given, 'query'),
    version: endpoint.isVersioned && endpoint.method !== 'GET' ? readVersion(request.headers) : 0,
    signal: request.signal,
  }
  const parsed = (body: unknown, rest: () => unknown = () => body): ParsedInput => ({
    input: { ...input, body } as Input,
    essence: async () => [params, given, await rest()],
  })
  if (endpoint.body === undefined) return parsed(undefined)
  const bytes = await readBytes(request, endpoint.maxBodyBytes ?? defaultMaxBodyBytes)
  if (endpoint.body === 'binary') return parsed(bytes)
  if (endpoint.body === 'multipart') {
    const form = await readForm(request, bytes)
    return parsed(form, () => essenceOf(form))
  }
  const json = readJson(request, bytes)
  return parsed(parse(refuseUnknown(endpoint.body), json, 'body'), () => json)
}

/** @throws AppError `invalid_input` for an `If-Match` that is missing or no version: a change must say what it is of */
function readVersion(headers: Headers): number {
  const version = /^"([1-9]\d{0,8})"$/.exec(headers.get('if-match')?.trim() ?? '')?.[1]
  if (version !== undefined) return Number(version)
  throw new AppError('invalid_input', 'Send the ETag of what you saw as If-Match, such as If-Match: "3".', {
    fields: { 'If-Match': 'must be the ETag of what you saw' },
  })
}

/** A list in the contract takes a repeated parameter; anything else takes the parameter once. */
function readQuery(contract: z.ZodObject | undefined, search: URLSearchParams): Record<string, unknown> {
  const query: Record<string, unknown> = {}
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name)
    const field = contract?.shape[name]
    query[name] = (field && isList(field)) || values.length > 1 ? values : values[0]
  }
  return query
}

function isList(field: z.core.$ZodType): boolean {
  const { def } = field._zod
  if (def.type === 'array') return true
  return 'innerType' in def && isList(def.innerType as z.core.$ZodType)
}

/** An object contract that does not say otherwise takes no member that it does not name. */
export function refuseUnknown(contract: z.ZodType): z.ZodType {
  return contract instanceof z.ZodObject && contract.def.catchall === undefined ? contract.strict() : contract
}

function parse(contract: z.ZodType, value: unknown, where: string): unknown {
  const parsed = contract.safeParse(value)
  if (parsed.success) return parsed.data
  const fields: Record<string, string> = {}
  for (const issue of parsed.error.issues) {
    const path = issue.path.join('.')
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) fields[path ? `${path}.${key}` : key] = 'is not known here'
    } else fields[path || where] ??= issue.message
  }
  const named = Object.entries(fields).map(([name, message]) => `${name}: ${message}`)
  throw new AppError('invalid_input', named.slice(0, 5).join('; '), { fields })
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = new AppError('invalid_input', `The body is larger than ${limit} bytes.`, {
    fields: { body: `is larger than ${limit} bytes` },
  })
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function readJson(request: Request, bytes: Uint8Array): unknown {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new AppError('invalid_input', 'Send the body as JSON, with Content-Type: application/json.', {
      fields: { 'Content-Type': 'must be application/json' },
    })
  }
  try {
    return secureJson.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not valid JSON in UTF-8.', {
      fields: { body: 'is not valid JSON in UTF-8' },
      cause,
    })
  }
}

async function readForm(request: Request, bytes: Uint8Array): Promise<FormData> {
  const type = request.headers.get('content-type') ?? ''
  try {
    if (!type.toLowerCase().startsWith('multipart/form-data')) throw new Error(`content type ${type}`)
    return await new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type } }).formData()
  } catch (cause) {
    throw new AppError('invalid_input', 'Send the files as a form (multipart/form-data).', {
      fields: { body: 'is not a valid multipart form' },
      cause,
    })
  }
}

/** The parts of a form without its boundary, which browsers draw anew for each request. */
async function essenceOf(form: FormData): Promise<unknown[]> {
  const parts: unknown[] = []
  for (const [name, value] of form) {
    parts.push([name, typeof value === 'string' ? value : [value.name, new Uint8Array(await value.arrayBuffer())]])
  }
  return parts
}
