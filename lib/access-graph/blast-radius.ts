import { z } from 'zod'
import { SearchText } from '@/lib/platform/browser/search-text'
import { BlastFigures, GraphStamp, Level, PathStep, ReachedResource, SensitivityClass } from './blast-parts'
import { GraphNode, Privilege, Sensitivity } from './schema'
import { levels } from './score'

// The screens take the whole contract from here.
export {
  BlastFigures,
  GraphStamp,
  Level,
  PathStep,
  Persistence,
  ReachedResource,
  SensitivityClass,
} from './blast-parts'
export { WhatIf, WhatIfInput } from './what-if'
export {
  CrownJewel,
  JewelChange,
  SensitivityChange,
  SensitivityHistory,
  SensitivityRule,
  SensitivityRuleInput,
  SensitivityRules,
  SetSensitivityInput,
} from './worth'

export const BlastRadius = z.object({
  identity: GraphNode,
  /** `false`: it is disabled or gone, and reaches nothing while it stays so. */
  isLive: z.boolean(),
  figures: BlastFigures,
  /** Impact: share of the organization's resources that it reaches, 0 to 1. */
  impact: z.number(),
  /** Exposure: share of the organization's other identities that can become it, 0 to 1, and how many they are. */
  exposure: z.number(),
  exposedTo: z.int(),
  /** Resources by system and level: `counts[level]`. */
  matrix: z.array(z.object({ system: z.string(), counts: z.array(z.int()).length(levels.length), total: z.int() })),
  /** What stands in the way of exactness, in words: refusals that were not applied, ends that nothing defines. */
  caveats: z.array(z.object({ kind: z.enum(['deny', 'open_end', 'not_evaluable', 'condition']), count: z.int() })),
  truncated: z.boolean(),
  /**
   * How long access goes on once somebody cuts it, by what drills and revocations have measured at its system; `seconds` is null
   * where nothing did. No part of the score. Null for whoever may not see runs.
   */
  afterDetection: z.object({ seconds: z.number().nullable(), measured: z.int(), why: z.string() }).nullable(),
  graph: GraphStamp,
})
export type BlastRadius = z.infer<typeof BlastRadius>

export const reachedSorts = ['level', 'sensitivity', 'name', 'system', 'hops'] as const
export const ReachedQuery = z.strictObject({
  system: z.string().max(60).optional(),
  level: Level.optional(),
  sensitivity: SensitivityClass.optional(),
  q: SearchText.optional(),
  sort: z.enum(reachedSorts).default('level'),
  dir: z.enum(['asc', 'desc']).default('desc'),
  /** The row to begin with, counted from 0: the answer is worked out in memory, every row can be jumped to. */
  at: z.coerce.number<string | number>().int().min(0).default(0),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReachedQuery = z.output<typeof ReachedQuery>

export const ReachedPage = z.object({
  items: z.array(ReachedResource),
  total: z.int(),
  at: z.int(),
  graph: GraphStamp,
})
export type ReachedPage = z.infer<typeof ReachedPage>

/** Another identity that it can become, or that can become it. */
export const ReachedIdentity = z.object({ node: GraphNode, score: z.number().nullable(), path: z.array(PathStep) })
export const ReachedIdentityPage = z.object({
  items: z.array(ReachedIdentity),
  total: z.int(),
  at: z.int(),
  graph: GraphStamp,
})
export type ReachedIdentityPage = z.infer<typeof ReachedIdentityPage>

/** One node of the picture: a node of the graph, or a group of them that is drawn as one. */
export const PictureNode = z.object({
  /** The row's id, or `group:<layer>:<system>:<kind>`. */
  id: z.string(),
  /** From left to right. */
  layer: z.enum(['credential', 'identity', 'role', 'resource']),
  /** Steps from the start; orders nodes within a layer. */
  depth: z.int(),
  name: z.string(),
  kind: z.string().nullable(),
  system: z.string().nullable(),
  sensitivity: Sensitivity.nullable(),
  /** 1 for a node, more for a group. */
  count: z.int(),
  /** Highest level in it, of resources. */
  level: Level.nullable(),
})
export type PictureNode = z.infer<typeof PictureNode>

export const PictureEdge = z.object({
  from: z.string(),
  to: z.string(),
  kind: PathStep.shape.kind,
  /** Used, when the use of any edge that is drawn here was seen. */
  isUsed: z.boolean(),
  level: Level.nullable(),
  count: z.int(),
})
export type PictureEdge = z.infer<typeof PictureEdge>

export const pictureCap = 300
export const PictureQuery = z.strictObject({
  /** Groups that are drawn apart, by id, with commas between. */
  expand: z.string().max(2000).optional(),
  /** At most so many nodes; more than 300 only when asked, never more than 2,000. */
  cap: z.coerce.number<string | number>().int().min(10).max(2000).default(pictureCap),
})
export type PictureQuery = z.output<typeof PictureQuery>

export const Picture = z.object({
  nodes: z.array(PictureNode),
  edges: z.array(PictureEdge),
  /** How many nodes of the graph are drawn, alone or in a group that says its count, and how many there are. */
  drawn: z.int(),
  total: z.int(),
  graph: GraphStamp,
})
export type Picture = z.infer<typeof Picture>

/** Who can reach a resource, ranked by privilege, then by score (for whoever may see all identities), steps and name. */
export const ReachersQuery = z.strictObject({
  level: Level.optional(),
  q: SearchText.optional(),
  at: z.coerce.number<string | number>().int().min(0).default(0),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReachersQuery = z.output<typeof ReachersQuery>
export const Reacher = z.object({
  node: GraphNode,
  privilege: Privilege.nullable(),
  score: z.number().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  path: z.array(PathStep),
})
export type Reacher = z.infer<typeof Reacher>
export const ReachersPage = z.object({
  items: z.array(Reacher),
  total: z.int(),
  at: z.int(),
  /** How many at each level. */
  counts: z.array(z.int()).length(levels.length),
  /** Share of the organization's identities, 0 to 1. */
  exposure: z.number(),
  graph: GraphStamp,
})
export type ReachersPage = z.infer<typeof ReachersPage>

/** Looking for a node by name or id, for the two ends of a path. */
export const NodeSearchQuery = z.strictObject({ q: SearchText })
export const NodeSearch = z.object({ items: z.array(GraphNode).max(30) })
export type NodeSearch = z.infer<typeof NodeSearch>

export const PathsQuery = z.strictObject({
  from: z.uuid(),
  to: z.uuid(),
  /** Kinds of edges that a path may use, with commas between; all when left out. */
  kinds: z.string().max(200).optional(),
  /** How many paths, shortest first. */
  k: z.coerce.number<string | number>().int().min(1).max(20).default(5),
})
export type PathsQuery = z.output<typeof PathsQuery>
export const Paths = z.object({
  from: GraphNode,
  to: GraphNode,
  paths: z.array(z.object({ steps: z.array(PathStep), level: Level.nullable() })),
  hasMore: z.boolean(),
  graph: GraphStamp,
})
export type Paths = z.infer<typeof Paths>

/** An edge whose removal lowers the organization's total most. */
export const ChokePoint = z.object({
  step: PathStep,
  /** Of the identities that use it the one with the highest score, among the 50 nearest; null when none is scored. */
  mostAffected: GraphNode.nullable(),
  /** By how much the sum of all scores falls. */
  effect: z.number(),
  /** Identities whose score falls. */
  identities: z.int(),
  /** Pairs of identity and resource that end. */
  pairs: z.int(),
})
export type ChokePoint = z.infer<typeof ChokePoint>
export const ChokePoints = z.object({
  items: z.array(ChokePoint),
  /** Sum of the scores of all identities. */
  total: z.number(),
  /** How many edges were weighed exactly. */
  candidates: z.int(),
  graph: GraphStamp,
})
export type ChokePoints = z.infer<typeof ChokePoints>

export const BlastSummary = z.object({
  /** Identities by score: [0,10), [10,20) … [90,100]. */
  distribution: z.array(z.int()).length(10),
  scored: z.int(),
  total: z.number(),
  top: z.array(z.object({ node: GraphNode, figures: BlastFigures, ownerLabel: z.string().nullable() })).max(10),
  /** One point for each day on which scores were worked out, oldest first, at most 90. */
  trend: z.array(
    z.object({ day: z.iso.date(), total: z.number(), mean: z.number(), critical: z.int(), scored: z.int() }),
  ),
  asOf: z.iso.datetime().nullable(),
})
export type BlastSummary = z.infer<typeof BlastSummary>
