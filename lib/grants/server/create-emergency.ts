import type { Context } from '@/lib/platform/context'
import { sealText } from '@/lib/platform/crypto/seal'
import type { Tx } from '@/lib/platform/db/commit'
import { enqueue } from '@/lib/platform/jobs/boss'
import { pendingSeconds } from '../values'
import { grantJob } from './jobs'
import type { rightsOf, roleRightOf, roleRowOf, rowOf } from './map-request'
import { notifyWaiting } from './notify-grant'
import { insertGrant, readClock, secretPlace } from './store'

export interface Emergency {
  id: string
  row: ReturnType<typeof rowOf> | (ReturnType<typeof roleRowOf> & { mode: string; tier: string; listHash: string })
  rights: ReturnType<typeof rightsOf> | ReturnType<typeof roleRightOf>[]
  consoleRole: string | null
  task: string
  ticket: string | null
  incidentId: string | null
  seconds: number
  /** One second person has to agree; those who can are told. */
  waitsFor: readonly string[] | null
  secret: string | undefined
  says: string
}

/** The database's clock, by which it begins. */
export const readStart = (ctx: Context): Promise<Date> => readClock(ctx)

/**
 * Writes a grant of break-glass, in the transaction of its record: it begins in it, or waits for one second person. What is given at a source
 * is given there by the worker.
 */
export async function insertEmergency(tx: Tx, orgId: string, now: Date, emergency: Emergency): Promise<void> {
  const { id, row, rights, consoleRole, task, ticket, incidentId, seconds, waitsFor, secret, says } = emergency
  const isAtSource = row.mode === 'provisioned'
  const endsAt = new Date(now.getTime() + seconds * 1000)
  const lapsesAt = new Date(now.getTime() + pendingSeconds * 1000)
  const begun = { needed: 0, decidedAt: now, activatedBy: row.requesterName }
  const begins = waitsFor
    ? { state: 'requested', needed: 1, wakeAt: lapsesAt }
    : isAtSource
      ? { ...begun, state: 'activating', wakeAt: now, sealed: sealed(secret, orgId, id) }
      : { ...begun, state: 'active', startedAt: now, endsAt, wakeAt: endsAt }
  await insertGrant(
    tx,
    {
      ...{ ...row, orgId, id, consoleRole, task: task.slice(0, 500), ticket, incidentId, seconds, lapsesAt },
      ...{ ...begins, breakGlass: true },
    },
    rights,
    { what: begins.state, says, by: row.requesterName },
  )
  if (waitsFor)
    await notifyWaiting(tx, orgId, {
      ...{ id, subject: row.subjectName, asker: row.requesterName, task, to: waitsFor },
    })
  else if (isAtSource) await enqueue(tx, grantJob, { orgId, grantId: id })
}

const sealed = (secret: string | undefined, orgId: string, id: string) =>
  secret === undefined ? null : sealText(secret, secretPlace(orgId, id))
