import type { z } from 'zod'
import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import { levels } from '../score'
import { WhatIf, WhatIfInput } from '../what-if'
import { presentReached } from './list-reached'
import { presentFigures } from './present-figures'
import { presentStamp, readSteps, type Told } from './present-steps'
import { presentThought, rowsOfThought } from './present-thought'
import { resolveSight } from './resolve-sight'
import { resolveThought } from './resolve-thought'
import { askGraph } from './serve-graph'
import { findLoserFacts, type HeldCredential, type LoserFacts, listLiveCredentials } from './store-graph'
import { findDirectUse, type ThoughtLives } from './store-what-if'

const mostTold = 200

/**
 * The figures of an identity as they would be with edges and credentials cut, lives shortened and privileges lowered, what it
 * would no longer reach, who else would lose access, and what the changes are about. What the sources no longer tell of
 * changes nothing and is told as gone. Nothing is changed.
 * @throws AppError `not_found` for an identity of another organization, or naming the field of an edge or credential that is
 * not there; `forbidden`; `invalid_input` naming each privilege that is not lower and each end that is not sooner
 */
export async function previewWhatIf(
  ctx: Context,
  { id, ...given }: z.input<typeof WhatIfInput> & { id: string },
): Promise<WhatIf> {
  const input = WhatIfInput.parse(given)
  await resolveIdentity(ctx, id)
  const [sight, thought] = await Promise.all([resolveSight(ctx, id), resolveThought(ctx, input)])
  const told = await askGraph(ctx, {
    op: 'whatIf',
    startId: id,
    changes: thought.changes,
    lostLimit: mostTold,
    losersLimit: mostTold,
  })
  const { before, after, lost, lostTotal, losers, losersTotal, areLosersComplete } = told.answer
  const lostIds = lost.map((item) => item.id)
  const loserIds = losers.map((loser) => loser.id)
  const changed = thought.lives.dead.length + thought.lives.shortened.length
  const [known, facts, used, own] = await Promise.all([
    readSteps(ctx, sight, [], [...lostIds, ...loserIds, ...rowsOfThought(thought)]),
    findLoserFacts(ctx, loserIds),
    findDirectUse(ctx, id, lostIds),
    listLiveCredentials(ctx, id, changed + 1),
  ])
  const left = livesLeft(own, thought.lives)
  return WhatIf.parse({
    before: presentFigures(before, own, told.builtAt),
    after: presentFigures(after, left, told.builtAt),
    lastCredential: presentLast(own, left, thought.lives),
    lost: lost.map((item) => ({
      resource: presentReached(known, item.id, item.before),
      before: levels[item.before - 1],
      after: levels[item.after - 1] ?? null,
      lastUsedAt: (used.get(item.id) ?? thought.lastUsedAt)?.toISOString() ?? null,
    })),
    lostTotal,
    losers: losers.map((loser) => presentLoser(known, facts, loser)).toSorted(byUse),
    losersTotal,
    areLosersComplete,
    ...presentThought(known, thought),
    graph: presentStamp(told),
  })
}

/** To compare ends by: one that is not known comes after every date. */
function endOf({ neverExpires, expiresAt }: HeldCredential): number {
  return neverExpires ? Number.POSITIVE_INFINITY : (expiresAt?.getTime() ?? Number.MAX_VALUE)
}

/** The credentials that would be left, the one that lives longest first. */
function livesLeft(own: readonly HeldCredential[], { dead, shortened }: ThoughtLives): HeldCredential[] {
  const ends = new Map(shortened.map((change) => [change.id, new Date(change.expiresAt)]))
  return own
    .filter(({ id }) => !dead.includes(id))
    .map((credential) => {
      const expiresAt = ends.get(credential.id)
      return expiresAt ? { ...credential, expiresAt, neverExpires: false } : credential
    })
    .toSorted((a, b) => (endOf(a) > endOf(b) ? -1 : 1))
}

/** Whether the last live credential goes or ends earlier. `own` has one more than are changed, so that one of the others counts. */
function presentLast(
  own: readonly HeldCredential[],
  [longest]: readonly HeldCredential[],
  { dead, shortened }: ThoughtLives,
): WhatIf['lastCredential'] {
  const [before] = own
  if (!before || (longest && endOf(longest) >= endOf(before))) return null
  const isChanged = new Set([...dead, ...shortened.map(({ id }) => id)])
  const uses = own.flatMap(({ id, lastUsedAt }) => (isChanged.has(id) && lastUsedAt ? lastUsedAt.toISOString() : []))
  return { endsAt: longest?.expiresAt?.toISOString() ?? null, lastUsedAt: uses.toSorted().at(-1) ?? null }
}

type Loser = WhatIf['losers'][number]

function presentLoser(
  known: Told,
  facts: ReadonlyMap<string, LoserFacts>,
  { id, lostResources }: { id: string; lostResources: number },
): Loser {
  const node = known.node(id)
  const said = node.id === null ? undefined : facts.get(id)
  return {
    node,
    lostResources,
    lastUsedAt: said?.lastUsedAt?.toISOString() ?? null,
    ownerLabel: said?.ownerLabel ?? null,
  }
}

/** Most lately used first; those of which no use is known last. */
function byUse(a: Loser, b: Loser): number {
  return (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? '') || b.lostResources - a.lostResources
}
