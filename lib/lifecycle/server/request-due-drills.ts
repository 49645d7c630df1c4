import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { nextOf } from './create-drill'
import { drillTarget } from './present-drill'
import { requestDrill } from './request-drill'
import { changeDrill, type DrillRow, findDueDrills } from './store-drills'

const everyMs = 60_000

/**
 * Begins the drills whose time has come. Whoever moves a drill's next time on begins it, so that two workers begin it once; why one
 * could not begin is kept with it. Answers how many were begun.
 */
export async function requestDueDrills(ctx: Context, now: Date): Promise<number> {
  let begun = 0
  for (const row of await findDueDrills(ctx, now)) {
    if (!(await moveOn(ctx, row, { nextAt: nextOf(row.everyDays, now) }))) continue
    try {
      await requestDrill(ctx, { id: row.id })
      begun += 1
      if (row.problem !== null) await moveOn(ctx, row, { problem: null })
    } catch (error) {
      if (!isAppError(error)) throw error
      await moveOn(ctx, row, { problem: error.message })
    }
  }
  return begun
}

async function moveOn(
  ctx: Context,
  row: DrillRow,
  change: { nextAt: Date | null } | { problem: string | null },
): Promise<boolean> {
  const target = drillTarget(row)
  const permit = await ctx.authorize('start', target)
  const isTurn = 'nextAt' in change
  const after = { drillId: row.id, ...change }
  return ctx.commit(permit, { action: 'lifecycle.drill.schedule', target, after }, (tx) =>
    changeDrill(tx, { orgId: row.orgId, id: row.id }, change, isTurn ? { nextAt: row.nextAt } : {}),
  )
}

/** Looks at every organization now and every minute, until the answer is called. */
export function startDrillSchedule(): () => void {
  const look = async () => {
    for (const { id } of await listOrganizations()) await requestDueDrills(contextForJob(id, 'lifecycle'), new Date())
  }
  const run = () => void look().catch((error: unknown) => log.error({ err: error }, 'due drills could not be begun'))
  run()
  const timer = setInterval(run, everyMs)
  return () => clearInterval(timer)
}
