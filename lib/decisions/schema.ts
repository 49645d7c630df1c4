import { z } from 'zod'
import { SearchText } from '@/lib/platform/browser/search-text'

/** The contracts of the OpenID AuthZEN Authorization API 1.0, bounded: members that it does not name are ignored, as it asks. */

export const maxEvaluations = 200
/** Bytes of a request; more is refused before it is read to its end. */
export const maxQuestionBytes = 512 * 1024
/** How deep the caller's own properties and context may be nested, the request itself counted. */
export const maxDepth = 12
export const maxPage = 500

const text = (name: string, most: number) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') })
    .min(1, `${name} must not be empty`)
    .max(most, `${name} must have at most ${most} characters`)
    // NUL cannot be kept, lone surrogates not be sent on.
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), 'holds characters that no identifier has')

const entity = { error: ({ input }: { input: unknown }) => (input === undefined ? 'is missing' : 'must be an object') }
const Properties = z.record(z.string(), z.unknown(), { error: 'must be an object' })
const type = text('the type', 128)
const id = text('the id', 1024)

const Subject = z.object({ type, id, properties: Properties.optional() }, entity)
const Resource = z.object({ type, id, properties: Properties.optional() }, entity)
const Action = z.object({ name: text('the name', 256), properties: Properties.optional() }, entity)
const Given = Properties

export const Question = z.object({ subject: Subject, action: Action, resource: Resource, context: Given.optional() })
export type Question = z.output<typeof Question>

/** The shape of a batch as a whole; each of its evaluations is judged alone, so that one bad one fails alone. */
export const Batch = z.object({
  subject: Properties.optional(),
  action: Properties.optional(),
  resource: Properties.optional(),
  context: Given.optional(),
  evaluations: z
    .array(Properties, { error: 'must be a list of objects' })
    .max(maxEvaluations, `holds more than ${maxEvaluations} evaluations`)
    .optional(),
  options: z
    .object(
      {
        evaluations_semantic: z
          .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'], {
            error: 'must be execute_all, deny_on_first_deny or permit_on_first_permit',
          })
          .default('execute_all'),
      },
      { error: 'must be an object' },
    )
    .prefault({}),
})
export type Batch = z.output<typeof Batch>
export type Semantic = Batch['options']['evaluations_semantic']

const Page = z.object(
  {
    token: z.string({ error: 'must be text' }).max(4000).optional(),
    limit: z
      .number({ error: 'must be a number' })
      .int('must be a whole number')
      .min(0, 'must not be negative')
      .optional(),
  },
  { error: 'must be an object' },
)
const Searched = z.object({ type, properties: Properties.optional() }, entity)

export const SubjectSearch = z.object({
  ...{ subject: Searched, action: Action, resource: Resource },
  ...{ context: Given.optional(), page: Page.optional() },
})
export const ResourceSearch = z.object({
  ...{ subject: Subject, action: Action, resource: Searched },
  ...{ context: Given.optional(), page: Page.optional() },
})
export const ActionSearch = z.object({
  ...{ subject: Subject, resource: Resource },
  ...{ context: Given.optional(), page: Page.optional() },
})
export type SubjectSearch = z.output<typeof SubjectSearch>
export type ResourceSearch = z.output<typeof ResourceSearch>
export type ActionSearch = z.output<typeof ActionSearch>

export const askedKinds = [
  ...['evaluation' as const, 'evaluations' as const, 'execution' as const],
  ...['search_subject' as const, 'search_resource' as const, 'search_action' as const],
] as const
export type Asked = (typeof askedKinds)[number]

/** An answer as AuthZEN has it. */
export interface Answer {
  decision: boolean
  context?: Record<string, unknown>
}

/** What an organization tells of its own applications. */
const typeName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/,
    'must begin with a letter and hold letters, digits, dots, dashes and lines only',
  )

export const DirectoryType = z.object({ type: typeName, actions: z.array(z.string().min(1).max(256)).max(100) })
export const DirectoryEntity = z.object({
  type: typeName,
  id: z.string().min(1).max(1024),
  properties: Properties.default({}),
})
const sourceUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000)
const sourceFields = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a short name of small letters, digits and lines'),
  timeoutMs: z.int().min(10).max(500).default(200),
  /** For how long an answer of its may be used again. */
  freshSeconds: z.int().min(0).max(300).default(0),
  /** What it means that it does not answer: no, or that nobody knows. */
  whenAbsent: z.enum(['deny', 'unknown']),
}
/** Types of subjects and resources that it knows something of. */
const sourceTypes = z.array(typeName).min(1).max(100)

/** Asked by POST with the subjects and resources of a request. */
const HttpSource = z.object({
  ...sourceFields,
  kind: z.literal('http').default('http'),
  url: sourceUrl,
  types: sourceTypes,
})
/** A PostgreSQL database: its query gets types and ids (`$1`, `$2`: text[]) and answers rows with `type`, `id`, and what it knows. */
const SqlSource = z.object({
  ...sourceFields,
  kind: z.literal('sql'),
  types: sourceTypes,
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65_535).default(5432),
  tls: z.enum(['verify', 'off']).default('verify'),
  caPem: z.string().max(100_000).optional(),
  database: z.string().trim().min(1).max(63),
  user: z.string().trim().min(1).max(63),
  query: z
    .string()
    .trim()
    .min(1)
    .max(10_000)
    .regex(/^(select|with)\b/i, 'must begin with SELECT or WITH')
    .regex(/^[^\0]*$/, 'holds a character that no statement has'),
})
/** A ticket system: asked by POST for the tickets that a question names in `context.ticket`, and who is on call. */
const TicketSource = z.object({
  ...sourceFields,
  kind: z.literal('ticket'),
  url: sourceUrl,
  /** It tells who is on call: then it is asked with every question. */
  tellsOnCall: z.boolean().default(false),
})
export const DirectorySource = z.union([HttpSource, SqlSource, TicketSource])
export type DirectorySource = z.output<typeof DirectorySource>

/** The password of a database, or the value of `Authorization`: kept encrypted, never given back. Absent: the stored one stays; null: none. */
const secret = z
  .string()
  .min(1)
  .max(4000)
  .regex(/^[\x20-\x7e]+$/, 'holds characters that no password or header can')
  .nullish()
const DirectorySourceInput = z.discriminatedUnion('kind', [
  HttpSource.extend({ secret }),
  SqlSource.extend({ secret }),
  TicketSource.extend({ secret }),
])
export type DirectorySourceInput = z.output<typeof DirectorySourceInput>
const ShownSource = z.union([
  HttpSource.extend({ hasSecret: z.boolean() }),
  SqlSource.extend({ hasSecret: z.boolean() }),
  TicketSource.extend({ hasSecret: z.boolean() }),
])

export const UpdateDirectoryInput = z.object({
  types: z.array(DirectoryType).max(200),
  entities: z.array(DirectoryEntity).max(20_000),
  sources: z.array(DirectorySourceInput).max(5),
})
export type UpdateDirectoryInput = z.input<typeof UpdateDirectoryInput>

export const Directory = z.object({
  version: z.int(),
  types: z.array(DirectoryType),
  sources: z.array(ShownSource),
  /** How many there are of each type; the entities themselves are not listed. */
  entities: z.record(z.string(), z.int()),
  updatedAt: z.iso.datetime().nullable(),
  updatedBy: z.string().nullable(),
  can: z.object({ update: z.boolean() }),
})
export type Directory = z.infer<typeof Directory>

/** One line of the log. */
export const LoggedDecision = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  asked: z.enum(askedKinds),
  requestId: z.string(),
  /** The API key that asked. */
  caller: z.object({ key: z.string(), label: z.string() }),
  subject: z.object({ type: z.string(), id: z.string().nullable(), identityId: z.uuid().nullable() }),
  action: z.string().nullable(),
  resource: z.object({ type: z.string(), id: z.string().nullable() }).nullable(),
  isAllowed: z.boolean(),
  reason: z.string(),
  /** Policy and rule that decided; null when none did. */
  rule: z.string().nullable(),
  /** Of all policies in use, the product's and the organization's own together; null when they could not be read. */
  policyHash: z.string().nullable(),
  /** The organization's own version among them; null where it had none. */
  policyVersion: z.int().nullable(),
  /** Of a search: how many it found. */
  found: z.int().nullable(),
  latencyMs: z.number(),
})
export type LoggedDecision = z.infer<typeof LoggedDecision>

export const DecisionList = z.object({
  items: z.array(LoggedDecision),
  nextCursor: z.string().nullable(),
  /** Answers that were given and could not be written, of all time. */
  lost: z.int(),
  can: z.object({ export: z.boolean() }),
})
export type DecisionList = z.infer<typeof DecisionList>

export const DecisionFilter = z.object({
  /** The subject as the caller named it, or the id of the identity that it is. */
  subject: SearchText.optional(),
  resource: SearchText.optional(),
  action: z.string().max(256).optional(),
  outcome: z.enum(['allowed', 'denied']).optional(),
  reason: z.string().max(100).optional(),
  caller: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
})
export type DecisionFilter = z.infer<typeof DecisionFilter>

/** The log in our own words, or as events of the Open Cybersecurity Schema Framework. */
export const ExportQuery = DecisionFilter.extend({ format: z.enum(['ndjson', 'ocsf']).default('ndjson') })
export type ExportQuery = z.infer<typeof ExportQuery>

export const DecisionDetail = LoggedDecision.extend({
  /** What the policy saw, with secrets masked. */
  facts: z.record(z.string(), z.unknown()),
  /** The active grant that the policy saw. */
  grantId: z.uuid().nullable(),
  /** The form that asks for a grant, filled in, where one would lift this denial. */
  requestPath: z.string().nullable(),
  explanation: z.object({
    /** In one sentence. */
    because: z.string(),
    /** What would have to be different, where that can be said. */
    mend: z.string().nullable(),
    unknown: z.array(z.string()),
  }),
})
export type DecisionDetail = z.infer<typeof DecisionDetail>
