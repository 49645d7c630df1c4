import type { AccessGraph, Change } from './contract'
import { holdingAt } from './graph-index'
import { kindNumber, neededLevels } from './leads'
import { principalTypes } from './principal-types'

/** The hops and grants that leave one principal, as the columns of the graph have them. */
export interface Row {
  hopTo: Int32Array
  hopKind: Uint8Array
  hopBasis: Uint8Array
  grantTo: Int32Array
  grantLevel: Uint8Array
  grantBasis: Uint8Array
  grantKind: Uint8Array
}

interface Draft {
  hops: { to: number; kind: number; basis: number }[]
  grants: { to: number; level: number; basis: number; kind: number }[]
}

/**
 * Changes that are only thought of, laid over a graph that stays as it is: the rows of principals that differ, and the
 * holdings that a lowered grant leads to when nobody holds that level there yet; those are numbered after the graph's own
 * principals.
 */
export class Overlay {
  readonly rows = new Map<number, Row>()
  readonly hours = new Map<number, number>()
  /** The principals from which an edge is taken or lowered. */
  readonly starts: number[]
  readonly #graph: AccessGraph
  readonly #drafts = new Map<number, Draft>()
  readonly #added: { resource: number; level: number }[] = []
  readonly #addedNumbers = new Map<number, number>()

  constructor(graph: AccessGraph, changes: readonly Change[]) {
    this.#graph = graph
    const starts = new Set<number>()
    // What leaves resources first: holdings that lowered grants lead to are like those that there are by then.
    const isOfHolding = (change: Change) => change.lane !== 'hours' && (graph.holdingOf[change.from] ?? -1) >= 0
    for (const change of changes.toSorted((a, b) => Number(isOfHolding(b)) - Number(isOfHolding(a)))) {
      if (change.lane === 'hours') this.hours.set(change.principal, change.hours)
      else if (change.lane === 'hop' ? this.#cutHop(change) : this.#lowerGrant(change)) starts.add(change.from)
    }
    this.starts = [...starts]
    for (const [principal, draft] of this.#drafts) this.rows.set(principal, rowOf(draft))
  }

  get principalCount(): number {
    return this.#graph.principalCount + this.#added.length
  }

  holdingOf(principal: number): number {
    return this.#added[principal - this.#graph.principalCount]?.resource ?? this.#graph.holdingOf[principal] ?? -1
  }

  typeOf(principal: number): number {
    return this.#graph.principalType[principal] ?? principalTypes.holding
  }

  hoursOf(principal: number): number {
    return this.hours.get(principal) ?? this.#graph.hours[principal] ?? 0
  }

  #draft(principal: number): Draft {
    const known = this.#drafts.get(principal)
    if (known) return known
    const graph = this.#graph
    const draft: Draft = { hops: [], grants: [] }
    for (let at = graph.hopFrom[principal] ?? 0; at < (graph.hopFrom[principal + 1] ?? 0); at += 1) {
      draft.hops.push({ to: graph.hopTo[at] ?? 0, kind: graph.hopKind[at] ?? 0, basis: graph.hopBasis[at] ?? 0 })
    }
    for (let at = graph.grantFrom[principal] ?? 0; at < (graph.grantFrom[principal + 1] ?? 0); at += 1) {
      const [to = 0, level = 0, basis = 0, kind = 0] = [
        graph.grantTo[at],
        graph.grantLevel[at],
        graph.grantBasis[at],
        graph.grantKind[at],
      ]
      draft.grants.push({ to, level, basis, kind })
    }
    this.#drafts.set(principal, draft)
    return draft
  }

  #cutHop({ from, to, kind, isKept }: Extract<Change, { lane: 'hop' }>): boolean {
    if (isKept) return false
    const draft = this.#draft(from)
    const before = draft.hops.length
    draft.hops = draft.hops.filter((hop) => hop.to !== to || hop.kind !== kindNumber[kind])
    return draft.hops.length < before
  }

  #lowerGrant({ from, to, kind, level }: Extract<Change, { lane: 'grant' }>): boolean {
    const draft = this.#draft(from)
    const grant = draft.grants.find((each) => each.to === to && each.kind === kindNumber[kind])
    if (grant === undefined || grant.level <= level) return false
    const holding = holdingAt(this.#graph, to, grant.level)
    const hop = draft.hops.find((each) => each.to === holding && each.kind === grant.kind)
    if (hop) draft.hops = draft.hops.filter((each) => each !== hop)
    if (level === 0) draft.grants = draft.grants.filter((each) => each !== grant)
    else {
      grant.level = level
      if (hop) draft.hops.push({ ...hop, to: this.#holdingLike(holding, to, level) })
    }
    return true
  }

  /** The holding of a lower level on the resource of `model`, added when there is none. */
  #holdingLike(model: number, resource: number, level: number): number {
    const known = holdingAt(this.#graph, resource, level)
    if (known >= 0) return known
    const key = resource * 8 + level
    const added = this.#addedNumbers.get(key)
    if (added !== undefined) return added
    const no = this.#graph.principalCount + this.#added.length
    this.#added.push({ resource, level })
    this.#addedNumbers.set(key, no)
    const draft: Draft = { hops: [], grants: [] }
    this.#drafts.set(no, draft)
    const { hops, grants } = this.#draft(model)
    for (const hop of hops) {
      if (hop.kind === kindNumber.covers)
        draft.hops.push({ ...hop, to: this.#holdingLike(hop.to, this.#graph.holdingOf[hop.to] ?? 0, level) })
      else if ((neededLevels[hop.kind] ?? 6) <= level) draft.hops.push(hop)
    }
    for (const grant of grants) {
      if (grant.kind === kindNumber.covers) draft.grants.push({ ...grant, level })
      else if ((neededLevels[grant.kind] ?? 6) <= level) draft.grants.push(grant)
    }
    return no
  }
}

function rowOf({ hops, grants }: Draft): Row {
  return {
    hopTo: Int32Array.from(hops, ({ to }) => to),
    hopKind: Uint8Array.from(hops, ({ kind }) => kind),
    hopBasis: Uint8Array.from(hops, ({ basis }) => basis),
    grantTo: Int32Array.from(grants, ({ to }) => to),
    grantLevel: Uint8Array.from(grants, ({ level }) => level),
    grantBasis: Uint8Array.from(grants, ({ basis }) => basis),
    grantKind: Uint8Array.from(grants, ({ kind }) => kind),
  }
}
