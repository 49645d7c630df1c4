import { z } from 'zod'
import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ConfirmSessionInput,
  ListSessionsInput,
  RevokeSessionInput,
  SessionConfirmation,
  UpdateUserStatusInput,
  UserSessionList,
} from '../schema'
import { confirmSession } from './confirm-session'
import { listSessions } from './list-sessions'
import { revokeOtherSessions } from './revoke-other-sessions'
import { revokeSession } from './revoke-session'
import { updateUserStatus } from './update-user-status'

const tagged = { tags: ['Sessions'] } satisfies { tags: [string] }

export const listSessionsEndpoint = endpoint({
  ...tagged,
  method: 'GET',
  path: '/api/v1/sessions',
  operationId: 'listSessions',
  summary: 'The sessions that hold: the caller’s own, or those of a member in this organization',
  scope: 'settings:read',
  errors: ['not_found'],
  query: ListSessionsInput,
  response: UserSessionList,
  run: (ctx, { query }) => listSessions(ctx, query),
})
export const revokeSessionEndpoint = endpoint({
  ...tagged,
  method: 'DELETE',
  path: '/api/v1/sessions/{id}',
  operationId: 'revokeSession',
  summary: 'End a session; its next request is refused',
  scope: 'settings:write',
  errors: ['conflict'],
  params: RevokeSessionInput,
  run: (ctx, { params }) => revokeSession(ctx, params).then(() => undefined),
})
export const revokeOtherSessionsEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/sessions/revoke-others',
  operationId: 'revokeOtherSessions',
  summary: 'End every session of the caller but the one that asks',
  description: 'For people only.',
  scope: 'settings:write',
  response: z.object({ ended: z.int() }),
  run: (ctx) => revokeOtherSessions(ctx),
})
export const confirmSessionEndpoint = endpoint({
  ...tagged,
  method: 'POST',
  path: '/api/v1/sessions/confirm',
  operationId: 'confirmSession',
  summary: 'Prove by one’s password that it is still oneself',
  description:
    'For people only, by their session. It holds for five minutes in this session, and for one act that asks for it, such as breaking the glass.',
  scope: 'settings:write',
  takesSecret: true,
  errors: ['conflict', 'precondition_failed'],
  body: ConfirmSessionInput,
  response: SessionConfirmation,
  run: (ctx, { body }) => confirmSession(ctx, body),
})

export const updateUserStatusEndpoint = endpoint({
  tags: ['Members'],
  method: 'PATCH',
  path: '/api/v1/members/{id}/account',
  operationId: 'updateUserStatus',
  summary: 'Disable or enable the account of a member, and with it every session and API key of theirs',
  description: 'For members of this organization alone; of people of several organizations disable the membership.',
  scope: 'settings:write',
  errors: ['conflict', 'precondition_failed'],
  params: UpdateUserStatusInput.pick({ id: true }),
  body: UpdateUserStatusInput.omit({ id: true }),
  response: z.object({ endedSessions: z.int() }),
  run: (ctx, { params, body }) => updateUserStatus(ctx, { ...params, ...body }),
})

export const endpoints = [
  listSessionsEndpoint,
  revokeSessionEndpoint,
  revokeOtherSessionsEndpoint,
  confirmSessionEndpoint,
  updateUserStatusEndpoint,
]
