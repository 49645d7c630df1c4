import { LiveError } from '../live-error'
import { field, isFields, list, text } from './fields'

/** A message of JSON-RPC; without an id it is only told. */
export interface Message {
  jsonrpc: '2.0'
  id?: number
  method: string
  params?: object
}

/** Sends a message and gives the reply to it; `undefined` for what is only told. */
export type Ask = (message: Message) => Promise<unknown>

/** What a running server says of itself. */
export interface Listing {
  name: string | undefined
  version: string | undefined
  protocolVersion: string
  tools: unknown[]
  resourceCount: number
  promptCount: number
  /** Absent = not found out. */
  callersNeed?: 'nothing' | 'a credential' | undefined
}

/** The newest version that is asked for; a server answers with the one that it speaks. */
const newest = '2025-06-18'
/** Lists are read to here, in pages; a server that never ends its list is not followed further. */
const pageLimit = 100
const toolLimit = 5000

/** The first exchange. @throws LiveError `unexpected_answer` */
export async function initialize(ask: Ask): Promise<{ hello: unknown; version: string }> {
  const clientInfo = { name: 'Bailiwick', version: '1' }
  const params = { protocolVersion: newest, capabilities: {}, clientInfo }
  const hello = await ask({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
  const version = text(field(hello, 'protocolVersion'))
  if (version === undefined) throw new LiveError('unexpected_answer', 'What answers there is no tool server.')
  return { hello, version }
}

/** What the server has, after it was greeted. */
export async function listTools(ask: Ask, hello: unknown): Promise<Listing> {
  await ask({ jsonrpc: '2.0', method: 'notifications/initialized' })
  const has = (what: string) => isFields(field(field(hello, 'capabilities'), what))
  let id = 1
  const readList = async (what: 'tools' | 'resources' | 'prompts') => {
    const found: unknown[] = []
    let cursor: string | undefined
    for (let page = 0; page < pageLimit && found.length < toolLimit; page += 1) {
      id += 1
      const params = cursor === undefined ? {} : { cursor }
      const answer = await ask({ jsonrpc: '2.0', id, method: `${what}/list`, params })
      found.push(...list(field(answer, what)))
      cursor = text(field(answer, 'nextCursor'))
      if (cursor === undefined) return found
    }
    throw new LiveError('unexpected_answer', `The server’s list of ${what} does not end.`)
  }
  const info = field(hello, 'serverInfo')
  return {
    name: text(field(info, 'name'))?.slice(0, 200),
    version: text(field(info, 'version'))?.slice(0, 100),
    protocolVersion: (text(field(hello, 'protocolVersion')) ?? '').slice(0, 50),
    tools: has('tools') ? await readList('tools') : [],
    resourceCount: has('resources') ? (await readList('resources')).length : 0,
    promptCount: has('prompts') ? (await readList('prompts')).length : 0,
  }
}

/** The reply to a message in what came: JSON, or events of which one holds it. */
export function replyIn(body: string, isStream: boolean, id: number | undefined): unknown {
  if (id === undefined) return undefined
  const texts = isStream ? eventsIn(body) : [body]
  for (const text of texts) {
    const value = parse(text)
    for (const message of Array.isArray(value) ? value : [value]) {
      if (field(message, 'id') !== id) continue
      return resultOf(message)
    }
  }
  throw new LiveError('unexpected_answer', 'What answers there is no tool server.')
}

/** The result of a reply. @throws LiveError `refused_by_source` with the server's code, never with its words */
export function resultOf(message: unknown): unknown {
  const error = field(message, 'error')
  if (error === undefined) return field(message, 'result')
  const code = field(error, 'code')
  throw new LiveError(
    'refused_by_source',
    `The server answered with the error ${typeof code === 'number' ? code : 'unknown'}.`,
  )
}

function eventsIn(body: string): string[] {
  return body.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
    return data.length === 0 ? [] : [data.join('\n')]
  })
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
