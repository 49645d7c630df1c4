import type { EngineHopKind } from './contract'

/**
 * What the graph service is asked, and what it answers: rows by their ids, levels and classes by their numbers (1 to 5 and 0
 * to 4, see `score.ts`), never names. Names are read from the database for the few rows that are shown.
 */

/** What an edge change leaves between two rows: the service's caller has looked at what stays beside what is cut. */
export type ThoughtChange =
  | { lane: 'hop'; fromId: string; toId: string; kind: EngineHopKind; isKept: boolean }
  | { lane: 'grant'; fromId: string; toId: string; level: number }
  | { lane: 'hours'; identityId: string; hours: number }

/** A step between two rows. A holding is told as the resource that it is of. */
export interface RawStep {
  kind: EngineHopKind
  fromId: string
  toId: string
  /** Of a grant, else 0. */
  level: number
  /** Index into `edgeBases`. */
  basis: number
}

export interface RawFigures {
  cells: number[]
  resources: number
  systems: number
  identities: number
  /** `null` = none is known; `Infinity` is told as 8760 with `isUnbounded`. */
  hours: number | null
  isUnbounded: boolean
  score: number
  factors: { reach: number; alter: number; persist: number }
}

interface PageRequest {
  /** Only these rows, when given (found by name in the database). */
  onlyIds?: string[]
  at: number
  limit: number
}

export type GraphRequest =
  | { op: 'reach'; startId: string }
  | ({
      op: 'reached'
      startId: string
      system?: string
      level?: number
      sensitivity?: number
      sort: 'level' | 'sensitivity' | 'name' | 'system' | 'hops'
      dir: 'asc' | 'desc'
    } & PageRequest)
  /** Every row of it, for export. */
  | { op: 'reachedAll'; startId: string }
  /** Identities and people that it can become. */
  | ({ op: 'becomes'; startId: string } & PageRequest)
  /** Identities and people that can become it. */
  | ({ op: 'exposed'; startId: string } & PageRequest)
  /**
   * Identities that reach a resource; the best level first, then by their scores when `scoring` names the scoring to go by, the
   * highest first, then by fewest steps, then by name.
   */
  | ({ op: 'reachers'; resourceId: string; level?: number; scoring?: string; scores?: IdentityScores } & PageRequest)
  | { op: 'paths'; fromId: string; toId: string; kinds?: EngineHopKind[]; k: number }
  | { op: 'picture'; startId: string; expand: string[]; cap: number }
  | { op: 'whatIf'; startId: string; changes: ThoughtChange[]; lostLimit: number; losersLimit: number }
  /** The edges whose removal lowers the total most: `candidates` weighed exactly, the best `top` told. */
  | { op: 'chokePoints'; top: number; candidates: number }
  /** The figures of every identity. */
  | { op: 'scores' }
  /** The figures of those identities that may have changed when these rows did, themselves included. */
  | { op: 'scoresNear'; changedIds: string[] }

export interface GraphAnswers {
  reach: {
    figures: RawFigures
    isLive: boolean
    bySystem: { system: string; counts: number[] }[]
    exposedTo: number
    /** Live identities, and resources, of the organization. */
    identityCount: number
    resourceCount: number
  }
  reached: { total: number; items: { id: string; level: number; path: RawStep[] }[] }
  reachedAll: { ids: Uint8Array; levels: Uint8Array }
  becomes: { total: number; items: { id: string; path: RawStep[] }[] }
  exposed: { total: number; items: { id: string; path: RawStep[] }[] }
  reachers: { total: number; counts: number[]; items: { id: string; level: number; path: RawStep[] }[] }
  paths: { paths: { steps: RawStep[]; level: number }[]; hasMore: boolean }
  picture: {
    /** `key` is a row's id or `group:<layer>:<system>:<kind>`; a group has no `id`. */
    nodes: {
      key: string
      id: string | null
      layer: 'credential' | 'identity' | 'role' | 'resource'
      depth: number
      system: string | null
      level: number
      count: number
    }[]
    edges: { from: string; to: string; kind: EngineHopKind; isUsed: boolean; level: number; count: number }[]
    drawn: number
    total: number
  }
  whatIf: {
    before: RawFigures
    after: RawFigures
    lost: { id: string; before: number; after: number }[]
    lostTotal: number
    losers: { id: string; lostResources: number }[]
    losersTotal: number
    /** `false`: there were too many others to look at; `losers` are those nearest to the change, `losersTotal` is the least. */
    areLosersComplete: boolean
  }
  chokePoints: {
    total: number
    candidates: number
    items: { step: RawStep; effect: number; identities: number; pairs: number }[]
  }
  scores: { ids: Uint8Array; figures: ScoreColumns }
  scoresNear: { ids: Uint8Array; figures: ScoreColumns; isAll: boolean }
}

/** The score of each identity of a graph by its number, as it was last worked out and written; -1 = it was not yet. */
export type IdentityScores = Float32Array

/** The figures of many identities, by columns in the order of their ids. */
export interface ScoreColumns {
  score: Float32Array
  /** 25 numbers for each. */
  cells: Uint32Array
  identities: Uint32Array
  systems: Uint16Array
  /** NaN = not known, Infinity = without end. */
  hours: Float32Array
}

export type GraphOp = GraphRequest['op']
export type RequestOf<O extends GraphOp> = Extract<GraphRequest, { op: O }>

/** An answer, with the graph that it comes from. */
export interface GraphAnswer<O extends GraphOp> {
  answer: GraphAnswers[O]
  version: string
  builtAt: number
  by: 'engine' | 'database'
}
