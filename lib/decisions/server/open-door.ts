import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { resolveApiKey } from '@/lib/platform/auth/api-key-actor'
import { peerOf } from '@/lib/platform/auth/client-address'
import { decisionPoint } from '@/lib/platform/authz/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import { log } from '@/lib/platform/telemetry/log'
import { loadInUse } from '@/lib/policy-versions/server/load-version'
import { drainShadow } from '@/lib/policy-versions/server/record-shadow'
import { maxQuestionBytes } from '../schema'
import { refreshPolicyHash } from './read-policy-hash'
import { flushDecisions } from './record-decisions'
import { answerAccess, isAccessPath } from './serve-access'
import { readFacts } from './store'

const opened = Symbol.for('bailiwick.access-door')

/**
 * Answers the paths of the decision point before the web framework sees the request, in the same process and on the same port: a
 * question spares what the framework adds (decision 060). The routes under `app/access` serve the same where this was not called.
 */
export function openAccessDoor(): void {
  const prototype = http.Server.prototype as http.Server & { [opened]?: boolean }
  if (prototype[opened]) return
  prototype[opened] = true
  const emit = prototype.emit
  prototype.emit = function (this: http.Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'request') {
      const [request, response] = args as [IncomingMessage, ServerResponse]
      const [path = ''] = (request.url ?? '').split('?')
      if (isAccessPath(path)) {
        void serveRequest(request, response, path)
        return true
      }
    }
    return Reflect.apply(emit, this, [event, ...args])
  }
}

async function serveRequest(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const header = (name: string) => {
    const value = request.headers[name]
    return value === undefined ? null : String(value)
  }
  const { status, headers, body } = await answerAccess({
    ...{ method: request.method ?? '', path, header, peer: peerOf(request) },
    query: new URLSearchParams((request.url ?? '').split('?')[1] ?? ''),
    body: () => readBody(request),
  })
  if (response.destroyed) return
  // What was not read of a body that is too large must not be taken for the next request.
  if (!request.complete) headers.connection = 'close'
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxQuestionBytes) {
        request.pause()
        resolve(undefined)
      } else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    // Broken off: half a document is no document.
    request.once('close', () => resolve(Buffer.concat(chunks)))
    request.once('error', () => resolve(new Uint8Array()))
  })
}

/**
 * Makes the connections and reads the code that the first question needs, so that it is not refused for being late. What is not there
 * yet is found by the questions themselves.
 */
export async function warmUpAccess(withinMs = 5000): Promise<void> {
  const tenant = tenantOf('00000000-0000-0000-0000-000000000000')
  const principal = { id: 'warm-up', roles: ['stranger'], attr: {} }
  const check = { resource: { kind: 'resource', id: 'warm-up', policyVersion: 'runtime', attr: {} }, actions: ['read'] }
  const work = Promise.allSettled([
    refreshPolicyHash().then(loadInUse),
    resolveApiKey(`bwk_${'0'.repeat(40)}`),
    readFacts(tenant, { subjects: [], resources: [] }),
    decisionPoint().check(principal, [check], withinMs),
  ])
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, withinMs).unref())])
}

/**
 * Writes what waits for the log before the process ends at a signal. The framework ends the process by itself once its last request is
 * answered, so the end waits for the log and not the other way round.
 */
export function flushAtEnd(): void {
  const exit = process.exit.bind(process)
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      if (isEnding) return
      isEnding = true
      process.exit = ((code?: number) => {
        Promise.all([flushDecisions({ isLast: true }), drainShadow(500)])
          .catch((error: unknown) => log.error({ err: error }, 'decisions could not be written at the end'))
          .finally(() => exit(code))
      }) as typeof process.exit
    })
}
