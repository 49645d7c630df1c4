import type { z } from 'zod'
import type { Context } from '../context'
import type { ErrorCode } from '../errors'
import type { UploadForm } from './upload-form'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What an API key must hold to pass the door; `none` is for what every key may ask, such as who it is. */
export type Scope =
  | 'inventory:read'
  | 'inventory:write'
  | 'imports:read'
  | 'imports:write'
  | 'lifecycle:read'
  | 'lifecycle:write'
  | 'reviews:read'
  | 'reviews:write'
  | 'grants:read'
  | 'grants:write'
  | 'incidents:read'
  | 'incidents:write'
  | 'audit:read'
  | 'decisions:read'
  | 'decisions:ask'
  | 'decisions:ask_any'
  | 'settings:read'
  | 'settings:write'
  | 'none'

/** A body that is not JSON: a form with files, or one file as it is. */
export type RawBody = 'multipart' | 'binary'

/** An answer that is not JSON: the use case gives the `Response`, the door adds its headers. */
export interface RawResponse {
  contentType: RawType | readonly RawType[]
}

type RawType =
  | 'text/event-stream'
  | 'text/csv'
  | 'application/x-ndjson'
  | 'application/json'
  | 'application/octet-stream'
  | 'application/pdf'

/**
 * What `run` answers when the work is too much for one request and goes on in the background: the status is 202, and the value
 * is of the endpoint's form `accepted`.
 */
export class Accepted<T = unknown> {
  constructor(readonly value: T) {}
}

type Shape = z.ZodObject | undefined
type Body = z.ZodType | RawBody | undefined
type Answer = z.ZodType | RawResponse | undefined

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined
type ParsedBody<T> = T extends 'multipart' ? UploadForm : T extends 'binary' ? Uint8Array : Parsed<T>
type Given<T> = T extends z.ZodType ? z.input<T> : T extends RawResponse ? Response : undefined | null

export interface Input<P extends Shape = Shape, Q extends Shape = Shape, B extends Body = Body> {
  params: Parsed<P>
  query: Parsed<Q>
  body: ParsedBody<B>
  /** The version in `If-Match`; 0 where the endpoint asks for none. */
  version: number
  /** `Last-Event-ID`: where a stream that broke off goes on; 0 without one. */
  lastEventId: number
  /** Aborted when the caller hangs up. */
  signal: AbortSignal
}

/** What does not depend on the types of the contract: enough to serve, document and test any endpoint. */
export interface EndpointFacts {
  method: Method
  /** With parameters in braces: `/api/v1/identities/{id}`. The route file's folders must say the same. */
  path: `/api/v1/${string}`
  /** Unique, `verbNoun`; the name of a generated client's function. */
  operationId: string
  summary: string
  description?: string
  tags: [string, ...string[]]
  scope: Scope
  /** The status of success: 200, 201 for a made thing, 202 for one under way. 204 follows from the lack of a `response`. */
  status?: 200 | 201 | 202
  /** Refusals beyond those that follow from method, scope and parameters; documented. */
  errors?: ErrorCode[]
  /** In bytes; 1 MB unless told. */
  maxBodyBytes?: number
  /** The answer shows a secret once: it is never kept, so a repeated Idempotency-Key is told that the work was done. */
  revealsSecret?: boolean
  /**
   * The body holds a secret: nothing of it is kept, not even a digest, so an Idempotency-Key means nothing here and the
   * work must be harmless to repeat.
   */
  takesSecret?: boolean
  /**
   * The thing carries a version, told as `ETag: "<version>"`. A change of it names in `If-Match` the version that the caller
   * saw, and is refused with `precondition_failed` when there is a later one.
   */
  isVersioned?: boolean
}

interface Contract<P extends Shape, Q extends Shape, B extends Body, R extends Answer, A extends z.ZodType | undefined>
  extends EndpointFacts {
  params?: P
  query?: Q
  body?: B
  response?: R
  /** The form of the answer when the work goes on in the background. */
  accepted?: A
  run: (ctx: Context, input: Input<P, Q, B>) => Promise<Given<R> | (A extends z.ZodType ? Accepted<z.input<A>> : never)>
}

/** An endpoint whose types have been checked where it was declared; what handlers, documents and tests take. */
export interface Endpoint extends EndpointFacts {
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType | RawBody
  response?: z.ZodType | RawResponse
  accepted?: z.ZodType
  run: (ctx: Context, input: Input) => Promise<unknown>
}

/**
 * Declares one REST endpoint: the object from which handler, OpenAPI and tests are made. `run` calls the use case with
 * parsed input; what it returns is checked against `response`, and fields that are not in it never leave the server.
 */
export function endpoint<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | RawBody | undefined = undefined,
  R extends z.ZodType | RawResponse | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(contract: Contract<P, Q, B, R, A>): Endpoint {
  return contract as unknown as Endpoint
}

/** The status of a successful answer. */
export function successStatus({ response, status }: Pick<Endpoint, 'response' | 'status'>): number {
  return status ?? (response ? 200 : 204)
}

export function isRawResponse(response: Endpoint['response']): response is RawResponse {
  return response !== undefined && 'contentType' in response
}
