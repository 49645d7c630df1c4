import { refreshScoresJob } from '@/lib/access-graph/server/jobs'
import { startScoreSweep } from '@/lib/access-graph/server/refresh-scores'
import { closeGraphs } from '@/lib/access-graph/server/serve-graph'
import { startCheckpoints } from '@/lib/audit/server/write-checkpoints'
import { startBreakGlassSweep } from '@/lib/break-glass/server/refresh-uses'
import { startPreviewExpiry } from '@/lib/connections/server/expire-imports'
import { applyImportJob, syncConnectionJob } from '@/lib/connections/server/jobs'
import { startSyncSchedule } from '@/lib/connections/server/request-due-syncs'
import { startDecisionDays } from '@/lib/decisions/server/expire-decisions'
import { grantJob } from '@/lib/grants/server/jobs'
import { startGrantSweep } from '@/lib/grants/server/request-due-grants'
import { incidentGrantsJob } from '@/lib/incidents/server/jobs'
import { startOrderExpiry } from '@/lib/lifecycle/server/expire-orders'
import { lifecycleJobs } from '@/lib/lifecycle/server/jobs'
import { startDrillSchedule } from '@/lib/lifecycle/server/request-due-drills'
import { startRotationSchedule } from '@/lib/lifecycle/server/request-due-rotations'
import { startRunSweep } from '@/lib/lifecycle/server/request-due-runs'
import { startNotificationExpiry } from '@/lib/notifications/server/expire-notifications'
import { sendMailJob } from '@/lib/notifications/server/jobs'
import { startMailSweep } from '@/lib/notifications/server/request-due-mails'
import { startExpiry } from '@/lib/ownership/server/expire-ownership'
import { ownerChangeJob } from '@/lib/ownership/server/jobs'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { type JobDefinition, startWorker } from '@/lib/platform/jobs/boss'
import { log } from '@/lib/platform/telemetry/log'
import { replayJob } from '@/lib/policy-versions/server/jobs'
import { loadInUse } from '@/lib/policy-versions/server/load-version'
import { carryOnJob } from '@/lib/reviews/server/jobs'
import { startCampaignSweep } from '@/lib/reviews/server/request-due-campaigns'
import { startReviewFollowUp } from '@/lib/reviews/server/request-due-follow-up'
import { startSignalSweep } from '@/lib/signals/server/request-due-signals'
import { startStandingSweep } from '@/lib/standing/server/refresh-standing'
import { startSessionExpiry } from '@/lib/users/server/expire-sessions'

/** Everything that runs in the background. Any number of workers may share the queue. */
const own = [
  applyImportJob,
  syncConnectionJob,
  ownerChangeJob,
  refreshScoresJob,
  sendMailJob,
  carryOnJob,
  grantJob,
  incidentGrantsJob,
  replayJob,
]
const jobs = [...own, ...lifecycleJobs].map((job) => job as JobDefinition)

env()
const stopJobs = await startWorker(jobs)
const stopCheckpoints = startCheckpoints()
const stopSessionExpiry = startSessionExpiry()
const stopPreviewExpiry = startPreviewExpiry()
const stopOwnershipExpiry = startExpiry()
const stopSyncSchedule = startSyncSchedule()
const stopScoreSweep = startScoreSweep()
const stopRunSweep = startRunSweep()
const stopRotationSchedule = startRotationSchedule()
const stopOrderExpiry = startOrderExpiry()
const stopDrillSchedule = startDrillSchedule()
const stopMailSweep = startMailSweep()
const stopNotificationExpiry = startNotificationExpiry()
const stopDecisionDays = startDecisionDays()
const stopCampaignSweep = startCampaignSweep()
const stopReviewFollowUp = startReviewFollowUp()
const stopGrantSweep = startGrantSweep()
const stopBreakGlassSweep = startBreakGlassSweep()
const stopStandingSweep = startStandingSweep()
const stopSignalSweep = startSignalSweep()
// What answers by policies of organizations is there again after a start of their decision point.
void loadInUse()
log.info({ jobs: jobs.map(({ queue }) => queue) }, 'worker ready')

async function stop(): Promise<void> {
  stopSessionExpiry()
  stopPreviewExpiry()
  stopScoreSweep()
  stopSyncSchedule()
  stopRunSweep()
  stopRotationSchedule()
  stopOrderExpiry()
  stopDrillSchedule()
  stopDecisionDays()
  stopMailSweep()
  stopNotificationExpiry()
  stopCampaignSweep()
  stopReviewFollowUp()
  stopGrantSweep()
  stopBreakGlassSweep()
  stopStandingSweep()
  stopSignalSweep()
  await stopJobs()
  await stopCheckpoints()
  await stopOwnershipExpiry()
  await closeGraphs()
  await closePool()
  log.info('worker stopped')
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'worker did not stop cleanly')
        process.exit(1)
      },
    )
  })
}
