import fs from 'node:fs'
import type http from 'node:http'
import path from 'node:path'
import express, { type RequestHandler } from 'express'
import { middleware } from 'express-openapi-validator'

// A system of which there is no server but its makers': a fake answers, and their own description judges what it is asked and says.

export interface FakeQuestion {
  method: string
  path: string
  query: URLSearchParams
  headers: http.IncomingHttpHeaders
  /** Parsed where it is JSON, else text; `undefined` = none. */
  body: unknown
  /** Where the fake was reached: `http://127.0.0.1:1234`. */
  origin: string
}

export interface FakeAnswer {
  status: number
  headers?: Record<string, string>
  /** An object goes as JSON. */
  body?: unknown
}

export interface Judged {
  listener: http.RequestListener
  /** What the description does not allow, in its words; each was also answered with 500. */
  violations: string[]
  /** Questions that the description knows. */
  judged: () => number
}

type Listed = http.IncomingMessage & { body?: unknown }
interface Sending extends http.ServerResponse {
  status: (status: number) => Sending
  json: (body: unknown) => void
}

const descriptions = path.join(import.meta.dirname, '..', 'fixtures', 'openapi')

/** Answers that every system gives and no description lists everywhere. */
const everywhere = new Set([401, 403, 404, 429])

/** Puts the official description of a system between those who ask and the fake that answers; without a name, there is none. */
export function judgedBy(name: string | undefined, answer: (question: FakeQuestion) => FakeAnswer): Judged {
  const violations: string[] = []
  let judged = 0
  const app = express()
  if (name !== undefined) app.use(...judges(name, violations))
  app.use((given, sent) => {
    judged += 1
    const [request, response] = [given as Listed, sent as Sending]
    const { status, headers = {}, body } = answer(questionOf(request))
    for (const [key, value] of Object.entries(headers)) response.setHeader(key, value)
    if (body === undefined) response.status(status).end()
    else response.status(status).json(body)
  })
  // By its four parameters the framework knows what takes errors.
  app.use((thrown, given, sent, _next) => {
    const [error, request, response] = [thrown as Error & { status?: number }, given as Listed, sent as Sending]
    const words = `${request.method} ${request.url}: ${error.message}`
    if (!violations.some((known) => known.endsWith(words))) violations.push(`question ${words}`)
    response.statusCode = 500
    response.end(JSON.stringify({ message: `The description does not allow it: ${words}` }))
  })
  const listener: http.RequestListener = (request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.once('end', () => {
      if (text !== '') Object.assign(request, { body: parsed(text, request.headers['content-type']) })
      app(request, response)
    })
  }
  return { listener, violations, judged: () => judged }
}

function judges(name: string, violations: string[]): RequestHandler[] {
  const description = asJsonSchema(JSON.parse(fs.readFileSync(path.join(descriptions, `${name}.json`), 'utf8')))
  return middleware({
    apiSpec: { ...(description as object), servers: [{ url: '/' }] } as never,
    validateApiSpec: false,
    validateSecurity: false,
    validateRequests: { allowUnknownQueryParameters: false },
    validateResponses: {
      onError: (error, _body, request) => {
        const { method, url, res } = request as unknown as { method: string; url: string; res?: Sending }
        if (everywhere.has(res?.statusCode ?? 0) && /no schema defined for status code/.test(error.message)) return
        const words = [...new Set(error.message.split(', '))].slice(0, 5).join(', ')
        violations.push(`answer to ${method} ${url}: ${words}`)
        throw error
      },
    },
  }) as RequestHandler[]
}

function parsed(text: string, type = ''): unknown {
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  return /json/.test(type) ? JSON.parse(text) : text
}

function questionOf(request: Listed): FakeQuestion {
  const isSafe = 'encrypted' in request.socket
  const url = new URL(request.url ?? '/', `${isSafe ? 'https' : 'http'}://${request.headers.host}`)
  const { method = 'GET', headers, body } = request
  return { method, path: url.pathname, query: url.searchParams, headers, body, origin: url.origin }
}

/**
 * A description as a validator in JavaScript reads it whole. `nullable` beside no type, which descriptions write and JSON Schema does
 * not know, becomes a choice; so does a discriminator, by what it says of each; `(?i)`, which Java knows, is written out.
 */
export function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, asJsonSchema(inner)])
  const node = Object.fromEntries(entries) as Record<string, unknown>
  if (typeof node.pattern === 'string' && node.pattern.startsWith('(?i)'))
    node.pattern = node.pattern.slice(4).replaceAll(/[a-z]-[a-z]/g, (range) => `${range}${range.toUpperCase()}`)
  if (node.oneOf !== undefined && node.discriminator !== undefined) return discriminated(node)
  if (typeof node.nullable !== 'boolean' || node.type !== undefined) return node
  const { nullable, ...rest } = node
  const isChoice = nullable && ['anyOf', 'oneOf', 'allOf', '$ref', 'enum'].some((word) => rest[word] !== undefined)
  return isChoice ? { anyOf: [rest, { type: 'string', nullable, enum: [null] }] } : rest
}

/** One of several, told by a word in it: it has to be what the word says, and nothing else. */
function discriminated({ oneOf, discriminator, ...rest }: Record<string, unknown>): unknown {
  const { propertyName, mapping } = discriminator as { propertyName: string; mapping?: Record<string, string> }
  if (mapping === undefined) return { ...rest, oneOf }
  const told = Object.entries(mapping).map(([word, $ref]) => ({
    allOf: [
      { $ref },
      { type: 'object', required: [propertyName], properties: { [propertyName]: { type: 'string', enum: [word] } } },
    ],
  }))
  return { ...rest, anyOf: told }
}

/** One page of a list and the address of the next, as GitHub and GitLab number them. */
export function numbered<T>(items: readonly T[], { query, path: at, origin }: FakeQuestion, mostInPage = 30) {
  const perPage = Math.min(Number(query.get('per_page') ?? mostInPage), 100)
  const page = Number(query.get('page') ?? 1)
  const isLast = page * perPage >= items.length
  const next = new URLSearchParams(query)
  next.set('page', String(page + 1))
  const headers: Record<string, string> = isLast ? {} : { link: `<${origin}${at}?${next}>; rel="next"` }
  return { items: items.slice((page - 1) * perPage, page * perPage), headers }
}
