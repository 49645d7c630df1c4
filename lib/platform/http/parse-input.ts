import secureJson from 'secure-json-parse'
import { z } from 'zod'
import { AppError } from '../errors'
import type { Endpoint, Input } from './endpoint'
import { boundaryOf, readUploadForm } from './upload-form'

const defaultMaxBodyBytes = 1024 * 1024

/** A request's input, parsed, with a digest source that is the same whenever the request is the same. */
export interface ParsedInput {
  input: Input
  /** What the caller asked for, without the accidents of its encoding; for idempotency. */
  essence: unknown
  /** Gives back what the input holds on disk; to be called when it is not needed any more. */
  close: () => void
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
    lastEventId: Number(/^\d{1,9}$/.exec(request.headers.get('last-event-id') ?? '')?.[0] ?? 0),
    signal: request.signal,
  }
  const parsed = (body: unknown, rest: unknown = body, close = () => {}): ParsedInput => ({
    input: { ...input, body } as Input,
    essence: [params, given, rest],
    close,
  })
  if (endpoint.body === undefined) return parsed(undefined)
  const chunks = bodyOf(request, endpoint.maxBodyBytes ?? defaultMaxBodyBytes)
  if (endpoint.body === 'multipart') {
    const form = await readUploadForm(chunks, boundaryOf(request.headers.get('content-type')))
    // Without the boundary, which browsers draw anew for each request.
    const { fields, files } = form
    return parsed(form, [fields, files.map(({ field, name, sha256 }) => [field, name, sha256])], form.close)
  }
  const bytes = await readBytes(chunks)
  if (endpoint.body === 'binary') return parsed(bytes)
  const json = readJson(request, bytes)
  return parsed(parse(refuseUnknown(endpoint.body), json, 'body'), json)
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

/** The body as it comes, up to the limit. Throws `invalid_input` beyond it, and when the sender breaks off. */
async function* bodyOf(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  const tooLarge = new AppError('invalid_input', `The body is larger than ${limit} bytes.`, {
    fields: { body: `is larger than ${limit} bytes` },
  })
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge
  if (request.body === null) return
  const reader = request.body.getReader()
  let size = 0
  try {
    for (;;) {
      const { value } = await reader.read().catch((cause: unknown) => {
        throw new AppError('invalid_input', 'The request broke off before its body was complete. Send it again.', {
          fields: { body: 'is incomplete' },
          cause,
        })
      })
      if (value === undefined) return
      size += value.byteLength
      if (size > limit) throw tooLarge
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

async function readBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const taken: Uint8Array[] = []
  for await (const chunk of chunks) taken.push(chunk)
  return Buffer.concat(taken)
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
