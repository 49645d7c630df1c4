import { MappingError, resolveTemplate } from './resolve-mapping'

/** A tool as its server describes it: all of it is the word of the server. */
export interface KnownTool {
  /** `x-authzen-mapping` of its input schema. */
  mapping?: unknown
  /** `annotations` that may matter for a decision. */
  hints?: { readOnly?: boolean; destructive?: boolean; openWorld?: boolean }
}

export interface Caller {
  /** The claims of the access token, checked. */
  token: Record<string, unknown>
  /** The claim that names whom the caller acts for; `sub` unless the deployment says otherwise. */
  subjectClaim: string
  /** How the guarded server is named as a resource. */
  serverId: string
}

export interface Message {
  method: string
  params?: Record<string, unknown>
}

/** What is to be asked before a message may go on. */
export type Asked =
  | { ask: 'nothing' }
  | { ask: 'refuse'; says: string }
  | { ask: 'evaluation' | 'evaluations'; body: Record<string, unknown>; warning?: string }

interface Target {
  resource: { type: string; id: string }
  context?: Record<string, unknown>
}

const server = (_: Message, caller: Caller): Target => ({ resource: { type: 'mcp_server', id: caller.serverId } })
const named =
  (type: string, key: string) =>
  (message: Message): Target => ({
    resource: { type, id: textOf(message, key) },
  })

/** COAZ-MCP, “Default Mappings” (draft of February 2026). What stands in none of these is refused. */
const defaults: Record<string, (message: Message, caller: Caller) => Target> = {
  initialize: (message, caller) => ({
    ...server(message, caller),
    context: { protocol_version: textOf(message, 'protocolVersion') },
  }),
  'tools/list': server,
  'tools/call': named('tool', 'name'),
  'resources/list': server,
  'resources/read': named('resource', 'uri'),
  'resources/subscribe': named('resource', 'uri'),
  'resources/unsubscribe': named('resource', 'uri'),
  'prompts/list': server,
  'prompts/get': named('prompt', 'name'),
  'completion/complete': ({ params }) => {
    const ref = isRecord(params?.ref) ? params.ref : {}
    const isPrompt = ref.type === 'ref/prompt'
    const id = isPrompt ? ref.name : ref.uri
    if (typeof id !== 'string' || id === '') throw new MappingError('params.ref names neither a prompt nor a resource')
    return { resource: { type: isPrompt ? 'prompt' : 'resource', id } }
  },
  'logging/setLevel': (message, caller) => ({
    ...server(message, caller),
    context: { level: textOf(message, 'level') },
  }),
  'tasks/get': named('task', 'taskId'),
  'tasks/result': named('task', 'taskId'),
  'tasks/cancel': named('task', 'taskId'),
  'tasks/list': server,
}

/**
 * Makes of a message from a client to a server what a decision point is asked (AuthZEN 1.0, COAZ-MCP). Pure.
 * @param tool what is known of the tool that is called
 * @throws MappingError when the message or the mapping does not say enough
 */
export function mapRequest(message: Message, caller: Caller, tool: KnownTool = {}): Asked {
  const { method } = message
  if (method === 'ping' || method.startsWith('notifications/')) return { ask: 'nothing' }
  const id = caller.token[caller.subjectClaim]
  if (typeof id !== 'string' || id === '') throw new MappingError(`the token has no claim '${caller.subjectClaim}'`)
  const context = contextOf(caller, tool)
  if (method === 'tools/call' && tool.mapping !== undefined) return declared(message, caller, tool.mapping, id, context)
  const map = Object.hasOwn(defaults, method) ? defaults[method] : undefined
  if (!map) return { ask: 'refuse', says: `The method ${method.slice(0, 100)} is not known here.` }
  const { resource, context: more } = map(message, caller)
  return {
    ask: 'evaluation',
    body: { subject: { type: 'identity', id }, action: { name: method }, resource, context: { ...context, ...more } },
  }
}

/** Who acts for whom, from the token alone (RFC 8693, `act`), and what the server says of its tool, marked as its word. */
function contextOf({ token }: Caller, { hints }: KnownTool): Record<string, unknown> {
  const actors: string[] = []
  for (let act = token.act; isRecord(act) && actors.length < 8; act = act.act)
    if (typeof act.sub === 'string') actors.push(act.sub)
  return {
    ...(typeof token.client_id === 'string' ? { agent: token.client_id } : {}),
    ...(actors.length > 0 ? { actors } : {}),
    ...(hints && Object.keys(hints).length > 0 ? { untrusted: { tool_hints: hints } } : {}),
  }
}

function declared(
  message: Message,
  caller: Caller,
  mapping: unknown,
  id: string,
  context: Record<string, unknown>,
): Asked {
  const [[envelope, template] = [], ...others] = isRecord(mapping) ? Object.entries(mapping) : []
  if ((envelope !== 'evaluation' && envelope !== 'evaluations') || others.length > 0 || !isRecord(template))
    throw new MappingError('x-authzen-mapping is neither an evaluation nor evaluations')
  const inputs = { params: message.params ?? {}, token: caller.token }
  const body = resolveTemplate(template, inputs)
  if (!isRecord(body)) throw new MappingError('the mapping is no object')
  const subject = isRecord(body.subject) ? body.subject : {}
  const said = isRecord(template.subject) ? template.subject.id : undefined
  const isAnchored = said === undefined || said === `$token.${caller.subjectClaim}`
  const whole = { ...body, subject: { type: 'identity', ...subject, id: isAnchored ? id : subject.id } }
  if (typeof whole.subject.id !== 'string' || whole.subject.id === '') throw new MappingError('subject.id is empty')
  // The gateway does not let the guarded server speak for somebody who has not signed in.
  if (whole.subject.id !== id) throw new MappingError('the mapping names a subject other than that of the token')
  // What the server declares cannot take away what the token says.
  const together = { ...(isRecord(body.context) ? body.context : {}), ...context }
  if (envelope === 'evaluation') return { ask: 'evaluation', body: { ...demandWhole(whole), context: together } }
  const parts = body.evaluations
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > 50)
    throw new MappingError('evaluations has to be a list of 1 to 50')
  for (const part of parts) {
    if (!isRecord(part) || 'subject' in part) throw new MappingError('an entry of evaluations may not name a subject')
    demandWhole({ ...whole, ...part })
  }
  return { ask: 'evaluations', body: { ...whole, context: together, evaluations: parts } }
}

function demandWhole(body: Record<string, unknown>): Record<string, unknown> {
  const { action, resource } = body
  if (!isRecord(action) || typeof action.name !== 'string') throw new MappingError('action.name is no text')
  if (!isRecord(resource) || typeof resource.type !== 'string' || typeof resource.id !== 'string')
    throw new MappingError('resource.type and resource.id have to be texts')
  return body
}

function textOf({ params }: Message, key: string): string {
  const value = params?.[key]
  if (typeof value !== 'string' || value === '') throw new MappingError(`params.${key} is no text`)
  return value
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
