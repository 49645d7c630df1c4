import { readCheckpoints, writeCheckpoint } from '@/lib/platform/audit/checkpoint'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import { readerFor } from '@/lib/platform/db/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import { log } from '@/lib/platform/telemetry/log'
import { readHead } from './store'

/** Signs the head of every chain that has grown since its last checkpoint. Answers how many were written. */
export async function writeCheckpoints(): Promise<number> {
  let written = 0
  for (const { id: orgId } of await listOrganizations()) {
    const head = await readHead(readerFor(tenantOf(orgId)), orgId)
    if (!head || head.seq === 0) continue
    const last = (await readCheckpoints(orgId)).at(-1)
    if (last && last.seq >= head.seq) continue
    await writeCheckpoint({ orgId, ...head }, new Date())
    written += 1
  }
  return written
}

/** Writes checkpoints now, every hour, and when the answer is called, at shutdown. */
export function startCheckpoints(): () => Promise<void> {
  const write = () =>
    writeCheckpoints().then(
      (written) => log.info({ written }, 'audit checkpoints'),
      (error: unknown) => log.error({ err: error }, 'audit checkpoints could not be written'),
    )
  void write()
  const timer = setInterval(write, 60 * 60 * 1000)
  return () => {
    clearInterval(timer)
    return write()
  }
}
