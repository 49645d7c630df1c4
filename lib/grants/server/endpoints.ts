import { endpoint } from '@/lib/platform/http/endpoint'
import {
  AccessRequestInput,
  AccessTask,
  ActivateGrantInput,
  ById,
  ClosedTicket,
  CloseTicketInput,
  DecideGrantInput,
  EndGrantInput,
  GrantDetail,
  GrantPage,
  GrantPreview,
  GrantQuery,
  PreviewGrantInput,
  RequestGrantInput,
  RequestRoleInput,
  RoleChoices,
} from '../schema'
import { activateGrant } from './activate-grant'
import { decideGrant } from './approve-grant'
import { cancelGrant } from './cancel-grant'
import { closeTicket, releaseGrant, revokeGrant } from './end-grant'
import { getGrant, listGrants } from './list-grants'
import { previewGrant } from './preview-grant'
import { getAccessRequest, requestFromDenial } from './request-from-denial'
import { requestGrant } from './request-grant'
import { listRoles, requestRole } from './request-role'

const read = { tags: ['Grants'] as [string], scope: 'grants:read' as const }
const write = { tags: ['Grants'] as [string], scope: 'grants:write' as const }

export const previewGrantEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grants/preview',
  operationId: 'previewGrant',
  summary: 'What a request would give, what not, and what it would add to the blast radius',
  description: 'Changes nothing. `listHash` is given back with the request.',
  body: PreviewGrantInput,
  response: GrantPreview,
  errors: ['not_found'],
  run: (ctx, { body }) => previewGrant(ctx, body),
})

export const requestGrantEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grants',
  operationId: 'requestGrant',
  summary: 'Ask for a right for one task, with an end',
  description:
    'For an identity, or with `mode` `runtime` also for oneself. Nothing is given before others have agreed and it is activated. A request ' +
    'that nobody decides on lapses after an hour. More time is a new request, with `parentId`.',
  status: 201,
  body: RequestGrantInput,
  response: GrantDetail,
  errors: ['not_found', 'conflict', 'precondition_failed'],
  run: (ctx, { body }) => requestGrant(ctx, body),
})

export const listGrantsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/grants',
  operationId: 'listGrants',
  summary: 'Grants, newest first: one’s own, those that wait for one’s word, the active ones, or all',
  query: GrantQuery,
  response: GrantPage,
  run: (ctx, { query }) => listGrants(ctx, query),
})

export const getGrantEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/grants/{id}',
  operationId: 'getGrant',
  summary: 'One grant: its rights, who agreed, and everything that happened',
  params: ById,
  response: GrantDetail,
  run: (ctx, { params }) => getGrant(ctx, params),
})

export const decideGrantEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grants/{id}/verdict',
  operationId: 'decideGrant',
  summary: 'Agree to a request, or say no',
  description:
    'Bound to the exact list by its hash. Never by whoever asked, who answers for the account by name, or an API key, and never by the ' +
    'requester’s own group alone.',
  params: ById,
  body: DecideGrantInput.omit({ id: true }),
  response: GrantDetail,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => decideGrant(ctx, { ...body, ...params }),
})

export const withdrawGrantEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: '/api/v1/grants/{id}',
  operationId: 'withdrawGrant',
  summary: 'Take back one’s own request before anything was given',
  params: ById,
  response: GrantDetail,
  errors: ['conflict'],
  run: (ctx, { params }) => cancelGrant(ctx, params),
})

export const activateGrantEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grants/{id}/activate',
  operationId: 'activateGrant',
  summary: 'Begin a grant that was agreed to',
  description:
    'The policies are asked again. The clock starts when the source has given it. `secret` is what the account signs in with: the end is ' +
    'then tried with it. It is kept encrypted until that is done, and in no answer.',
  takesSecret: true,
  status: 202,
  params: ById,
  body: ActivateGrantInput.omit({ id: true }),
  response: GrantDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => activateGrant(ctx, { ...body, ...params }),
})

export const releaseGrantEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grants/{id}/release',
  operationId: 'releaseGrant',
  summary: 'Give back a right that is needed no more',
  status: 202,
  params: ById,
  body: EndGrantInput.omit({ id: true }),
  response: GrantDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => releaseGrant(ctx, { ...body, ...params }),
})

export const revokeGrantEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grants/{id}/revoke',
  operationId: 'revokeGrant',
  summary: 'End somebody’s grant now',
  status: 202,
  params: ById,
  body: EndGrantInput.omit({ id: true }),
  response: GrantDetail,
  errors: ['conflict'],
  run: (ctx, { params, body }) => revokeGrant(ctx, { ...body, ...params }),
})

export const closeTicketEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/grant-tickets/close',
  operationId: 'closeGrantTicket',
  summary: 'Say that a ticket was closed: every grant that was given for it ends',
  body: CloseTicketInput,
  response: ClosedTicket,
  run: (ctx, { body }) => closeTicket(ctx, body),
})

export const requestFromDenialEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/access-requests',
  operationId: 'requestAccessFromDenial',
  summary: 'Ask for what a denial of the decision point offered',
  description:
    'The endpoint of `context.access_request` of a denial (AuthZEN profile for access requests, draft). The binding token says for whom, what and ' +
    'on what; nothing else can be asked for with it. Without `requested_until` the shortest time that was enough before.',
  status: 201,
  body: AccessRequestInput,
  response: AccessTask,
  errors: ['not_found', 'conflict', 'precondition_failed'],
  run: (ctx, { body }) => requestFromDenial(ctx, body),
})

export const getAccessRequestEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/access-requests/{id}',
  operationId: 'getAccessRequest',
  summary: 'How a request stands that was made from a denial',
  params: ById,
  response: AccessTask,
  run: (ctx, { params }) => getAccessRequest(ctx, params),
})

export const requestRoleEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/role-requests',
  operationId: 'requestRole',
  summary: 'Ask for a role in this organization, for oneself and for a time',
  description:
    'Where a denial leads to: its `missing` names the roles that would be allowed. Somebody else agrees, it begins by `activateGrant`, and ends by ' +
    'itself. Only with a session: a key has the role of its owner.',
  status: 201,
  body: RequestRoleInput,
  response: GrantDetail,
  errors: ['conflict'],
  run: (ctx, { body }) => requestRole(ctx, body),
})

export const listRolesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/role-requests',
  operationId: 'listRoleChoices',
  summary: 'The roles that can be held for a time, with who would have to agree',
  response: RoleChoices,
  run: (ctx) => listRoles(ctx),
})

export const endpoints = [
  ...[previewGrantEndpoint, requestGrantEndpoint, listGrantsEndpoint, getGrantEndpoint, decideGrantEndpoint],
  ...[withdrawGrantEndpoint, activateGrantEndpoint, releaseGrantEndpoint, revokeGrantEndpoint, closeTicketEndpoint],
  ...[requestFromDenialEndpoint, getAccessRequestEndpoint, requestRoleEndpoint, listRolesEndpoint],
]
