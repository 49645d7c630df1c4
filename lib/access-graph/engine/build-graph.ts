import { edgeKinds } from '@/lib/connectors/contract'
import { type AccessGraph, engineHopKinds } from './contract'
import { findHoldings, type Holdings } from './find-holdings'
import type { GraphRows } from './graph-rows'
import { Leads } from './leads'
import { principalTypes } from './principal-types'
import { KeyedRows, packed } from './rows'

const kindOfEdge = edgeKinds.map((kind) => engineHopKinds.indexOf(kind))
const grants = edgeKinds.indexOf('grants')
const stores = edgeKinds.indexOf('stores')
const ownsCode = edgeKinds.indexOf('owns_code')

/** More than this many edges are refused: their places would not fit the numbers that they are kept in. */
const mostEdges = 2 ** 30

/**
 * Builds the graph of an organization. Parallel edges of one kind become one (the highest level; use that was seen wins); edges
 * from a node to itself, to nothing, from or to who cannot act, and those that mean nothing (a grant that ends in an identity)
 * are left out. An edge of another kind than `grants` that ends in a resource holds that resource at level unknown.
 *
 * @throws RangeError when the columns do not fit together
 */
export function buildGraph(rows: GraphRows): AccessGraph {
  checkRows(rows)
  const named = rows.principals.dead.length
  const resources = rows.resources.system.length
  const leads = new Leads(rows, named, resources)
  const grantsOfNamed = namedGrants(rows, named, resources)
  const holdings = findHoldings(grantsOfNamed, leads)
  const count = named + holdings.count
  const hops = allHops(rows, named, grantsOfNamed, holdings, leads)
  const held = heldGrants(holdings, leads)
  const filled = (values: ArrayLike<number>, rest: number) => {
    const all = new Uint8Array(count).fill(rest)
    all.set(values)
    return all
  }
  const types = new Uint8Array(named)
  types.fill(principalTypes.human, rows.identityIds.length / 16)
  types.fill(principalTypes.role, (rows.identityIds.length + rows.humanIds.length) / 16)
  const hours = new Float32Array(count)
  hours.set(rows.principals.hours)
  for (let no = 0; no < named; no += 1) if (types[no] === principalTypes.role) hours[no] = 0
  const holdingOf = new Int32Array(count).fill(-1)
  holdingOf.set(holdings.resource, named)
  const holdingLevel = new Uint8Array(count)
  holdingLevel.set(holdings.level, named)
  return {
    orgId: rows.orgId,
    version: rows.version,
    builtAt: rows.builtAt,
    principalCount: count,
    resourceCount: resources,
    hopFrom: hops.from,
    hopTo: hops.to,
    hopKind: hops.kind,
    hopBasis: hops.basis,
    ...joined(grantsOfNamed, held),
    principalType: filled(types, principalTypes.holding),
    principalDead: filled(rows.principals.dead, 0),
    holdingOf,
    holdingLevel,
    hours,
    sensitivity: rows.resources.sensitivity,
    system: rows.resources.system,
    systems: rows.systems,
    resourceKind: rows.resources.kind,
    principalSystem: rows.principals.system,
    principalKind: rows.principals.kind,
    kinds: rows.kinds,
    resourceRank: rows.resources.rank,
    principalRank: rows.principals.rank,
    principalIds: concatenated([rows.identityIds, rows.humanIds, rows.roleIds]),
    resourceIds: rows.resourceIds,
  }
}

/** What identities, people and roles hold themselves. */
function namedGrants({ edges, principals: { dead } }: GraphRows, named: number, resources: number): KeyedRows {
  return KeyedRows.build(named, (add) => {
    for (let no = 0; no < edges.kind.length; no += 1) {
      const [kind = -1, from = -1, to = -1] = [edges.kind[no], edges.from[no], edges.to[no]]
      if (from < 0 || from >= named || dead[from] === 1 || to < named || to >= named + resources) continue
      if (kind === stores || kind === ownsCode) continue
      const level = kind === grants ? Math.max(1, edges.level[no] ?? 1) : 1
      add(from, packed(to - named, kindOfEdge[kind] ?? 0, level, edges.basis[no] ?? 0))
    }
  })
}

/** Hops of all principals, holdings last. */
function allHops(
  { edges, principals: { dead } }: GraphRows,
  named: number,
  held: KeyedRows,
  holdings: Holdings,
  leads: Leads,
): KeyedRows {
  const isBecoming = edgeKinds.map((kind) => kind !== 'grants' && kind !== 'stores' && kind !== 'owns_code')
  return KeyedRows.build(named + holdings.count, (add) => {
    for (let no = 0; no < edges.kind.length; no += 1) {
      const [kind = -1, from = -1, to = -1] = [edges.kind[no], edges.from[no], edges.to[no]]
      if (!isBecoming[kind] || from < 0 || from >= named || to < 0 || to >= named || from === to) continue
      if (dead[from] === 0 && dead[to] === 0) add(from, packed(to, kindOfEdge[kind] ?? 0, 0, edges.basis[no] ?? 0))
    }
    for (let from = 0; from < named; from += 1) {
      for (let no = held.from[from] ?? 0; no < (held.from[from + 1] ?? 0); no += 1) {
        const holding = holdings.numberOf(held.to[no] ?? 0, held.level[no] ?? 0)
        if (holding >= 0) add(from, packed(named + holding, held.kind[no] ?? 0, 0, held.basis[no] ?? 0))
      }
    }
    for (let from = 0; from < holdings.count; from += 1) {
      const level = holdings.level[from] ?? 0
      leads.each(holdings.resource[from] ?? 0, level, (to, isResource, kind, basis, levelThere) => {
        const target = isResource ? holdings.numberOf(to, levelThere) : to
        if (target >= 0) add(named + from, packed(isResource ? named + target : to, kind, 0, basis))
      })
    }
  })
}

/** What holdings hold: the resources that theirs covers or passes on to. */
function heldGrants(holdings: Holdings, leads: Leads): KeyedRows {
  return KeyedRows.build(holdings.count, (add) => {
    for (let from = 0; from < holdings.count; from += 1) {
      leads.each(holdings.resource[from] ?? 0, holdings.level[from] ?? 0, (to, isResource, kind, basis, level) => {
        if (isResource) add(from, packed(to, kind, level, basis))
      })
    }
  })
}

function joined(first: KeyedRows, rest: KeyedRows) {
  const edges = first.to.length
  const grantFrom = new Int32Array(first.from.length + rest.from.length - 1)
  grantFrom.set(first.from)
  for (let row = 1; row < rest.from.length; row += 1)
    grantFrom[first.from.length - 1 + row] = edges + (rest.from[row] ?? 0)
  const grantTo = new Int32Array(edges + rest.to.length)
  grantTo.set(first.to)
  grantTo.set(rest.to, edges)
  return {
    grantFrom,
    grantTo,
    grantLevel: concatenated([first.level, rest.level]),
    grantBasis: concatenated([first.basis, rest.basis]),
    grantKind: concatenated([first.kind, rest.kind]),
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function checkRows(rows: GraphRows): void {
  const { principals, resources, edges, covers } = rows
  const demand = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new RangeError(`The rows of the graph do not fit together: ${what}.`)
  }
  const named = (rows.identityIds.length + rows.humanIds.length + rows.roleIds.length) / 16
  const known = rows.resourceIds.length / 16
  for (const [name, column] of Object.entries(principals)) demand(column.length === named, `principals, ${name}`)
  for (const [name, column] of Object.entries(resources)) demand(column.length === known, `resources, ${name}`)
  for (const [name, column] of Object.entries(edges)) demand(column.length === edges.kind.length, `edges, ${name}`)
  demand(rows.credentialHolder.length === rows.credentialIds.length / 16, 'credentials')
  demand(covers.from.length === covers.to.length, 'covers')
  demand(edges.kind.length + covers.from.length < mostEdges, 'too many edges')
  demand(isEachPlaceOnce(principals.rank), 'ranks of principals')
  demand(isEachPlaceOnce(resources.rank), 'ranks of resources')
}

function isEachPlaceOnce(ranks: Int32Array): boolean {
  const isTaken = new Uint8Array(ranks.length)
  for (const rank of ranks) {
    if (isTaken[rank] !== 0) return false
    isTaken[rank] = 1
  }
  return true
}
