'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ChevronRight, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { IconButton } from '@/components/ui/icon-button'
import { Progress } from '@/components/ui/progress'
import { paceOf } from '@/lib/connections/rules'
import { cancelOwnerChange } from '@/lib/identities/actions'
import { inventoryKey } from '@/lib/identities/queries'
import { isUnderWay } from '@/lib/ownership/rules'
import type { OwnerChangeRun } from '@/lib/ownership/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatDate, formatDuration, formatNumber } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { showRun, undoOwnerChange } from './use-owner-bulk-change'

interface OwnerChangePanelProps {
  orgId: string
  runs: OwnerChangeRun[]
  onClose: (id: string) => void
}

/**
 * Floats over the page, above the foot of a list and what is told there of a selection: how far each change is, the way to stop
 * it, what it did and the way back.
 */
export function OwnerChangePanel({ orgId, runs, onClose }: OwnerChangePanelProps) {
  const queries = useQueryClient()
  const left = useRef(0)
  const underWay = runs.filter(({ status }) => isUnderWay(status)).length
  useEffect(() => {
    // What lists say of owners is old as soon as a run has ended.
    if (underWay < left.current) void queries.invalidateQueries({ queryKey: inventoryKey(orgId) })
    left.current = underWay
  }, [underWay, queries, orgId])
  return (
    <section
      aria-label="Changes in the background"
      className="fixed right-2 bottom-20 z-40 flex max-h-[50dvh] w-96 max-w-[calc(100vw-1rem)] flex-col divide-y overflow-y-auto rounded-lg bg-raised shadow-float md:right-4"
    >
      {runs.map((run) => {
        const Shown = run.isYours ? Run : RunOfOther
        return <Shown key={run.id} orgId={orgId} run={run} onClose={() => onClose(run.id)} />
      })}
    </section>
  )
}

const many = (count: number) => formatCount(count, 'identity', 'identities')

function titleOf({ change, ownerLabel, validUntil, total }: OwnerChangeRun): string {
  if (change === 'assign') {
    return `Assign ${ownerLabel} to ${many(total)}${validUntil ? ` until ${formatDate(validUntil)}` : ''}`
  }
  if (change === 'transfer') return `Hand ${many(total)} over to ${ownerLabel}`
  if (change === 'restore') return `Take a change of ${many(total)} back`
  return change === 'attest' ? `Attest ${many(total)}` : `Give up ${many(total)}`
}

/** `240,000 of 600,000 · 3,300 a second · 2 min left`. */
function progressText(run: OwnerChangeRun): string {
  const counted = `${formatNumber(run.done)} of ${formatNumber(run.total)}`
  const pace = run.startedAt ? paceOf({ ...run, startedAt: run.startedAt }) : null
  if (!pace) return counted
  const words = [
    `${formatNumber(Math.round(pace.perSecond))} a second`,
    `${formatDuration(pace.secondsLeft * 1000)} left`,
  ]
  return [counted, ...words].join(' · ')
}

const endWords = { queued: '', running: '', done: 'Done', cancelled: 'Stopped', failed: 'Failed' }

interface RunProps {
  orgId: string
  run: OwnerChangeRun
  onClose: () => void
}

function Run({ orgId, run, onClose }: RunProps) {
  return (
    <div className="flex flex-col gap-2 px-3 py-2.5 text-sm">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 font-medium break-words">{titleOf(run)}</p>
        {isUnderWay(run.status) ? null : <PutAway onClose={onClose} />}
      </div>
      <RunBody orgId={orgId} run={run} />
    </div>
  )
}

/** What somebody else began, in one line until it is asked for: whoever may stop it is mostly about something else. */
function RunOfOther({ orgId, run, onClose }: RunProps) {
  const { startedBy, status, done, total } = run
  return (
    <div className="flex items-start gap-2 px-3 py-1.5 text-sm">
      <details className="group/run min-w-0 flex-1">
        <summary className="flex min-h-7 cursor-default items-center gap-1.5 rounded-sm">
          <ChevronRight className="size-3.5 shrink-0 text-ink-muted group-open/run:rotate-90" aria-hidden />
          <span className="min-w-0 flex-1 truncate">
            <span className="font-medium">{startedBy}:</span> {titleOf(run)}
          </span>
          <span className="tabular shrink-0 text-ink-muted">
            {isUnderWay(status) ? `${Math.floor((done / total) * 100)} %` : endWords[status]}
          </span>
        </summary>
        <div className="flex flex-col gap-2 pt-1 pb-1.5 pl-5">
          <p className="break-words">{titleOf(run)}</p>
          <RunBody orgId={orgId} run={run} />
        </div>
      </details>
      <PutAway onClose={onClose} />
    </div>
  )
}

function PutAway({ onClose }: { onClose: () => void }) {
  return (
    <IconButton label="Put away" onClick={onClose}>
      <X aria-hidden />
    </IconButton>
  )
}

/** How far it is or what it did, and what the reader may do about it. */
function RunBody({ orgId, run }: { orgId: string; run: OwnerChangeRun }) {
  const queries = useQueryClient()
  const undo = useMutation({ mutationFn: () => undoOwnerChange(queries, orgId, run.id) })
  const cancel = async () => showRun(queries, orgId, await takeResult(cancelOwnerChange({ id: run.id })))
  const { status, isYours, startedBy } = run
  return (
    <>
      {isUnderWay(status) ? (
        <Progress
          label={
            run.isCancelling
              ? 'Stopping'
              : status === 'queued' && run.done === 0
                ? 'Waiting for the worker'
                : 'Changing'
          }
          value={run.done}
          max={run.total}
          detail={progressText(run)}
        />
      ) : (
        <Outcome run={run} />
      )}
      <div className="flex flex-wrap items-center gap-2 empty:hidden">
        {run.can.cancel ? (
          <ConfirmDialog
            trigger={<Button size="sm">Stop…</Button>}
            title={isYours ? 'Stop this change?' : `Stop the change of ${startedBy}?`}
            confirmLabel="Stop it"
            onConfirm={cancel}
          >
            <p>
              It ends after the batch that it is at. What it has changed stays until{' '}
              {isYours ? 'you take it back' : `${startedBy} takes it back, within 15 minutes`}.
            </p>
          </ConfirmDialog>
        ) : null}
        <Undo run={run} isPending={undo.isPending} onUndo={() => undo.mutate()} />
      </div>
    </>
  )
}

function Outcome({ run }: { run: OwnerChangeRun }) {
  const { status, done, total, changed, already, refused, error, change, startedBy, stoppedBy } = run
  const by = status === 'cancelled' && stoppedBy && stoppedBy !== startedBy ? ` by ${stoppedBy}` : ''
  const parts = [
    `${formatNumber(changed)} ${change === 'restore' ? 'taken back' : 'changed'}`,
    ...(already > 0 ? [`${formatNumber(already)} so already`] : []),
    ...(done < total ? [`${formatNumber(total - done)} not reached`] : []),
  ]
  return (
    <div aria-live="polite">
      <p className="tabular">
        {endWords[status]}
        {by}: {parts.join(', ')}.
      </p>
      {refused.map(({ reason, count }) => (
        <p key={reason} className="tabular text-warning-ink">
          {formatNumber(count)}: {reason}
        </p>
      ))}
      {error ? <p className="text-danger-ink">{error}</p> : null}
    </div>
  )
}

function Undo({ run, isPending, onUndo }: { run: OwnerChangeRun; isPending: boolean; onUndo: () => void }) {
  const now = useNow()
  if (run.undoneAt) return <span className="text-ink-muted">Taken back.</span>
  if (!run.can.undo || !run.undoUntil) return null
  const left = Date.parse(run.undoUntil) - now
  if (left <= 0) return null
  return (
    <>
      <Button size="sm" isPending={isPending} onClick={onUndo}>
        Undo
      </Button>
      <span className="text-xs text-ink-muted">for {formatDuration(left)} more</span>
    </>
  )
}
