import { z } from 'zod'
import { BlastFigures, GraphStamp, Level, PathStep, ReachedResource } from './blast-parts'
import { GraphNode, Privilege } from './schema'

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
  /** What was changed, by name, in the order in which it was given: also what lies on no way that a list shows. */
  changed: z.object({
    edges: z.array(PathStep),
    credentials: z.array(
      z.object({
        node: GraphNode,
        /** Whom it authenticates; null when nobody knows. */
        holder: GraphNode.nullable(),
        system: z.string(),
        source: z.string(),
        expiresAt: z.iso.datetime().nullable(),
        neverExpires: z.boolean(),
        lastUsedAt: z.iso.datetime().nullable(),
      }),
    ),
  }),
  graph: GraphStamp,
})
export type WhatIf = z.infer<typeof WhatIf>
