import { z } from 'zod'
import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import {
  CreateStreamInput,
  OneStream,
  Resent,
  SignalSettings,
  SignalStream,
  SignalStreams,
  StreamQuery,
  StreamStatus,
  Undelivered,
  UndeliveredQuery,
  UpdateStatusInput,
  UpdateStreamInput,
  VerifyStreamInput,
} from '../schema'
import { createStream } from './create-stream'
import { getSettings, getStatus, getStream, listStreams, listUndelivered } from './list-streams'
import { deleteStream, resendUndelivered, updateStatus, updateStream } from './update-stream'
import { verifyStream } from './verify-stream'

const read = { tags: ['Signals'] as [string], scope: 'settings:read' as const }
const write = { tags: ['Signals'] as [string], scope: 'settings:write' as const }
const streams = '/api/v1/ssf/streams'

export const getSignalSettingsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/ssf/settings',
  operationId: 'getSignalSettings',
  summary: 'Who is told of changes, and where the events come from',
  response: SignalSettings,
  run: (ctx) => getSettings(ctx),
})

export const getStreamsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: streams,
  operationId: 'getSignalStreams',
  summary: 'Streams of security events (Shared Signals Framework); one with `stream_id`, else all',
  query: StreamQuery,
  response: z.union([SignalStreams, SignalStream]),
  run: (ctx, { query: { stream_id } }) => (stream_id === undefined ? listStreams(ctx) : getStream(ctx, { stream_id })),
})

export const createStreamEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: streams,
  operationId: 'createSignalStream',
  summary: 'Tell a receiver of changes from now on, by push (RFC 8935)',
  description:
    'The `authorization_header` is encrypted and never given back. Addresses inside need their network opened.',
  takesSecret: true,
  status: 201,
  body: CreateStreamInput,
  response: SignalStream,
  errors: ['conflict'],
  run: (ctx, { body }) => createStream(ctx, body),
})

export const updateStreamEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: streams,
  operationId: 'updateSignalStream',
  summary: 'Change a stream; what is not given stays',
  takesSecret: true,
  body: UpdateStreamInput,
  response: SignalStream,
  errors: ['not_found', 'conflict'],
  run: (ctx, { body }) => updateStream(ctx, body),
})

export const deleteStreamEndpoint = endpoint({
  ...write,
  method: 'DELETE',
  path: streams,
  operationId: 'deleteSignalStream',
  summary: 'Tell a receiver of nothing more',
  query: OneStream,
  errors: ['not_found', 'conflict'],
  run: async (ctx, { query }) => {
    await deleteStream(ctx, query)
    return undefined
  },
})

export const getStreamStatusEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/ssf/status',
  operationId: 'getSignalStreamStatus',
  summary: 'Whether a stream is on',
  query: OneStream,
  response: StreamStatus,
  errors: ['not_found'],
  run: (ctx, { query }) => getStatus(ctx, query),
})

export const updateStreamStatusEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/ssf/status',
  operationId: 'updateSignalStreamStatus',
  summary: 'Switch a stream on, pause it, or switch it off',
  description: 'While it is `paused` events wait; while it is `disabled` they are lost.',
  body: UpdateStatusInput,
  response: StreamStatus,
  errors: ['not_found', 'conflict'],
  run: (ctx, { body }) => updateStatus(ctx, body),
})

export const verifyStreamEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/ssf/verify',
  operationId: 'verifySignalStream',
  summary: 'Send a verification event',
  body: VerifyStreamInput,
  errors: ['not_found', 'conflict'],
  run: async (ctx, { body }) => {
    await verifyStream(ctx, body)
    return undefined
  },
})

export const listUndeliveredSignalsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/ssf/undelivered',
  operationId: 'listUndeliveredSignals',
  summary: 'Events that could not be delivered, newest first',
  query: UndeliveredQuery,
  response: Undelivered,
  errors: ['not_found'],
  run: (ctx, { query }) => listUndelivered(ctx, query),
})

export const resendSignalsEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/ssf/resend',
  operationId: 'resendSignals',
  summary: 'Send everything of a stream again that could not be delivered',
  body: OneStream,
  response: Resent,
  errors: ['not_found'],
  run: (ctx, { body }) => resendUndelivered(ctx, body),
})

export const endpoints: readonly Endpoint[] = [
  getSignalSettingsEndpoint,
  getStreamsEndpoint,
  createStreamEndpoint,
  updateStreamEndpoint,
  deleteStreamEndpoint,
  getStreamStatusEndpoint,
  updateStreamStatusEndpoint,
  verifyStreamEndpoint,
  listUndeliveredSignalsEndpoint,
  resendSignalsEndpoint,
]
