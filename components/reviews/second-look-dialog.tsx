'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { notifyDone } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { recordSecondLook } from '@/lib/reviews/actions'
import { campaignKey } from '@/lib/reviews/queries'
import { ChoiceCards } from '../lifecycle/choice-card'
import { ReasonField } from '../lifecycle/reason-field'

interface SecondLookProps {
  orgId: string
  campaignId: string
  reviewer: number
  stage: number
  name: string
}

const verdicts = [
  { value: 'stands', title: 'They stand', says: 'The decisions are sound as they were made.' },
  {
    value: 'repeat',
    title: 'Decide again',
    says: 'A campaign over the same items is drafted, with you as the reviewer. What was signed off stays beside it.',
  },
] as const

/** A second person's word on what somebody signed off. */
export function SecondLookDialog({ orgId, campaignId, reviewer, stage, name }: SecondLookProps) {
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState<'stands' | 'repeat'>('stands')
  const [note, setNote] = useState('')
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Say what you make of the decisions of ${name}`}>
          Second look
        </Button>
      }
      title={`What do you make of the decisions of ${name}?`}
      confirmLabel={verdict === 'stands' ? 'They stand' : 'Have them decided again'}
      onConfirm={async () => {
        if (note.trim() === '') throw new Error('Say what you saw.')
        await takeResult(recordSecondLook({ id: campaignId, reviewer, stage, verdict, note }))
        await queries.invalidateQueries({ queryKey: campaignKey(orgId, campaignId) })
        notifyDone(verdict === 'stands' ? 'The decisions stand' : 'A draft waits for you under Reviews')
      }}
    >
      <p>Look at what they decided first. Whoever decided a part of it cannot be the second person.</p>
      <ChoiceCards name="verdict" legend="Verdict" choices={verdicts} value={verdict} onChange={setVerdict} />
      <ReasonField value={note} onChange={setNote} hint="Stands in the report and in the audit trail." />
    </ConfirmDialog>
  )
}
