import { z } from 'zod'
import { Criticality, type Editable, Edited, Exclusion, effectiveOf, type Said } from '../edits'

interface Stored {
  description: string | null
  environment: string | null
  tags: unknown
  edited: unknown
  criticality: string | null
  exclusions: unknown
}

const Tags = z.record(z.string(), z.string())

/** What the source says, what people changed of it, and what is in force, from the columns of a row. */
export function readEdits(row: Stored): { source: Said; edited: Edited; shown: Editable } {
  const source = { description: row.description, environment: row.environment, tags: Tags.parse(row.tags) }
  const edited = Edited.parse(row.edited)
  return {
    source,
    edited,
    shown: {
      ...effectiveOf(source, edited),
      criticality: Criticality.nullable().parse(row.criticality),
      exclusions: z.array(Exclusion).parse(row.exclusions),
    },
  }
}
