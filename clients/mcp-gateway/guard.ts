import { randomUUID } from 'node:crypto'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from '@modelcontextprotocol/sdk/types.js'
import { askDecision, type DecisionPoint, NoDecision } from './ask-decision'
import { isRecord, type KnownTool, mapRequest } from './map-request'
import { MappingError } from './resolve-mapping'

export interface GuardOptions {
  point: DecisionPoint
  subjectClaim: string
  serverId: string
  log: (line: string) => void
}

const codes = { invalid: -32_602, denied: -32_001, unavailable: -32_603 } as const
const mostTools = 5000
const listTimeoutMs = 15_000

/**
 * Passes messages between a client and a server, and asks before each request of the client. How a tool is to be decided is read from
 * the server's own list, which the guard fetches itself: a client that never lists the tools does not get round a mapping.
 */
export async function guard(near: Transport, far: Transport, options: GuardOptions): Promise<void> {
  const { log } = options
  const own = new Map<string, (message: JSONRPCMessage | Error) => void>()
  let tools: Promise<Map<string, KnownTool>> | undefined

  const ask = (method: string, params: Record<string, unknown>) =>
    new Promise<JSONRPCMessage>((resolve, reject) => {
      const id = `gateway-${randomUUID()}`
      const done = (message: JSONRPCMessage | Error) => {
        clearTimeout(timer)
        own.delete(id)
        return message instanceof Error ? reject(message) : resolve(message)
      }
      const timer = setTimeout(() => done(new NoDecision('The server did not list its tools.')), listTimeoutMs)
      own.set(id, done)
      far.send({ jsonrpc: '2.0', id, method, params }).catch(done)
    })

  const listTools = async () => {
    const known = new Map<string, KnownTool>()
    let cursor: unknown
    do {
      const answer = await ask('tools/list', cursor === undefined ? {} : { cursor })
      if (!isJSONRPCResultResponse(answer) || !Array.isArray(answer.result.tools))
        throw new NoDecision('The server did not list its tools.')
      for (const tool of answer.result.tools) if (isRecord(tool)) known.set(String(tool.name), readTool(tool))
      cursor = answer.result.nextCursor
    } while (typeof cursor === 'string' && cursor !== '' && known.size < mostTools)
    return known
  }
  const toolOf = async (name: unknown): Promise<KnownTool> => {
    tools ??= listTools()
    try {
      return (await tools).get(String(name)) ?? {}
    } catch (error) {
      tools = undefined
      throw error
    }
  }

  const refuse = (request: JSONRPCRequest, code: number, message: string, data?: Record<string, unknown>) => {
    log(`${request.method} refused: ${message}`)
    return near.send(
      { jsonrpc: '2.0', id: request.id, error: { code, message, ...(data ? { data } : {}) } },
      { relatedRequestId: request.id },
    )
  }

  const judge = async (request: JSONRPCRequest, token: Record<string, unknown>): Promise<void> => {
    try {
      const tool = request.method === 'tools/call' ? await toolOf(request.params?.name) : {}
      const caller = { token, subjectClaim: options.subjectClaim, serverId: options.serverId }
      const asked = mapRequest({ method: request.method, params: request.params ?? {} }, caller, tool)
      if (asked.ask === 'refuse') return await refuse(request, codes.denied, asked.says)
      if (asked.ask !== 'nothing') {
        const decision = await askDecision(options.point, asked.ask, asked.body, randomUUID())
        if (!decision.isAllowed)
          return await refuse(
            request,
            codes.denied,
            `Access denied: ${decision.says ?? 'no policy permits it'}`,
            decision.context,
          )
      }
      await far.send(request)
    } catch (error) {
      if (error instanceof MappingError) return refuse(request, codes.invalid, error.message)
      if (error instanceof NoDecision)
        return refuse(request, codes.unavailable, `Authorization service unavailable. ${error.message}`)
      return refuse(request, codes.unavailable, 'The guarded server could not be reached.')
    }
  }

  near.onmessage = (message: JSONRPCMessage, extra?: { authInfo?: { extra?: Record<string, unknown> } }) => {
    const claims = extra?.authInfo?.extra?.claims
    if (isJSONRPCRequest(message)) {
      // Nobody vouches for it: the transport was not asked with a token.
      if (!isRecord(claims)) return void refuse(message, codes.denied, 'Access denied: there is no token.')
      return void judge(message, claims).catch(() => log('An answer could not be sent.'))
    }
    return void far.send(message).catch(() => log('A message could not be passed on.'))
  }
  far.onmessage = (message: JSONRPCMessage) => {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      const mine = own.get(String(message.id))
      if (mine) return mine(message)
    }
    if ('method' in message && message.method === 'notifications/tools/list_changed') tools = undefined
    return void near.send(message).catch(() => log('A message could not be passed back.'))
  }
  await near.start()
  await far.start()
}

/** Hints come from the server that is guarded: they may make a decision more careful, and no policy may relax for them. */
function readTool(tool: Record<string, unknown>): KnownTool {
  const schema = isRecord(tool.inputSchema) ? tool.inputSchema : {}
  const said = isRecord(tool.annotations) ? tool.annotations : {}
  const hints: NonNullable<KnownTool['hints']> = {}
  if (typeof said.readOnlyHint === 'boolean') hints.readOnly = said.readOnlyHint
  if (typeof said.destructiveHint === 'boolean') hints.destructive = said.destructiveHint
  if (typeof said.openWorldHint === 'boolean') hints.openWorld = said.openWorldHint
  return { ...('x-authzen-mapping' in schema ? { mapping: schema['x-authzen-mapping'] } : {}), hints }
}
