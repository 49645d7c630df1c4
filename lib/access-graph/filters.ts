import { createLoader, type SearchParams } from 'nuqs/server'
import { z } from 'zod'
import { privileges } from '@/lib/connectors/contract'
import { listOf, parsersFor } from '@/lib/platform/browser/query-parsers'
import { SearchText } from '@/lib/platform/browser/search-text'
import { ReachedQuery } from './blast-radius'
import { CatalogueQuery } from './schema'
import { levels, sensitivityClasses } from './score'

export { type PathKind, pathKinds, pathParsers, pathsHref } from './address'

const filters = {
  /** Part of a resource's name or id, of a scope, or of the name of a step on the way to it. */
  find: z.string().trim().min(1).max(200).optional(),
  privilege: listOf(z.enum(privileges)).optional(),
}

/** One page of what an identity may do. */
export const AccessQuery = z.strictObject({
  ...filters,
  /** Only this grant, if it is one of the identity's. */
  grant: z.uuid().optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).optional(),
})
export type AccessQuery = z.output<typeof AccessQuery>

/** The address of an identity's access: what is looked for in it, from where on, and which grant is open. */
export const accessParsers = parsersFor({
  ...filters,
  from: z.string().min(1).max(1000).optional(),
  grant: z.uuid().optional(),
})

const loadAccess = createLoader(accessParsers)

/** The page of the list that an address shows. */
export function loadAccessQuery(search: SearchParams): AccessQuery {
  const { find, privilege, from } = loadAccess(search)
  return { find: find ?? undefined, privilege: privilege ?? undefined, cursor: from ?? undefined }
}

/** A page of the identities and people that an identity can become, or that can become it. */
export const ReachedIdentitiesQuery = z.strictObject({
  q: SearchText.optional(),
  at: z.coerce.number<string | number>().int().min(0).default(0),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReachedIdentitiesQuery = z.output<typeof ReachedIdentitiesQuery>

export const reachedFormats = ['csv', 'json', 'opengraph'] as const
/** Everything that an identity reaches, as a file: the filter and order of the list, without its pages. */
export const ExportReachedQuery = ReachedQuery.omit({ at: true, limit: true }).extend({
  format: z.enum(reachedFormats).default('csv'),
  /** Begins a CSV with a byte order mark, by which Excel knows UTF-8. */
  bom: z.literal('yes').optional(),
})
export type ExportReachedQuery = z.output<typeof ExportReachedQuery>

export const ChokePointsQuery = z.strictObject({
  top: z.coerce.number<string | number>().int().min(1).max(100).default(20),
})
export type ChokePointsQuery = z.output<typeof ChokePointsQuery>

export const JewelChangesQuery = z.strictObject({
  cursor: z.string().max(600).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type JewelChangesQuery = z.output<typeof JewelChangesQuery>

/** The address of a resource's page: which of those that reach it are shown, and whose path is open. */
export const reacherParsers = parsersFor({
  level: z.enum(levels).optional(),
  q: SearchText.optional(),
  at: z.coerce.number<string | number>().int().min(0).optional(),
  who: z.uuid().optional(),
})

export const resourceSorts = ['name', 'kind', 'sensitivity'] as const
const resourceFilters = {
  q: CatalogueQuery.shape.q,
  /** The sources' own words for what it is. */
  kind: listOf(z.string().min(1).max(100)).optional(),
  system: listOf(z.string().min(1).max(60)).optional(),
  /** `unknown`: nobody has said. */
  sensitivity: listOf(z.enum(sensitivityClasses)).optional(),
}

/** One page of resources. */
export const ResourceQuery = CatalogueQuery.extend({
  ...resourceFilters,
  sort: z.enum(resourceSorts).optional(),
  dir: z.enum(['asc', 'desc']).optional(),
})
export type ResourceQuery = z.output<typeof ResourceQuery>

/** The address of the list of resources. */
export const resourceParsers = parsersFor({
  ...resourceFilters,
  sort: z.enum(resourceSorts).optional(),
  dir: z.enum(['asc', 'desc']).optional(),
  cursor: z.string().min(1).max(600).optional(),
})

const loadResources = createLoader(resourceParsers)

/** The page of the list that an address shows. */
export function loadResourceQuery(search: SearchParams): ResourceQuery {
  return resourceQueryOf(loadResources(search))
}

/** The state of the address as the list's query. */
export function resourceQueryOf(state: { [Name in keyof ResourceQuery]: ResourceQuery[Name] | null }): ResourceQuery {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)) as ResourceQuery
}

/** The crown jewel whose timeline is open. */
export const jewelParsers = parsersFor({ jewel: z.uuid().optional() })
