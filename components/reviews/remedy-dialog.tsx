'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { notifyDone } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { updateRemedy } from '@/lib/reviews/actions'
import { campaignKey } from '@/lib/reviews/queries'
import type { Remedy } from '@/lib/reviews/remedies'
import { type ChosenOwner, OwnerPicker } from '../identities/owner-picker'
import { ChoiceCards } from '../lifecycle/choice-card'
import { ReasonField } from '../lifecycle/reason-field'

type Act = 'assign' | 'done' | 'retry' | 'except'

const acts: Record<Act, { title: string; says: string; confirm: string }> = {
  assign: {
    title: 'Give it to somebody',
    says: 'They do it by hand at the source, by a date.',
    confirm: 'Give it to them',
  },
  done: {
    title: 'It is done',
    says: 'Your word for it. The campaign closes with an exception, for nothing was tried.',
    confirm: 'Say that it is done',
  },
  retry: {
    title: 'Try again',
    says: 'It is tried at the source once more, and proved there.',
    confirm: 'Try it again',
  },
  except: {
    title: 'It stays',
    says: 'An exception with a reason: somebody answers for it, until a date.',
    confirm: 'Leave it',
  },
}

/** What may be said of it as it stands. */
function actsFor({ state }: Remedy): Act[] {
  if (state === 'open' || state === 'failed' || state === 'excepted') return ['assign', 'done', 'retry', 'except']
  if (state === 'done') return ['retry', 'assign', 'except']
  return state === 'planned' || state === 'waiting' ? ['except'] : []
}

interface RemedyDialogProps {
  orgId: string
  campaignId: string
  remedy: Remedy
}

/** A person's word on what could not be proved at the source, or not yet. */
export function RemedyDialog({ orgId, campaignId, remedy }: RemedyDialogProps) {
  const queries = useQueryClient()
  const choices = actsFor(remedy)
  const [act, setAct] = useState<Act | undefined>(choices[0])
  const [owner, setOwner] = useState<ChosenOwner>()
  const [day, setDay] = useState('')
  const [reason, setReason] = useState('')
  if (!remedy.can.update || act === undefined) return null
  const hasOwner = act === 'assign' || act === 'except'
  const name = remedy.subject ? `${remedy.subject} of ${remedy.identity.name}` : remedy.identity.name
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" className="relative z-10" aria-label={`Settle ${name}`}>
          Settle
        </Button>
      }
      title={`What becomes of ${name}?`}
      confirmLabel={acts[act].confirm}
      onConfirm={async () => {
        if (hasOwner && !owner) throw new Error('Choose who answers for it.')
        if (hasOwner && day === '') throw new Error('Say until when.')
        if (reason.trim() === '') throw new Error('Say why.')
        const answered = hasOwner && owner ? { ownerKey: owner.key, dueAt: `${day}T23:59:59.000Z` } : {}
        await takeResult(updateRemedy({ id: campaignId, item: remedy.item, act, reason, ...answered }))
        await queries.invalidateQueries({ queryKey: campaignKey(orgId, campaignId) })
        notifyDone(`${name}: ${acts[act].title.toLowerCase()}`)
      }}
    >
      <p>{remedy.says}</p>
      <ChoiceCards
        name="remedy"
        legend="What becomes of it"
        choices={choices.map((value) => ({ value, ...acts[value] }))}
        value={act}
        onChange={setAct}
      />
      {hasOwner ? (
        <>
          <OwnerPicker orgId={orgId} value={owner} onChange={setOwner} />
          <Field label={act === 'assign' ? 'Done by' : 'Until'} isRequired hint="The end of that day, UTC.">
            <Input type="date" className="w-44" value={day} onChange={(event) => setDay(event.target.value)} />
          </Field>
        </>
      ) : null}
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
