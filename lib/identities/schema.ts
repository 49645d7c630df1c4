import { z } from 'zod'
import { Sighting } from '@/lib/access-graph/schema'
import { LiveRight } from '@/lib/connections/live'
import { Teller } from '@/lib/connections/schema'
import { credentialTypes, identityKinds, privileges } from '@/lib/connectors/contract'
import { ExclusionRule, editFacts } from './edits'
import { credentialStatuses, identityStatuses, identityTraits, ownerStates } from './values'

export const IdentityKind = z.enum(identityKinds)
export const CredentialType = z.enum(credentialTypes)
export const Privilege = z.enum(privileges)

export const IdentityStatus = z.enum(identityStatuses)
export type IdentityStatus = z.infer<typeof IdentityStatus>

export const CredentialStatus = z.enum(credentialStatuses)
export type CredentialStatus = z.infer<typeof CredentialStatus>

export const OwnerState = z.enum(ownerStates)
export type OwnerState = z.infer<typeof OwnerState>

export const IdentityTrait = z.enum(identityTraits)
export type IdentityTrait = z.infer<typeof IdentityTrait>

export const ownershipStates = ['suggested', 'assigned', 'confirmed'] as const
export const OwnershipState = z.enum(ownershipStates)
export type OwnershipState = z.infer<typeof OwnershipState>

/** `backup`: is asked to take over when the owner leaves, and answers for nothing until then. */
export const ownerDuties = ['technical', 'business', 'backup'] as const
export const OwnerDuty = z.enum(ownerDuties)
export type OwnerDuty = z.infer<typeof OwnerDuty>

/** Where the word on an owner comes from; `name`: what something is called. */
export const assertionSources = ['manual', 'tag', 'annotation', 'name', 'commit', 'usage'] as const
export const AssertionSource = z.enum(assertionSources)
export type AssertionSource = z.infer<typeof AssertionSource>

/** Somebody who can answer: `user:<id>` of a person, `team:<id>` of a team. */
export const OwnerKey = z
  .string()
  .regex(/^(user|team):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'Choose a person or a team of the organization.')
const Reason = z.string().trim().min(1).max(500, 'Use at most 500 characters.')

/** Instants are ISO 8601 in UTC. */
const Instant = z.iso.datetime().nullable()
/** What the source says of it and has no field of its own. */
const Facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]))

export const SourceRef = z.object({ id: z.uuid(), system: z.string(), name: z.string() })
export type SourceRef = z.infer<typeof SourceRef>

/** The organization's rules that ages are measured against. */
export const AgePolicy = z.object({ rotateAfterDays: z.int(), staleAfterDays: z.int() })
export type AgePolicy = z.infer<typeof AgePolicy>

/** The rules of the organization from which it is excepted now, each with when the last of its exceptions ends. */
const Exceptions = z.partialRecord(ExclusionRule, z.iso.datetime())

// Identities

export const Identity = z.object({
  id: z.uuid(),
  kind: IdentityKind,
  name: z.string(),
  externalId: z.string(),
  /** null = not known. */
  environment: z.string().nullable(),
  status: IdentityStatus,
  source: SourceRef,
  owner: z.object({
    state: OwnerState,
    /** The first of them: confirmed before assigned before suggested. */
    first: z
      .object({
        label: z.string(),
        /** `text`: a suggestion in the source's words that matches nobody. */
        kind: z.enum(['person', 'team', 'text']),
        state: OwnershipState,
      })
      .nullable(),
    /** How many persons and teams answer for it, assigned or confirmed; backups do not. */
    count: z.int(),
    /** How many more are only suggested. */
    suggested: z.int(),
  }),
  credentialCount: z.int(),
  /** When the oldest credential in use was issued. */
  oldestCredentialAt: Instant,
  /** The earliest expiry of a credential in use. */
  nextExpiryAt: Instant,
  /** null with `neverUsed` = never; null without = not known. */
  lastUsedAt: Instant,
  neverUsed: z.boolean(),
  /** The highest privilege that its entitlements amount to; null = none known. */
  privilege: Privilege.nullable(),
  traits: z.array(IdentityTrait),
  excepted: Exceptions,
  /** Blast radius, 0 to 100, with its three factors, 0 to 1; null = not worked out yet. */
  blast: z
    .object({
      score: z.number(),
      factors: z.object({ reach: z.number(), alter: z.number(), persist: z.number() }),
    })
    .nullable(),
  can: z.object({ assignOwner: z.boolean(), confirmOwner: z.boolean(), transferOwner: z.boolean() }),
})
export type Identity = z.infer<typeof Identity>

export const FacetCount = z.object({ value: z.string(), label: z.string().optional(), count: z.int() })
export type FacetCount = z.infer<typeof FacetCount>

const list = {
  /** Give it as `cursor` for the page after; null = this is the last. */
  nextCursor: z.string().nullable(),
  /** All that match. Only with the first page, null on those after. */
  total: z.int().nullable(),
  /** False when a search matches more than the 10,000 that `total` then says; facets then count those 10,000. */
  totalIsExact: z.boolean(),
  /** The instant at which ages, expiry and counts were worked out. */
  asOf: z.iso.datetime(),
  /** What the caller may do beside reading; `import`: bring in more. */
  can: z.object({ import: z.boolean() }),
}

export const IdentityFacets = z.object({
  kind: z.array(FacetCount),
  environment: z.array(FacetCount),
  owner: z.array(FacetCount),
  privilege: z.array(FacetCount),
  status: z.array(FacetCount),
  source: z.array(FacetCount),
  trait: z.array(FacetCount),
})
export type IdentityFacets = z.infer<typeof IdentityFacets>

export const IdentityPage = z.object({
  items: z.array(Identity),
  ...list,
  /** For each filter, how many rows each of its values would leave with the other filters as they are. First page only. */
  facets: IdentityFacets.nullable(),
  /**
   * With `group` and the first page: the groups of what matches, largest first, each with its label; the rows of one are a
   * list with the filter of its value (`ownedBy`, `environment` or `source`; `none` = no owner, so `owner=none,left`).
   */
  groups: z.array(FacetCount).nullable(),
  policy: AgePolicy,
})
export type IdentityPage = z.infer<typeof IdentityPage>

/**
 * Where to begin to show any row of a list without counting up to it: row `n` is the page of anchor `⌊n / every⌋` with
 * `skip` = `n mod every`.
 */
export const ListAnchors = z.object({
  total: z.int(),
  /** Rows from one anchor to the next. */
  every: z.int(),
  /** At most 1,000. `label`: the sort value of the anchor's row as people write it, '' where it has none. */
  anchors: z.array(z.object({ cursor: z.string(), label: z.string() })),
})
export type ListAnchors = z.infer<typeof ListAnchors>

/** All identities that match at one moment, kept by the server until `expiresAt`. */
export const IdentitySelection = z.object({ id: z.uuid(), count: z.int(), expiresAt: z.iso.datetime() })

export const Ownership = z.object({
  id: z.uuid(),
  /** `hint:<text>` while a suggestion's text matches nobody. */
  ownerKey: z.string(),
  label: z.string(),
  duty: OwnerDuty,
  state: OwnershipState,
  /** Where a suggestion comes from, or the reason given with an assignment. */
  evidence: z.string().nullable(),
  confirmedAt: Instant,
  /** The name of whoever confirmed. */
  confirmedBy: z.string().nullable(),
  source: AssertionSource,
  /** How much the source's word is worth, of 100. */
  confidence: z.int(),
  assertedAt: z.iso.datetime(),
  /** The name of whoever assigned. */
  assertedBy: z.string().nullable(),
  /** When the owner last said that it still holds. */
  attestedAt: Instant,
  /** null = until it ends. */
  validUntil: Instant,
})
export type Ownership = z.infer<typeof Ownership>

// Credentials

export const Credential = z.object({
  id: z.uuid(),
  type: CredentialType,
  name: z.string(),
  externalId: z.string(),
  status: CredentialStatus,
  identity: z
    .object({
      ...{ id: z.uuid(), kind: IdentityKind, name: z.string(), environment: z.string().nullable() },
      excepted: Exceptions,
    })
    .nullable(),
  /** Set when it is a person's. */
  human: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** What it belongs to in the source's words, when that is neither a known identity nor a known person. */
  subjectRef: z.string().nullable(),
  source: SourceRef,
  fingerprint: z.string().nullable(),
  lastFour: z.string().nullable(),
  issuedAt: Instant,
  /** null with `neverExpires` = never; null without = not known. */
  expiresAt: Instant,
  neverExpires: z.boolean(),
  lastUsedAt: Instant,
  neverUsed: z.boolean(),
  rotatedAt: Instant,
})
export type Credential = z.infer<typeof Credential>

export const CredentialDetail = Credential.extend({
  attributes: Facts,
  firstSeenAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  goneAt: Instant,
  policy: AgePolicy,
})
export type CredentialDetail = z.infer<typeof CredentialDetail>

export const CredentialFacets = z.object({
  type: z.array(FacetCount),
  status: z.array(FacetCount),
  environment: z.array(FacetCount),
  holder: z.array(FacetCount),
  expiry: z.array(FacetCount),
})
export type CredentialFacets = z.infer<typeof CredentialFacets>

export const CredentialPage = z.object({
  items: z.array(Credential),
  ...list,
  facets: CredentialFacets.nullable(),
  policy: AgePolicy,
})
export type CredentialPage = z.infer<typeof CredentialPage>

/** What is wrong with an identity by a rule of the organization. While it is excepted from the rule, nobody is to be told. */
const Finding = z.object({ rule: ExclusionRule, problem: z.string(), exceptedUntil: Instant })
export type Finding = z.infer<typeof Finding>

export const IdentityDetail = Identity.extend({
  description: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  attributes: Facts,
  ownerHints: z.array(z.object({ value: z.string(), from: z.string() })),
  ownerships: z.array(Ownership),
  /** Who answered for it last, when `owner.state` is `left`; null too when that is not known. */
  formerOwner: z
    .object({
      label: z.string(),
      reason: z.enum(['left', 'disabled', 'team_deleted']),
      at: z.iso.datetime(),
      /** There is a task to take it over, still open, that the caller may see. */
      hasTask: z.boolean(),
    })
    .nullable(),
  /** The first 100; `credentialTotal` tells how many there are. */
  credentials: z.array(Credential),
  credentialTotal: z.int(),
  createdAt: Instant,
  firstSeenAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  goneAt: Instant,
  ...editFacts,
  findings: z.array(Finding),
  /** The imports that last told of it, the latest first; none of what is gone. */
  tellers: z.array(Teller),
  /** What live connections may do with it at its source; none where it is known from files alone. */
  liveRights: z.array(LiveRight),
  /** When an import last told of its source. */
  sourceAsOf: Instant,
  can: Identity.shape.can.extend({ update: z.boolean() }),
  policy: AgePolicy,
  asOf: z.iso.datetime(),
})
export type IdentityDetail = z.infer<typeof IdentityDetail>

// Inputs

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

export const AssignOwnerInput = z.strictObject({
  identityId: z.uuid(),
  ownerKey: OwnerKey,
  duty: OwnerDuty.default('technical'),
  /** The assignment lapses then. */
  validUntil: z.iso.datetime().optional(),
  reason: Reason.optional(),
})
export type AssignOwnerInput = z.input<typeof AssignOwnerInput>

export const ConfirmOwnerInput = z.strictObject({
  identityId: z.uuid(),
  ownershipId: z.uuid(),
  /** Who is meant, when the suggestion's text matches nobody by itself. */
  ownerKey: OwnerKey.optional(),
  reason: Reason.optional(),
})
export type ConfirmOwnerInput = z.input<typeof ConfirmOwnerInput>

export const TransferOwnerInput = z.strictObject({
  identityId: z.uuid(),
  /** The ownership that ends. */
  ownershipId: z.uuid(),
  toOwnerKey: OwnerKey,
  reason: Reason,
})
export type TransferOwnerInput = z.input<typeof TransferOwnerInput>

export const DeleteOwnerInput = z.strictObject({
  identityId: z.uuid(),
  ownershipId: z.uuid(),
  reason: Reason.optional(),
})
export type DeleteOwnerInput = z.input<typeof DeleteOwnerInput>

// The overview

export const OverviewQuestion = z.object({
  id: z.string(),
  list: z.enum(['identities', 'credentials']),
  /** The filter, as the query of that list takes it: the list then holds exactly `count` rows. */
  query: z.record(z.string(), z.string()),
  count: z.int(),
  /** Not counted: they are excepted from the rule that the question is about. */
  excepted: z.int(),
})
export type OverviewQuestion = z.infer<typeof OverviewQuestion>

export const Overview = z.object({
  identityTotal: z.int(),
  credentialTotal: z.int(),
  kind: z.array(FacetCount),
  environment: z.array(FacetCount),
  owner: z.array(FacetCount),
  privilege: z.array(FacetCount),
  questions: z.array(OverviewQuestion),
  policy: AgePolicy,
  asOf: z.iso.datetime(),
})
export type Overview = z.infer<typeof Overview>

// Whose key is this?

const oneOf = ['value', 'fingerprint', 'lastFour'] as const

/**
 * One of `value`, `fingerprint` and `lastFour`. A value is fingerprinted on arrival and dropped: it is stored, logged and
 * answered nowhere. Send it in the body alone, never in an address.
 */
export const SearchCredentialsInput = z
  .strictObject({
    value: z.string().min(4, 'Paste the whole key.').max(20_000, 'Use at most 20,000 characters.').optional(),
    fingerprint: z
      .string()
      .trim()
      .min(8, 'Use at least 8 characters.')
      .max(200, 'Use at most 200 characters.')
      .optional(),
    lastFour: z.string().trim().length(4, 'Write exactly the last four characters.').optional(),
    /** Only credentials of this type. */
    type: CredentialType.optional(),
  })
  .refine((input) => oneOf.filter((name) => input[name] !== undefined).length === 1, {
    error: 'Give one of value, fingerprint and lastFour.',
    path: ['value'],
  })
export type SearchCredentialsInput = z.input<typeof SearchCredentialsInput>

export const FoundCredential = z.object({
  credential: Credential,
  /** `possible`: only its end is the same. */
  certainty: z.enum(['exact', 'possible']),
  owners: z.array(Ownership.pick({ label: true, duty: true, state: true, ownerKey: true })),
})
export type FoundCredential = z.infer<typeof FoundCredential>

export const FoundCredentials = z.object({
  items: z.array(FoundCredential),
  /** True when there are more than are listed. */
  hasMore: z.boolean(),
  /** Where the same secret was seen, with or without a credential that is known. */
  sightings: z.array(Sighting),
  policy: AgePolicy,
  asOf: z.iso.datetime(),
})
export type FoundCredentials = z.infer<typeof FoundCredentials>
