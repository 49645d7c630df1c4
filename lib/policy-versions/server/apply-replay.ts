import { Effect } from '@cerbos/core'
import { countRecorded, type RecordedQuestion, readRecorded } from '@/lib/decisions/server/read-recorded'
import { explainVerdict } from '@/lib/decisions/server/resolve-verdict'
import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { anyVersion, versionTarget } from '../rules'
import { maxDifferences, maxReplayed } from '../values'
import { type AskedVersion, askVersion } from './decide-by-version'
import { loadVersion } from './load-version'
import { addDifference } from './record-shadow'
import { filesOf, findTrial, findVersion } from './store'
import { type DifferenceRow, differenceSql } from './store-use'

const batch = 500
/** Questions at once; live questions of organizations with policies of their own go to the same decision point. */
const atOnce = 4
const withinMs = 5000

interface Tally {
  asked: number
  differing: number
  skipped: number
  dropped: number
  masked: number
  groups: Map<string, DifferenceRow>
}

/**
 * Carries a replay on, from where it was: recorded decisions, latest first, with the facts that the log kept of each. What the log
 * masked is masked here too, and counted. @throws what may pass, so that it is tried again
 */
export async function applyReplay(ctx: Context, { id }: { id: string }, signal: AbortSignal): Promise<void> {
  const trial = await findTrial(ctx, id)
  if (!trial || !['queued', 'running'].includes(trial.state) || !trial.fromAt || !trial.untilAt) return
  const found = trial.versionId ? await findVersion(ctx, trial.versionId) : null
  const target = found ? versionTarget(found) : anyVersion
  const permit = await ctx.authorize('carry_out', target)
  const range = { from: trial.fromAt, to: trial.untilAt }
  if (found && found.contentHash !== trial.contentHash)
    return recordReplayFailure(ctx, { id }, new Error('The version was changed while it was being replayed.'))
  await loadVersion(found ? filesOf(found) : null, trial.contentHash)
  const total = trial.total ?? (await countRecorded(ctx, range))
  await ctx.commitPart(permit, ({ client, orgId }) =>
    client.query(`UPDATE policy_trial SET state = 'running', total = $3 WHERE org_id = $1 AND id = $2`, [
      orgId,
      id,
      total,
    ]),
  )
  const version: AskedVersion = { id: trial.versionId, hash: trial.contentHash, kinds: trial.kinds }
  let before = trial.cursorAt && trial.cursorId ? { at: trial.cursorAt, id: trial.cursorId } : null
  let done = trial.asked + trial.skipped + trial.dropped
  while (done < maxReplayed) {
    if (signal.aborted) throw new Error('the worker is stopping')
    const page = await readRecorded(ctx, { ...range, before, limit: Math.min(batch, maxReplayed - done) })
    const last = page.at(-1)
    if (!last) break
    const tally = await putTo(ctx, version, page)
    before = { at: last.at, id: last.id }
    done += page.length
    const cursor = before
    await ctx.commitPart(permit, (bulk) => writeProgress(bulk, id, tally, cursor))
  }
  const after = { replayId: id, looked: done, total }
  await ctx.commitBulk(permit, { action: 'policy_version.replay_done', target, after }, ({ client, orgId }) =>
    client.query(`UPDATE policy_trial SET state = 'done', ended_at = now() WHERE org_id = $1 AND id = $2`, [orgId, id]),
  )
}

async function putTo(ctx: Context, version: AskedVersion, page: readonly RecordedQuestion[]): Promise<Tally> {
  const tally: Tally = { asked: 0, differing: 0, skipped: 0, dropped: 0, masked: 0, groups: new Map() }
  const open = page.filter(({ question }) => question !== null)
  tally.skipped = page.length - open.length
  const rest = [...open]
  const work = async () => {
    for (let each = rest.shift(); each; each = rest.shift()) await putOne(ctx, version, each, tally)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return tally
}

async function putOne(ctx: Context, version: AskedVersion, each: RecordedQuestion, tally: Tally): Promise<void> {
  const { question } = each
  if (!question) return
  const answer = await askPatiently(ctx, version, question)
  const effect = answer === undefined || typeof answer === 'string' ? undefined : answer.actions[question.action]
  if (answer === undefined || typeof answer === 'string' || effect === undefined) {
    tally.dropped += 1
    return
  }
  tally.asked += 1
  if (question.isMasked) tally.masked += 1
  const nowAllowed = effect === Effect.ALLOW
  if (nowAllowed === each.isAllowed) return
  tally.differing += 1
  const { reason, rule } = explainVerdict(nowAllowed, answer.outputs)
  addDifference(tally.groups, {
    ...{ subjectType: question.subject.type, subjectId: question.subject.id, action: question.action, nowAllowed },
    ...{ resourceType: question.resource.type, sampleResource: question.resource.id, count: 1 },
    ...{
      reasonWas: each.reason,
      reasonNow: reason,
      ruleNow: rule,
      sampleDecision: each.id,
      lastAt: each.at.toISOString(),
    },
  })
}

type Answer = Awaited<ReturnType<typeof askVersion>>[number]

/** Nobody waits for a replay: what is not there for a moment is asked again. */
async function askPatiently(
  ctx: Context,
  version: AskedVersion,
  { principal, check }: NonNullable<RecordedQuestion['question']>,
): Promise<Answer | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const [answer] = await askVersion(ctx.tenant, version, principal, [check], withinMs)
    if (attempt === 5 || typeof answer !== 'string') return answer
    await new Promise((resolve) => setTimeout(resolve, 100 * attempt))
  }
}

async function writeProgress(
  { client, orgId }: BulkTx,
  id: string,
  tally: Tally,
  cursor: { at: Date; id: string },
): Promise<void> {
  const { asked, differing, skipped, dropped, masked, groups } = tally
  if (groups.size > 0)
    await client.query(differenceSql, [orgId, id, JSON.stringify([...groups.values()]), maxDifferences])
  await client.query(
    `UPDATE policy_trial SET asked = asked + $3, differing = differing + $4, skipped = skipped + $5, dropped = dropped + $6,
       masked = masked + $7, cursor_at = $8, cursor_id = $9 WHERE org_id = $1 AND id = $2`,
    [orgId, id, asked, differing, skipped, dropped, masked, cursor.at, cursor.id],
  )
}

/** Notes why a replay ended early. */
export async function recordReplayFailure(ctx: Context, { id }: { id: string }, error: unknown): Promise<void> {
  const trial = await findTrial(ctx, id)
  if (!trial) return
  log.warn({ err: error, replay: id }, 'a replay of policies ended early')
  const problem = isAppError(error)
    ? error.message
    : error instanceof Error
      ? error.message.slice(0, 200)
      : 'It failed.'
  const found = trial.versionId ? await findVersion(ctx, trial.versionId) : null
  const target = found ? versionTarget(found) : anyVersion
  const permit = await ctx.authorize('carry_out', target)
  await ctx.commitBulk(
    permit,
    { action: 'policy_version.replay_failed', target, after: { replayId: id, problem } },
    ({ client, orgId }) =>
      client.query(
        `UPDATE policy_trial SET state = 'failed', problem = $3, ended_at = now() WHERE org_id = $1 AND id = $2`,
        [orgId, id, problem],
      ),
  )
}
