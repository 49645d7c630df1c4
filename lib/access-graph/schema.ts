import { z } from 'zod'
import { Teller } from '@/lib/connections/schema'
import {
  credentialTypes,
  edgeBases,
  edgeKinds,
  nodeTypes,
  privileges,
  sensitivities,
  validities,
} from '@/lib/connectors/contract'
import { SearchText } from '@/lib/platform/browser/search-text'

export const NodeType = z.enum(nodeTypes)
export const EdgeKind = z.enum(edgeKinds)
export const EdgeBasis = z.enum(edgeBases)
export const Privilege = z.enum(privileges)
export const Sensitivity = z.enum(sensitivities)

const Instant = z.iso.datetime().nullable()
const Facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]))

/** One end of an edge. `id` is null while no import has told of it: then `name` is the source's reference. */
export const GraphNode = z.object({
  type: NodeType,
  id: z.uuid().nullable(),
  name: z.string(),
  externalId: z.string(),
  /** The identity's kind, the role's or resource's kind in the source's word. */
  kind: z.string().nullable(),
})
export type GraphNode = z.infer<typeof GraphNode>

/** One step of a route: how the node before reaches `to`. */
export const Hop = z.object({
  kind: EdgeKind,
  to: GraphNode,
  basis: EdgeBasis,
  condition: z.string().nullable(),
  notEvaluable: z.string().nullable(),
})
export type Hop = z.infer<typeof Hop>

const limits = {
  effect: z.enum(['allow', 'deny']),
  /** The source's condition, shown and not evaluated. */
  condition: z.string().nullable(),
  /** What could not be evaluated, and why. */
  notEvaluable: z.string().nullable(),
  expiresAt: Instant,
  lastUsedAt: Instant,
  basis: EdgeBasis,
}

/** What an identity may do on one resource, and by which route. */
export const AccessRow = z.object({
  /** The granting edge. */
  id: z.uuid(),
  resource: GraphNode.extend({ environment: z.string().nullable(), sensitivity: Sensitivity.nullable() }),
  privilege: Privilege.nullable(),
  /** At most 200, as the source names them; `scopeCount` tells the true number. */
  scopes: z.array(z.string()),
  scopeCount: z.int(),
  ...limits,
  /** From the identity to whatever holds the grant; empty when it holds it itself. */
  route: z.array(Hop),
  firstSeenAt: z.iso.datetime(),
  /** When an import last told of it; null when none holds it any more. */
  lastSeenAt: Instant,
  /** The imports that told of it, the latest first. */
  tellers: z.array(Teller),
})
export type AccessRow = z.infer<typeof AccessRow>

/** A way onwards whose end no import has told of; what lies behind it is not known. */
export const OpenEnd = z.object({ id: z.uuid(), hop: Hop, route: z.array(Hop) })
export type OpenEnd = z.infer<typeof OpenEnd>

/** Who can become the identity in one step. */
export const Impersonator = z.object({ id: z.uuid(), from: GraphNode, kind: EdgeKind, ...limits })
export type Impersonator = z.infer<typeof Impersonator>

export const IdentityAccess = z.object({
  identityId: z.uuid(),
  /** One page: highest privilege first, then the most sensitive resource, then by name. */
  rows: z.array(AccessRow),
  nextCursor: z.string().nullable(),
  /** The rest comes with the first page alone. */
  first: z
    .object({
      /** Grants that match. */
      total: z.int(),
      /** All grants, whatever the filter. */
      all: z.int(),
      /** How many grants of each privilege the filter leaves, were it not for that of privileges itself. */
      privileges: z.array(z.object({ value: Privilege, count: z.int() })),
      /** At most 200, as `canBecome`; the totals say how many there are. */
      openEnds: z.array(OpenEnd),
      openEndTotal: z.int(),
      canBecome: z.array(Impersonator),
      canBecomeTotal: z.int(),
    })
    .nullable(),
  /** More ways lead on from this identity than one answer looks at. */
  truncated: z.boolean(),
  asOf: z.iso.datetime(),
})
export type IdentityAccess = z.infer<typeof IdentityAccess>

export const Resource = z.object({
  id: z.uuid(),
  kind: z.string(),
  name: z.string(),
  externalId: z.string(),
  environment: z.string().nullable(),
  /** What is in force: by a person's word, a rule or the source. */
  sensitivity: Sensitivity.nullable(),
  source: z.object({ id: z.uuid(), system: z.string(), name: z.string() }),
})
export type Resource = z.infer<typeof Resource>

export const Role = z.object({
  id: z.uuid(),
  kind: z.string(),
  name: z.string(),
  externalId: z.string(),
  description: z.string().nullable(),
  source: z.object({ id: z.uuid(), system: z.string(), name: z.string() }),
})
export type Role = z.infer<typeof Role>

const detail = {
  attributes: Facts,
  firstSeenAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  goneAt: Instant,
}
export const ResourceDetail = Resource.extend(detail)
export type ResourceDetail = z.infer<typeof ResourceDetail>
export const RoleDetail = Role.extend(detail)
export type RoleDetail = z.infer<typeof RoleDetail>

const page = { nextCursor: z.string().nullable(), total: z.int().nullable() }
const Counts = z.array(z.object({ value: z.string(), count: z.int() }))
export const ResourcePage = z.object({
  items: z.array(Resource),
  ...page,
  /** With the first page: how many there are of each value, as the other filters leave them, most first. */
  facets: z.object({ kind: Counts, system: Counts, sensitivity: Counts }).nullable(),
})
export type ResourcePage = z.infer<typeof ResourcePage>
export const RolePage = z.object({ items: z.array(Role), ...page })
export type RolePage = z.infer<typeof RolePage>

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

export const CatalogueQuery = z.strictObject({
  /** Part of the name or of the source's id. */
  q: SearchText.optional(),
  cursor: z.string().max(600).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).optional(),
})
export type CatalogueQuery = z.output<typeof CatalogueQuery>

/** A place where a secret was seen; the secret itself is not kept. */
export const Sighting = z.object({
  id: z.uuid(),
  name: z.string(),
  /** In the source's words: `environment variable of container api`. */
  place: z.string(),
  /** Empty where the secret was left out of the report, so that only its public id is known. */
  fingerprint: z.string(),
  lastFour: z.string().nullable(),
  /** What kind of credential the finder takes it for. */
  credentialType: z.enum(credentialTypes).nullable(),
  /** What came of trying it; null = nobody says that it was tried. */
  validity: z.enum(validities).nullable(),
  /** What holds it there, by its id at the source. */
  about: z.object({ type: z.string(), ref: z.string() }).nullable(),
  /** The catalogue's credential of the same secret, whichever of the two came first. */
  credential: z
    .object({ id: z.uuid(), name: z.string(), identityId: z.uuid().nullable(), identityName: z.string().nullable() })
    .nullable(),
  /** When it was there first: as the source says, else when an import first told of it. */
  firstSeenAt: z.iso.datetime(),
  /** Repository, commit, rule and the like. */
  attributes: Facts,
  source: z.object({ id: z.uuid(), system: z.string(), name: z.string() }),
  lastSeenAt: z.iso.datetime(),
  /** The source no longer tells of it. */
  isGone: z.boolean(),
})
export type Sighting = z.infer<typeof Sighting>

export const SightingPage = z.object({ items: z.array(Sighting) })
export type SightingPage = z.infer<typeof SightingPage>
