'use client'

import { useQueryClient } from '@tanstack/react-query'
import { CircleStop, FastForward, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { cancelRun, endHold } from '@/lib/lifecycle/actions'
import type { RunDetail } from '@/lib/lifecycle/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { ReasonField } from './reason-field'
import { RestoreDialog } from './restore-dialog'

type Asked = 'cancel' | 'restore' | 'end'

/** What a person can do with a run now: the way back first. */
export function RunActions({ orgId, run }: { orgId: string; run: RunDetail }) {
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const { can, kind } = run
  return (
    <>
      {can.endHold ? (
        <Button icon={<FastForward aria-hidden />} onClick={() => setAsked('end')}>
          {kind === 'revocation' ? 'End the time to restore' : 'Go on now'}
        </Button>
      ) : null}
      {can.cancel ? (
        <Button icon={<CircleStop aria-hidden />} onClick={() => setAsked('cancel')}>
          {kind === 'rotation' ? 'Take it back' : kind === 'drill' ? 'Stop the drill' : 'Cancel'}
        </Button>
      ) : null}
      {can.restore ? (
        <Button variant="primary" icon={<RotateCcw aria-hidden />} onClick={() => setAsked('restore')}>
          Restore
        </Button>
      ) : null}
      {asked === 'restore' ? <RestoreDialog orgId={orgId} run={run} onClose={close} /> : null}
      {asked === 'cancel' ? <CancelDialog orgId={orgId} run={run} onClose={close} /> : null}
      {asked === 'end' ? <EndDialog orgId={orgId} run={run} onClose={close} /> : null}
    </>
  )
}

interface DialogProps {
  orgId: string
  run: RunDetail
  onClose: () => void
}

/** Stops a run at the next place where that is safe, and takes back what can be taken back. */
function CancelDialog({ orgId, run: { id, kind }, onClose }: DialogProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={
        kind === 'rotation' ? 'Take this rotation back?' : kind === 'drill' ? 'Stop this drill?' : 'Cancel this run?'
      }
      confirmLabel={kind === 'rotation' ? 'Take it back' : kind === 'drill' ? 'Stop the drill' : 'Cancel the run'}
      tone="danger"
      onConfirm={async () => {
        if (!reason.trim()) throw new Error('Say why.')
        await takeResult(cancelRun({ id, reason: reason.trim() }))
        await queries.invalidateQueries({ queryKey: ['lifecycle', orgId] })
      }}
    >
      <p>
        {kind === 'rotation'
          ? 'It stops where that is safe. The old secret works again or goes on working, the new one is taken away, and both are tried.'
          : kind === 'drill'
            ? 'It stops where that is safe. What it made is cleared away, and what it cut is switched on again.'
            : 'It stops where that is safe. What was done already stays and is shown on this page.'}
      </p>
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

/** Does not wait any longer: what was held back is given up. */
function EndDialog({ orgId, run: { id, kind, step }, onClose }: DialogProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const isHold = step === 'hold'
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={isHold ? 'End the time to restore now?' : 'Go on now?'}
      confirmLabel={isHold ? 'End it now' : 'Go on now'}
      tone="danger"
      onConfirm={async () => {
        if (!reason.trim()) throw new Error('Say why.')
        await takeResult(endHold({ id, reason: reason.trim() }))
        await queries.invalidateQueries({ queryKey: ['lifecycle', orgId] })
      }}
    >
      {isHold ? (
        <Alert tone="warning">
          After that nobody can {kind === 'revocation' ? 'restore it' : 'bring the old secret back'} from here.
        </Alert>
      ) : (
        <p>It does not wait any longer and takes its next step.</p>
      )}
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
