import { Secret } from '@/lib/connectors/secret'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type DrillMode, StartDrillInput } from '../drills'
import type { DrillTerms } from '../engine/steps'
import type { Order } from '../schema'
import { createOrder } from './create-order'
import { drillPlanFor } from './map-drill'
import { drillTarget, rulesOf } from './present-drill'
import { hashList, presentImpact } from './present-impact'
import { drillTargets } from './preview-drill'
import type { ResolvedDrill } from './resolve-drill'
import { type DrillRow, findDrill, findIdentityNames } from './store-drills'
import type { HeldSecret } from './store-secrets'

/**
 * Begins a drill: an order with a run for each of its accounts. A canary and a tabletop touch nothing that people use; a live drill
 * is asked for as a revocation is, with the second person above the same threshold.
 * @throws AppError `not_found`, `forbidden`, `precondition_failed`, `conflict` when one is under way on an account
 */
export async function requestDrill(ctx: Context, input: StartDrillInput): Promise<Order> {
  const { id, listHash, secrets } = StartDrillInput.parse(input)
  const row = await findDrill(ctx, id)
  await ctx.authorize('start', drillTarget(row))
  const mode = row.mode as DrillMode
  if (mode === 'live' && listHash === undefined)
    throw new AppError('precondition_failed', 'A live drill cuts off what people use. Look at what it would do first.')
  const targets = await drillTargets(ctx, row)
  const keepers = await keepersOf(ctx, row)
  const known = new Set([...keepers.map(({ identityId }) => identityId), ...targets.map(({ identity }) => identity.id)])
  if (secrets.some(({ identityId }) => !known.has(identityId)))
    throw new AppError('invalid_input', 'A secret was given of an account that this drill does not try.')
  const impact = await presentImpact(ctx, 'drill', targets, { endsSessions: true }, false)
  const secretOf = (identityId: string) => secrets.find((each) => each.identityId === identityId)?.secret
  const { hops, withinSeconds, waitSeconds, stopsOnFalseCut, unansweredTries } = rulesOf(row)
  const copies = new Map(impact.map((each) => [each.identityId, each.storeCount]))
  const tried = (target: ResolvedDrill) => keepers.filter((keeper) => keeper.sourceId === target.identity.sourceId)
  return createOrder(ctx, {
    ...{ kind: 'drill', targets, impact, isEmergency: false, options: { drillId: id, mode } },
    listHash: listHash ?? hashList('drill', impact),
    reason: `Drill: ${row.name}`,
    wish: { endsSessions: true },
    drill: {
      planId: id,
      isHarmless: mode !== 'live',
      plan: (plan, target, runId) =>
        drillPlanFor(
          plan,
          target as ResolvedDrill,
          {
            ...{ mode, hops, withinSeconds, waitSeconds, stopsOnFalseCut, unansweredTries },
            keepers: tried(target as ResolvedDrill).map(({ identityId, ref, name }) => ({ identityId, ref, name })),
          },
          { runId, copies: copies.get(target.identity.id) ?? 0 },
        ),
      secrets: (target) => [
        ...held('old', 1, mode === 'live' ? secretOf(target.identity.id) : undefined),
        ...tried(target as ResolvedDrill).flatMap(({ identityId }, no) => held('keep', no + 1, secretOf(identityId))),
      ],
    },
  })
}

const held = (purpose: HeldSecret['purpose'], generation: number, secret: string | undefined): HeldSecret[] =>
  secret === undefined ? [] : [{ purpose, generation, origin: 'given with the order', secret: new Secret(secret) }]

async function keepersOf(
  ctx: Context,
  row: DrillRow,
): Promise<(DrillTerms['keepers'][number] & { sourceId: string })[]> {
  const { keepers } = rulesOf(row)
  const found = await findIdentityNames(ctx, keepers)
  return keepers.flatMap((identityId) => {
    const one = found.get(identityId)
    return one && one.deletedAt === null
      ? [{ identityId, ref: one.externalId, name: one.name, sourceId: one.sourceId }]
      : []
  })
}
