import { takeConnection } from '@/lib/platform/db/pool'
import type { Tenant } from '@/lib/platform/db/tenant'

/** How far a long piece of work is. Telemetry, not state: written beside the work's own transaction so that it can be seen. */
export interface Progress {
  phase: string
  done: number
  total: number
}

/** Tells how far a run is; at most one row for each run. */
export async function reportProgress(tenant: Tenant, runId: string, progress: Progress): Promise<void> {
  const client = await takeConnection(tenant.orgId)
  try {
    await client.query(
      `INSERT INTO run_progress (org_id, run_id, phase, done, total) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (org_id, run_id) DO UPDATE SET phase = excluded.phase, done = excluded.done, total = excluded.total, updated_at = now(),
         started_at = CASE WHEN excluded.done = 0 THEN now() ELSE run_progress.started_at END`,
      [tenant.orgId, runId, progress.phase, progress.done, progress.total],
    )
  } finally {
    client.release()
  }
}

/** Forgets a run's progress when it has ended. */
export async function endProgress(tenant: Tenant, runId: string): Promise<void> {
  const client = await takeConnection(tenant.orgId)
  try {
    await client.query(`DELETE FROM run_progress WHERE org_id = $1 AND run_id = $2`, [tenant.orgId, runId])
  } finally {
    client.release()
  }
}
