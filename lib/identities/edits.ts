import { z } from 'zod'
import { exclusionRules } from './values'

/** What people may say of an identity over what its source says, and how that is changed without losing anybody's word. */

export const criticalities = ['low', 'medium', 'high', 'critical'] as const
export const Criticality = z.enum(criticalities)
export type Criticality = z.infer<typeof Criticality>

export const ExclusionRule = z.enum(exclusionRules)
export type ExclusionRule = z.infer<typeof ExclusionRule>

/** An exception ends by itself; one that has ended stays to be seen until somebody takes it away. */
export const Exclusion = z.strictObject({
  rule: ExclusionRule,
  reason: z.string().trim().min(1, 'Give a reason.').max(500, 'Use at most 500 characters.'),
  until: z.iso.datetime(),
})
export type Exclusion = z.infer<typeof Exclusion>

const line = (most: number) => z.string().trim().min(1, 'Write something.').max(most, `Use at most ${most} characters.`)
const Description = z.string().trim().max(2000, 'Use at most 2,000 characters.')
const Tags = z.record(line(128), z.string().trim().max(500, 'Use at most 500 characters.').nullable())

/** The columns that people changed. `null`: they say that there is none; in tags: taken away. */
export const Edited = z.object({
  description: z.string().nullable().optional(),
  environment: z.string().nullable().optional(),
  tags: z.record(z.string(), z.string().nullable()).optional(),
})
export type Edited = z.infer<typeof Edited>

export interface Said {
  description: string | null
  environment: string | null
  tags: Record<string, string>
}

/** Everything that a person can change, as it is in force. */
export interface Editable extends Said {
  criticality: Criticality | null
  exclusions: Exclusion[]
}
export const editableFields = ['description', 'environment', 'tags', 'criticality', 'exclusions'] as const
export type EditableField = (typeof editableFields)[number]

/** What the page of an identity shows of edits. */
export const editFacts = {
  criticality: Criticality.nullable(),
  exclusions: z.array(Exclusion),
  /** Give it with the next edit (over HTTP as `If-Match: "<version>"`). */
  version: z.int(),
  /** Which of the values are people's. */
  edited: z.object({ description: z.boolean(), environment: z.boolean(), tags: z.array(z.string()) }),
  /** What the source says of them. */
  sourceSays: z.object({
    description: z.string().nullable(),
    environment: z.string().nullable(),
    tags: z.record(z.string(), z.string()),
  }),
}

/** `tags.<name>` names one of the tags. */
const SourceField = z.string().regex(/^(description|environment|tags|tags\.[\s\S]{1,128})$/, 'There is no such field.')

const Reason = z.string().trim().min(1).max(500, 'Use at most 500 characters.')
export const IdentityEdit = z.strictObject({
  description: Description.nullable().optional(),
  environment: line(100).nullable().optional(),
  /** Only the tags that change; null takes one away. */
  tags: Tags.refine((tags) => Object.keys(tags).length <= 100, 'Change at most 100 tags at once.').optional(),
  criticality: Criticality.nullable().optional(),
  /** All that are to hold; one for each rule. */
  exclusions: z
    .array(Exclusion)
    .max(exclusionRules.length)
    .refine((list) => new Set(list.map(({ rule }) => rule)).size === list.length, 'Each rule can be excepted once.')
    .optional(),
  /** Fields that shall say again what the source says. */
  useSource: z.array(SourceField).max(100).optional(),
  reason: Reason.optional(),
})
export type IdentityEdit = z.infer<typeof IdentityEdit>

/** `version`: that of the identity which the person saw. */
export const UpdateIdentityInput = IdentityEdit.extend({ id: z.uuid(), version: z.int().min(1) })
export type UpdateIdentityInput = z.input<typeof UpdateIdentityInput>

/** What people say before what the source says. */
export function effectiveOf(source: Said, edited: Edited): Said {
  const tags: Record<string, string> = { ...source.tags }
  for (const [name, value] of Object.entries(edited.tags ?? {})) {
    if (value === null) delete tags[name]
    else tags[name] = value
  }
  return {
    description: edited.description === undefined ? source.description : edited.description,
    environment: edited.environment === undefined ? source.environment : edited.environment,
    tags,
  }
}

/** The edits in force after one more. An edit that says what the source says is none. */
export function editedAfter(source: Said, edited: Edited, edit: IdentityEdit): Edited {
  const dropped = new Set(edit.useSource ?? [])
  const pick = (field: 'description' | 'environment') => {
    if (dropped.has(field)) return undefined
    const said = edit[field] === undefined ? edited[field] : edit[field] || null
    return said === source[field] ? undefined : said
  }
  const tags = dropped.has('tags') ? {} : { ...edited.tags, ...edit.tags }
  const kept = Object.entries(tags).filter(
    ([name, value]) => !dropped.has(`tags.${name}`) && value !== (source.tags[name] ?? null),
  )
  const description = pick('description')
  const environment = pick('environment')
  return {
    ...(description !== undefined && { description }),
    ...(environment !== undefined && { environment }),
    ...(kept.length > 0 && { tags: Object.fromEntries(kept) }),
  }
}

/** What the fields will say after an edit; for showing it before the server has answered. */
export function editableAfter(source: Said, edited: Edited, now: Editable, edit: IdentityEdit): Editable {
  return {
    ...effectiveOf(source, editedAfter(source, edited, edit)),
    criticality: edit.criticality === undefined ? now.criticality : edit.criticality,
    exclusions: edit.exclusions ?? now.exclusions,
  }
}

/** The edits that stand behind what a page shows. */
export function editedOf(
  shown: Said & { edited: { description: boolean; environment: boolean; tags: string[] } },
): Edited {
  const { edited } = shown
  return {
    ...(edited.description && { description: shown.description }),
    ...(edited.environment && { environment: shown.environment }),
    ...(edited.tags.length > 0 && {
      tags: Object.fromEntries(edited.tags.map((name) => [name, shown.tags[name] ?? null])),
    }),
  }
}

/** A field by its path, `tags.team` for one tag, with what each side says; null = says nothing. */
export interface EditLine {
  path: string
  before: string | null
  theirs: string | null
  mine: string | null
  /** Who changed it: only one side, both alike, or both and differently. */
  kind: 'theirs' | 'mine' | 'agreed' | 'conflict'
}

/** Every value of an identity that can be edited, as text by its path. */
function flatten(side: Editable): Map<string, string> {
  const flat = new Map<string, string>()
  if (side.description) flat.set('description', side.description)
  if (side.environment !== null) flat.set('environment', side.environment)
  if (side.criticality !== null) flat.set('criticality', side.criticality)
  for (const [name, value] of Object.entries(side.tags)) flat.set(`tags.${name}`, value)
  for (const { rule, reason, until } of side.exclusions) flat.set(`exclusions.${rule}`, `until ${until}: ${reason}`)
  return flat
}

/** Three-way comparison: what was seen, what others made of it meanwhile, and what one wanted. Only what differs. */
export function compareEdits(before: Editable, theirs: Editable, mine: Editable): EditLine[] {
  const [b, t, m] = [flatten(before), flatten(theirs), flatten(mine)]
  const paths = [...new Set([...b.keys(), ...t.keys(), ...m.keys()])]
  return paths.flatMap((path): EditLine[] => {
    const said = { before: b.get(path) ?? null, theirs: t.get(path) ?? null, mine: m.get(path) ?? null }
    const [isTheirs, isMine] = [said.theirs !== said.before, said.mine !== said.before]
    if (!isTheirs && !isMine) return []
    const kind = !isMine ? 'theirs' : !isTheirs ? 'mine' : said.theirs === said.mine ? 'agreed' : 'conflict'
    return [{ path, ...said, kind }]
  })
}

/** Of what one side wanted, what is left to do over what the others made: the lines that are theirs alone stay. */
export function editOver(theirs: Editable, mine: Editable, lines: readonly EditLine[]): IdentityEdit {
  const wanted = lines.filter(({ kind }) => kind === 'mine' || kind === 'conflict').map(({ path }) => path)
  const has = (path: string) => wanted.includes(path)
  const tags = wanted.flatMap((path) => (path.startsWith('tags.') ? [path.slice('tags.'.length)] : []))
  const rules = exclusionRules.filter((rule) => has(`exclusions.${rule}`))
  const kept = theirs.exclusions.filter(({ rule }) => !rules.includes(rule))
  const own = mine.exclusions.filter(({ rule }) => rules.includes(rule))
  return {
    ...(has('description') && { description: mine.description }),
    ...(has('environment') && { environment: mine.environment }),
    ...(has('criticality') && { criticality: mine.criticality }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags.map((name) => [name, mine.tags[name] ?? null])) }),
    ...(rules.length > 0 && { exclusions: [...kept, ...own] }),
  }
}
