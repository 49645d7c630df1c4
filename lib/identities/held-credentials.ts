import { z } from 'zod'
import { Sighting } from '@/lib/access-graph/schema'
import { AgePolicy, Credential } from './schema'

/** A credential with where it is kept, where it was used from, and which one came after it. */
export const HeldCredential = Credential.extend({
  /** Places that keep it: at most 20 for each; `storeCount` says how many there are. */
  stores: z.array(z.object({ id: z.uuid(), name: z.string(), kind: z.string(), environment: z.string().nullable() })),
  storeCount: z.int(),
  /** Where the same secret was seen in the open. */
  sightings: z.array(Sighting),
  /** In the source's words, such as `s3 in eu-west-1`; null = not told. */
  lastUsedWhere: z.string().nullable(),
  /** Of a superseded one: the next of its type. */
  supersededBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
})
export type HeldCredential = z.infer<typeof HeldCredential>

export const HeldCredentialPage = z.object({
  items: z.array(HeldCredential),
  nextCursor: z.string().nullable(),
  total: z.int(),
  policy: AgePolicy,
  asOf: z.iso.datetime(),
})
export type HeldCredentialPage = z.infer<typeof HeldCredentialPage>

export const HeldCredentialQuery = z.strictObject({
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).optional(),
})
export type HeldCredentialQuery = z.output<typeof HeldCredentialQuery>
