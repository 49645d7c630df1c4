import { randomBytes } from 'node:crypto'
import http, { type IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { env } from '@/lib/platform/env'

/**
 * Route handlers see headers only, and Next fills X-Forwarded-For with the peer's address just when the client sent
 * none, so the header alone cannot be believed. Each request is therefore stamped with its peer's address under a name
 * that is drawn at random for each process: nobody outside can write it.
 */
const kept = globalThis as typeof globalThis & { bailiwickPeerHeader?: string }
kept.bailiwickPeerHeader ??= `x-peer-${randomBytes(12).toString('hex')}`
const peerHeader = kept.bailiwickPeerHeader

const stamped = Symbol.for('bailiwick.stamped')

/** Stamps every request that an HTTP server of this process takes from now on. Called once, at its start. */
export function stampPeerAddresses(): void {
  const prototype = http.Server.prototype as http.Server & { [stamped]?: boolean }
  if (prototype[stamped]) return
  prototype[stamped] = true
  const emit = prototype.emit
  prototype.emit = function (this: http.Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'request' || event === 'upgrade') {
      const request = args[0] as IncomingMessage
      request.headers[peerHeader] = request.socket.remoteAddress ?? ''
    }
    return Reflect.apply(emit, this, [event, ...args])
  }
}

/**
 * The client's address: the connection's peer, or, behind `TRUST_PROXY` proxies, the X-Forwarded-For entry that the
 * outermost of them wrote. Entries further left come from the client and prove nothing. Undefined when not known.
 */
export function clientAddress(headers: Headers, proxies = env().TRUST_PROXY): string | undefined {
  const peer = normalise(headers.get(peerHeader) ?? '')
  if (proxies === 0) return peer
  const entries = (headers.get('x-forwarded-for') ?? '').split(',').map((entry) => normalise(entry.trim()))
  return entries.at(-proxies) ?? peer
}

/** The address of the connection's other end, whatever any header says: for whom only a known proxy is believed. */
export const peerAddress = (headers: Headers): string | undefined => normalise(headers.get(peerHeader) ?? '')

/** The same of a plain request, before it was stamped. */
export const peerOf = (request: IncomingMessage): string | undefined => normalise(request.socket.remoteAddress ?? '')

/** Whether an address is one of those named, each an address or a network. What cannot be read is none. */
export function isAmong(address: string | undefined, places: readonly string[]): boolean {
  if (address === undefined || !isIP(address)) return false
  const familyOf = (text: string) => (isIP(text) === 6 ? 'ipv6' : 'ipv4')
  const known = new BlockList()
  for (const place of places) {
    const [base = '', bits] = place.split('/')
    if (bits === undefined) known.addAddress(base, familyOf(base))
    else known.addSubnet(base, Number(bits), familyOf(base))
  }
  return known.check(address, familyOf(address))
}

/** For tests of what is behind the stamp. */
export function stampedHeaders(address: string): Record<string, string> {
  return { [peerHeader]: address }
}

function normalise(address: string): string | undefined {
  const bare = address.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^::ffff:(?=\d+\.)/i, '')
  const withoutPort = isIP(bare) ? bare : bare.replace(/:\d+$/, '')
  return isIP(withoutPort) ? withoutPort.toLowerCase() : undefined
}
