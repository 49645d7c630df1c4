import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { log } from '@/lib/platform/telemetry/log'
import { targetOf } from './present-run'
import { dropRecords, findForgottenRuns, moveRun } from './store'

const keptDays = 7

/**
 * Throws away previews that nobody has applied for a week, so that what was read from their files is not kept for ever;
 * the entries stay in the history. At most 100 at a time. Answers how many.
 */
export async function expireImports(ctx: Context, now: Date): Promise<number> {
  const runs = await findForgottenRuns(ctx, new Date(now.getTime() - keptDays * 24 * 60 * 60 * 1000))
  for (const run of runs) {
    const target = targetOf(run)
    const permit = await ctx.authorize('update', target)
    const change = { action: 'import.expire', target, after: { status: 'discarded', afterDays: keptDays } }
    await ctx.commit(permit, change, async (tx) => {
      await moveRun(tx, ctx.tenant.orgId, run.id, 'discarded', { finishedAt: now })
      await dropRecords(tx, ctx.tenant.orgId, run.id)
    })
  }
  return runs.length
}

/** Expires imports of every organization now and every hour, until the answer is called. */
export function startPreviewExpiry(): () => void {
  const expire = async () => {
    for (const { id } of await listOrganizations()) {
      const expired = await expireImports(contextForJob(id, 'expire-imports'), new Date())
      if (expired > 0) log.info({ orgId: id, expired }, 'previews expired')
    }
  }
  const run = () => void expire().catch((error: unknown) => log.error({ err: error }, 'previews could not be expired'))
  run()
  const timer = setInterval(run, 60 * 60 * 1000)
  return () => clearInterval(timer)
}
