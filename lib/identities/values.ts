import { privileges } from '@/lib/connectors/contract'

/**
 * The closed lists of values that contracts, filters and addresses are made of. Kept apart from the contracts, so that they cost
 * the browser nothing.
 */

/** `gone`: the source no longer holds it; the row stays with all that was known. */
export const identityStatuses = ['active', 'disabled', 'unknown', 'gone'] as const

/** Of those that can act: the scores of a day are counted over them. */
export const actingStatuses = ['active', 'unknown'] as const satisfies readonly (typeof identityStatuses)[number][]

export const credentialStatuses = [
  'discovered',
  'active',
  'rotating',
  'superseded',
  'disabled',
  'deleted',
  'gone',
] as const

/**
 * `none`: nobody; `left`: nobody any more, because the owner left or was disabled; `suggested`: somebody, whom nobody
 * confirmed; `confirmed`: somebody answers for it.
 */
export const ownerStates = ['none', 'left', 'suggested', 'confirmed'] as const

/** What sets an identity apart, in the order of their bits in the listing. */
export const identityTraits = [
  'cross_environment',
  'destructive_tools',
  'third_party',
  'break_glass',
  'owner_conflict',
] as const

/** The organization's rules from which an identity can be excepted. */
export const exclusionRules = ['rotation', 'expiry', 'usage', 'ownership'] as const

/** Rows of a page when nobody says how many. */
export const pageSize = 50

/** `mine`: the caller or a team of theirs answers for it. */
export const ownerFilters = [...ownerStates, 'mine'] as const
export const privilegeFilters = ['none', ...privileges] as const
export const sortDirections = ['asc', 'desc'] as const

export const identitySorts = [
  'name',
  'environment',
  'owner',
  'credentials',
  'oldest',
  'expiry',
  'lastUsed',
  'privilege',
  'blast',
] as const
export type IdentitySort = (typeof identitySorts)[number]
/** What the list can be divided by. */
export const identityGroups = ['owner', 'environment', 'source'] as const
export type IdentityGroup = (typeof identityGroups)[number]

export const credentialSorts = ['name', 'type', 'status', 'issued', 'expiry', 'lastUsed'] as const
export type CredentialSort = (typeof credentialSorts)[number]

/** `unknown`: the source does not say, or names something that no import has told of. */
export const holders = ['identity', 'person', 'unknown'] as const

/** What an export can tell of an identity, in the order of its columns. */
export const identityExportColumns = [
  'id',
  'name',
  'kind',
  'environment',
  'owner',
  'ownerState',
  'privilege',
  'blast',
  'traits',
  'credentials',
  'oldest',
  'expiry',
  'lastUsed',
  'status',
  'system',
  'source',
  'externalId',
] as const
/** What an export can tell of a credential. */
export const credentialExportColumns = [
  'id',
  'name',
  'type',
  'identity',
  'identityId',
  'person',
  'subjectRef',
  'environment',
  'status',
  'issued',
  'rotated',
  'expiry',
  'lastUsed',
  'lastFour',
  'fingerprint',
  'system',
  'source',
  'externalId',
] as const

export const exportFormats = ['csv', 'json', 'ndjson'] as const
export type ExportFormat = (typeof exportFormats)[number]
