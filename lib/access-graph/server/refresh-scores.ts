import { refreshListedScores } from '@/lib/identities/server/refresh-listed-scores'
import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { log } from '@/lib/platform/telemetry/log'
import { type JewelNews, refreshJewels } from './refresh-jewels'
import { scoreDay, scoreIdentities } from './score-identities'
import { askGraph } from './serve-graph'
import { compactVersion, findScoredVersion, findScoreState, type ScoreState, writeJewelFindings } from './store-scores'

/** Past so many rows, scoring everybody is faster than finding out whom they touch. */
const fewRows = 2000
const sweepMs = 60_000

export interface ScoreOutcome {
  /** How many identities were looked at, and of how many the figures changed. */
  scored: number
  changed: number
  jewelChanges: number
}

/**
 * Brings the scores of an organization, its point of the day, what lists sort by and who reaches its crown jewels up to date with
 * its access graph. Does nothing when they are. May be called at any time and by several at once; what is written is always
 * the state of one version of the graph.
 * @param changedIds rows that the one change since the last scoring touched: then only those are scored anew who may see it
 */
export async function refreshScores(ctx: Context, changedIds?: readonly string[]): Promise<ScoreOutcome> {
  const state = await findScoreState(ctx)
  if (isCurrent(state)) return { scored: 0, changed: 0, jewelChanges: 0 }
  const told = state.scoredVersion === state.version && state.isToday ? null : await askScores(ctx, state, changedIds)
  const version = told?.version ?? String(state.version)
  const news = await refreshJewels(ctx, BigInt(version))
  const target = { kind: 'organization' as const, id: ctx.tenant.orgId, label: state.orgName, attr: {} }
  const permit = await ctx.authorize('score', target)
  return ctx.commitBulk(
    permit,
    (outcome: ScoreOutcome) => ({ action: 'organization.score', target, after: { version, ...outcome } }),
    async (bulk) => {
      await bulk.client.query(`SELECT pg_advisory_xact_lock(hashtextextended('scores:' || $1, 0))`, [bulk.orgId])
      await bulk.client.query(`SET LOCAL work_mem = '256MB'; SET LOCAL jit = off`)
      let changed = 0
      // Of two at once the later has worked from what the earlier has replaced.
      if (told && (await findScoredVersion(bulk)) === state.scoredVersion) {
        changed = await scoreIdentities(bulk, told.answer, version)
        await scoreDay(bulk, version)
        await refreshListedScores(bulk)
        await compactVersion(bulk)
      }
      for (const { jewelId, findings, version: seen } of news) await writeJewelFindings(bulk, jewelId, findings, seen)
      return { scored: told?.answer.figures.score.length ?? 0, changed, jewelChanges: changesIn(news) }
    },
  )
}

function isCurrent({ scoredVersion, version, isToday, unseenJewels }: ScoreState): boolean {
  return scoredVersion === version && isToday && unseenJewels === 0
}

function changesIn(news: readonly JewelNews[]): number {
  return news.reduce(
    (sum, { findings }) => sum + findings.filter(({ isFirst, before, after }) => !isFirst && before !== after).length,
    0,
  )
}

/** The figures of everybody, or of those whom the one change since the last scoring may touch. */
async function askScores(ctx: Context, state: ScoreState, changedIds: readonly string[] | undefined) {
  const isOneChange = state.scoredVersion !== null && state.version === state.scoredVersion + 1n
  if (changedIds && changedIds.length <= fewRows && isOneChange && state.isToday) {
    const near = await askGraph(ctx, { op: 'scoresNear', changedIds: [...changedIds] })
    // Something else has changed meanwhile otherwise, and the rows are not all that did.
    if (near.version === String(state.version)) return near
  }
  return askGraph(ctx, { op: 'scores' })
}

/**
 * Refreshes the scores of organizations that are behind and were at the last look, too. One that fails keeps nobody else from
 * theirs, and is looked at again.
 * @param behind the versions that were behind at the last look
 */
export async function sweepScores(behind: Map<string, bigint>): Promise<void> {
  for (const { id } of await listOrganizations()) {
    try {
      const ctx = contextForJob(id, 'refresh-scores')
      const state = await findScoreState(ctx)
      if (isCurrent(state)) behind.delete(id)
      else if (behind.get(id) !== state.version) behind.set(id, state.version)
      else log.info({ orgId: id, ...(await refreshScores(ctx)) }, 'scores refreshed')
    } catch (error) {
      log.error({ err: error, orgId: id }, 'scores could not be refreshed')
    }
  }
}

/**
 * Looks every minute, until the answer is called, for organizations whose scores are behind and were a minute ago: what no job
 * was asked for, and the first minutes of a day.
 */
export function startScoreSweep(): () => void {
  const behind = new Map<string, bigint>()
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    await sweepScores(behind).catch((error: unknown) => log.error({ err: error }, 'scores could not be looked at'))
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), sweepMs)
  return () => clearInterval(timer)
}
