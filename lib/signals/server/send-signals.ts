import { importPKCS8, SignJWT } from 'jose'
import { LiveError } from '@/lib/connectors/live-error'
import type { OutboundPolicy } from '@/lib/connectors/outbound'
import { askUrl, type HttpAnswer, retryAfterMs } from '@/lib/connectors/outbound-http'
import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { env } from '@/lib/platform/env'
import { log } from '@/lib/platform/telemetry/log'
import { eventOf, retryAfterSeconds } from '../rules'
import { keptDays } from './find-changes'
import { issuerOf } from './get-transmitter'
import {
  type DueDelivery,
  dropOld,
  insertDeliveries,
  lockStreams,
  moveStream,
  type OpenStream,
  type Outcome,
  openStream,
  takeDue,
  writeOutcome,
} from './store'
import { dropOldChanges, pageSize, readChanges } from './store-changes'

/** In milliseconds: for so long a receiver may take. */
const answerMs = 15_000
const leaseSeconds = 60
const mostAtOnce = 100
const inParallel = 8

/** Makes an event of each change that a stream has not seen and asked for. Answers how many there are to be sent. */
export async function recordSignals(ctx: Context): Promise<number> {
  const { orgId } = ctx.tenant
  const permit = await ctx.authorize('deliver', decisionTarget)
  return ctx.commitPart(permit, async (bulk) => {
    let made = 0
    for (const { id, seen, events } of await lockStreams(bulk)) {
      const at = { from: seen, to: null as string | null, after: '0' }
      let read = 0
      while (true) {
        const { changes, now, isLost } = await readChanges(ctx.tenant, at, null)
        at.to ??= now
        const wanted = changes.map((change) => eventOf(orgId, change)).filter(({ type }) => events.includes(type))
        await insertDeliveries(
          bulk,
          id,
          wanted.map(({ type, subject, body, transaction }) => ({
            type,
            claims: { sub_id: subject, txn: transaction, events: { [type]: body } },
          })),
        )
        made += wanted.length
        read += isLost ? 1 : changes.length
        const last = changes.at(-1)
        if (isLost || changes.length < pageSize || !last) break
        at.after = last.id
      }
      // Without a change its place stays: what comes is behind it all the same.
      if (read > 0) await moveStream(bulk, id, at.to)
    }
    return made
  })
}

/** Sends what is due, streams side by side, events of one stream one after the other. Answers how many were tried. */
export async function sendSignals(ctx: Context): Promise<number> {
  const permit = await ctx.authorize('deliver', decisionTarget)
  const due = await ctx.commitPart(permit, (bulk) => takeDue(bulk, mostAtOnce, leaseSeconds))
  const streams = [...new Set(due.map(({ streamId }) => streamId))]
  const lanes = streams.map((id) => [id, due.filter(({ streamId }) => streamId === id)] as const)
  for (let from = 0; from < lanes.length; from += inParallel)
    await Promise.all(lanes.slice(from, from + inParallel).map(([id, own]) => sendLane(ctx, permit, id, own)))
  return due.length
}

/** One receiver after the other's word: where a try fails for now, the rest waits with it. */
async function sendLane(ctx: Context, permit: Permit, streamId: string, due: readonly DueDelivery[]): Promise<void> {
  const began = Date.now()
  const stream = await openStream(ctx, streamId)
  let pause: Extract<Outcome, { state: 'waiting' }> | undefined
  for (const each of due) {
    const isLate = Date.now() - began > (leaseSeconds - 2) * 1000 - answerMs
    const outcome: Outcome =
      !stream || isLate
        ? { state: 'waiting', says: 'It is sent with the next look.', seconds: 1, isUntried: true }
        : (pause ?? (await trySend(ctx, stream, each)))
    if (outcome.state === 'waiting') pause ??= { ...outcome, isUntried: true }
    await writeEnd(ctx, permit, each, outcome)
  }
}

async function writeEnd(ctx: Context, permit: Permit, delivery: DueDelivery, outcome: Outcome): Promise<void> {
  if (outcome.state !== 'dead') return ctx.commitPart(permit, (bulk) => writeOutcome(bulk, delivery, outcome))
  const { id, streamId, attempts } = delivery
  const after = { stream: streamId, token: id, attempts, says: outcome.says }
  await ctx.commitBulk(permit, { action: 'decision.signal.undelivered', target: decisionTarget, after }, (bulk) =>
    writeOutcome(bulk, delivery, outcome),
  )
}

async function trySend(ctx: Context, stream: OpenStream, delivery: DueDelivery): Promise<Outcome> {
  try {
    const body = await signedToken(ctx, stream, delivery)
    const policy: OutboundPolicy = { allow: env().OUTBOUND_NETWORKS, allowLoopback: env().OUTBOUND_LOOPBACK }
    const headers = {
      ...{ 'content-type': 'application/secevent+jwt', accept: 'application/json' },
      ...(stream.authorization === undefined ? {} : { authorization: stream.authorization }),
    }
    const answer = await askUrl(
      stream.endpointUrl,
      policy,
      { method: 'POST', headers, body },
      AbortSignal.timeout(answerMs),
    )
    return outcomeOf(answer, delivery.attempts)
  } catch (error) {
    const isTold = error instanceof LiveError
    if (!isTold) log.info({ reason: String(error).slice(0, 200) }, 'a security event was not delivered')
    return later(
      isTold ? error.message : 'The receiver cannot be reached, or did not answer in time.',
      delivery.attempts,
    )
  }
}

/** A security event token (RFC 8417), as the Shared Signals Framework shapes it. */
async function signedToken(ctx: Context, { audience, key }: OpenStream, { id, claims }: DueDelivery): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: key.id, typ: 'secevent+jwt' })
    .setIssuer(issuerOf(ctx.tenant.orgId))
    .setAudience(audience)
    .setJti(id)
    .setIssuedAt()
    .sign(await importPKCS8(key.private, 'RS256'))
}

/** RFC 8935: 202 is taken; 400 says what is wrong with the token, which no further try would mend. */
function outcomeOf(answer: HttpAnswer, attempts: number): Outcome {
  const { status } = answer
  if (status === 202 || status === 200 || status === 204) return { state: 'delivered' }
  const told = wordsOf(answer)
  const says = `The receiver answered ${status}${told === '' ? '' : `: ${told}`}`.slice(0, 300)
  if (status === 400) return { state: 'dead', says }
  return later(says, attempts, retryAfterMs(answer))
}

function later(says: string, attempts: number, askedMs?: number): Outcome {
  const asked = askedMs === undefined ? undefined : askedMs / 1000
  const seconds = retryAfterSeconds(attempts, asked, Math.random())
  return seconds === null ? { state: 'dead', says } : { state: 'waiting', says, seconds }
}

/** What the receiver says is wrong, by RFC 8935 section 2.3; of anything else it answers, nothing is kept. */
function wordsOf({ text }: HttpAnswer): string {
  try {
    const { err, description } = JSON.parse(text) as { err?: unknown; description?: unknown }
    const words = [err, description].filter((word) => typeof word === 'string')
    return words
      .join(', ')
      .replaceAll(/[^\x20-\x7e]/g, '?')
      .slice(0, 200)
  } catch {
    return ''
  }
}

/** Lets go of what nobody needs any more. */
export async function expireSignals(ctx: Context): Promise<void> {
  const permit = await ctx.authorize('deliver', decisionTarget)
  await ctx.commitPart(permit, (bulk) => dropOld(bulk))
  await dropOldChanges(ctx.tenant, keptDays)
}
