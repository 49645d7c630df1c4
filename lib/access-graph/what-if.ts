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

/** A row as the picture draws it: by itself, or in a group of its layer, system and kind. */
const DrawnRow = z.object({ id: z.uuid(), group: z.string() })

/** A credential that is thought away or ends earlier. */
const ThoughtCredential = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whose it is; null when nobody's, or when the caller may not know. */
  holder: z.string().nullable(),
  /** The identity whose it is; null when it is a person's, nobody's, or not the caller's to see. */
  identityId: z.uuid().nullable(),
  source: z.object({ name: z.string(), system: z.string() }).nullable(),
  expiresAt: z.iso.datetime().nullable(),
  neverExpires: z.boolean(),
  lastUsedAt: z.iso.datetime().nullable(),
})

/** What would be otherwise, with what the changes are about, so that a link alone tells them. */
export const WhatIf = z.object({
  before: BlastFigures,
  after: BlastFigures,
  /**
   * When the changes take away the last live credential of its own that sources tell of, or let it end earlier: what is granted
   * stays, and whoever signs in with it has all of `before` no more. Null when they do neither, or when it had none.
   */
  lastCredential: z
    .object({
      /** When the last that is left ends; null: none is left, it is over at once. */
      endsAt: z.iso.datetime().nullable(),
      /** When one of those that are changed was last used; null where no source says. */
      lastUsedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
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
  /** The edges that are cut or lowered, as they are now. */
  steps: z.array(PathStep),
  /** The credentials that are cut or end earlier. */
  credentials: z.array(ThoughtCredential),
  /** Of those edges and credentials the ones that the sources no longer tell of: there is nothing left to do. */
  gone: z.array(z.uuid()),
  /** What is left between two rows: a level for a grant, null for nothing. Where another edge leads the same way, nothing is told. */
  ways: z.array(z.object({ from: DrawnRow, to: DrawnRow, kind: PathStep.shape.kind, level: Level.nullable() })),
  graph: GraphStamp,
})
export type WhatIf = z.infer<typeof WhatIf>
