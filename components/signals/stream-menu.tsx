'use client'

import { useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Inbox, Pause, Pencil, Play, Power, Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { deleteSignalStream, updateSignalStatus, verifySignalStream } from '@/lib/signals/actions'
import { signalSettingsQuery } from '@/lib/signals/queries'
import type { SignalStream } from '@/lib/signals/schema'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '../ui/dropdown-menu'
import { IconButton } from '../ui/icon-button'
import { notifyDone, notifyFailed } from '../ui/toast'

interface StreamMenuProps {
  orgId: string
  stream: SignalStream
  onChoose: (what: 'edit' | 'undelivered', id: string) => void
}

/** What can be done with a receiver. */
export function StreamMenu({ orgId, stream, onChoose }: StreamMenuProps) {
  const { stream_id, description, status, undelivered } = stream
  const queries = useQueryClient()
  const [asked, setAsked] = useState<'disable' | 'delete'>()
  const refresh = () => queries.invalidateQueries({ queryKey: signalSettingsQuery(orgId).queryKey })
  const run = async (act: Promise<ActionResult<unknown>>, done: string, detail?: string) => {
    try {
      await takeResult(act)
      notifyDone(done, detail)
    } catch (cause) {
      notifyFailed(`${description} was not changed`, cause instanceof Error ? cause.message : undefined)
    }
    await refresh()
  }
  const turn = (to: 'enabled' | 'paused', done: string) => run(updateSignalStatus({ stream_id, status: to }), done)
  const confirm = (act: Promise<ActionResult<unknown>>, done: string) => async () => {
    await takeResult(act)
    await refresh()
    notifyDone(done)
  }
  const close = (open: boolean) => (open ? undefined : setAsked(undefined))
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <IconButton label={`Actions for ${description}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {status === 'enabled' ? (
            <>
              <DropdownMenuItem
                icon={<Send aria-hidden />}
                onSelect={() => void run(verifySignalStream({ stream_id }), 'A test event is on its way', description)}
              >
                Send a test event
              </DropdownMenuItem>
              <DropdownMenuItem
                icon={<Pause aria-hidden />}
                onSelect={() => void turn('paused', `${description} paused: events wait`)}
              >
                Pause
              </DropdownMenuItem>
            </>
          ) : (
            <DropdownMenuItem icon={<Play aria-hidden />} onSelect={() => void turn('enabled', `${description} is on`)}>
              Switch on
            </DropdownMenuItem>
          )}
          <DropdownMenuItem icon={<Pencil aria-hidden />} onSelect={() => onChoose('edit', stream_id)}>
            Edit…
          </DropdownMenuItem>
          {undelivered > 0 ? (
            <DropdownMenuItem icon={<Inbox aria-hidden />} onSelect={() => onChoose('undelivered', stream_id)}>
              Not delivered…
            </DropdownMenuItem>
          ) : null}
          {status === 'disabled' ? null : (
            <DropdownMenuItem icon={<Power aria-hidden />} tone="danger" onSelect={() => setAsked('disable')}>
              Switch off…
            </DropdownMenuItem>
          )}
          <DropdownMenuItem icon={<Trash2 aria-hidden />} tone="danger" onSelect={() => setAsked('delete')}>
            Delete…
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {asked === 'disable' ? (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`Switch ${description} off?`}
          confirmLabel={`Switch ${description} off`}
          tone="danger"
          onConfirm={() =>
            confirm(updateSignalStatus({ stream_id, status: 'disabled' }), `${description} switched off`)()
          }
        >
          <p>
            What waits for it is dropped, and what happens until it is switched on again it is not told. To keep it,
            pause.
          </p>
        </ConfirmDialog>
      ) : null}
      {asked === 'delete' ? (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`Delete ${description}?`}
          confirmLabel={`Delete ${description}`}
          tone="danger"
          onConfirm={() => confirm(deleteSignalStream({ stream_id }), `${description} deleted`)()}
        >
          <p>It is told of nothing more. What waits for it and what was not delivered goes with it.</p>
        </ConfirmDialog>
      ) : null}
    </>
  )
}
