import { createLoader, type SearchParams } from 'nuqs/server'
import { z } from 'zod'
import { credentialTypes, identityKinds } from '@/lib/connectors/contract'
import { listOf } from '@/lib/platform/browser/query-parsers'
import { SearchText } from '@/lib/platform/browser/search-text'
import { type HistoryQuery, historyParsers } from './history'
import { expiringWithinDays } from './rules'
import {
  credentialExportColumns,
  credentialSorts,
  credentialStatuses,
  exclusionRules,
  exportFormats,
  holders,
  identityExportColumns,
  identityGroups,
  identitySorts,
  identityStatuses,
  identityTraits,
  ownerFilters,
  privilegeFilters,
  sortDirections,
} from './values'

/**
 * The contracts of the inventory's filters: the REST query and the database read these. `address.ts` reads and writes the
 * same values for the address of the page. Every value is text that a person can read and write in an address.
 */

/** `90d`: ninety days. */
const Days = z.string().regex(/^[1-9]\d{0,3}d$/, 'Write a number of days, such as 90d.')
const Text = z.string().trim().min(1).max(200)
const Environment = z.string().min(1).max(100)
/** `60`: a score over 60; `40-50`: from 40 to below 50. */
const Scores = z
  .string()
  .regex(/^(\d{1,2}|\d{1,2}-(\d{1,2}|100))$/, 'Write a score such as 60, or a range such as 40-50.')

/** The most rows between two anchors of a list, so the most that a page may begin behind one. */
export const maxSkip = 100_000

const exceptions = {
  /** Excepted from one of these rules of the organization now: of a credential, its identity. */
  excepted: listOf(z.enum(exclusionRules)).optional(),
  /** Those left out that are. */
  notExcepted: listOf(z.enum(exclusionRules)).optional(),
}

const paging = {
  dir: z.enum(sortDirections).optional(),
  /** The `nextCursor` of the page before, or that of an anchor. Belongs to one sort and direction. */
  cursor: z.string().max(600).optional(),
  /** Rows to leave out after the cursor: any row is an anchor and a few rows away. */
  skip: z.coerce.number<string | number>().int().min(0).max(maxSkip).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).optional(),
}

const identityFilters = {
  /** Words that are each a part of the name, an owner or the source's id; one or two characters: the start of the name. */
  q: SearchText.optional(),
  kind: listOf(z.enum(identityKinds)).optional(),
  /** `unknown`: the source does not say. */
  environment: listOf(Environment).optional(),
  owner: listOf(z.enum(ownerFilters)).optional(),
  /** The names of the owners, in either case: those for which one of them answers first. */
  ownedBy: listOf(Text).optional(),
  /** `none`: no entitlement known. */
  privilege: listOf(z.enum(privilegeFilters)).optional(),
  /** Without it everything but `gone`. */
  status: listOf(z.enum(identityStatuses)).optional(),
  source: listOf(z.uuid()).optional(),
  /** Has one of them. */
  trait: listOf(z.enum(identityTraits)).optional(),
  /** `90d`: has a credential in use that is older. */
  age: Days.optional(),
  /** `30d`: a credential expires within, or has; `expired`: one has; `never`: one never will. */
  expiry: z.union([z.enum(['expired', 'never']), Days]).optional(),
  /** `90d`: not used for longer, or never; `never`; `unknown`: the source does not say. */
  used: z.union([z.enum(['never', 'unknown']), Days]).optional(),
  /** Blast radius. `unknown`: not worked out yet. */
  blast: z.union([z.enum(['unknown']), Scores]).optional(),
  ...exceptions,
}

export const IdentityFilter = z.strictObject(identityFilters)
export type IdentityFilter = z.output<typeof IdentityFilter>

/** The query of one page of identities. */
export const IdentityQuery = z.strictObject({
  ...identityFilters,
  sort: z.enum(identitySorts).optional(),
  /** Tells how many rows each group has, with the first page. */
  group: z.enum(identityGroups).optional(),
  ...paging,
})
export type IdentityQuery = z.output<typeof IdentityQuery>

/** The query of the anchors of one order of the list. */
export const IdentityAnchorsQuery = IdentityQuery.omit({ cursor: true, skip: true, limit: true, group: true })
export type IdentityAnchorsQuery = z.output<typeof IdentityAnchorsQuery>

const credentialFilters = {
  /** Part of the name or of the source's id, or the last four characters. */
  q: SearchText.optional(),
  type: listOf(z.enum(credentialTypes)).optional(),
  /** Without it everything but `gone` and `deleted`. */
  status: listOf(z.enum(credentialStatuses)).optional(),
  environment: listOf(Environment).optional(),
  /** `90d`: in use, and issued or last rotated longer ago. */
  age: Days.optional(),
  /** `30d`: expires within; `expired`; `never`; `unknown`. */
  expiry: z.union([z.enum(['expired', 'never', 'unknown']), Days]).optional(),
  used: z.union([z.enum(['never', 'unknown']), Days]).optional(),
  identity: z.uuid().optional(),
  /** Whose it is. Without it everything but those of people, who are context and not inventory. */
  holder: listOf(z.enum(holders)).optional(),
  ...exceptions,
}

export const CredentialFilter = z.strictObject(credentialFilters)
export type CredentialFilter = z.output<typeof CredentialFilter>

export const CredentialQuery = z.strictObject({
  ...credentialFilters,
  sort: z.enum(credentialSorts).optional(),
  ...paging,
})
export type CredentialQuery = z.output<typeof CredentialQuery>

export const CredentialAnchorsQuery = CredentialQuery.omit({ cursor: true, skip: true, limit: true })
export type CredentialAnchorsQuery = z.output<typeof CredentialAnchorsQuery>

const exporting = {
  format: z.enum(exportFormats).optional(),
  /** `yes`: CSV begins with a byte order mark, by which Excel knows UTF-8. */
  bom: z.enum(['yes']).optional(),
}

/** The query of an export: that of the list, without its pages. Without `columns` all of them. */
export const ExportIdentitiesQuery = IdentityAnchorsQuery.extend({
  ...exporting,
  columns: listOf(z.enum(identityExportColumns)).optional(),
})
export type ExportIdentitiesQuery = z.output<typeof ExportIdentitiesQuery>
export const ExportCredentialsQuery = CredentialAnchorsQuery.extend({
  ...exporting,
  columns: listOf(z.enum(credentialExportColumns)).optional(),
})
export type ExportCredentialsQuery = z.output<typeof ExportCredentialsQuery>

/** Whether a filter hides anything: sort, direction and page do not. */
export function isFiltered(query: IdentityQuery | CredentialQuery): boolean {
  return Object.keys(query).some((name) => !['sort', 'dir', 'cursor', 'skip', 'limit', 'group'].includes(name))
}

/** `rule`: what is asked breaks it, so that those excepted from it are told apart. */
export type Question = { id: string; rule?: (typeof exclusionRules)[number] } & (
  | { list: 'identities'; filter: IdentityFilter }
  | { list: 'credentials'; filter: CredentialFilter }
)

/** The questions that the overview answers with a number: each is a filter of a list, so the list holds exactly as many. */
export function overviewQuestions(policy: { rotateAfterDays: number; staleAfterDays: number }): Question[] {
  return [
    {
      id: 'production_admin_unowned',
      rule: 'ownership',
      list: 'identities',
      filter: { environment: ['production'], privilege: ['admin'], owner: ['none'] },
    },
    { id: 'unowned', rule: 'ownership', list: 'identities', filter: { owner: ['none'] } },
    { id: 'unconfirmed', list: 'identities', filter: { owner: ['suggested'] } },
    { id: 'never_used', rule: 'usage', list: 'identities', filter: { used: 'never' } },
    { id: 'stale', rule: 'usage', list: 'identities', filter: { used: `${policy.staleAfterDays}d` } },
    { id: 'overdue', rule: 'rotation', list: 'credentials', filter: { age: `${policy.rotateAfterDays}d` } },
    { id: 'expired', rule: 'expiry', list: 'credentials', filter: { expiry: 'expired' } },
    { id: 'expiring', rule: 'expiry', list: 'credentials', filter: { expiry: `${expiringWithinDays}d` } },
    { id: 'never_expires', list: 'credentials', filter: { expiry: 'never' } },
  ]
}

const loadHistory = createLoader(historyParsers)

/** The history that an address shows. */
export function loadHistoryQuery(search: SearchParams): HistoryQuery {
  return { field: loadHistory(search).field ?? undefined }
}

/** What somebody remembers of a name, sent as the body of a request: it may be a password after all, and stands in no address. */
export const SearchNamesInput = z.strictObject({ text: SearchText })
export type SearchNamesInput = z.input<typeof SearchNamesInput>
