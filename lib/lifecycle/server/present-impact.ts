import { createHash } from 'node:crypto'
import { listGranted } from '@/lib/access-graph/server/list-granted'
import { listSightings, sightingsOf } from '@/lib/access-graph/server/list-sightings'
import { listStores } from '@/lib/access-graph/server/list-stores'
import { openConnection } from '@/lib/connections/server/open-connection'
import type { LiveUse } from '@/lib/connectors/live-contract'
import { LiveError } from '@/lib/connectors/live-error'
import type { Context } from '@/lib/platform/context'
import type { RunKind } from '../engine/steps'
import { canonicalList, listText } from '../rules'
import type { ImpactTarget } from '../schema'
import { findCopies } from './find-copies'
import { planFor, planSays, type Wish } from './map-plan'
import type { ResolvedTarget } from './resolve-targets'

/** Sources are asked who is signed in for so few targets; for more it would keep somebody waiting. */
const asksForAtMost = 5
const askTimeoutMs = 5000

/** What an order would do to each target. `asksSources`: also who is signed in, which takes a moment. */
export async function presentImpact(
  ctx: Context,
  kind: RunKind,
  targets: readonly ResolvedTarget[],
  wish: Wish,
  asksSources = true,
): Promise<ImpactTarget[]> {
  const credentials = targets.flatMap(({ identity, credential }) => (credential ? [credential] : identity.credentials))
  const isFew = targets.length <= asksForAtMost
  const asked = asksSources && isFew ? targets : []
  const [stores, sightings, granted, copies, uses] = await Promise.all([
    listStores(
      ctx,
      credentials.map(({ id }) => id),
    ),
    listSightings(ctx, credentials),
    listGranted(
      ctx,
      asked.filter(({ subject }) => subject === 'identity').map(({ identity }) => identity.id),
    ),
    findCopies(
      ctx,
      asked.map(({ identity, credential }) => ({
        identityId: identity.id,
        credentialIds: (credential ? [credential] : identity.credentials).map(({ id }) => id),
      })),
    ),
    asksSources && isFew ? Promise.all(targets.map((target) => askUse(ctx, target))) : targets.map(() => tooMany),
  ])
  return targets.map((target, index) => {
    const { identity, credential, live, connector, subject, secretSubject, twin } = target
    const own = credential ? [credential] : identity.credentials
    const acted = kind === 'rotation' && !twin ? (secretSubject ?? subject) : subject
    const card = connector?.semantics[acted] ?? null
    const plan = connector
      ? planFor(kind, connector, { subject, secretSubject: secretSubject ?? subject, twin: twin?.plan ?? null }, wish)
      : null
    const used = credential ?? identity
    const use = uses[index] ?? tooMany
    const held = own.map(({ id }) => stores.get(id))
    const shown = new Map(held.flatMap((each) => each?.shown ?? []).map(({ id, name }) => [id, { id, name }]))
    return {
      identityId: identity.id,
      credentialId: credential?.id ?? null,
      name: identity.name,
      credentialName: credential?.name ?? null,
      system: identity.source.system,
      systemTitle: connector?.title ?? identity.source.system,
      environment: identity.environment,
      owner: identity.listing?.ownerLabel ?? null,
      connectionId: live?.id ?? null,
      connectionName: live?.name ?? null,
      score: identity.listing?.score ?? null,
      lastUsedAt: used.lastUsedAt?.toISOString() ?? null,
      neverUsed: used.neverUsed,
      sessions: use.found && {
        count: use.found.sessions.length,
        shown: use.found.sessions.slice(0, 20).map(({ from, program, since }) => ({ from, program, since })),
        blindSpots: use.found.blindSpots ?? null,
      },
      sessionsSay: use.says,
      stores: [...shown.values()].slice(0, 20),
      storeCount: held.reduce((sum, each) => sum + (each?.count ?? 0), 0),
      sightingCount: own.reduce((sum, each) => sum + sightingsOf(sightings, each).length, 0),
      granted:
        asked.includes(target) && subject === 'identity'
          ? (granted.get(identity.id) ?? { groups: [], groupCount: 0, rights: 0 })
          : null,
      copies: (copies.get(identity.id)?.places ?? [])
        .slice(0, 20)
        .map(({ title, by }) => ({ title, isReadable: by !== null })),
      twin: twin?.other ? { identityId: twin.other.id, name: twin.other.name, isInUse: !twin.row.isInUse } : null,
      problems: target.problems,
      semantics: card,
      steps: plan ? planSays(plan) : [],
      proof: plan === null ? 'none' : plan.can.verify ? 'login' : 'source',
    }
  })
}

interface Use {
  found: LiveUse | null
  says: string | null
}
const tooMany: Use = { found: null, says: 'Sources are asked who is signed in for up to five at once.' }

async function askUse(ctx: Context, { live, identity }: ResolvedTarget): Promise<Use> {
  if (live === null) return { found: null, says: 'No live connection reads this source.' }
  const signal = AbortSignal.timeout(askTimeoutMs)
  try {
    const { connection } = await openConnection(ctx, { id: live.id, signal })
    try {
      const ask = connection.hands.identity?.whoUses
      if (ask === undefined) return { found: null, says: 'This source does not show who is signed in.' }
      return { found: await ask({ target: { identity: identity.externalId } }, signal), says: null }
    } finally {
      connection.close()
    }
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    return { found: null, says: `The source was asked who is signed in, and did not say: ${error.message}` }
  }
}

/** What approvals are bound to: the exact list, and what of its impact somebody would decide by. */
export function hashList(kind: RunKind, targets: readonly ImpactTarget[]): string {
  const list = canonicalList(targets.map(({ identityId, credentialId }) => ({ identityId, credentialId })))
  const seen = list.flatMap((one) =>
    targets.filter((each) => each.identityId === one.identityId && each.credentialId === one.credentialId),
  )
  return createHash('sha256')
    .update(listText(kind, list, seen))
    .digest('base64url')
}

const cardsForAtMost = 20

/** As a long list is sent: what a system makes of it is told for the first few, and not again for each that follows. */
export const withFewCards = <Target extends ImpactTarget>(targets: readonly Target[]): Target[] =>
  targets.map((target, index) => (index < cardsForAtMost ? target : { ...target, semantics: null, steps: [] }))
