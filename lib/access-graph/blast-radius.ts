import { z } from 'zod'
import { EdgeBasis, EdgeKind, GraphNode, Privilege, Sensitivity } from './schema'
import { cellCount, levels, sensitivityClasses } from './score'

export const Level = z.enum(levels)
export const SensitivityClass = z.enum(sensitivityClasses)

/** The state of the graph that an answer was worked out from. */
export const GraphStamp = z.object({
  /** Counts the organization's changes of the graph; a string, as it outgrows a number. */
  version: z.string(),
  /** When the graph was read from the database. */
  builtAt: z.iso.datetime(),
  /** `engine`, or `database` while the engine is loading. */
  by: z.enum(['engine', 'database']),
})
export type GraphStamp = z.infer<typeof GraphStamp>

/** A step of a path in the words of the sources: an edge of the catalogue, or that one resource covers another. */
export const PathStep = z.object({
  kind: z.union([EdgeKind, z.literal('authenticates_as'), z.literal('covers')]),
  from: GraphNode,
  to: GraphNode,
  /** The edge's row; null for a credential's own identity and for covering. */
  edgeId: z.uuid().nullable(),
  basis: EdgeBasis,
  /** Of a grant; null of other steps. */
  level: Level.nullable(),
  condition: z.string().nullable(),
  notEvaluable: z.string().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  source: z.object({ id: z.uuid(), name: z.string(), system: z.string() }).nullable(),
})
export type PathStep = z.infer<typeof PathStep>

/** How long what is held stays usable. */
export const Persistence = z.object({
  /** Hours until the last live credential on the way ends, at most 8760; 0 = none lives; null = none is known. */
  hours: z.number().nullable(),
  /** A credential on the way never ends. */
  isUnbounded: z.boolean(),
  /** The credential that lives longest, when it is one of the identity's own. */
  credential: z.object({ id: z.uuid(), name: z.string(), expiresAt: z.iso.datetime().nullable() }).nullable(),
})
export type Persistence = z.infer<typeof Persistence>

/** The figures of one identity: enough to work the score out again by `scoreOf`. */
export const BlastFigures = z.object({
  score: z.number().min(0).max(100),
  factors: z.object({ reach: z.number(), alter: z.number(), persist: z.number() }),
  /** `cells[sensitivity class × 5 + level]`, see `score.ts`. */
  cells: z.array(z.int()).length(cellCount),
  resources: z.int(),
  systems: z.int(),
  /** Other identities and people that it can become. */
  identities: z.int(),
  persistence: Persistence,
})
export type BlastFigures = z.infer<typeof BlastFigures>

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
  graph: GraphStamp,
})
export type BlastRadius = z.infer<typeof BlastRadius>

export const reachedSorts = ['level', 'sensitivity', 'name', 'system', 'hops'] as const
export const ReachedQuery = z.strictObject({
  system: z.string().max(60).optional(),
  level: Level.optional(),
  sensitivity: SensitivityClass.optional(),
  q: z.string().trim().min(1).max(200).optional(),
  sort: z.enum(reachedSorts).default('level'),
  dir: z.enum(['asc', 'desc']).default('desc'),
  /** The row to begin with, counted from 0: the answer is worked out in memory, every row can be jumped to. */
  at: z.coerce.number<string | number>().int().min(0).default(0),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReachedQuery = z.output<typeof ReachedQuery>

export const ReachedResource = z.object({
  id: z.uuid(),
  name: z.string(),
  externalId: z.string(),
  kind: z.string(),
  system: z.string(),
  environment: z.string().nullable(),
  sensitivity: Sensitivity.nullable(),
  /** Null: the source does not say what the grant amounts to. */
  privilege: Privilege.nullable(),
  /** The shortest path at this privilege. */
  path: z.array(PathStep),
})
export type ReachedResource = z.infer<typeof ReachedResource>

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

/** What is only thought of: at most 200 changes at once. */
export const WhatIfInput = z.strictObject({
  /** Edges taken away. */
  cutEdges: z.array(z.uuid()).max(200).default([]),
  /** Credentials taken away. */
  cutCredentials: z.array(z.uuid()).max(200).default([]),
  /** Credentials that end earlier. */
  shorten: z
    .array(z.strictObject({ credentialId: z.uuid(), expiresAt: z.iso.datetime() }))
    .max(200)
    .default([]),
  /** Grants at a lower privilege. */
  lower: z
    .array(z.strictObject({ edgeId: z.uuid(), privilege: Privilege }))
    .max(200)
    .default([]),
})
export type WhatIfInput = z.output<typeof WhatIfInput>

export const WhatIf = z.object({
  before: BlastFigures,
  after: BlastFigures,
  /** Resources that it would no longer reach, or only at a lower privilege; at most 200 of them, `lostTotal` in all. */
  lost: z.array(
    z.object({
      resource: ReachedResource.omit({ path: true }),
      before: Level,
      /** Null: not reached any more. */
      after: Level.nullable(),
      /** When the way was last used, as far as sources say. */
      lastUsedAt: z.iso.datetime().nullable(),
    }),
  ),
  lostTotal: z.int(),
  /** Other identities and workloads that would lose access by the same changes, most used first; at most 200. */
  losers: z.array(
    z.object({
      node: GraphNode,
      lostResources: z.int(),
      lastUsedAt: z.iso.datetime().nullable(),
      ownerLabel: z.string().nullable(),
    }),
  ),
  losersTotal: z.int(),
  /** `false`: there were too many to look at all of them; `losers` are the nearest, `losersTotal` is the least. */
  areLosersComplete: z.boolean(),
  graph: GraphStamp,
})
export type WhatIf = z.infer<typeof WhatIf>

/** Who can reach a resource, ranked by privilege, then by their own score. */
export const ReachersQuery = z.strictObject({
  level: Level.optional(),
  q: z.string().trim().min(1).max(200).optional(),
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

/** Setting what a resource is worth protecting. Null: as the source says. */
export const SetSensitivityInput = z.strictObject({
  id: z.uuid(),
  sensitivity: Sensitivity.nullable(),
  reason: z.string().trim().min(1, 'Give a reason.').max(500, 'Use at most 500 characters.'),
  /** What the caller saw in force; when it is another one by now, the answer is a conflict. Left out: whatever it is. */
  seen: Sensitivity.nullable().optional(),
})
export type SetSensitivityInput = z.infer<typeof SetSensitivityInput>

export const SensitivityChange = z.object({
  at: z.iso.datetime(),
  before: Sensitivity.nullable(),
  after: Sensitivity.nullable(),
  by: z.enum(['hand', 'rule', 'source']),
  /** The person's name, the rule's or the source's. */
  who: z.string(),
  reason: z.string().nullable(),
})
export type SensitivityChange = z.infer<typeof SensitivityChange>
export const SensitivityHistory = z.object({
  current: Sensitivity.nullable(),
  /** Where `current` comes from. */
  by: z.enum(['hand', 'rule', 'source', 'nobody']),
  changes: z.array(SensitivityChange),
  can: z.object({ set: z.boolean() }),
})
export type SensitivityHistory = z.infer<typeof SensitivityHistory>

/** Rules in their order: the first that matches a resource decides, unless a person has. */
export const SensitivityRule = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(100),
  system: z.string().max(60).nullable(),
  kind: z.string().max(60).nullable(),
  environment: z.string().max(60).nullable(),
  /** Part of the name or id, with * for anything. */
  pattern: z.string().trim().max(200).nullable(),
  sensitivity: Sensitivity,
  position: z.int().min(0),
  /** How many resources it decides. */
  resources: z.int(),
  /** Give it with the next change of the rule. */
  version: z.int(),
})
export type SensitivityRule = z.infer<typeof SensitivityRule>
export const SensitivityRuleInput = SensitivityRule.omit({ id: true, resources: true, version: true }).strict()
export type SensitivityRuleInput = z.infer<typeof SensitivityRuleInput>
export const SensitivityRules = z.object({ items: z.array(SensitivityRule), can: z.object({ change: z.boolean() }) })
export type SensitivityRules = z.infer<typeof SensitivityRules>

/** Looking for a node by name or id, for the two ends of a path. */
export const NodeSearchQuery = z.strictObject({ q: z.string().trim().min(1).max(200) })
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

/** What is marked as worth most: every change of the paths to it is kept. */
export const CrownJewel = z.object({
  id: z.uuid(),
  node: GraphNode,
  note: z.string().nullable(),
  markedAt: z.iso.datetime(),
  markedBy: z.string(),
  /** Identities that can reach or become it now. */
  reachers: z.int(),
})
export type CrownJewel = z.infer<typeof CrownJewel>
export const CrownJewels = z.object({ items: z.array(CrownJewel), can: z.object({ mark: z.boolean() }) })
export type CrownJewels = z.infer<typeof CrownJewels>
export const MarkCrownJewelInput = z.strictObject({ nodeId: z.uuid(), note: z.string().trim().max(500).optional() })
export type MarkCrownJewelInput = z.infer<typeof MarkCrownJewelInput>

/** Who has come to reach a crown jewel, and who no longer does. */
export const JewelChange = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  change: z.enum(['gained', 'lost', 'raised', 'lowered']),
  node: GraphNode,
  before: Level.nullable(),
  after: Level.nullable(),
  /** The path that came or went, by names, as it was then. */
  path: z.array(z.object({ kind: z.string(), name: z.string() })),
  /** What brought it: the audit event's sequence number, when it is known. */
  cause: z.string().nullable(),
})
export type JewelChange = z.infer<typeof JewelChange>
export const JewelChanges = z.object({
  jewel: CrownJewel,
  items: z.array(JewelChange),
  nextCursor: z.string().nullable(),
})
export type JewelChanges = z.infer<typeof JewelChanges>
