import { type Tenant, tenantOf } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { type Change, type Cursor, readCursor, writeCursor } from '../rules'
import { findSubjects, pageSize, readChanges, readNews } from './store-changes'

/** For how many days a cursor is good. */
export const keptDays = 7
/** In milliseconds: how often it is looked whether anything changed, once for all of an organization who wait in this process. */
const everyMs = 200
const mostWaiting = 500
let waitingNow = 0

export interface ChangesAnswer {
  changes: { id: string; at: string; kind: string; subject: Change['subject']; detail: Change['detail'] }[]
  cursor: string
  /** The cursor was too old, or of another database: ask for everything anew. */
  start_over?: true
}

/**
 * What may have changed an answer since a cursor, waiting for it where there is nothing yet. Without a cursor it says where to begin.
 * @param subject only of this one, with what is about all; null = of everybody
 * @throws AppError `invalid_input` for what is no cursor
 */
export async function findChanges(
  tenant: Tenant,
  { subject, cursor, waitMs }: { subject: string | null; cursor: string | undefined; waitMs: number },
): Promise<ChangesAnswer> {
  if (cursor === undefined) return beginning((await readNews(tenant, null)).now)
  const given = readCursor(cursor)
  if (!given)
    throw new AppError('invalid_input', 'cursor: is none that was given out here', { fields: { cursor: 'is unknown' } })
  if (Date.now() - given.at > keptDays * 86_400_000) return startOver(tenant)
  const subjects = subject === null ? null : await findSubjects(tenant, subject)
  const until = Date.now() + waitMs
  let at: Cursor = given
  while (true) {
    const { changes, now, isLost } = await readChanges(tenant, at, subjects)
    if (isLost) return startOver(tenant)
    const next = nextOf(at, changes, now)
    const left = until - Date.now()
    if (changes.length > 0 || left <= 0) return { changes: changes.map(presentChange), cursor: writeCursor(next) }
    // Behind the end of a page that began earlier there may be more: it is read at once.
    if (at.to === null) await untilNews(tenant, next.from, left)
    at = next
  }
}

/** Where a reader is after these: behind the last of a full page, else at the end of what could be seen. */
function nextOf(at: Cursor, changes: readonly Change[], now: string): Cursor {
  const last = changes.at(-1)
  const to = at.to ?? now
  if (changes.length === pageSize && last) return { from: at.from, to, after: last.id, at: Date.now() }
  return { from: to, to: null, after: '0', at: Date.now() }
}

const presentChange = ({ at, ...change }: Change) => ({ ...change, at: at.toISOString() })

const beginning = (now: string): ChangesAnswer => ({
  changes: [],
  cursor: writeCursor({ from: now, to: null, after: '0', at: Date.now() }),
})

async function startOver(tenant: Tenant): Promise<ChangesAnswer> {
  return { ...beginning((await readNews(tenant, null)).now), start_over: true }
}

interface Watch {
  since: string
  waiting: Set<() => void>
  timer: NodeJS.Timeout
}
const watches = new Map<string, Watch>()

/** Until something of the organization changed since a snapshot, or the time is up. One look at the database serves all who wait. */
async function untilNews(tenant: Tenant, since: string, waitMs: number): Promise<void> {
  if (waitingNow >= mostWaiting)
    throw new AppError('upstream_failed', 'Too many wait for changes. Ask again in a moment.', { retryAfterSeconds: 5 })
  waitingNow += 1
  const watch = watches.get(tenant.orgId) ?? startWatch(tenant.orgId, since)
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      if (!watch.waiting.delete(done)) return
      if (watch.waiting.size === 0 && watches.get(tenant.orgId) === watch) {
        clearInterval(watch.timer)
        watches.delete(tenant.orgId)
      }
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    watch.waiting.add(done)
    // What came before the watch looked for this one.
    readNews(tenant, since).then(({ isNew }) => isNew && done(), done)
  })
  waitingNow -= 1
}

function startWatch(orgId: string, since: string): Watch {
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    try {
      const { now, isNew } = await readNews(tenantOf(orgId), watch.since)
      watch.since = now
      if (isNew) for (const done of [...watch.waiting]) done()
    } catch (error) {
      log.warn({ org: orgId, reason: String(error).slice(0, 200) }, 'changes could not be looked for')
    }
    isLooking = false
  }
  const watch: Watch = { since, waiting: new Set(), timer: setInterval(() => void look(), everyMs) }
  watches.set(orgId, watch)
  return watch
}
