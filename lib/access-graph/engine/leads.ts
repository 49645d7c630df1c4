import { edgeBases, edgeKinds } from '@/lib/connectors/contract'
import { type EngineHopKind, engineHopKinds } from './contract'
import type { GraphRows } from './graph-rows'

/** The level that must be held on a resource (1 to 5) for an edge that leaves it to carry. Covering passes every level on. */
const neededByKind: Record<EngineHopKind, number> = {
  delegates_to: 1,
  covers: 1,
  runs_as: 3,
  owns_code: 3,
  stores: 4,
  member_of: 5,
  assumes: 5,
  impersonates: 5,
  grants: 6,
}
/** The same by number of kind. */
export const neededLevels = engineHopKinds.map((kind) => neededByKind[kind])

/** Number of a kind, as `hopKind` and `grantKind` have it. */
export const kindNumber = Object.fromEntries(engineHopKinds.map((kind, no) => [kind, no])) as Record<
  EngineHopKind,
  number
>

const kindOfEdge = edgeKinds.map((kind) => engineHopKinds.indexOf(kind))
const stores = edgeKinds.indexOf('stores')
const inferred = edgeBases.indexOf('inferred')

type VisitLead = (to: number, isResource: boolean, kind: number, basis: number, level: number) => void

/** What resources lead on to, by resource: living principals, and other resources. */
export class Leads {
  readonly #from: Int32Array
  readonly #to: Int32Array
  readonly #kind: Uint8Array
  readonly #basis: Uint8Array
  readonly #leastLevel: Uint8Array
  readonly #named: number

  constructor(rows: GraphRows, named: number, resources: number) {
    this.#named = named
    this.#from = new Int32Array(resources + 1)
    this.#leastLevel = new Uint8Array(resources).fill(6)
    visitLeads(rows, named, resources, (resource, _to, kind) => {
      this.#from[resource + 1] = (this.#from[resource + 1] ?? 0) + 1
      this.#leastLevel[resource] = Math.min(this.#leastLevel[resource] ?? 6, neededLevels[kind] ?? 6)
    })
    for (let no = 0; no < resources; no += 1) this.#from[no + 1] = (this.#from[no + 1] ?? 0) + (this.#from[no] ?? 0)
    const count = this.#from[resources] ?? 0
    this.#to = new Int32Array(count)
    this.#kind = new Uint8Array(count)
    this.#basis = new Uint8Array(count)
    const next = this.#from.slice()
    visitLeads(rows, named, resources, (resource, to, kind, basis) => {
      const at = next[resource] ?? 0
      next[resource] = at + 1
      this.#to[at] = to
      this.#kind[at] = kind
      this.#basis[at] = basis
    })
  }

  /** Whether this level on a resource opens anything. */
  doesOpen(resource: number, level: number): boolean {
    return level >= (this.#leastLevel[resource] ?? 6)
  }

  /** All that a level on a resource opens. Of a resource: its number and the level that is then held on it. */
  each(resource: number, level: number, visit: VisitLead): void {
    for (let at = this.#from[resource] ?? 0; at < (this.#from[resource + 1] ?? 0); at += 1) {
      const kind = this.#kind[at] ?? 0
      if ((neededLevels[kind] ?? 6) > level) continue
      const to = this.#to[at] ?? 0
      if (to < this.#named) visit(to, false, kind, this.#basis[at] ?? 0, 0)
      else visit(to - this.#named, true, kind, this.#basis[at] ?? 0, kind === kindNumber.covers ? level : 1)
    }
  }
}

function visitLeads(
  { edges, covers, credentialHolder, principals: { dead } }: GraphRows,
  named: number,
  resources: number,
  visit: (resource: number, to: number, kind: number, basis: number) => void,
): void {
  const end = named + resources
  const isResource = (node: number) => node >= named && node < end
  for (let no = 0; no < edges.kind.length; no += 1) {
    const from = edges.from[no] ?? -1
    if (!isResource(from)) continue
    const [edgeKind = -1, basis = 0] = [edges.kind[no], edges.basis[no]]
    let to = edges.to[no] ?? -1
    if (edgeKind === stores) to = to >= end ? (credentialHolder[to - end] ?? -1) : -1
    const kind = kindOfEdge[edgeKind] ?? 0
    const isAllowed = kind !== kindNumber.grants && to >= 0 && to < end && to !== from
    if (isAllowed && (to >= named || dead[to] === 0)) visit(from - named, to, kind, basis)
  }
  for (let no = 0; no < covers.from.length; no += 1) {
    const [from = -1, to = -1] = [covers.from[no], covers.to[no]]
    if (isResource(from) && isResource(to) && from !== to) visit(from - named, to, kindNumber.covers, inferred)
  }
}
