import { openConnection } from '@/lib/connections/server/open-connection'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import type { DepositPlace } from '@/lib/connectors/live-contract'
import { LiveError } from '@/lib/connectors/live-error'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { Secret } from '@/lib/connectors/secret'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { env } from '@/lib/platform/env'
import { AppError, isAppError } from '@/lib/platform/errors'
import { type Delivery, isForOneOnly } from '../delivery'
import { planOf, restoreOf } from './map-run'
import { type FoundRun, findConnector, findPerson, findSettings, findSlug, insertLink } from './store-orders'
import type { Outcome, StepOrder } from './verify-login'
import { liesOpen, openFolders, PlaceError, tryFolder, writeSecretFile } from './write-secret-file'
import { sendWebhook, signingKey } from './write-secret-webhook'
import type { Turn } from './write-turn'

/** Who or what gets the new secret of a run. */
export function deliveryOf(run: FoundRun): Delivery | null {
  const wish = restoreOf(run)
  if (run.direction === 'restore') return wish?.revealTo ? { way: 'reveal', userId: wish.revealTo } : null
  return (run.order.options as { delivery?: Delivery }).delivery ?? null
}

/** Hands the new secret over, in the way that was asked for. */
export async function deliver(turn: Turn, order: StepOrder, signal: AbortSignal): Promise<Outcome> {
  const delivery = deliveryOf(turn.run)
  if (delivery === null) return { state: 'refused', code: 'unclear', says: 'Nobody was named who gets the new secret.' }
  const fresh = order.held.fresh
  if (fresh === undefined) return { state: 'refused', code: 'unclear', says: 'The new secret is not held any more.' }
  const { twin } = order.plan
  // Whoever reads a place in the middle of a change never finds the name of one with the secret of the other.
  const secret = twin ? new Secret(JSON.stringify({ account: twin.name, secret: fresh.reveal() })) : fresh
  if (delivery.way === 'reveal') return createLink(turn, order, delivery.userId)
  return attempt(async () => {
    if (delivery.way === 'file') {
      const file = placeOf(delivery.path, turn.run)
      await writeSecretFile(file, await foldersOf(turn.ctx), secret)
      return `${twin ? `The name ${twin.name} and its new secret are` : 'The new secret is'} in ${file}, readable by its owner alone, and was read back.`
    }
    if (delivery.way === 'store')
      return withDeposits(turn, delivery, signal, (deposits, place) => deposits.put({ place, secret }, signal))
    const id = `${turn.run.id}.${generationOfLink(turn.run)}`
    const data = { ...factsOf(turn.run), ...(twin ? { account: twin.name } : {}), secret: fresh.reveal() }
    const status = await send(turn, delivery.url, { id, type: 'credential.rotated', data }, signal)
    return `${new URL(delivery.url).host} has the new secret: it answered ${status} to a signed message.`
  })
}

/**
 * Whether the new secret could be handed over, before there is one: what cannot take it shall not cost the old one.
 * @returns why not, as an outcome; null = it could
 */
export async function tryDelivery(turn: Turn, signal: AbortSignal): Promise<Outcome | null> {
  const delivery = deliveryOf(turn.run)
  if (delivery === null || delivery.way === 'reveal') return null
  const outcome = await attempt(async () => {
    if (delivery.way === 'file') await tryFolder(placeOf(delivery.path, turn.run), await foldersOf(turn.ctx))
    else if (delivery.way === 'store')
      await withDeposits(turn, delivery, signal, (deposits, place) => deposits.look(place, signal))
    else {
      const id = `${turn.run.id}.0`
      await send(turn, delivery.url, { id, type: 'credential.rotation_ahead', data: factsOf(turn.run) }, signal)
    }
    return ''
  })
  if (outcome.state === 'done') return null
  return { ...outcome, says: `Nothing was changed, as the new secret could not be handed over: ${outcome.says}` }
}

async function attempt(hand: () => Promise<string>): Promise<Outcome> {
  try {
    return { state: 'done', says: await hand() }
  } catch (error) {
    if (error instanceof PlaceError) return { state: 'failed', code: 'unreachable', says: error.message }
    if (!(error instanceof LiveError)) throw error
    const isFinal = ['blocked_address', 'conflict', 'forbidden', 'login_refused'].includes(error.code)
    return { state: isFinal ? 'refused' : 'failed', code: isFinal ? 'conflict' : 'unreachable', says: error.message }
  }
}

/** What a message says of a run, beside the secret. */
const factsOf = ({ id, identityId, identityName, connector, credentialRef }: FoundRun) => ({
  ...{ runId: id, identityId, identity: identityName, system: connector, credential: credentialRef },
})

function send(
  { ctx }: Turn,
  url: string,
  message: { id: string; type: string; data: object },
  signal: AbortSignal,
): Promise<number> {
  const { FINGERPRINT_KEY, OUTBOUND_NETWORKS, OUTBOUND_LOOPBACK } = env()
  const outbound = { allow: OUTBOUND_NETWORKS, allowLoopback: OUTBOUND_LOOPBACK }
  return sendWebhook(url, outbound, { ...message, key: signingKey(FINGERPRINT_KEY, ctx.tenant.orgId, url) }, signal)
}

/** Through a live connection of the organization, which is opened for this alone. */
async function withDeposits<Result>(
  { ctx, run }: Turn,
  { connectionId, folder, name, field }: Extract<Delivery, { way: 'store' }>,
  signal: AbortSignal,
  work: (deposits: NonNullable<LiveConnection['deposits']>, place: DepositPlace) => Promise<Result>,
): Promise<Result> {
  const opened = await openConnection(ctx, { id: connectionId, signal }).catch((error: unknown) => {
    throw isAppError(error) && error.code === 'not_found'
      ? new LiveError('conflict', 'The connection to where the new secret goes is not there any more.')
      : error
  })
  try {
    const { deposits } = opened.connection
    if (deposits === undefined)
      throw new LiveError('conflict', 'No secrets can be handed over through this connection.')
    return await work(deposits, { folder, name: placeOf(name, run), field: placeOf(field, run) })
  } finally {
    opened.connection.close()
  }
}

/** Nothing of a name leads elsewhere. */
const safe = (text: string) =>
  text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100) || '_'

export function placeOf(
  path: string,
  run: Pick<FoundRun, 'identityId' | 'identityName' | 'connector' | 'plan'>,
): string {
  // Of two accounts that are used in turn the place is the same.
  const { id, name } = planOf(run).twin?.place ?? { id: run.identityId, name: run.identityName }
  return path.replaceAll('{id}', id).replaceAll('{identity}', safe(name)).replaceAll('{system}', safe(run.connector))
}

async function foldersOf(ctx: Context): Promise<string[]> {
  return openFolders(env().DELIVERY_FOLDERS, await findSlug(ctx))
}

/**
 * Looks at a delivery when it is asked for.
 * @throws AppError `invalid_input` for a file outside the open folders, or one path for several accounts
 */
export async function demandPlace(ctx: Context, delivery: Delivery, targets: number): Promise<void> {
  const refuse = (field: string, says: string) => {
    throw new AppError('invalid_input', says, { fields: { [`delivery.${field}`]: says } })
  }
  if (targets > 1 && isForOneOnly(delivery))
    refuse(delivery.way === 'file' ? 'path' : 'name', 'Put {id} into it: each account needs a place of its own.')
  if (delivery.way === 'store') {
    const connector = await findConnector(ctx, delivery.connectionId)
    if (connector === null || findLiveConnector(connector)?.depositWords === undefined)
      refuse('connectionId', 'No secrets can be handed over through this connection.')
  }
  if (delivery.way !== 'file') return
  if (!liesOpen(delivery.path, await foldersOf(ctx)))
    refuse(
      'path',
      'This folder is not open to new secrets. Whoever runs this installation can open it (DELIVERY_FOLDERS).',
    )
}

/** A link for one person, in place of one that ran out. Whoever opens it is checked when it is opened. */
async function createLink(turn: Turn, order: StepOrder, userId: string): Promise<Outcome> {
  const { ctx, permit, run } = turn
  const person = await findPerson(ctx, userId)
  if (person === null)
    return {
      state: 'refused',
      code: 'unclear',
      says: 'The person who was named to take the new secret is no active member any more.',
    }
  const { linkMinutes } = await findSettings(ctx)
  const generation = generationOfLink(run)
  // By the clock that all workers go by: one that is wrong would make a link that is over, or that lives too long.
  const now = turn.now()
  const link = {
    ...{ orgId: run.orgId, id: uuidv7(now), runId: run.id, generation, userId, userName: person.name },
    expiresAt: new Date(now + linkMinutes * 60_000),
  }
  const target = { kind: 'lifecycle_run', id: run.id, label: run.identityName }
  const change = { action: 'lifecycle.link.create', target, after: { runId: run.id, linkId: link.id, userId } }
  await ctx.commit(permit, change, (tx) => insertLink(tx, link, order.isAgain, new Date(now)))
  return { state: 'done', says: `A link for ${person.name} is open for ${linkMinutes} minutes.` }
}

const generationOfLink = (run: FoundRun): number =>
  run.steps.filter(({ step }) => step === 'issue').at(-1)?.generation ?? 1
