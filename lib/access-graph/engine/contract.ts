/**
 * The access graph of one organization as the engine holds it: dense numbers and typed arrays, no strings, no dates.
 *
 * Two kinds of nodes, each numbered from 0: *principals* (identities, people, roles and groups, and *holdings*) and
 * *resources*. Two kinds of edges, each a compressed sparse row (CSR): *hops* from principal to principal, and *grants* from
 * principal to resource at a level.
 *
 * A holding `(resource, level)` stands for "whoever holds this level on this resource". It exists for resources that lead
 * on: a grant on such a resource is a hop to its holding, beside the grant itself. From it hops lead to what the level opens: to the identity
 * of a live credential that is stored there (from `secret_read`), to the identity that its code or machine runs as (from
 * `write`), to the identity that a tool passes on to (from `unknown`), to the holdings of resources that it covers at the
 * same level; and its grants are those on covered resources. So privilege-aware traversal becomes plain reachability.
 *
 * Who is disabled, and edges that are refused, expired or dead, are left out when the graph is built: nothing carries that
 * does not carry.
 */
export interface AccessGraph {
  orgId: string
  /** The version of the organization's graph in the database that this one was built from. */
  version: bigint
  /** When it was read: lifetimes count from then. Milliseconds since 1970. */
  builtAt: number
  principalCount: number
  resourceCount: number

  /** Hops leave principal p at `hopTo[hopFrom[p]] … hopTo[hopFrom[p + 1] - 1]`. */
  hopFrom: Int32Array
  hopTo: Int32Array
  /** Index into `engineHopKinds`. */
  hopKind: Uint8Array
  /**
   * Index into `edgeBases` of the connectors' contract, of parallel edges the one whose use was seen; with `doubtful` of
   * `certainty.ts` beside it.
   */
  hopBasis: Uint8Array

  grantFrom: Int32Array
  grantTo: Int32Array
  /** 1 unknown, 2 read, 3 write, 4 secret_read, 5 admin: `levels` of `score.ts`, counted from 1. */
  grantLevel: Uint8Array
  grantBasis: Uint8Array
  /** Index into `engineHopKinds`: `grants`, of a holding `covers`, or the kind of an edge that leads to a resource (an agent's to its tool). */
  grantKind: Uint8Array

  /** Of each principal: 0 identity, 1 human, 2 role, 3 holding. */
  principalType: Uint8Array
  /** 1 for identities that cannot act themselves (disabled, gone): nothing starts from or passes through them. */
  principalDead: Uint8Array
  /** Of a holding: its resource; of others -1. */
  holdingOf: Int32Array
  /** Of a holding: its level, 1 to 5; of others 0. */
  holdingLevel: Uint8Array
  /**
   * Of an identity or a person: hours until the last of its live credentials ends, from `builtAt`; `Infinity` without end,
   * 0 when it has credentials and none lives, NaN when none is known. 0 of others.
   */
  hours: Float32Array

  /** Of each resource: index into `sensitivityClasses`. */
  sensitivity: Uint8Array
  /** Of each resource: number of its system among `systems`. */
  system: Uint16Array
  systems: string[]
  /** Of each resource: number of its kind among `kinds`. */
  resourceKind: Uint16Array
  /** The same of each principal without holdings. */
  principalSystem: Uint16Array
  principalKind: Uint16Array
  kinds: string[]
  /** Of each resource and of each principal without holdings: its place in the order of names, from 0, each place once. */
  resourceRank: Int32Array
  principalRank: Int32Array

  /** The rows' ids, 16 bytes each, in the order of the numbers: principals without holdings (ascending ids within each type), then resources. */
  principalIds: Uint8Array
  resourceIds: Uint8Array
}

/** What `hopKind` says, in the order of its numbers. */
export const engineHopKinds = [
  'member_of',
  'assumes',
  'impersonates',
  'runs_as',
  'delegates_to',
  /** Principal to holding: by a grant on the resource. An edge of another kind that leads to a resource keeps its kind. */
  'grants',
  /** Holding to identity: a credential of it is stored there. */
  'stores',
  /** Holding to identity: its pipeline runs the code that is there. */
  'owns_code',
  /** Holding to holding: the resource covers the other one. */
  'covers',
] as const
export type EngineHopKind = (typeof engineHopKinds)[number]

/** A change that is only thought of: the level that is left between two nodes, 0 = nothing. */
export type Change =
  | { lane: 'hop'; from: number; to: number; kind: EngineHopKind; isKept: boolean }
  | { lane: 'grant'; from: number; to: number; kind: EngineHopKind; level: number }
  | { lane: 'hours'; principal: number; hours: number }

/** What one identity reaches. */
export interface Reach {
  /** `cells[sensitivity class × 5 + (level - 1)]`. */
  cells: Uint32Array
  /** Other identities that it can become. */
  identities: number
  /** Numbers of distinct systems. */
  systems: number
  /**
   * Most hours of its own live credentials and of those of identities whose stored credentials it gains on the way. What is
   * not known counts as a year: NaN, unless a known one lives longer.
   */
  hours: number
  /** Edge visits that the search took. */
  visits: number
}

/** A step of a path. `to` is a principal, or with `lane` grant a resource. */
export interface PathStep {
  lane: 'hop' | 'grant'
  from: number
  to: number
  kind: EngineHopKind
  /** With `doubtful`, as the graph has it. */
  basis: number
  level: number
}
