import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '../lib/connectors/secret'
import { type RunDetail, RunQuery } from '../lib/lifecycle/schema'
import { getRun } from '../lib/lifecycle/server/get-run'
import { listRuns } from '../lib/lifecycle/server/list-runs'
import { previewRevocation } from '../lib/lifecycle/server/preview-revocation'
import { previewRotation } from '../lib/lifecycle/server/preview-rotation'
import { readRevealedSecret } from '../lib/lifecycle/server/read-revealed-secret'
import { requestRevocation } from '../lib/lifecycle/server/request-revocation'
import { requestRotation } from '../lib/lifecycle/server/request-rotation'
import { cancelRun, resolveRun, restoreRun } from '../lib/lifecycle/server/update-run'
import type { Context } from '../lib/platform/context'
import { type AppError, isAppError } from '../lib/platform/errors'
import { type Account, syncNow, whyNoLogin } from './chaos-places'
import { askDatabase, complain, ends, late, random, say, tally } from './chaos-tally'

/** The people of a run of chaos: who ask for rotations and revocations, take secrets, and help runs that need a person. */

/** After so long without a new line, or without an end, nothing more is broken until the run has moved. */
const [lateMs, longMs] = [20_000, 150_000]
/** A run without any new line for so long after that is stuck: a dead worker is made up for within a quarter of a minute. */
const silentMs = 60_000
/** And so is one that has not ended after so long. */
const endlessMs = 150_000
/** So often a person looks at a run. */
const lookMs = 150
/** The program takes a moment to change over; both secrets work meanwhile, where the system knows two. */
const overlapSeconds = 5

/** An answer that is the product's word, and not a connection that broke on the way to it. */
function wordOf(error: unknown): AppError | undefined {
  if (!isAppError(error) || ['upstream_failed', 'internal'].includes(error.code)) return undefined
  return error.retryAfterSeconds === undefined ? error : undefined
}

/** Asks again while the database or the decision point is away; like a run it has its time while nothing more is broken. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  const [began, key] = [Date.now(), randomUUID()]
  try {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        const waited = Date.now() - began
        if (wordOf(error) || waited > lateMs + silentMs) throw error
        if (waited > lateMs) late.add(key)
        await sleep(250)
      }
    }
  } finally {
    late.delete(key)
  }
}

/** Gives a word to a run. It may have been heard although the answer was lost: then it is refused the second time. */
const tell = (work: () => Promise<unknown>) =>
  insist(work).then(
    () => true,
    () => false,
  )

/** Follows a run to a point, and helps where it asks for a person; undefined = it is stuck. */
function follow(...args: Parameters<typeof look>): Promise<RunDetail | undefined> {
  return look(...args).finally(() => late.delete(args[1]))
}

async function look(
  { place: { ctx }, place }: Account,
  id: string,
  until: (run: RunDetail) => boolean,
  onLook: (run: RunDetail) => Promise<void> = async () => {},
): Promise<RunDetail | undefined> {
  const begun = Date.now()
  let [parks, seen, seenAt] = [0, -1, Date.now()]
  for (;;) {
    const run = await insist(() => getRun(ctx, { id }))
    if (until(run)) return run
    await onLook(run)
    if (run.lastEvent !== seen) [seen, seenAt] = [run.lastEvent, Date.now()]
    if (run.state === 'parked' && parks < 6) {
      parks += 1
      tally.parked += 1
      complain(`${run.system} ${run.identity.name} needs a person: ${run.headline}`)
      await tell(() => place.giveKeys())
      await tell(() => resolveRun(ctx, { id, choice: 'retry', reason: 'go on' }))
    }
    const [silent, age] = [Date.now() - seenAt, Date.now() - begun]
    if (silent > lateMs + silentMs || age > longMs + endlessMs) break
    if (silent > lateMs || age > longMs) late.add(id)
    else late.delete(id)
    await sleep(lookMs)
  }
  tally.stuck_runs += 1
  const { system, identity, state, headline } = await insist(() => getRun(ctx, { id }))
  complain(`${system} ${identity.name}: stuck ${state} ${headline}`)
  const rows = await askDatabase(
    `SELECT r.lease, r.lease_until - now() AS lease_left, r.wake_at - now() AS wake, r.event_count, e.no, e.at, e.says,
       (SELECT jsonb_agg(jsonb_build_array(l.generation, l.opened_at, l.ended_at, l.expires_at)) FROM reveal_link l WHERE l.run_id = r.id) AS links
     FROM lifecycle_run r LEFT JOIN lifecycle_event e ON e.org_id = r.org_id AND e.run_id = r.id WHERE r.id = $1 ORDER BY e.no DESC LIMIT 6`,
    [id],
  ).catch((error: unknown) => [{ error: String(error) }])
  for (const row of rows) say(JSON.stringify(row))
  return undefined
}

/** Asks for a run; where the answer was lost, the run that was made is found in the list. */
async function order(
  ctx: Context,
  { identityId, kind }: { identityId: string; kind: 'rotation' | 'revocation' },
  request: () => Promise<{ runs: { id: string }[] }>,
): Promise<string> {
  const began = Date.now()
  try {
    return (await insist(request)).runs[0]?.id ?? ''
  } catch (error) {
    if (wordOf(error)?.code !== 'conflict') throw error
    // It may have ended since.
    const { items } = await insist(() => listRuns(ctx, RunQuery.parse({ identity: identityId, kind, limit: 1 })))
    if (!items[0] || Date.parse(items[0].createdAt) < began - 1000) throw error
    return items[0].id
  }
}

const isEnded = (run: RunDetail) => run.endedAt !== null
const note = (run: RunDetail) => {
  const end = `${run.kind} ${run.state}`
  ends[end] = (ends[end] ?? 0) + 1
  say(`${run.system} ${run.identity.name}: ${end}`)
}

/** As a person does who is told that the list has changed since: looks once more, and asks again. */
async function lookAndAsk<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (wordOf(error)?.code !== 'precondition_failed' || tries >= 10) throw error
      await sleep(500)
    }
  }
}

/** Looks until the inventory shows what is to be rotated: after a run the source is read anew. */
async function lookAt(account: Account) {
  const targets = [{ identityId: account.identityId, credentialId: null }]
  for (let tries = 1; ; tries += 1) {
    const seen = await insist(() => previewRotation(account.place.ctx, { targets }))
    const problem = seen.targets[0]?.problems[0]
    if (!problem) return { targets, listHash: seen.listHash, mode: seen.targets[0]?.mode }
    if (tries >= 20) throw new Error(problem.says)
    await syncNow(account.place)
  }
}

/** A rotation whose new secret one person takes and puts in place. */
export async function rotate(account: Account, userId: string): Promise<void> {
  const { ctx } = account.place
  const former = account.secret
  const overlap = { overlapHours: overlapSeconds / 3600, holdHours: 0 }
  const wish = { reason: 'chaos', secret: former.reveal(), delivery: { way: 'reveal' as const, userId }, ...overlap }
  const id = await lookAndAsk(async () => {
    const { mode, ...seen } = await lookAt(account)
    // From here on one secret works at a time, as the preview says.
    if (mode === 'window') account.isWindow = true
    return order(ctx, { identityId: account.identityId, kind: 'rotation' }, () =>
      requestRotation(ctx, { ...seen, ...wish }),
    )
  })
  tally.runs += 1
  let lost = ''
  const run = await follow(account, id, isEnded, async ({ link }) => {
    if (link === null || (link.openedAt !== null && link.id === lost) || account.secret !== former) return
    try {
      const { secret: taken } = await readRevealedSecret(ctx, { id: link.id })
      account.secret = new Secret(taken)
      account.isWindow = false
    } catch (error) {
      // Opened, and the answer lost: nobody has the secret, so it is taken back.
      if (wordOf(error)?.code !== 'conflict' || link.openedAt === null) {
        complain(`a new secret could not be taken: ${error instanceof Error ? error.message : String(error)}`)
        return
      }
      lost = link.id
      tally.lost_links += 1
      await tell(() => cancelRun(ctx, { id, reason: 'the answer was lost' }))
    }
  })
  // A run that goes on is in its window still.
  if (!run) return
  note(run)
  const isNew = account.secret !== former
  if (run.state === 'done' && isNew && (await whyNoLogin(account, former)) === undefined) {
    tally.revoked_but_usable += 1
    complain(`${account.place.system.name} ${account.name}: the old secret works after the end of its rotation`)
  }
  // Nobody has the secret that is set, and there was no way back: whoever uses the account has it rotated once more.
  if (run.state === 'done' && !isNew) return rotate(account, userId)
  account.isWindow = false
  // The inventory had not heard of the last one yet: as the page says, the source is looked at before the next.
  if (run.state === 'rolled_back') await syncNow(account.place)
}

/** A revocation that is brought back once it is shown that nothing gets in. */
export async function revoke(account: Account): Promise<void> {
  const { ctx } = account.place
  const targets = [{ identityId: account.identityId, credentialId: null }]
  account.isWindow = true
  const wish = { reason: 'chaos', isEmergency: true, secret: account.secret.reveal(), restoreHours: 1 }
  const id = await lookAndAsk(async () => {
    const { listHash } = await insist(() => previewRevocation(ctx, { targets }))
    return order(ctx, { identityId: account.identityId, kind: 'revocation' }, () =>
      requestRevocation(ctx, { targets, listHash, ...wish }),
    )
  })
  tally.runs += 1
  const isOff = ({ effect }: RunDetail) => effect === 'refused' || effect === 'source_says_off'
  const shown = await follow(account, id, (run) => (isOff(run) && run.can.restore) || isEnded(run))
  if (!shown) return
  if (isOff(shown)) {
    account.isRevoked = true
    await sleep(700 + random() * 1500)
    account.isRevoked = false
  }
  await tell(() => restoreRun(ctx, { id, reason: 'chaos' }))
  const run = await follow(account, id, isEnded)
  if (!run) return
  account.isWindow = false
  note(run)
}
