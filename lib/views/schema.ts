import { z } from 'zod'

/** The lists of which views are kept; `paths` are the searches of Explore, which show no rows to count. */
export const viewedLists = ['identities', 'credentials', 'paths'] as const
export const ViewedList = z.enum(viewedLists)
export type ViewedList = z.infer<typeof ViewedList>

/** How many views one person may keep, and how many one file may hold. */
export const viewLimit = 200

/** The parameters of the list's address: filters, sort, grouping, columns and density, each as text. */
const ViewQuery = z.record(z.string().max(40), z.string().min(1).max(2000))
export type ViewQuery = z.infer<typeof ViewQuery>

/** A UUID, or the word of a view that comes with the product. */
const ViewId = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Give the id of a view.')

export const viewOrigins = ['builtin', 'personal', 'shared'] as const

export const View = z.object({
  id: ViewId,
  list: ViewedList,
  name: z.string(),
  /** What it shows, in a sentence; null for saved ones. */
  description: z.string().nullable(),
  query: ViewQuery,
  /** `builtin`: comes with the product; `shared`: everybody of the organization sees it, each with their own rights. */
  origin: z.enum(viewOrigins),
  /** Who made it; null for those that come with the product. */
  author: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  isMine: z.boolean(),
  /** Opens by itself when the caller opens the list without saying what to show. */
  isDefault: z.boolean(),
  updatedAt: z.iso.datetime().nullable(),
  can: z.object({ update: z.boolean(), share: z.boolean(), delete: z.boolean() }),
})
export type View = z.infer<typeof View>

export const ViewList = z.object({
  /** In the caller's order: their own and shared ones by name unless they chose another, then those of the product. */
  items: z.array(View),
  can: z.object({ create: z.boolean(), share: z.boolean() }),
})
export type ViewList = z.infer<typeof ViewList>

export const ViewCounts = z.object({
  /** By the view's id, how many rows the caller would see now; null when that could not be counted. */
  counts: z.record(z.string(), z.object({ total: z.int(), isExact: z.boolean() }).nullable()),
  asOf: z.iso.datetime(),
})
export type ViewCounts = z.infer<typeof ViewCounts>

// Inputs

const Name = z
  .string()
  .trim()
  .min(1, 'Give a name that says what the view shows.')
  .max(80, 'Use at most 80 characters.')

export const GetViewInput = z.strictObject({ id: ViewId })
export const ViewPath = z.strictObject({ id: z.uuid() })
export type ViewPath = z.infer<typeof ViewPath>

export const CreateViewInput = z.strictObject({
  list: ViewedList,
  name: Name,
  query: ViewQuery,
  isShared: z.boolean().default(false),
})
export type CreateViewInput = z.input<typeof CreateViewInput>

export const ViewChange = z.strictObject({
  name: Name.optional(),
  query: ViewQuery.optional(),
  isShared: z.boolean().optional(),
})
export const UpdateViewInput = ViewChange.extend({ id: z.uuid() })
export type UpdateViewInput = z.input<typeof UpdateViewInput>

export const UpdateViewPreferencesInput = z.strictObject({
  list: ViewedList,
  /** The view that opens by itself; null for none. */
  defaultView: ViewId.nullable().optional(),
  /** Ids in the order in which the caller wants them; those that are not named come after. */
  order: z
    .array(ViewId)
    .max(2 * viewLimit)
    .optional(),
})
export type UpdateViewPreferencesInput = z.input<typeof UpdateViewPreferencesInput>

export const ViewCountsInput = z.strictObject({ list: ViewedList.optional() })
export type ViewCountsInput = z.infer<typeof ViewCountsInput>

/** Views as a file: what one organization saves, another can take in. */
export const ViewDocument = z.strictObject({
  format: z.literal('bailiwick-views', { error: 'Choose a file of views that Bailiwick wrote.' }),
  version: z.literal(1, { error: 'This version of Bailiwick reads version 1.' }),
  views: z.array(CreateViewInput).max(viewLimit, `A file may hold at most ${viewLimit} views.`),
})
export type ViewDocument = z.output<typeof ViewDocument>
export type ViewDocumentInput = z.input<typeof ViewDocument>

export const CreatedViews = z.object({
  /** Those that are new. */
  created: z.array(View),
  /** Names of those that the caller has already, with the same parameters. */
  already: z.array(z.string()),
})
export type CreatedViews = z.infer<typeof CreatedViews>
