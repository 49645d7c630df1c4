'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { notifyDone } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { cancelCampaign, closeCampaign, deleteCampaign } from '@/lib/reviews/actions'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { ReasonField } from '../lifecycle/reason-field'

interface ActionsProps {
  orgId: string
  campaign: CampaignDetail
}

/** Ending a campaign, in the ways that its state allows. */
export function CampaignActions({ orgId, campaign }: ActionsProps) {
  const { can } = campaign
  return (
    <>
      {can.close ? <CloseDialog orgId={orgId} campaign={campaign} /> : null}
      {can.cancel ? <CancelDialog orgId={orgId} campaign={campaign} /> : null}
      {can.delete ? <DeleteDialog campaign={campaign} /> : null}
    </>
  )
}

function CancelDialog({ orgId, campaign }: ActionsProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  return (
    <ConfirmDialog
      trigger={<Button variant="danger-outline">Cancel it</Button>}
      title={`Cancel ${campaign.name}?`}
      confirmLabel="Cancel the campaign"
      tone="danger"
      onConfirm={async () => {
        if (reason.trim() === '') throw new Error('Say why.')
        await takeResult(cancelCampaign({ id: campaign.id, reason }))
        notifyDone(`${campaign.name} is cancelled`)
        await queries.invalidateQueries({ queryKey: ['reviews', orgId] })
      }}
    >
      <p>
        {formatCount(campaign.counts.open, 'item has', 'items have')} no outcome yet, and will get none. Decisions that
        were made are kept, and nothing is carried out.
      </p>
      <ReasonField value={reason} onChange={setReason} choices={['Wrong scope', 'Not needed any more']} />
    </ConfirmDialog>
  )
}

function CloseDialog({ orgId, campaign }: ActionsProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [withExceptions, setWithExceptions] = useState(false)
  return (
    <ConfirmDialog
      trigger={<Button variant={campaign.state === 'verifying' ? 'primary' : 'secondary'}>Close it</Button>}
      title={`Close ${campaign.name}?`}
      confirmLabel={withExceptions ? 'Close with exceptions' : 'Close as effective'}
      onConfirm={async () => {
        await takeResult(
          closeCampaign({ id: campaign.id, withExceptions, ...(reason.trim() ? { reason: reason.trim() } : {}) }),
        )
        notifyDone(`${campaign.name} is closed`)
        await queries.invalidateQueries({ queryKey: ['reviews', orgId] })
      }}
    >
      <p>
        It closes as effective only when everything that was revoked or reduced is proved gone. While one thing still
        works, it says so.
      </p>
      <Field
        label="Close with exceptions"
        layout="inline"
        hint="What is not proved is listed in the report, each with its owner and a date."
      >
        <Checkbox checked={withExceptions} onCheckedChange={setWithExceptions} />
      </Field>
      {withExceptions ? <ReasonField value={reason} onChange={setReason} /> : null}
    </ConfirmDialog>
  )
}

function DeleteDialog({ campaign }: { campaign: CampaignDetail }) {
  const router = useRouter()
  return (
    <ConfirmDialog
      trigger={<Button variant="ghost">Delete the draft</Button>}
      title={`Delete the draft ${campaign.name}?`}
      confirmLabel="Delete the draft"
      tone="danger"
      onConfirm={async () => {
        await takeResult(deleteCampaign({ id: campaign.id }))
        notifyDone(`The draft ${campaign.name} is deleted`)
        router.push('/reviews')
        router.refresh()
      }}
    >
      <p>Nobody was asked anything by it. The audit trail keeps that it was made.</p>
    </ConfirmDialog>
  )
}
