import { z } from 'zod'
import {
  accessModes,
  askableRoles,
  endReasons,
  grantModes,
  grantProofs,
  grantStates,
  grantTiers,
  replacementStates,
  rightStates,
} from './values'

const Instant = z.iso.datetime().nullable()
const Reason = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

/** One right that is asked for: a role or group to be in, or what may be done to a resource in the source's words. */
export const WantedRight = z.strictObject({
  nodeId: z.uuid(),
  scopes: z.array(z.string().trim().min(1).max(120)).max(20).default([]),
})
export type WantedRight = z.infer<typeof WantedRight>

export const PreviewGrantInput = z.strictObject({
  /** Whom it is for: an identity; absent for oneself, which only the decision point can look at. */
  identityId: z.uuid().nullable().default(null),
  mode: z.enum(accessModes).default('provisioned'),
  rights: z.array(WantedRight).min(1, 'Say what is needed.').max(20, 'Ask for at most 20 rights at once.'),
  /** Rights without an end that it takes the place of, as ids of the account’s entitlements. */
  replaces: z.array(z.uuid()).max(50, 'Replace at most 50 rights at once.').default([]),
})
export type PreviewGrantInput = z.input<typeof PreviewGrantInput>

export const RequestGrantInput = PreviewGrantInput.extend({
  task: z.string().trim().min(5, 'Say in words what is to be done.').max(500, 'Use at most 500 characters.'),
  ticket: z.string().trim().max(100, 'Use at most 100 characters.').nullable().default(null),
  seconds: z
    .int()
    .min(60, 'Choose at least one minute.')
    .max(14 * 86_400, 'Choose at most 14 days.'),
  /** Of the preview: another one means that something has changed. */
  listHash: z.string().min(1).max(100),
  /** The grant that this one follows on: time is never added to one. */
  parentId: z.uuid().nullable().default(null),
  /** How often it may be used, at the decision point only; null = as often as needed until its end. */
  uses: z.int().min(1, 'Choose at least once.').max(100, 'Choose at most 100 times.').nullable().default(null),
  /** The open incident that it is for: it ends with it at the latest. */
  incidentId: z.uuid().nullable().default(null),
})
export type RequestGrantInput = z.input<typeof RequestGrantInput>

/** What one of the rights that are asked for comes to. */
export const RightOutcome = z.object({
  nodeId: z.uuid(),
  nodeType: z.enum(['role', 'resource']),
  name: z.string(),
  ref: z.string(),
  scopes: z.array(z.string()),
  privilege: z.string().nullable(),
  sensitivity: z.string().nullable(),
  verdict: z.enum(['gets', 'has_already', 'cannot']),
  says: z.string(),
})
export type RightOutcome = z.infer<typeof RightOutcome>

/** A right without an end that a grant takes the place of. */
const ReplacedRight = z.object({
  entitlementId: z.uuid(),
  name: z.string(),
  /** A membership is one thing, whatever options it has. */
  isRole: z.boolean(),
  scopes: z.array(z.string()),
  /** Something of it is asked for, and is the grant’s from its beginning on. */
  isKept: z.boolean(),
  /** What of it is taken away when the grant begins; of a role nothing or all of it. */
  taken: z.array(z.string()),
  says: z.string(),
})
export type ReplacedRight = z.infer<typeof ReplacedRight>

const AddedResource = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  sensitivity: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string(),
})

/** What would come on top of what the subject reaches today, by the access graph. */
export const GrantImpact = z.object({
  scoreBefore: z.number().nullable(),
  scoreAfter: z.number().nullable(),
  /** Reached now that were not, or at more; at most 50 of `addedTotal`. */
  added: z.array(AddedResource),
  addedTotal: z.int(),
  /** What the figures leave out, as a sentence; null = nothing. */
  caveat: z.string().nullable(),
})
export type GrantImpact = z.infer<typeof GrantImpact>

export const GrantPreview = z.object({
  mode: z.enum(grantModes),
  subject: z.object({ kind: z.enum(['user', 'identity']), id: z.uuid(), name: z.string() }),
  rights: z.array(RightOutcome),
  replaces: z.array(ReplacedRight),
  /** Why it cannot be asked for as a whole; null = it can. */
  problem: z.string().nullable(),
  impact: GrantImpact,
  tier: z.enum(grantTiers),
  tierSays: z.string(),
  needed: z.int(),
  longestSeconds: z.int(),
  /** The shortest that is likely to be enough, and how that is known. */
  proposedSeconds: z.int(),
  proposedSays: z.string(),
  /** How many people could agree at this moment. */
  approverCount: z.int(),
  /** With a ticket, and for at most an hour, a policy agrees beforehand: nobody has to. */
  isPreapprovable: z.boolean(),
  listHash: z.string(),
})
export type GrantPreview = z.infer<typeof GrantPreview>

export const GrantRight = z.object({
  no: z.int(),
  nodeType: z.enum(['role', 'resource', 'console_role']),
  nodeId: z.uuid(),
  name: z.string(),
  ref: z.string(),
  scopes: z.array(z.string()),
  privilege: z.string().nullable(),
  state: z.enum(rightStates),
  says: z.string(),
  heldAt: Instant,
  goneAt: Instant,
})

export const Grant = z.object({
  id: z.uuid(),
  mode: z.enum(grantModes),
  state: z.enum(grantStates),
  task: z.string(),
  ticket: z.string().nullable(),
  subject: z.object({ kind: z.enum(['user', 'identity']), id: z.uuid(), name: z.string() }),
  requester: z.object({ id: z.uuid(), name: z.string() }),
  tier: z.enum(grantTiers),
  seconds: z.int(),
  needed: z.int(),
  /** How often it may be used, and how often still; null = as often as needed. */
  uses: z.int().nullable(),
  usesLeft: z.int().nullable(),
  listHash: z.string(),
  rights: z.array(GrantRight),
  /** Nobody agreed to it, or one second person alone: it has a record of its own by the same id. */
  breakGlass: z.boolean(),
  /** The decision by which a policy agreed beforehand; null = people do. */
  preapproved: z.string().nullable(),
  /** What it takes the place of. */
  replaces: z.array(ReplacedRight.extend({ state: z.enum(replacementStates), goneAt: Instant })),
  impact: GrantImpact,
  approvals: z.array(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      verdict: z.enum(['approved', 'denied']),
      isOutside: z.boolean(),
      note: z.string().nullable(),
      at: z.iso.datetime(),
    }),
  ),
  parentId: z.uuid().nullable(),
  /** The incident that it was asked for. */
  incidentId: z.uuid().nullable(),
  /** The incident that ended it. */
  endedByIncident: z.uuid().nullable(),
  requestedAt: z.iso.datetime(),
  lapsesAt: z.iso.datetime(),
  decidedAt: Instant,
  startedAt: Instant,
  endsAt: Instant,
  endReason: z.enum(endReasons).nullable(),
  endNote: z.string().nullable(),
  endedAt: Instant,
  proof: z.enum(grantProofs).nullable(),
  /** Seconds that a right was still at the source after its end; counted until it was seen gone. */
  overrunSeconds: z.int(),
  problem: z.string().nullable(),
  /** The database's clock when this was read. */
  now: z.iso.datetime(),
  can: z.object({
    approve: z.boolean(),
    deny: z.boolean(),
    withdraw: z.boolean(),
    activate: z.boolean(),
    release: z.boolean(),
    revoke: z.boolean(),
  }),
})
export type Grant = z.infer<typeof Grant>

export const GrantEvent = z.object({
  no: z.int(),
  at: z.iso.datetime(),
  what: z.string(),
  says: z.string(),
  by: z.string().nullable(),
})
export type GrantEvent = z.infer<typeof GrantEvent>

/** One grant with everything that happened to it, and what whoever asked had before. */
export const GrantDetail = Grant.extend({
  events: z.array(GrantEvent),
  history: z.object({
    asked: z.int(),
    denied: z.int(),
    overran: z.int(),
    /** To the same subject. */
    same: z.int(),
    lastAt: Instant,
  }),
})
export type GrantDetail = z.infer<typeof GrantDetail>

export const RequestRoleInput = z.strictObject({
  role: z.enum(askableRoles),
  task: z.string().trim().min(5, 'Say in words what is to be done.').max(500, 'Use at most 500 characters.'),
  ticket: z.string().trim().max(100, 'Use at most 100 characters.').nullable().default(null),
  seconds: z.int().min(60, 'Choose at least one minute.').max(86_400, 'Choose at most 24 hours.'),
})
export type RequestRoleInput = z.input<typeof RequestRoleInput>

/** A role of the organization that can be held for a time. */
const RoleChoice = z.object({
  role: z.enum(askableRoles),
  /** Held now: by membership, or for a time. */
  isHeld: z.boolean(),
  tier: z.enum(grantTiers),
  needed: z.int(),
  longestSeconds: z.int(),
  /** How many people could agree at this moment. */
  approverCount: z.int(),
  /** A request of the caller's own that waits or runs, by its grant. */
  openId: z.uuid().nullable(),
})
export const RoleChoices = z.object({
  items: z.array(RoleChoice),
  /** The caller's own role. */
  role: z.string(),
  can: z.object({ request: z.boolean() }),
})
export type RoleChoices = z.infer<typeof RoleChoices>

export const grantViews = ['mine', 'inbox', 'active', 'all'] as const
export const GrantQuery = z.strictObject({
  view: z.enum(grantViews).default('all'),
  state: z.enum(grantStates).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type GrantQuery = z.output<typeof GrantQuery>

export const GrantPage = z.object({
  items: z.array(Grant),
  nextCursor: z.string().nullable(),
  can: z.object({ request: z.boolean() }),
})
export type GrantPage = z.infer<typeof GrantPage>

export const DecideGrantInput = z.strictObject({
  id: z.uuid(),
  /** The list that was seen. */
  listHash: z.string().min(1).max(100),
  verdict: z.enum(['approved', 'denied']),
  note: z.string().trim().max(500, 'Use at most 500 characters.').nullable().default(null),
})
export type DecideGrantInput = z.input<typeof DecideGrantInput>

export const ActivateGrantInput = z.strictObject({
  id: z.uuid(),
  /** What the account signs in with, so that the end can be tried. Kept encrypted until then. */
  secret: z.string().min(1).max(4096).optional(),
})
export type ActivateGrantInput = z.input<typeof ActivateGrantInput>

export const EndGrantInput = z.strictObject({ id: z.uuid(), reason: Reason })
export type EndGrantInput = z.input<typeof EndGrantInput>

export const CloseTicketInput = z.strictObject({
  ticket: z.string().trim().min(1).max(100),
  reason: Reason,
})
export type CloseTicketInput = z.input<typeof CloseTicketInput>
export const ClosedTicket = z.object({ ticket: z.string(), ended: z.array(z.uuid()) })
export type ClosedTicket = z.infer<typeof ClosedTicket>

/** The AuthZEN profile for access requests (draft), as far as it is used here: members that it does not name are ignored. */
export const AccessRequestInput = z.object({
  denial: z.object({
    /** Of the denial, as the decision point gave it: it says for whom, what and on what. */
    binding_token: z.string().min(1).max(4000),
  }),
  requested_access: z
    .object({
      requested_until: z.iso.datetime({ offset: true }).optional(),
      /** Beyond the profile: how often it is to be used. */
      uses: z.int().min(1).max(100).optional(),
    })
    .default({}),
  /** What is to be done with it, in words: whoever agrees reads it. */
  justification: z.string().trim().min(5, 'Say in words what is to be done.').max(500, 'Use at most 500 characters.'),
})
export type AccessRequestInput = z.input<typeof AccessRequestInput>

/** One terminal status, never left again; a grant that was agreed to and has not begun is pending. */
export const accessTaskStatuses = ['pending', 'approved', 'denied', 'expired', 'cancelled', 'failed'] as const
export const AccessTask = z.object({
  task: z.object({
    id: z.uuid(),
    status: z.enum(accessTaskStatuses),
    status_endpoint: z.string(),
    expires_at: z.iso.datetime(),
    links: z.object({ form: z.string() }),
  }),
  /** Once approved: the decision point is asked again, which looks at the grant itself. */
  result: z
    .object({
      mode: z.literal('reevaluate'),
      approval: z.object({
        id: z.uuid(),
        approved_at: z.iso.datetime(),
        approved_until: z.iso.datetime(),
        state: z.enum(['active', 'over']),
        uses_left: z.int().nullable(),
      }),
    })
    .nullable(),
})
export type AccessTask = z.infer<typeof AccessTask>
