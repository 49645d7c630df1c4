import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { CreateStreamInput, mostStreams, type SignalStream } from '../schema'
import { presentStream } from './list-streams'
import { findKey, findStream, findStreams, insertKey, insertStream } from './store'

/** Tells somebody of changes from now on, by push. @throws AppError `forbidden`, `invalid_input`; `conflict` for too many */
export async function createStream(ctx: Context, given: CreateStreamInput): Promise<SignalStream> {
  const { description, aud, delivery, events_requested: events } = CreateStreamInput.parse(given)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  if ((await findStreams(ctx)).length >= mostStreams)
    throw new AppError('conflict', `An organization can have ${mostStreams} streams. Delete one first.`)
  const key = (await findKey(ctx)) ? undefined : await newKey()
  const id = uuidv7()
  const row = {
    ...{ id, description, audience: aud ?? delivery.endpoint_url, endpointUrl: delivery.endpoint_url, events },
    ...{ authorization: delivery.authorization_header ?? null, createdBy: ctx.actor.name },
  }
  const { authorization, createdBy: _createdBy, ...shown } = row
  const after = { ...shown, hasAuthorization: authorization !== null }
  await ctx.commitBulk(permit, { action: 'decision.stream.create', target: decisionTarget, after }, async (bulk) => {
    if (key) await insertKey(bulk, key)
    await insertStream(bulk, row)
  })
  return presentStream(ctx, await findStream(ctx, id))
}

/** RSA, as the CAEP interoperability profile asks for RS256. */
async function newKey() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  return { id: uuidv7(), public: await exportJWK(publicKey), private: await exportPKCS8(privateKey) }
}
