import { openConnection } from '@/lib/connections/server/open-connection'
import { LiveError } from '@/lib/connectors/live-error'
import type { Secret } from '@/lib/connectors/secret'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { env } from '@/lib/platform/env'
import { isAppError } from '@/lib/platform/errors'
import { isProved } from '../rules'
import type { RunEffect } from '../schema'
import { type CopyPlace, findCopies } from './find-copies'
import { findSlug } from './store-orders'
import { findTargets } from './store-targets'
import type { HopChange, StepOrder } from './verify-login'
import { openFolders, PlaceError, readSecretFile } from './write-secret-file'
import type { Turn } from './write-turn'

/** So many places have a line of their own. */
const shownAtMost = 12
const askTimeoutMs = 15_000

/**
 * Looks at each place that is known to keep the secret of a run's account, where it can be read from here: whether what is there is
 * the secret is told by keyed fingerprints. Changes nothing, and keeps nothing of what it reads.
 */
export async function readCopies(turn: Turn, order: StepOrder, signal: AbortSignal): Promise<HopChange[]> {
  const { ctx, run } = turn
  const [target] = await findTargets(ctx, [run.identityId])
  const own = (target?.credentials ?? []).filter(({ id }) => run.credentialId === null || id === run.credentialId)
  const asked = { identityId: run.identityId, credentialIds: own.map(({ id }) => id) }
  const { places, fingerprints } = (await findCopies(ctx, [asked])).get(run.identityId) ?? {
    places: [],
    fingerprints: [],
  }
  if (places.length === 0)
    return [
      {
        ...{ hop: 'copy:0', title: 'Copies of its secret', state: 'not_testable' },
        says: 'No place is known that keeps its secret. What nobody told cannot be looked at.',
      },
    ]
  const known = new Set([
    ...fingerprints,
    ...own.flatMap((credential) => credential.fingerprint ?? []),
    ...order.held.old.map((secret) => fingerprint(secret.reveal())),
  ])
  const isDead = isProved(run.effect as RunEffect)
  const hops: HopChange[] = []
  for (const [index, place] of places.slice(0, shownAtMost).entries()) {
    const { state, says } = await look(turn, place, { known, isDead }, signal)
    const evidence = state === 'not_testable' ? {} : { evidence: 'place' as const }
    hops.push({ hop: `copy:${String(index + 1).padStart(2, '0')}`, title: place.title, state, says, ...evidence })
  }
  const rest = places.slice(shownAtMost).map(({ title }) => title)
  if (rest.length > 0)
    hops.push({
      ...{ hop: 'copy:99', title: `${rest.length} more places`, state: 'not_testable' },
      says: `These were not looked at: ${rest.slice(0, 20).join('; ')}.`,
    })
  return hops
}

type Found = Pick<HopChange, 'state' | 'says'>

async function look(
  turn: Turn,
  place: CopyPlace,
  { known, isDead }: { known: ReadonlySet<string>; isDead: boolean },
  signal: AbortSignal,
): Promise<Found> {
  const cannot = (says: string): Found => ({ state: 'not_testable', says })
  if (place.by === null) return cannot(place.otherwise)
  let held: readonly Secret[] | undefined
  try {
    held = await readPlace(turn, place.by, signal)
  } catch (error) {
    const isTold = error instanceof LiveError || error instanceof PlaceError
    const isRemoved = isAppError(error) && error.code === 'not_found'
    if (!isTold && !isRemoved) throw error
    return cannot(`It could not be read: ${error.message} ${place.otherwise}`)
  }
  if (held === undefined || held.length === 0)
    return { state: 'already_absent', says: 'It is gone: nothing is kept there.' }
  if (known.size === 0)
    return cannot(
      `Something is kept there. Whether it is the secret is not known here, as nobody gave it. ${place.otherwise}`,
    )
  if (!held.some((secret) => secretsIn(secret.reveal()).some((each) => known.has(fingerprint(each)))))
    return { state: 'already_absent', says: 'It is gone: something else is kept there by now.' }
  return isDead
    ? {
        state: 'dormant',
        says: 'It holds a dead secret: the one that opens nothing any more. Take it out when you can.',
      }
    : cannot('It still holds the secret. Whether that is dead could not be tested.')
}

async function readPlace(
  { ctx }: Turn,
  by: NonNullable<CopyPlace['by']>,
  signal: AbortSignal,
): Promise<readonly Secret[] | undefined> {
  if (by.way === 'file') {
    const secret = await readSecretFile(by.path, openFolders(env().DELIVERY_FOLDERS, await findSlug(ctx)))
    return secret && [secret]
  }
  const within = AbortSignal.any([signal, AbortSignal.timeout(askTimeoutMs)])
  const { connection } = await openConnection(ctx, { id: by.connectionId, signal: within })
  try {
    const { deposits } = connection
    if (deposits === undefined) throw new LiveError('conflict', 'No secrets can be read through this connection.')
    const held = await deposits.read(by.entry, within)
    return held && [...held.values()]
  } finally {
    connection.close()
  }
}

/** As it is, without what an editor adds at its end, and the values of an object. */
function secretsIn(text: string): string[] {
  const plain = [text, text.trimEnd()]
  if (!text.startsWith('{')) return plain
  try {
    const value: unknown = JSON.parse(text)
    return [...plain, ...Object.values(value as object).filter((each) => typeof each === 'string')]
  } catch {
    return plain
  }
}
