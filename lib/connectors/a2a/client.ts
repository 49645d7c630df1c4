import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace } from '../outbound'
import { askHttp, type HttpAnswer, retryAfterMs } from '../outbound-http'

export const a2aConfig = z.object({
  addresses: z
    .string()
    .max(100_000)
    .trim()
    .min(1)
    .meta({ title: 'Agents', description: 'Where agents are reached, one address on each line', isLong: true }),
  caPem: z.string().max(100_000).optional().meta({
    title: 'Certificate authority',
    description: 'PEM of the authority that signed the agents’ certificates, when it is not a public one',
  }),
})
export type A2aConfig = z.output<typeof a2aConfig>

export interface A2aSession {
  config: A2aConfig
  setting: LiveSetting
  addresses: readonly URL[]
}

/** A card as it was found. */
export interface FoundCard {
  value: unknown
  from: string
  sha256: string
}

/** Where cards lie since 0.3, and where they lay before. */
const places = ['.well-known/agent-card.json', '.well-known/agent.json']
const addressLimit = 1000
const cardBytes = 1024 * 1024

/** Reads the addresses; nothing is asked yet. @throws LiveError `invalid_config` with the number of the line */
export async function openA2a(config: A2aConfig, setting: LiveSetting): Promise<A2aSession> {
  const lines = config.addresses.split('\n').map((line) => line.trim())
  const addresses = lines.flatMap((line, at) => {
    if (line === '' || line.startsWith('#')) return []
    const url = URL.canParse(line) ? new URL(line) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}${url.search}` !== '')
      throw new LiveError('invalid_config', `Line ${at + 1} is no address of an agent, such as https://agent.example.`)
    return [url]
  })
  if (addresses.length === 0 || addresses.length > addressLimit)
    throw new LiveError('invalid_config', `Name at least one address and at most ${addressLimit}.`)
  return { config, setting, addresses: [...new Map(addresses.map((url) => [url.href, url])).values()] }
}

/** The card of the agent at an address; without a credential, as everybody may read it. @throws LiveError */
export async function fetchCard(session: A2aSession, address: URL, call: Call): Promise<FoundCard> {
  for (const place of places) {
    // A card's own address may be given as well.
    const isCard = address.pathname.endsWith('.json')
    const url = isCard ? address : new URL(place, address.href.endsWith('/') ? address.href : `${address.href}/`)
    const answer = await ask(session, url, call)
    if (answer.status === 404 && !isCard) continue
    if (answer.status !== 200) throw new LiveError('unexpected_answer', `it answered ${answer.status} and no card`)
    if (answer.text.length > cardBytes) throw new LiveError('unexpected_answer', 'its card is larger than 1 MiB')
    const sha256 = createHash('sha256').update(answer.text).digest('hex')
    return { value: parse(answer.text), from: url.href, sha256 }
  }
  throw new LiveError('not_found', 'there is no card at its well-known address')
}

async function ask({ config, setting }: A2aSession, url: URL, call: Call): Promise<HttpAnswer> {
  await call.pace()
  const tls = url.protocol === 'https:' ? 'verify' : 'off'
  const port = url.port === '' ? (tls === 'verify' ? 443 : 80) : Number(url.port)
  const place = await checkPlace({ host: url.hostname, port, tls, caPem: config.caPem }, setting.outbound)
  const answer = await askHttp(
    place,
    { method: 'GET', path: url.pathname, headers: { 'a2a-version': '1.0' } },
    call.signal,
  )
  if (answer.status === 429 || answer.status === 503)
    throw new LiveError('rate_limited', 'it is busy', retryAfterMs(answer))
  if (answer.status >= 300 && answer.status < 400)
    throw new LiveError('unexpected_answer', 'it points elsewhere, which is not followed: name the right address')
  return answer
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LiveError('unexpected_answer', 'what lies there is no JSON')
  }
}
