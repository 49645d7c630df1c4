import type { MapContext, MapResult, NodeRef } from '../contract'
import { field, flag, idText, known, text, texts } from '../json-fields'
import { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'
import { instant } from './instants'
import { readSelectors } from './selectors'
import { readSpiffeId, type SpiffeId, trustDomainName } from './spiffe-id'

/** The fields of an entry by their name in the API or in protobuf's JSON. */
const names: Record<string, string[]> = wordTable({
  spiffeId: ['spiffe_id', 'spiffeId', 'spiffeID'],
  parentId: ['parent_id', 'parentId', 'parentID'],
  federatesWith: ['federates_with', 'federatesWith'],
  x509Ttl: ['x509_svid_ttl', 'x509SvidTtl', 'ttl'],
  jwtTtl: ['jwt_svid_ttl', 'jwtSvidTtl', 'ttl'],
  expiry: ['expires_at', 'expiresAt', 'entry_expiry', 'entryExpiry'],
  entryId: ['id', 'entry_id', 'entryId'],
  dnsNames: ['dns_names', 'dnsNames'],
  storeSvid: ['store_svid', 'storeSvid'],
  createdAt: ['created_at', 'createdAt'],
})

function read(entry: unknown, name: string): unknown {
  for (const spelling of names[name] ?? [name]) {
    const found = field(entry, spelling)
    if (found !== undefined && found !== null) return found
  }
  return undefined
}

/** A registration entry: it names who gets the identity and by what the workload is known. */
export function isRegistration(entry: Entry): boolean {
  const own = read(entry.value, 'spiffeId')
  const parent = read(entry.value, 'parentId')
  const selectors = field(entry.value, 'selectors')
  return (
    (own !== undefined && (parent !== undefined || Array.isArray(selectors))) ||
    (parent !== undefined && Array.isArray(selectors))
  )
}

/** An agent of `spire-server agent list`. */
export function isAgent({ value }: Entry): boolean {
  return (
    (field(value, 'attestation_type') !== undefined || field(value, 'attestationType') !== undefined) &&
    field(value, 'id') !== undefined
  )
}

/** All entries of a file come from one server; the instance is the trust domain that most of them are of. */
export function mapEntries(entries: Entry[], left: { at: string; reason: string }[], context: MapContext): MapResult {
  const graph = new Graph('latest')
  const domains = new Map<string, number>()
  for (const { at, reason } of left) graph.refuse(at, reason)
  for (const entry of entries) {
    const id = readSpiffeId(isAgent(entry) ? field(entry.value, 'id') : read(entry.value, 'spiffeId'))
    if ('reason' in id) {
      graph.refuse(entry.at, `the SPIFFE ID ${id.reason}`)
      continue
    }
    domains.set(id.trustDomain, (domains.get(id.trustDomain) ?? 0) + 1)
    if (isAgent(entry)) readAgent(entry, id, graph)
    else readRegistration(entry, id, graph)
  }
  if (graph.isEmpty) graph.refuse('file', 'lists no registration entry')
  const instance = [...domains].sort(([, a], [, b]) => b - a)[0]?.[0] ?? context.instance ?? 'unknown'
  return graph.finish('spiffe', instance, `SPIFFE trust domain ${instance}`)
}

function readRegistration({ value, at }: Entry, id: SpiffeId, graph: Graph): void {
  const { selectors, odd } = readSelectors(field(value, 'selectors'))
  for (const index of odd) graph.refuse(`${at}.selectors[${index}]`, 'the selector has no type and value')
  const admin = flag(field(value, 'admin')) === true
  const downstream = flag(field(value, 'downstream')) === true
  const federated = read(value, 'federatesWith')
  const before = listsOf(graph, id.uri)
  graph.add(
    {
      type: 'identity',
      externalId: id.uri,
      kind: 'workload',
      name: id.path === '' ? id.uri : id.path.slice(1),
      status: 'active',
      createdAt: instant(read(value, 'createdAt')),
      attributes: {
        ...known<string | number | boolean>({
          trustDomain: id.trustDomain,
          x509SvidTtlSeconds: seconds(read(value, 'x509Ttl')),
          jwtSvidTtlSeconds: seconds(read(value, 'jwtTtl')),
          entryExpiresAt: instant(read(value, 'expiry')),
          hint: text(field(value, 'hint')),
          admin: admin ? true : undefined,
          downstream: downstream ? true : undefined,
          storesSvid: flag(read(value, 'storeSvid')) === true ? true : undefined,
        }),
        ...lists({
          selectors: [...before.selectors, ...selectors],
          entryIds: [...before.entryIds, ...texts([idText(read(value, 'entryId'))])],
          federatesWith: [
            ...before.federatesWith,
            ...(typeof federated === 'string' ? [federated] : texts(federated)).map(trustDomainName),
          ],
          dnsNames: [...before.dnsNames, ...texts(read(value, 'dnsNames'))],
        }),
      },
    },
    at,
  )
  const self: NodeRef = { type: 'identity', externalId: id.uri, global: true }
  addParent(value, at, self, graph)
  if (!admin && !downstream) return
  const externalId = `spiffe://${id.trustDomain}#server`
  graph.add({ type: 'resource', externalId, kind: 'system', name: `SPIRE server of ${id.trustDomain}` }, at)
  const scopes = [...(admin ? ['admin'] : []), ...(downstream ? ['downstream'] : [])]
  graph.edge(
    { kind: 'grants', from: self, to: { type: 'resource', externalId }, scopes, privilege: 'admin', basis: 'declared' },
    at,
  )
}

/** An agent holds the keys of the workloads that it serves, so whoever has the agent can be each of them. */
function addParent(value: unknown, at: string, self: NodeRef, graph: Graph): void {
  const written = read(value, 'parentId')
  if (written === undefined) return
  const parent = readSpiffeId(written)
  if ('reason' in parent) {
    graph.refuse(at, `the parent ID ${parent.reason}; the entry is kept without it`)
    return
  }
  if (parent.path === '/spire/server' || parent.uri === self.externalId) return
  const from: NodeRef = { type: 'identity', externalId: parent.uri, global: true }
  graph.edge({ kind: 'impersonates', from, to: self, basis: 'declared' }, at)
}

function readAgent({ value, at }: Entry, id: SpiffeId, graph: Graph): void {
  const { selectors } = readSelectors(field(value, 'selectors'))
  const banned = flag(field(value, 'banned'))
  graph.add(
    {
      type: 'identity',
      externalId: id.uri,
      kind: 'workload',
      name: id.path === '' ? id.uri : id.path.slice(1),
      status: banned === true ? 'disabled' : 'active',
      attributes: {
        ...known<string | boolean>({
          trustDomain: id.trustDomain,
          agent: true,
          attestation: text(field(value, 'attestation_type')) ?? text(field(value, 'attestationType')),
          canReattest: flag(field(value, 'can_reattest')),
          svidExpiresAt: instant(field(value, 'x509svid_expires_at')),
        }),
        ...lists({ selectors }),
      },
    },
    at,
  )
}

/** Seconds, as a number or as text; 0 is the server's default and says nothing. */
function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}

function lists(values: Record<string, string[]>): Record<string, string[]> {
  const kept = Object.entries(values).map(([name, list]): [string, string[]] => [
    name,
    [...new Set(list)].slice(0, 200),
  ])
  return Object.fromEntries(kept.filter(([, list]) => list.length > 0))
}

/** What an identity's earlier entries listed: one workload may have several. */
function listsOf(
  graph: Graph,
  externalId: string,
): Record<'selectors' | 'entryIds' | 'federatesWith' | 'dnsNames', string[]> {
  const before = graph.node('identity', externalId)
  const of = (name: string) => {
    const list = before?.type === 'identity' ? before.attributes?.[name] : undefined
    return Array.isArray(list) ? list : []
  }
  return {
    selectors: of('selectors'),
    entryIds: of('entryIds'),
    federatesWith: of('federatesWith'),
    dnsNames: of('dnsNames'),
  }
}
