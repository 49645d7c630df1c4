import { log } from '@/lib/platform/telemetry/log'
import { type DecisionRow, insertDecisions, keepDays, writeLoss } from './store-log'

/** How long a line waits for others, in milliseconds. */
const everyMs = 200
/** So many go at once. */
const batch = 2000
/** What waits at the most; beyond it lines are counted as lost instead of filling the memory. */
const maxWaiting = 200_000
/** How often what could not be written is tried again before it counts as lost. */
const tries = 20

interface Queue {
  waiting: DecisionRow[]
  /** By organization: not yet noted in the database. */
  lost: Map<string, number>
  failures: number
  timer: NodeJS.Timeout | undefined
  flushing: Promise<void> | undefined
}
const kept = globalThis as typeof globalThis & { bailiwickDecisionLog?: Queue }

function queue(): Queue {
  kept.bailiwickDecisionLog ??= { waiting: [], lost: new Map(), failures: 0, timer: undefined, flushing: undefined }
  return kept.bailiwickDecisionLog
}

/** Keeps lines for the log. Never waits, never fails: answers do not depend on it. */
export function recordDecisions(rows: readonly DecisionRow[]): void {
  const state = queue()
  for (const row of rows) {
    if (state.waiting.length < maxWaiting) state.waiting.push(row)
    else countLost(state, row.orgId, 1)
  }
  if (state.waiting.length >= batch) void flushDecisions()
  else state.timer ??= setTimeout(() => void flushDecisions(), everyMs)
}

function countLost(state: Queue, orgId: string, lost: number): void {
  state.lost.set(orgId, (state.lost.get(orgId) ?? 0) + lost)
}

/**
 * Writes what waits. Awaited at a clean stop, so that nothing is lost; what the database does not take then is counted in the log of
 * the process.
 */
export async function flushDecisions({ isLast = false } = {}): Promise<void> {
  const state = queue()
  clearTimeout(state.timer)
  state.timer = undefined
  while (state.flushing) await state.flushing
  state.flushing = drain(state, isLast).finally(() => {
    state.flushing = undefined
  })
  await state.flushing
}

async function drain(state: Queue, isLast: boolean): Promise<void> {
  while (state.waiting.length > 0) {
    const rows = state.waiting.slice(0, batch)
    const byOrg = new Map<string, DecisionRow[]>()
    for (const row of rows) byOrg.set(row.orgId, [...(byOrg.get(row.orgId) ?? []), row])
    const failed: DecisionRow[] = []
    for (const [orgId, own] of byOrg)
      try {
        await writeRows(orgId, own)
      } catch (error) {
        failed.push(...own)
        log.error({ reason: String(error).slice(0, 300), rows: own.length }, 'decisions could not be written')
      }
    state.waiting.splice(0, rows.length)
    if (failed.length === 0) {
      state.failures = 0
      continue
    }
    state.failures += 1
    if (state.failures < tries) {
      state.waiting.unshift(...failed)
      if (!isLast) {
        state.timer ??= setTimeout(() => void flushDecisions(), Math.min(5000, everyMs * 2 ** state.failures))
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
      continue
    }
    state.failures = 0
    for (const { orgId } of failed) countLost(state, orgId, 1)
  }
  await noteLost(state)
}

async function writeRows(orgId: string, rows: readonly DecisionRow[]): Promise<void> {
  try {
    await insertDecisions(orgId, rows)
  } catch (error) {
    // No day for them yet: the worker that makes the days has not run for a week.
    if (!/no partition of relation/.test(String(error))) throw error
    await keepDays(7, 90)
    await insertDecisions(orgId, rows)
  }
}

async function noteLost(state: Queue): Promise<void> {
  for (const [orgId, lost] of state.lost) {
    log.error({ org: orgId, lost }, 'decisions were given and are not in the log')
    try {
      await writeLoss(orgId, lost)
      state.lost.delete(orgId)
    } catch {
      // Noted with the next lines that can be written.
    }
  }
}
