import type { AccessGraph, Change, EngineHopKind, Reach } from './contract'
import { holdingsOf } from './graph-index'
import { findLosers, type Loser } from './losers'
import { Overlay } from './overlay'
import { type Loss, lostBetween, reach } from './reach'
import type { Rooms } from './rooms'

/** A row of the database as the engine knows it. */
export type Node = { lane: 'principal' | 'resource'; no: number }

/** What is left of edges between two rows. */
export type RowChange =
  | { lane: 'hop'; from: Node; to: Node; kind: EngineHopKind; isKept: boolean }
  | { lane: 'grant'; from: Node; to: Node; level: number }
  | { lane: 'hours'; principal: number; hours: number }

/** The same change in the graph: what leaves a resource leaves each of its holdings, and what leads to one is held at a level. */
export function changesOf(graph: AccessGraph, change: RowChange): Change[] {
  if (change.lane === 'hours') return [change]
  const sources = change.from.lane === 'principal' ? [change.from.no] : holdingsOf(graph, change.from.no)
  const to = change.to.no
  if (change.lane === 'grant')
    return sources.map((from) => ({ lane: 'grant', from, to, kind: 'grants', level: change.level }))
  if (change.isKept) return []
  const { kind } = change
  if (change.to.lane === 'resource') return sources.map((from) => ({ lane: 'grant', from, to, kind, level: 0 }))
  return sources.map((from) => ({ lane: 'hop', from, to, kind, isKept: false }))
}

export interface WhatIfFound {
  before: Reach
  after: Reach
  /** Resources that are reached at a lower level, or no more (0). */
  lost: Loss[]
  losers: Loser[]
  /** `false`: there were too many to look at all of them; those are the ones nearest to the change. */
  isComplete: boolean
}

/**
 * What one principal reaches before and after changes that are only thought of, and which other identities would lose
 * something by them. `mostVisits` bounds the search for the others.
 */
export function whatIf(
  graph: AccessGraph,
  start: number,
  changes: readonly Change[],
  rooms: Rooms,
  mostVisits = 1_000_000,
): WhatIfFound {
  const overlay = new Overlay(graph, changes)
  const before = reach(graph, start, rooms.before)
  const after = reach(graph, start, rooms.after, overlay)
  const lost = lostBetween(rooms.before, rooms.after)
  return { before, after, lost, ...findLosers(graph, start, overlay, rooms, mostVisits) }
}
