import { z } from 'zod'
import { eventTypes } from './rules'

/** Streams of security events, in the words of the OpenID Shared Signals Framework 1.0. */

export const pushMethod = 'urn:ietf:rfc:8935'
export const streamStates = ['enabled', 'paused', 'disabled'] as const
export const mostStreams = 20

const EventTypes = z.array(z.enum(eventTypes)).min(1, 'Choose at least one.').max(eventTypes.length)
const Description = z.string().trim().min(1, 'Enter what it is for.').max(200)
const EndpointUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2000)
  .refine((text) => {
    const { username, password } = new URL(text)
    return username === '' && password === ''
  }, 'must hold no user and password: send them as authorization_header')
const Delivery = z.strictObject({
  method: z.literal(pushMethod, { error: `must be ${pushMethod}` }),
  endpoint_url: EndpointUrl,
  /** Sent as `Authorization`; kept encrypted, never given back. */
  authorization_header: z
    .string()
    .min(1)
    .max(4000)
    .regex(/^[\x20-\x7e]+$/, 'holds characters that no header can')
    .nullish(),
})

export const CreateStreamInput = z.strictObject({
  description: Description,
  /** Of the tokens; without it the receiver's address. */
  aud: z.string().trim().min(1).max(2000).optional(),
  delivery: Delivery,
  events_requested: EventTypes.default([...eventTypes]),
})
export type CreateStreamInput = z.input<typeof CreateStreamInput>

export const UpdateStreamInput = z.strictObject({
  stream_id: z.uuid(),
  description: Description.optional(),
  delivery: Delivery.optional(),
  events_requested: EventTypes.optional(),
})
export type UpdateStreamInput = z.input<typeof UpdateStreamInput>

export const StreamQuery = z.strictObject({ stream_id: z.uuid().optional() })
export const OneStream = z.strictObject({ stream_id: z.uuid() })
export type OneStream = z.infer<typeof OneStream>

export const SignalStream = z.object({
  stream_id: z.uuid(),
  iss: z.string(),
  aud: z.string(),
  description: z.string(),
  events_supported: z.array(z.string()),
  events_requested: z.array(z.string()),
  events_delivered: z.array(z.string()),
  delivery: z.object({ method: z.literal(pushMethod), endpoint_url: z.string() }),
  /** Beyond the standard: how it does. */
  status: z.enum(streamStates),
  reason: z.string().nullable(),
  has_authorization: z.boolean(),
  waiting: z.int(),
  undelivered: z.int(),
  /** What the receiver said last, where a try failed. */
  problem: z.string().nullable(),
  delivered_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  created_by: z.string(),
})
export type SignalStream = z.infer<typeof SignalStream>
export const SignalStreams = z.array(SignalStream)

export const StreamStatus = z.object({
  stream_id: z.uuid(),
  status: z.enum(streamStates),
  reason: z.string().optional(),
})
export type StreamStatus = z.infer<typeof StreamStatus>
export const UpdateStatusInput = z.strictObject({
  stream_id: z.uuid(),
  status: z.enum(streamStates),
  reason: z.string().trim().max(300).optional(),
})
export type UpdateStatusInput = z.infer<typeof UpdateStatusInput>

export const VerifyStreamInput = z.strictObject({ stream_id: z.uuid(), state: z.string().max(500).optional() })
export type VerifyStreamInput = z.infer<typeof VerifyStreamInput>

export const UndeliveredQuery = z.strictObject({ stream_id: z.uuid(), cursor: z.uuid().optional() })
export type UndeliveredQuery = z.infer<typeof UndeliveredQuery>
export const Undelivered = z.object({
  items: z.array(
    z.object({
      /** The token's `jti`. */
      id: z.uuid(),
      event: z.string(),
      attempts: z.int(),
      says: z.string(),
      created_at: z.iso.datetime(),
      ended_at: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
})
export type Undelivered = z.infer<typeof Undelivered>
export const Resent = z.object({ resent: z.int() })

export const SignalSettings = z.object({
  issuer: z.string(),
  streams: SignalStreams,
  can: z.object({ update: z.boolean() }),
})
export type SignalSettings = z.infer<typeof SignalSettings>

/** What callers of the decision point ask of changes. */
export const ChangesQuery = z.strictObject({
  subject_type: z.string().min(1).max(128).optional(),
  subject_id: z.string().min(1).max(1024).optional(),
  cursor: z.string().max(8000).optional(),
  /** For how many seconds to wait where there is nothing yet. */
  wait: z.coerce.number().int().min(0).max(30).default(0),
})
