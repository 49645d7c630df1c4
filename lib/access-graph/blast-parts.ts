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
