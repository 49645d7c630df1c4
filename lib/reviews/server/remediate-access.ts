import { type OpenConnection, openConnection } from '@/lib/connections/server/open-connection'
import { readHeldRights } from '@/lib/connections/server/read-held-rights'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import { LiveError, type LiveErrorCode } from '@/lib/connectors/live-error'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { identityTraits } from '@/lib/identities/values'
import { findSecondPerson } from '@/lib/lifecycle/server/request-decided'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { isAppError } from '@/lib/platform/errors'
import { withdrawalsOf } from './map-withdrawals'
import type { DueRemedy, Settled, WorkingCampaign } from './store-remedies'
import {
  countReduced,
  findAccounts,
  findConnections,
  findRights,
  findWithdrawals,
  markAnswer,
  markTold,
  planWithdrawals,
  type StoredWithdrawal,
} from './store-withdrawals'

const breakGlass = 1 << identityTraits.indexOf('break_glass')
/** One look at a source is given so long: shorter than the lease of what is taken up. */
const patienceMs = 120_000
/** Tries, with pauses that double from the first; then somebody has to look. */
const mostTries = 6
const firstPauseSeconds = 10

/** After these nobody knows whether it was done. */
const openCodes: readonly LiveErrorCode[] = [
  'unreachable',
  'timed_out',
  'cancelled',
  'unexpected_answer',
  'rate_limited',
]

interface Tools {
  permit: Permit
  settle: (settled: readonly Settled[]) => Promise<void>
  signal?: AbortSignal | undefined
}

/**
 * Takes single rights away at their source. What will be taken is stored first; a right is told of after that is committed; and it
 * counts as gone when the source, read afterwards, does not list it any more. What a killed worker had begun is looked at before
 * anything is done again. Where this cannot be done from here it becomes a task.
 */
export async function remediateAccess(
  ctx: Context,
  campaign: WorkingCampaign,
  due: readonly DueRemedy[],
  tools: Tools,
): Promise<void> {
  if (due.length === 0) return
  await plan(
    ctx,
    campaign,
    due.filter(({ isBegun }) => !isBegun),
    tools,
  )
  const stored = await findWithdrawals(
    ctx,
    campaign.id,
    due.map(({ item }) => item),
  )
  const tries = new Map(due.map(({ item, tries: count }) => [item, count]))
  for (const liveId of new Set(stored.map((each) => each.liveId))) {
    const own = stored.filter((each) => each.liveId === liveId)
    await carryOut(ctx, campaign, own, tries, tools, liveId)
  }
}

async function plan(ctx: Context, campaign: WorkingCampaign, due: readonly DueRemedy[], tools: Tools): Promise<void> {
  if (due.length === 0) return
  const ids = due.map(({ identityId }) => identityId)
  const [accounts, rights] = [await findAccounts(ctx, ids), await findRights(ctx, ids)]
  const connections = await findConnections(ctx, [...new Set([...accounts.values()].map(({ sourceId }) => sourceId))])
  const settled: Settled[] = []
  for (const remedy of due) {
    const { item } = remedy
    const account = accounts.get(remedy.identityId)
    const live = account && connections.get(account.sourceId)
    const task = (says: string) => settled.push({ item, state: 'open', says })
    if (!account) continue
    if (remedy.credentialId !== null) {
      task('A credential has no rights of its own that could be reduced. Reduce those of its account.')
      continue
    }
    const { take, left } = withdrawalsOf(remedy, rights.get(remedy.identityId) ?? [])
    if (take.length === 0) {
      if (left.length > 0) task(left.join(' '))
      else settled.push({ item, state: 'verified', says: 'It has nothing that was to be taken away.' })
      continue
    }
    const hindrance = hindranceOf(account, live)
    if (hindrance !== null || live === undefined) {
      task(hindrance ?? '')
      continue
    }
    const earlier = await countReduced(ctx, campaign.id)
    const whole = `The review “${campaign.name}”`
    const reason = await findSecondPerson(ctx, [account], { count: earlier + 1, whole })
    if (reason !== null && remedy.agreedBy === null) {
      task(`${reason} Somebody other than whoever decided agrees by having it tried at the source.`)
      continue
    }
    const planned = take.map((each) => ({ ...each, item, liveId: live.id, identityRef: account.ref }))
    const isStored = await ctx.commitPart(tools.permit, (bulk) => planWithdrawals(bulk, campaign.id, planned, earlier))
    if (!isStored) settled.push({ item, state: 'planned', says: 'Not begun yet.', againSeconds: firstPauseSeconds })
  }
  await tools.settle(settled)
}

function hindranceOf(
  account: { name: string; ref: string; traits: number },
  live: { name: string; connector: string; selfIds: string[] } | undefined,
): string | null {
  if (live === undefined)
    return `No live connection reads the source of ${account.name}. Connect it, or take its rights away there by hand.`
  const connector = findLiveConnector(live.connector)
  if (!connector?.capabilities.identity?.includes('ungrant'))
    return `${connector?.title ?? live.connector} lets nobody take single rights away from here.`
  if (live.selfIds.includes(account.ref)) return `The connection ${live.name} itself signs in as ${account.name}.`
  if ((account.traits & breakGlass) !== 0)
    return `${account.name} is a break-glass account: it is what remains when nothing else lets anybody in.`
  return null
}

async function carryOut(
  ctx: Context,
  campaign: WorkingCampaign,
  own: readonly StoredWithdrawal[],
  tries: ReadonlyMap<number, number>,
  tools: Tools,
  liveId: string,
): Promise<void> {
  const limit = AbortSignal.timeout(patienceMs)
  const signal = tools.signal ? AbortSignal.any([tools.signal, limit]) : limit
  let open: OpenConnection | undefined
  let problem: string | null = null
  const now = own.map((each) => ({ ...each }))
  const answer = async (each: StoredWithdrawal, state: StoredWithdrawal['state'], says: string) => {
    Object.assign(each, { state, says })
    await ctx.commitPart(tools.permit, (bulk) =>
      markAnswer(bulk, campaign.id, { item: each.item, entitlementId: each.entitlementId, state, says }),
    )
  }
  try {
    open = await openConnection(ctx, { id: liveId, signal })
    const { connection } = open
    // A killed worker may have done these: look before anything is done again.
    const unclear = now.filter(({ state, told }) => state === 'intended' && told > 0)
    if (unclear.length > 0) {
      const word = await readHeldRights(connection, unclear, signal)
      for (const each of unclear)
        if (word.isGone(each)) await answer(each, 'gone', 'The source does not list it any more.')
    }
    for (const each of now.filter(({ state }) => state === 'intended')) {
      const isMine = await ctx.commitPart(tools.permit, (bulk) => markTold(bulk, campaign.id, each))
      if (!isMine) return
      each.told += 1
      await take(connection, each, signal, answer)
    }
    const told = now.filter(({ state }) => state === 'told')
    if (told.length > 0) {
      const word = await readHeldRights(connection, told, signal)
      for (const each of told)
        if (word.isGone(each)) await answer(each, 'gone', 'The source does not list it any more.')
        // Told again at the next look.
        else if (word.isThere(each))
          await answer(each, 'intended', `The source answered that it did it, and still lists it (${each.toRef}).`)
    }
  } catch (error) {
    if (!(error instanceof LiveError) && !isAppError(error)) throw error
    problem = error.message
  } finally {
    open?.connection.close()
  }
  await tools.settle(
    [...new Set(now.map(({ item }) => item))].map((item) => stateOf(item, now, tries.get(item) ?? 0, problem)),
  )
}

async function take(
  connection: LiveConnection,
  each: StoredWithdrawal,
  signal: AbortSignal,
  answer: (each: StoredWithdrawal, state: StoredWithdrawal['state'], says: string) => Promise<void>,
): Promise<void> {
  const hand = connection.hands.identity?.ungrant
  try {
    if (hand === undefined)
      throw new LiveError('conflict', 'This source lets nobody take single rights away from here.')
    const { evidence } = await hand(
      { target: { identity: each.identityRef }, on: each.toRef, scopes: each.scopes },
      signal,
    )
    await answer(each, 'told', evidence)
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    if (openCodes.includes(error.code)) throw error
    // Not there any more is what was wanted; the reading afterwards says so.
    await answer(each, error.code === 'not_found' ? 'told' : 'refused', error.message)
  }
}

function stateOf(item: number, all: readonly StoredWithdrawal[], tries: number, problem: string | null): Settled {
  const own = all.filter((each) => each.item === item)
  const refused = own.filter(({ state }) => state === 'refused')
  const gone = own.filter(({ state }) => state === 'gone')
  if (gone.length === own.length)
    return {
      item,
      state: 'verified',
      says: `${own.length === 1 ? 'The right was' : `${own.length} rights were`} taken away; the source, read afterwards, does not list ${own.length === 1 ? 'it' : 'them'}.`,
    }
  if (refused.length > 0 && refused.length + gone.length === own.length)
    return { item, state: 'open', says: `The source refused: ${refused.map(({ says }) => says).join(' ')}` }
  const last = problem ?? own.find(({ state }) => state !== 'gone')?.says ?? 'It is not known yet.'
  if (tries + 1 >= mostTries) return { item, state: 'open', says: `After ${tries + 1} tries: ${last}` }
  return { item, state: 'running', says: last, againSeconds: firstPauseSeconds * 2 ** tries }
}
