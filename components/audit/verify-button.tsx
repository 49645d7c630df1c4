'use client'

import { useMutation } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { verifyChain } from '@/lib/audit/actions'
import type { ChainReport } from '@/lib/audit/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatNumber } from '@/lib/platform/browser/format'

/** Recomputes the chain on the server and shows what was found. */
export function VerifyButton() {
  const { mutate, data, error, isPending, reset } = useMutation({ mutationFn: () => takeResult(verifyChain()) })
  return (
    <>
      <Button icon={<ShieldCheck />} isPending={isPending} onClick={() => mutate()}>
        Verify the chain
      </Button>
      <Dialog open={data !== undefined || error !== null} onOpenChange={(open) => (open ? undefined : reset())}>
        <DialogContent
          title={
            data ? (data.isIntact ? 'The chain is intact' : 'The chain is broken') : 'The chain could not be verified'
          }
          footer={
            <DialogClose asChild>
              <Button variant="primary">Close</Button>
            </DialogClose>
          }
        >
          {error ? <Alert tone="danger">{error.message}</Alert> : null}
          {data ? <Report report={data} /> : null}
        </DialogContent>
      </Dialog>
    </>
  )
}

function Report({ report }: { report: ChainReport }) {
  return (
    <div className="flex flex-col gap-4">
      {report.firstBad ? (
        <Alert tone="danger" title={`Event ${report.firstBad.seq} does not hold`}>
          {report.firstBad.problem.replaceAll('_', ' ')}: {report.firstBad.detail}. Keep the database as it is, and
          compare it with a backup from before.
        </Alert>
      ) : (
        <Alert tone="good">
          Every event is as it was written and in its place, and every signed checkpoint agrees.
        </Alert>
      )}
      <DescriptionList
        items={[
          { term: 'Events recomputed', detail: <span className="tabular">{formatNumber(report.events)}</span> },
          { term: 'Signed checkpoints', detail: <span className="tabular">{formatNumber(report.checkpoints)}</span> },
          { term: 'Last hash', detail: <MiddleTruncate value={report.lastHash} copyLabel="hash" /> },
          { term: 'As of', detail: <RelativeTime at={report.verifiedAt} hasDate /> },
        ]}
      />
    </div>
  )
}
