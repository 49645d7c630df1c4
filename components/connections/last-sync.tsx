'use client'

import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import type { SyncRun } from '@/lib/connections/live'
import { isUnderWay } from '@/lib/connections/queries'
import { skippedByReason } from './skipped'
import { paceWords } from './sync-words'

/** How far a sync is, while it runs. */
export function RunningSync({ run: { status, isCancelling, progress } }: { run: SyncRun }) {
  if (!isUnderWay(status)) return null
  return (
    <div className="border-b px-4 py-4 md:px-6">
      <Progress
        label={isCancelling ? 'Stopping' : (progress?.phase ?? 'Waiting for the worker')}
        value={progress?.done ?? 0}
        max={progress?.total ?? 1}
        isIndeterminate={!progress?.total || progress.done >= progress.total}
        detail={progress ? paceWords(progress) : undefined}
      />
    </div>
  )
}

/** What a person has to know of the last sync: that it failed, that it waits for them, or that it read a part. */
export function LastRunAlert({ run }: { run: SyncRun }) {
  const { status, error, skipped, isPartial, id } = run
  if (status === 'failed')
    return (
      <Place>
        <Alert tone="danger" title="The last sync failed. The inventory is as it was before.">
          {error}
        </Alert>
      </Place>
    )
  if (status === 'previewed')
    return (
      <Place>
        <Alert
          tone="warning"
          title="More than 20 % of what this source held was not there any more"
          actions={
            <Button asChild>
              <Link href={`/import/${id}`}>See what would be gone</Link>
            </Button>
          }
        >
          Nothing was changed. If so much is really gone, a person has to say so.
        </Alert>
      </Place>
    )
  if (status !== 'applied' || !isPartial) return null
  return (
    <Place>
      <Alert tone="warning" title="The last sync read the source in part, so nothing was marked gone">
        {error ? <p>{error}</p> : null}
        {skippedByReason(skipped).map(({ reason, scopes }) => (
          <p key={reason}>
            <span className="font-medium">{scopes}</span>: {reason}
          </p>
        ))}
      </Alert>
    </Place>
  )
}

function Place({ children }: { children: React.ReactNode }) {
  return <div className="border-b px-4 py-4 md:px-6">{children}</div>
}
