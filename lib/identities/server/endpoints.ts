import { z } from 'zod'
import { SightingPage } from '@/lib/access-graph/schema'
import { ChooseOwnerInput, OwnerTimeline } from '@/lib/ownership/schema'
import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import { IdentityEdit } from '../edits'
import {
  CredentialAnchorsQuery,
  CredentialQuery,
  ExportCredentialsQuery,
  ExportIdentitiesQuery,
  IdentityAnchorsQuery,
  IdentityQuery,
} from '../filters'
import { HeldCredentialPage, HeldCredentialQuery } from '../held-credentials'
import { HistoryPage, HistoryQuery } from '../history'
import {
  AssignOwnerInput,
  ConfirmOwnerInput,
  CredentialDetail,
  CredentialPage,
  FoundCredentials,
  IdentityDetail,
  IdentityPage,
  ListAnchors,
  Overview,
  SearchCredentialsInput,
  TransferOwnerInput,
} from '../schema'
import { assignOwner } from './assign-owner'
import { confirmOwner } from './confirm-owner'
import { deleteOwner } from './delete-owner'
import { exportCredentials } from './export-credentials'
import { exportIdentities } from './export-identities'
import { getCredential } from './get-credential'
import { getIdentity } from './get-identity'
import { getOverview } from './get-overview'
import { listCredentialAnchors, listIdentityAnchors } from './list-anchors'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'
import { listIdentityCredentials } from './list-identity-credentials'
import { listIdentityHistory } from './list-identity-history'
import { listIdentitySightings } from './list-identity-sightings'
import { listOwnerAssertions } from './list-owner-assertions'
import { resolveOwnerConflict } from './resolve-owner-conflict'
import { searchCredentials } from './search-credentials'
import { transferOwner } from './transfer-owner'
import { updateIdentity } from './update-identity'

const ById = z.object({ id: z.uuid() })
const OwnershipPath = z.object({ id: z.uuid(), ownershipId: z.uuid() })

export const listIdentitiesEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities',
  operationId: 'listIdentities',
  summary: 'List identities',
  description:
    'Keyset pages in any order. Values of one filter are separated by commas and mean "or"; filters together mean "and". ' +
    'The first page carries the exact total and, for each filter, how many rows each of its values would leave.',
  tags: ['Identities'],
  scope: 'inventory:read',
  query: IdentityQuery,
  response: IdentityPage,
  run: (ctx, { query }) => listIdentities(ctx, query),
})

export const listIdentityAnchorsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/anchors',
  operationId: 'listIdentityAnchors',
  summary: 'Where to begin to read any row of the list',
  description:
    'For a scroll bar over a long list: cursors at every n-th row of one order. Row `r` is the first of the list with the cursor ' +
    'of anchor `floor(r / every)` and `skip` = `r mod every`.',
  tags: ['Identities'],
  scope: 'inventory:read',
  query: IdentityAnchorsQuery,
  response: ListAnchors,
  run: (ctx, { query }) => listIdentityAnchors(ctx, query),
})

export const listCredentialAnchorsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/credentials/anchors',
  operationId: 'listCredentialAnchors',
  summary: 'Where to begin to read any row of the list',
  description: 'Cursors at every n-th row of one order, as for identities.',
  tags: ['Credentials'],
  scope: 'inventory:read',
  query: CredentialAnchorsQuery,
  response: ListAnchors,
  run: (ctx, { query }) => listCredentialAnchors(ctx, query),
})

export const getIdentityEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/{id}',
  operationId: 'getIdentity',
  summary: 'One identity with its owners and credentials',
  tags: ['Identities'],
  scope: 'inventory:read',
  isVersioned: true,
  params: ById,
  response: IdentityDetail,
  run: (ctx, { params }) => getIdentity(ctx, params),
})

export const listIdentityCredentialsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/{id}/credentials',
  operationId: 'listIdentityCredentials',
  summary: 'The credentials of an identity, and where each is kept',
  description: 'Keyset pages, those that are there first, the longest in use first. Never the secrets.',
  tags: ['Identities'],
  scope: 'inventory:read',
  params: ById,
  query: HeldCredentialQuery,
  response: HeldCredentialPage,
  run: (ctx, { params, query }) => listIdentityCredentials(ctx, { ...query, id: params.id }),
})

export const listIdentitySightingsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/{id}/sightings',
  operationId: 'listIdentitySightings',
  summary: 'Where secrets of an identity were seen',
  description:
    'Hits of secret scanners for its credentials, and secrets that it holds in some place, such as an environment variable; at most 100, latest first. Never the secrets.',
  tags: ['Identities'],
  scope: 'inventory:read',
  params: ById,
  response: SightingPage,
  run: (ctx, { params }) => listIdentitySightings(ctx, params),
})

export const updateIdentityEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/v1/identities/{id}',
  operationId: 'updateIdentity',
  summary: 'Say what people know of an identity',
  description:
    'Only the fields that are given change; null says that there is none. What the source says stays beside it and comes ' +
    'back with `useSource`. Imports never overwrite an edit.',
  tags: ['Identities'],
  scope: 'inventory:write',
  isVersioned: true,
  params: ById,
  body: IdentityEdit,
  response: IdentityDetail,
  run: (ctx, { params, body, version }) => updateIdentity(ctx, { ...body, id: params.id, version }),
})

export const listIdentityHistoryEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/{id}/history',
  operationId: 'listIdentityHistory',
  summary: 'Every change of an identity',
  description: 'What people did and what syncs brought, merged by time, latest first, each with before and after.',
  tags: ['Identities'],
  scope: 'inventory:read',
  params: ById,
  query: HistoryQuery,
  response: HistoryPage,
  run: (ctx, { params, query }) => listIdentityHistory(ctx, { ...query, id: params.id }),
})

export const assignOwnerEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/identities/{id}/owners',
  operationId: 'assignOwner',
  summary: 'Assign an owner',
  description: 'The owner is assigned until someone confirms. A suggestion of the same owner becomes the assignment.',
  tags: ['Owners'],
  scope: 'inventory:write',
  params: ById,
  body: AssignOwnerInput.omit({ identityId: true }),
  response: IdentityDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => assignOwner(ctx, { ...body, identityId: params.id }),
})

export const confirmOwnerEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/identities/{id}/owners/{ownershipId}/confirm',
  operationId: 'confirmOwner',
  summary: 'Confirm a suggested or assigned owner',
  tags: ['Owners'],
  scope: 'inventory:write',
  params: OwnershipPath,
  body: ConfirmOwnerInput.omit({ identityId: true, ownershipId: true }),
  response: IdentityDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) =>
    confirmOwner(ctx, { ...body, identityId: params.id, ownershipId: params.ownershipId }),
})

export const transferOwnerEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/identities/{id}/owners/{ownershipId}/transfer',
  operationId: 'transferOwner',
  summary: 'Hand an ownership over',
  description: 'The receiver is assigned and still has to confirm.',
  tags: ['Owners'],
  scope: 'inventory:write',
  params: OwnershipPath,
  body: TransferOwnerInput.omit({ identityId: true, ownershipId: true }),
  response: IdentityDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) =>
    transferOwner(ctx, { ...body, identityId: params.id, ownershipId: params.ownershipId }),
})

export const deleteOwnerEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/v1/identities/{id}/owners/{ownershipId}',
  operationId: 'deleteOwner',
  summary: 'Reject a suggestion or take an owner away',
  tags: ['Owners'],
  scope: 'inventory:write',
  params: OwnershipPath,
  response: IdentityDetail,
  errors: ['conflict'],
  run: (ctx, { params }) => deleteOwner(ctx, { identityId: params.id, ownershipId: params.ownershipId }),
})

export const listOwnerAssertionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/identities/{id}/ownership',
  operationId: 'listOwnerAssertions',
  summary: 'Everything that was ever said about who answers for an identity',
  description: 'Dated assertions, the latest first: by whom, from when, until when, and why each ended.',
  tags: ['Owners'],
  scope: 'inventory:read',
  params: ById,
  response: OwnerTimeline,
  run: (ctx, { params }) => listOwnerAssertions(ctx, params),
})

export const resolveOwnerConflictEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/identities/{id}/owners/{ownershipId}/choose',
  operationId: 'resolveOwnerConflict',
  summary: 'Say which of several claims is right',
  description: 'The chosen claim is confirmed; the others to its duty end.',
  tags: ['Owners'],
  scope: 'inventory:write',
  params: OwnershipPath,
  body: ChooseOwnerInput.omit({ identityId: true, ownershipId: true }),
  response: IdentityDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) =>
    resolveOwnerConflict(ctx, { ...body, identityId: params.id, ownershipId: params.ownershipId }),
})

export const listCredentialsEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/credentials',
  operationId: 'listCredentials',
  summary: 'List credentials',
  description: 'Keyset pages in any order; never the secrets. Filters as in the list of identities.',
  tags: ['Credentials'],
  scope: 'inventory:read',
  query: CredentialQuery,
  response: CredentialPage,
  run: (ctx, { query }) => listCredentials(ctx, query),
})

export const getCredentialEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/credentials/{id}',
  operationId: 'getCredential',
  summary: 'One credential; never the secret',
  tags: ['Credentials'],
  scope: 'inventory:read',
  params: ById,
  response: CredentialDetail,
  run: (ctx, { params }) => getCredential(ctx, params),
})

const exported = {
  method: 'GET',
  scope: 'inventory:read',
  errors: ['rate_limited'],
  response: { contentType: ['text/csv', 'application/json', 'application/x-ndjson'] },
} as const satisfies Partial<Endpoint>
const exportWords =
  'Streamed, in the order and with the filters of the list; `columns` names what is told of each row. Instants are ISO 8601 ' +
  'in UTC, `never` is said where it is known, and what is not known is empty. In CSV an apostrophe stands before whatever ' +
  'a spreadsheet could take for a formula (= + - @, at the beginning or after ; tab or line break). A file that ends ' +
  'without its connection ending in order is not whole. Each export is an event of the audit trail.'

export const exportIdentitiesEndpoint = endpoint({
  ...exported,
  path: '/api/v1/identities/export',
  operationId: 'exportIdentities',
  summary: 'Identities as CSV, JSON or NDJSON',
  description: exportWords,
  tags: ['Identities'],
  query: ExportIdentitiesQuery,
  run: (ctx, { query }) => exportIdentities(ctx, query),
})

export const exportCredentialsEndpoint = endpoint({
  ...exported,
  path: '/api/v1/credentials/export',
  operationId: 'exportCredentials',
  summary: 'Credentials as CSV, JSON or NDJSON; never the secrets',
  description: exportWords,
  tags: ['Credentials'],
  query: ExportCredentialsQuery,
  run: (ctx, { query }) => exportCredentials(ctx, query),
})

export const searchCredentialsEndpoint = endpoint({
  method: 'POST',
  path: '/api/v1/credentials/lookup',
  operationId: 'searchCredentials',
  summary: 'Whose key is this?',
  description:
    'Finds the credential of a leaked key by its value, its fingerprint or its last four characters. A value is ' +
    'fingerprinted on arrival and kept nowhere; an Idempotency-Key is not taken, since it would keep a digest of it.',
  tags: ['Credentials'],
  scope: 'inventory:read',
  takesSecret: true,
  maxBodyBytes: 64 * 1024,
  body: SearchCredentialsInput,
  response: FoundCredentials,
  run: (ctx, { body }) => searchCredentials(ctx, body),
})

export const getOverviewEndpoint = endpoint({
  method: 'GET',
  path: '/api/v1/overview',
  operationId: 'getOverview',
  summary: 'The inventory in numbers',
  description: 'Every question carries the query of the list that holds exactly as many rows.',
  tags: ['Overview'],
  scope: 'inventory:read',
  response: Overview,
  run: (ctx) => getOverview(ctx),
})

export const endpoints: Endpoint[] = [
  listIdentitiesEndpoint,
  listIdentityAnchorsEndpoint,
  listCredentialAnchorsEndpoint,
  getIdentityEndpoint,
  listIdentityCredentialsEndpoint,
  listIdentitySightingsEndpoint,
  updateIdentityEndpoint,
  listIdentityHistoryEndpoint,
  assignOwnerEndpoint,
  confirmOwnerEndpoint,
  transferOwnerEndpoint,
  deleteOwnerEndpoint,
  listOwnerAssertionsEndpoint,
  resolveOwnerConflictEndpoint,
  listCredentialsEndpoint,
  getCredentialEndpoint,
  searchCredentialsEndpoint,
  exportIdentitiesEndpoint,
  exportCredentialsEndpoint,
  getOverviewEndpoint,
]
