'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { resendSignals } from '@/lib/signals/actions'
import { undeliveredSignalsQuery } from '@/lib/signals/queries'
import type { SignalStream } from '@/lib/signals/schema'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'
import { RelativeTime } from '../ui/relative-time'
import { Skeleton } from '../ui/skeleton'
import { notifyDone } from '../ui/toast'
import { shortType } from './event-words'

interface UndeliveredDialogProps {
  orgId: string
  stream: SignalStream
  canUpdate: boolean
  onClose: () => void
}

/** What a receiver could not be told, why, and the way to tell it again. */
export function UndeliveredDialog({ orgId, stream, canUpdate, onClose }: UndeliveredDialogProps) {
  const { stream_id, description, undelivered } = stream
  const queries = useQueryClient()
  const { data, error } = useQuery(undeliveredSignalsQuery(orgId, stream_id))
  const resend = useMutation({
    mutationFn: () => takeResult(resendSignals({ stream_id })),
    onSuccess: async ({ resent }) => {
      await queries.invalidateQueries({ queryKey: ['signals', orgId] })
      notifyDone(`${formatCount(resent, 'event')} on the way again`)
      onClose()
    },
  })
  const problem = error ?? resend.error
  return (
    <Dialog open onOpenChange={(open) => (open || resend.isPending ? undefined : onClose())}>
      <DialogContent
        title={`Not delivered to ${description}`}
        description={`${formatCount(undelivered, 'event')}. Each was refused for good, or tried for more than a day.`}
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Close</Button>
            </DialogClose>
            {canUpdate ? (
              <Button variant="primary" isPending={resend.isPending} onClick={() => resend.mutate()}>
                Send all again
              </Button>
            ) : null}
          </>
        }
      >
        {problem ? (
          <Alert tone="danger" isLive>
            {problem.message}
          </Alert>
        ) : null}
        {data ? (
          <ul className="flex flex-col divide-y" aria-label="Events that were not delivered">
            {data.items.map(({ id, event, says, attempts, created_at }) => (
              <li key={id} className="flex flex-col gap-0.5 py-2 text-sm">
                <span className="flex flex-wrap justify-between gap-x-4">
                  <span className="font-medium">{shortType(event)}</span>
                  <span className="text-ink-muted">
                    <RelativeTime at={created_at} /> · {formatCount(attempts, 'try', 'tries')}
                  </span>
                </span>
                <span className="break-words text-ink-muted">{says}</span>
                <span className="break-all font-mono text-xs text-ink-muted">{id}</span>
              </li>
            ))}
          </ul>
        ) : error ? null : (
          <Skeleton className="h-24" />
        )}
        {data?.nextCursor ? <p className="text-sm text-ink-muted">And older ones.</p> : null}
      </DialogContent>
    </Dialog>
  )
}
