'use client'

import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { restoreRun } from '@/lib/lifecycle/actions'
import type { RunDetail } from '@/lib/lifecycle/schema'
import { ChoiceCard } from './choice-card'
import { type ChosenPerson, PersonPicker } from './person-picker'
import { ReasonField } from './reason-field'
import { subjectOf } from './run-words'
import { useLifecycleChange } from './use-lifecycle-change'

interface RestoreDialogProps {
  orgId: string
  run: RunDetail
  onClose: () => void
}

const reasons = ['It is still needed', 'It was not the right one', 'False alarm'] as const

/** Switches on what was cut off: with a new secret where the old one leaked, as it would work again too. */
export function RestoreDialog({ orgId, run, onClose }: RestoreDialogProps) {
  const revives = run.semantics?.enablingRevives
  const [rotatesFirst, setRotatesFirst] = useState(run.isEmergency && revives?.does === true)
  const [person, setPerson] = useState<ChosenPerson>()
  const [reason, setReason] = useState('')
  const { run: ask, isPending, error } = useLifecycleChange(orgId, restoreRun, onClose)
  const isReady = reason.trim() !== '' && (!rotatesFirst || person !== undefined)
  const ways = [
    {
      rotates: true,
      title: 'With a new secret',
      says: 'The old one stays dead. Somebody takes the new one by a link that opens once.',
    },
    {
      rotates: false,
      title: 'As it was',
      says: revives?.does ? 'The old secret works again, for everybody who has it.' : 'It is switched on again.',
    },
  ]
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title={`Restore ${subjectOf(run)}?`}
        description="It is switched on, and then a login is tried. This page says so only when it worked."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={!isReady}
              isPending={isPending}
              onClick={() =>
                void ask({
                  id: run.id,
                  reason: reason.trim(),
                  rotatesFirst,
                  revealTo: rotatesFirst ? person?.userId : undefined,
                })
              }
            >
              {rotatesFirst ? 'Restore with a new secret' : 'Restore as it was'}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <fieldset className="flex flex-col gap-1.5" aria-label="How">
            {ways.map(({ rotates, title, says }) => (
              <ChoiceCard
                key={title}
                name="way"
                {...{ title, says }}
                isChosen={rotates === rotatesFirst}
                onChoose={() => setRotatesFirst(rotates)}
              />
            ))}
          </fieldset>
          {run.isEmergency && !rotatesFirst && revives?.does ? (
            <Alert tone="danger" title="The key that leaked would work again" isLive>
              {revives.says}
            </Alert>
          ) : null}
          {rotatesFirst ? (
            <div className="flex flex-col gap-1">
              <p className="text-sm">
                {person ? (
                  <>
                    The new secret is shown once to <span className="font-medium">{person.name}</span>.
                  </>
                ) : (
                  'Who takes the new secret?'
                )}
              </p>
              <PersonPicker orgId={orgId} label="Who takes the new secret" value={person} onChange={setPerson} />
            </div>
          ) : null}
          <ReasonField value={reason} onChange={setReason} choices={reasons} />
          {error ? (
            <Alert tone="danger" isLive>
              {error.message}
            </Alert>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  )
}
