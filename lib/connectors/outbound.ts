import { lookup } from 'node:dns/promises'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { LiveError } from './live-error'

/** Where a connection may go. The installation sets it; nobody who adds a connection can. */
export interface OutboundPolicy {
  /** Networks inside that were opened by an administrator, as CIDR: `10.20.0.0/16`. Never opens link-local or metadata addresses. */
  allow: readonly string[]
  /** Whether loopback may be reached: only where everything runs on one machine. */
  allowLoopback: boolean
}

/** Host, port and encryption: the part of a configuration that every system has. */
export const endpointFields = (port: number) => ({
  host: z.string().trim().min(1).max(253).meta({ title: 'Host', description: 'Name or address of the server' }),
  port: z.coerce.number().int().min(1).max(65_535).default(port).meta({ title: 'Port' }),
  tls: z.enum(['verify', 'off']).default('verify').meta({
    title: 'Encryption',
    description:
      'verify: TLS, with the certificate checked. off: only for this machine and for networks that were opened',
  }),
  caPem: z.string().max(100_000).optional().meta({
    title: 'Certificate authority',
    description: 'PEM of the authority that signed the server’s certificate, when it is not a public one',
  }),
})
export interface Endpoint {
  host: string
  port: number
  tls: 'verify' | 'off'
  caPem?: string | undefined
}

/** A place that was checked: connect to `address` and to nothing else, so that the name cannot change its mind in between. */
export interface CheckedPlace {
  address: string
  port: number
  host: string
  /** Options for TLS, which drivers hand on unchanged; absent = in the clear, which was allowed here. */
  tls?: {
    servername?: string
    ca?: string
    rejectUnauthorized: true
    minVersion: 'TLSv1.2'
    checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined
  }
}

export const connectTimeoutMs = 10_000

/** Services of clouds that give credentials to whoever asks from inside. */
const metadata = [
  '169.254.0.0/16',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '168.63.129.16/32',
  'fd00:ec2::/32',
  'fe80::/10',
]

/**
 * Resolves a name once, checks every address that it has and gives the first. One forbidden address among them is enough to
 * refuse: a name that points inside and outside is what rebinding looks like.
 * @throws LiveError `blocked_address` (the same sentence whatever stands there), `unreachable` for a name without address
 */
export async function checkPlace(endpoint: Endpoint, policy: OutboundPolicy): Promise<CheckedPlace> {
  const host = endpoint.host.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const addresses = await addressesOf(host)
  const judged = addresses.map((address) => judge(address, policy))
  if (judged.some((verdict) => verdict === 'blocked'))
    throw new LiveError(
      'blocked_address',
      `${host} is an address inside, which this installation does not connect to. An administrator can open its network.`,
    )
  const address = addresses[0] as string
  const place = { address, port: endpoint.port, host }
  if (endpoint.tls === 'off') {
    if (judged.every((verdict) => verdict === 'inside')) return place
    throw new LiveError('blocked_address', `${host} is reached over a public network: it needs TLS.`)
  }
  return {
    ...place,
    tls: {
      ...(ipaddr.isValid(host) ? {} : { servername: host }),
      ...(endpoint.caPem === undefined ? {} : { ca: endpoint.caPem }),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    },
  }
}

async function addressesOf(host: string): Promise<string[]> {
  // Node's resolver, as the drivers' own would, also takes 0x7f.1, 017700000001 and 2130706433: what it makes of them is judged.
  if (ipaddr.isValid(host)) return [ipaddr.parse(host).toString()]
  try {
    const found = await lookup(host, { all: true, verbatim: true })
    // Drivers try one address: where both are there, IPv4 is the one that more networks carry.
    if (found.length > 0) return found.sort((a, b) => a.family - b.family).map(({ address }) => address)
  } catch {
    // Told below, in one sentence for every reason.
  }
  throw new LiveError('unreachable', `No address is known for ${host}.`)
}

/** `inside`: loopback or a network that was opened; `outside`: public; `blocked`: everything else. */
export function judge(written: string, policy: OutboundPolicy): 'inside' | 'outside' | 'blocked' {
  const address = ipaddr.process(written.split('%')[0] ?? '')
  if (metadata.some((network) => isIn(address, network))) return 'blocked'
  if (address.range() === 'loopback') return policy.allowLoopback ? 'inside' : 'blocked'
  if (address.range() === 'unspecified' || address.range() === 'multicast' || address.range() === 'broadcast')
    return 'blocked'
  if (policy.allow.some((network) => isIn(address, network))) return 'inside'
  // 6to4, Teredo and NAT64 carry an IPv4 address that nobody looked at: they are not `unicast`, so they are blocked.
  return address.range() === 'unicast' ? 'outside' : 'blocked'
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network)
  return address.kind() === base.kind() && address.match(base, bits)
}
