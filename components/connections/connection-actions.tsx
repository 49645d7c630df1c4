'use client'

import { useQueryClient } from '@tanstack/react-query'
import { BookOpen, CircleStop, Ellipsis, Pause, Pencil, Play, RefreshCw, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { cancelSync, syncConnection, updateConnection } from '@/lib/connections/actions'
import type { Connection } from '@/lib/connections/live'
import { isUnderWay } from '@/lib/connections/queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { RemoveConnection } from './remove-connection'

/** Sync and edit; what is rare stands in the menu. */
export function ConnectionActions({
  orgId,
  connection,
  canReadChanges,
}: {
  orgId: string
  connection: Connection
  /** Its syncs may read what changed alone, so that everything can be asked for. */
  canReadChanges: boolean
}) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [isRemoving, setIsRemoving] = useState(false)
  const { id, can, lastRun, status } = connection
  const act = async (work: Promise<ActionResult<unknown>>, done: string) => {
    setBusy(true)
    try {
      await takeResult(work)
      notifyDone(done)
    } catch (error) {
      notifyFailed(error instanceof Error ? error.message : 'It could not be done.')
    }
    await queries.invalidateQueries({ queryKey: ['connections', orgId] })
    setBusy(false)
  }
  const isRunning = lastRun !== null && isUnderWay(lastRun.status)
  const isPaused = status === 'paused'
  return (
    <>
      {can.update || can.delete || (can.sync && canReadChanges && !isRunning) ? (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button aria-label="More" icon={<Ellipsis aria-hidden />} className="px-2" />
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            {can.sync && canReadChanges && !isRunning ? (
              <DropdownMenuItem
                icon={<BookOpen aria-hidden />}
                onSelect={() => act(syncConnection({ id, readAll: true }), 'A sync of everything is queued')}
              >
                Read everything now
              </DropdownMenuItem>
            ) : null}
            {can.update ? (
              <DropdownMenuItem
                icon={isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
                onSelect={() =>
                  act(
                    updateConnection({ id, status: isPaused ? 'active' : 'paused' }),
                    isPaused ? 'Syncs come by themselves again' : 'Paused: no sync comes by itself',
                  )
                }
              >
                {isPaused ? 'Resume the schedule' : 'Pause the schedule'}
              </DropdownMenuItem>
            ) : null}
            {can.delete ? (
              <>
                <DropdownMenuSeparator />
                <DropdownMenuItem
                  tone="danger"
                  icon={<Trash2 aria-hidden />}
                  disabled={isRunning}
                  onSelect={() => setIsRemoving(true)}
                >
                  {isRunning ? 'Remove (stop the sync first)' : 'Remove'}
                </DropdownMenuItem>
              </>
            ) : null}
          </DropdownMenuContent>
        </DropdownMenu>
      ) : null}
      {can.update ? (
        <Button asChild>
          <Link href={`/connections/${id}/edit`}>
            <Pencil aria-hidden />
            Edit
          </Link>
        </Button>
      ) : null}
      {isRunning && lastRun.status !== 'applying' && can.cancel ? (
        <Button
          icon={<CircleStop aria-hidden />}
          isPending={busy || lastRun.isCancelling}
          onClick={() => act(cancelSync({ id: lastRun.id }), 'The sync is being stopped')}
        >
          Stop the sync
        </Button>
      ) : null}
      {can.sync && !isRunning ? (
        <Button
          variant="primary"
          icon={<RefreshCw aria-hidden />}
          isPending={busy}
          onClick={() => act(syncConnection({ id }), 'A sync is queued')}
        >
          Sync now
        </Button>
      ) : null}
      {isRemoving ? (
        <RemoveConnection orgId={orgId} connection={connection} onClose={() => setIsRemoving(false)} />
      ) : null}
    </>
  )
}
