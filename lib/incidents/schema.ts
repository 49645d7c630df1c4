import { z } from 'zod'
import { incidentStates, severities } from './values'

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

const Words = z.string().trim().min(5, 'Say it in a few words.')
const Why = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')

export const DeclareIncidentInput = z.strictObject({
  title: Words.max(200, 'Use at most 200 characters.'),
  severity: z.enum(severities),
  /** Systems that it is about; none = all of them. */
  sourceIds: z.array(z.uuid()).max(100, 'Name at most 100 systems.').default([]),
  /** Environments that it is about; none = all of them. What has no known environment counts as inside. */
  environments: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
  /** A member; whoever declares it, when nobody is named. */
  commanderId: z.uuid().nullable().default(null),
})
export type DeclareIncidentInput = z.input<typeof DeclareIncidentInput>

export const ChangeIncidentInput = z
  .strictObject({
    id: z.uuid(),
    severity: z.enum(severities).optional(),
    commanderId: z.uuid().optional(),
    reason: Why,
  })
  .refine(({ severity, commanderId }) => severity !== undefined || commanderId !== undefined, 'Nothing to change.')
export type ChangeIncidentInput = z.input<typeof ChangeIncidentInput>

/** The same as a body, whose id stands in the address. */
export const ChangeIncidentBody = z.strictObject({
  severity: z.enum(severities).optional(),
  commanderId: z.uuid().optional(),
  reason: Why,
})

export const EndIncidentInput = z.strictObject({
  id: z.uuid(),
  learned: Words.max(4000, 'Use at most 4,000 characters.'),
})
export type EndIncidentInput = z.input<typeof EndIncidentInput>

export const Incident = z.object({
  id: z.uuid(),
  title: z.string(),
  severity: z.enum(severities),
  state: z.enum(incidentStates),
  /** Empty = every system. */
  systems: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** Empty = every environment. */
  environments: z.array(z.string()),
  commander: z.object({ id: z.uuid(), name: z.string() }),
  declaredBy: z.string(),
  declaredAt: z.iso.datetime(),
  endedBy: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
  learned: z.string().nullable(),
  /** Whether the open grants are still being put to the policies again. */
  isLooking: z.boolean(),
  can: z.object({ change: z.boolean(), end: z.boolean() }),
})
export type Incident = z.infer<typeof Incident>

const GrantLine = z.object({
  id: z.uuid(),
  title: z.string(),
  requester: z.string(),
  task: z.string(),
  state: z.string(),
  startedAt: z.iso.datetime().nullable(),
  endsAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it was ended. */
  why: z.string().nullable(),
})
export type GrantLine = z.infer<typeof GrantLine>

export const IncidentDetail = Incident.extend({
  events: z.array(
    z.object({
      no: z.int(),
      at: z.iso.datetime(),
      what: z.string(),
      says: z.string(),
      by: z.string().nullable(),
    }),
  ),
  /** Those that the caller may see; null = none of them may be seen. */
  grants: z
    .object({
      /** Ended by a look at all open grants in this incident. */
      ended: z.array(GrantLine),
      /** Asked for, for this incident. */
      asked: z.array(GrantLine),
    })
    .nullable(),
  /** Revocations that were rehearsed while it was open; null = the caller may not see drills. */
  drills: z
    .array(
      z.object({
        runId: z.uuid(),
        name: z.string(),
        mode: z.string(),
        startedAt: z.iso.datetime(),
        /** Null while it goes on, and where nothing could be tried. */
        verdict: z.string().nullable(),
        /** How many lost access that must keep it; null while it goes on. */
        falseCuts: z.int().nullable(),
      }),
    )
    .nullable(),
})
export type IncidentDetail = z.infer<typeof IncidentDetail>

export const IncidentQuery = z.strictObject({
  state: z.enum(incidentStates).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type IncidentQuery = z.output<typeof IncidentQuery>

export const IncidentPage = z.object({
  items: z.array(Incident),
  nextCursor: z.string().nullable(),
  can: z.object({ declare: z.boolean() }),
})
export type IncidentPage = z.infer<typeof IncidentPage>

/** What an incident can be about. */
export const ScopeChoices = z.object({
  systems: z.array(z.object({ id: z.uuid(), name: z.string(), system: z.string() })),
  environments: z.array(z.string()),
})
export type ScopeChoices = z.infer<typeof ScopeChoices>
