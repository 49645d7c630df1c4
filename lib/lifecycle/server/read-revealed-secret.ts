import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import type { ById, RevealedSecret } from '../schema'
import { jobOf } from './jobs'
import { planOf } from './map-run'
import { runTargetOf } from './present-run'
import { writeRun } from './store'
import { findOwnLink, openLink } from './store-orders'
import { openSecrets } from './store-secrets'

/**
 * Shows a new secret to the one person whom its link names, once. For anybody else there is no such link. A second try is refused
 * and stands in the audit trail.
 * @throws AppError `not_found`; `conflict` when it was opened, or its time is over
 */
export async function readRevealedSecret(ctx: Context, { id }: ById): Promise<RevealedSecret> {
  const link = await findOwnLink(ctx, id)
  const { run } = link
  const target = runTargetOf({ ...run, links: [link] })
  const permit = await ctx.authorize('reveal', target)
  const held = (await openSecrets(ctx, run.id)).find(
    ({ purpose, generation }) => purpose === 'new' && generation === link.generation,
  )
  const now = new Date()
  const { orgId } = ctx.tenant
  const isOpened = await ctx.commit(
    permit,
    (did: boolean) => ({
      action: did ? 'lifecycle.link.open' : 'lifecycle.link.refuse',
      target,
      after: { runId: run.id, linkId: id },
    }),
    async (tx) => {
      if (held === undefined || !(await openLink(tx, { orgId, id }, now))) return false
      await writeRun(tx, run, null, { wakeAt: now }, [
        { what: 'person', says: `${ctx.actor.name} took the new secret.`, data: { by: ctx.actor.name } },
      ])
      await enqueue(tx, jobOf(run), { orgId, runId: run.id })
      return true
    },
  )
  if (!isOpened || held === undefined)
    throw new AppError(
      'conflict',
      'This link was opened already, or its time is over. If it was not you, say so at once: somebody may have the secret.',
    )
  const identity = planOf(run).twin?.name ?? run.identityName
  return { runId: run.id, identity, secret: held.secret.reveal(), openedAt: now.toISOString() }
}
