'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { notifyDone } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { reassignItems } from '@/lib/reviews/actions'
import { campaignKey } from '@/lib/reviews/queries'
import { type ChosenOwner, OwnerPicker } from '../identities/owner-picker'
import { ReasonField } from '../lifecycle/reason-field'

interface HandOutProps {
  orgId: string
  campaignId: string
  /** The reviewer's number; 0 = what has none. */
  from: number
  name: string
}

/** What waits for one reviewer, given to another. Each item is asked whether the other may certify it. */
export function HandOutDialog({ orgId, campaignId, from, name }: HandOutProps) {
  const queries = useQueryClient()
  const [to, setTo] = useState<ChosenOwner>()
  const [reason, setReason] = useState('')
  return (
    <ConfirmDialog
      trigger={
        <Button
          size="sm"
          className="justify-self-start"
          aria-label={from === 0 ? 'Hand out what has no reviewer' : `Hand on what waits for ${name}`}
        >
          {from === 0 ? 'Hand out' : 'Hand on'}
        </Button>
      }
      title={from === 0 ? 'Hand out what has no reviewer' : `Hand on what waits for ${name}`}
      confirmLabel={to ? `Give it to ${to.label}` : 'Give it to somebody'}
      onConfirm={async () => {
        if (!to) throw new Error('Choose who reviews it.')
        if (reason.trim() === '') throw new Error('Say why.')
        const result = await takeResult(
          reassignItems({ id: campaignId, what: { all: true }, from, toKey: to.key, kind: 'reassign', reason }),
        )
        await queries.invalidateQueries({ queryKey: campaignKey(orgId, campaignId) })
        if (result.moved > 0) notifyDone(`${formatCount(result.moved, 'item waits', 'items wait')} for ${to.label} now`)
        if (result.refused > 0)
          throw new Error(
            `${formatCount(result.refused, 'item')} stayed: ${result.refusals.map(({ says }) => says).join(' ')}`,
          )
      }}
    >
      <p>Everything of it that is not signed off. The deadline stays the same, and it never goes back.</p>
      <OwnerPicker orgId={orgId} value={to} onChange={setTo} />
      <ReasonField value={reason} onChange={setReason} choices={['Left', 'Away', 'Knows it better']} />
    </ConfirmDialog>
  )
}
