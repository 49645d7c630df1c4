import { createHmac } from 'node:crypto'
import { LiveError } from '@/lib/connectors/live-error'
import { checkPlace, type OutboundPolicy } from '@/lib/connectors/outbound'
import { askHttp } from '@/lib/connectors/outbound-http'
import { derivedKey } from '@/lib/platform/crypto/derived-key'

/** The key by which messages of an organization to one address are signed: the same for all of one origin. */
export function signingKey(master: string, orgId: string, url: string): Buffer {
  return derivedKey(Buffer.from(master, 'base64'), `webhook deliveries, version 1:${orgId}:${new URL(url).origin}`)
}

/** The key as receivers' libraries take it. */
export const signingSecret = (key: Buffer): string => `whsec_${key.toString('base64')}`

/** The headers of a message by the Standard Webhooks specification: the id stays the same when it is sent again. */
export function signedHeaders(key: Buffer, id: string, seconds: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }
}

const sendTimeoutMs = 20_000

/**
 * Sends a signed message to an address that was checked; follows no redirect. Only an answer of 2xx is taken for received.
 * @throws LiveError, never with what was sent
 */
export async function sendWebhook(
  url: string,
  outbound: OutboundPolicy,
  message: { key: Buffer; id: string; type: string; data: object },
  signal: AbortSignal,
): Promise<number> {
  const { hostname, port, protocol, pathname, search } = new URL(url)
  const isTls = protocol === 'https:'
  const endpoint = {
    host: hostname,
    port: Number(port) || (isTls ? 443 : 80),
    tls: isTls ? ('verify' as const) : ('off' as const),
  }
  const now = new Date()
  const body = JSON.stringify({ type: message.type, timestamp: now.toISOString(), data: message.data })
  const headers = signedHeaders(message.key, message.id, Math.floor(now.getTime() / 1000), body)
  const place = await checkPlace(endpoint, outbound)
  let status: number
  try {
    const answer = await askHttp(
      place,
      {
        ...{ method: 'POST', path: `${pathname}${search}`, body },
        headers: { 'content-type': 'application/json', 'user-agent': 'Bailiwick', ...headers },
      },
      AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)]),
    )
    status = answer.status
  } catch (error) {
    if (error instanceof LiveError) throw error
    const code = (error as NodeJS.ErrnoException).code
    throw new LiveError('unreachable', `${hostname} could not be reached${code ? `: ${code}` : ''}.`)
  }
  if (status >= 200 && status < 300) return status
  throw new LiveError(
    status >= 500 || status === 429 || status === 408 ? 'unreachable' : 'conflict',
    `${hostname} answered ${status}; only an answer of 2xx counts as received.`,
  )
}
