'use client'

import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import type { SyncRun } from '@/lib/connections/live'
import { formatCount, formatDateTime, formatNumber } from '@/lib/platform/browser/format'
import { ChangeTable } from './change-table'
import { skippedByReason } from './skipped'
import { readsWords, syncBadge, tookWords } from './sync-words'

/** All of one sync, beside the list: what it found and changed, what it left out, and why it ended. */
export function SyncDetails({ run, onClose }: { run: SyncRun | undefined; onClose: () => void }) {
  return (
    <Sheet open={run !== undefined} onOpenChange={(open) => (open ? undefined : onClose())}>
      {run ? (
        <SheetContent
          title={`Sync of ${formatDateTime(run.createdAt)}`}
          size="lg"
          footer={
            run.status === 'previewed' ? (
              <Button asChild variant="primary">
                <Link href={`/import/${run.id}`}>See what would be gone</Link>
              </Button>
            ) : undefined
          }
        >
          <Facts run={run} />
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

function WhatWasRead({ run }: { run: SyncRun }) {
  return (
    <>
      {readsWords(run)}
      {run.readsBecause ? <span className="block text-xs text-ink-muted">{run.readsBecause}</span> : null}
    </>
  )
}

function Facts({ run }: { run: SyncRun }) {
  const { counts, status, error, refusedCount, isPartial, reads } = run
  const found = [
    formatCount(counts.identities, 'identity', 'identities'),
    formatCount(counts.credentials, 'credential'),
    formatCount(counts.entitlements, 'entitlement'),
    formatCount(counts.resources, 'resource'),
    formatCount(counts.humans, 'person', 'people'),
  ]
  const wasRead = status === 'applied' || status === 'previewed'
  return (
    <div className="flex flex-col gap-6">
      {error ? (
        <Alert tone={status === 'failed' ? 'danger' : 'warning'} title="What went wrong">
          {error}
        </Alert>
      ) : null}
      <DescriptionList
        items={[
          { term: 'State', detail: <StateBadge {...syncBadge(run)} /> },
          { term: 'Asked for by', detail: run.startedBy },
          { term: 'Began', detail: <RelativeTime at={run.startedAt} never="not yet" hasTime /> },
          { term: 'Took', detail: tookWords(run) },
          { term: 'Read', detail: <WhatWasRead run={run} /> },
          {
            term: reads === 'changes' ? 'Found changed' : 'Found',
            detail: wasRead ? found.join(', ') : 'nothing that was kept',
          },
          {
            term: 'Marked gone',
            detail: isPartial
              ? 'nothing, as it was read in part'
              : reads === 'changes'
                ? 'what the source says is gone'
                : 'what the source no longer holds',
          },
        ].filter(({ term }) => wasRead || term !== 'Marked gone')}
      />
      {wasRead ? (
        <section aria-label="Changes">
          <h3 className="mb-1 text-sm font-medium">{status === 'previewed' ? 'It would change' : 'It changed'}</h3>
          <ChangeTable changes={run.changes} isDone={status === 'applied'} />
        </section>
      ) : null}
      {run.skipped.length > 0 || refusedCount > 0 ? (
        <section aria-label="Left out">
          <h3 className="mb-1 text-sm font-medium">Left out</h3>
          <ul className="flex flex-col gap-1 text-sm">
            {skippedByReason(run.skipped).map(({ reason, scopes }) => (
              <li key={reason}>
                {scopes}
                <span className="block text-xs text-ink-muted">{reason}</span>
              </li>
            ))}
            {refusedCount > 0 ? <li>{formatNumber(refusedCount)} entries were not understood</li> : null}
          </ul>
        </section>
      ) : null}
    </div>
  )
}
