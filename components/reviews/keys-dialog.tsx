'use client'

import { type KeyboardEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Kbd } from '@/components/ui/kbd'
import { Switch } from '@/components/ui/switch'
import { pressToNotation } from '@/lib/platform/browser/shortcut-keys'
import { actLabels, type KeyChoice, type ReviewAct, refuseKey, reviewActs, usualKeys } from './review-keys'

interface KeysDialogProps {
  choice: KeyChoice
  onChange: (choice: KeyChoice) => void
  onClose: () => void
}

/** The keys of the workspace: each can be another one, and all can be switched off. */
export function KeysDialog({ choice, onChange, onClose }: KeysDialogProps) {
  const [waiting, setWaiting] = useState<ReviewAct>()
  const [refusal, setRefusal] = useState<string>()
  const { areOn, keys } = choice
  const press = (act: ReviewAct) => (event: KeyboardEvent) => {
    if (waiting !== act || ['Tab', 'Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return setWaiting(undefined)
    const key = pressToNotation(event)
    const refused = refuseKey(keys, act, key)
    setRefusal(refused)
    if (refused) return
    setWaiting(undefined)
    onChange({ ...choice, keys: { ...keys, [act]: key } })
  }
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title="Keys of this review"
        description="They work while the focus is in the list or beside it, and never while you write. Kept in this browser."
        footer={
          <>
            <Button variant="ghost" onClick={() => onChange({ ...choice, keys: usualKeys })}>
              Take the usual keys
            </Button>
            <DialogClose asChild>
              <Button variant="primary">Done</Button>
            </DialogClose>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <Field
            label="Keys are on"
            layout="inline"
            hint="Switch them off when you dictate, or when something else types letters. Buttons and the arrow keys work on."
          >
            <Switch checked={areOn} onCheckedChange={(isOn) => onChange({ ...choice, areOn: isOn })} />
          </Field>
          <p role="status" className="min-h-5 text-sm text-danger-ink">
            {refusal ?? ''}
          </p>
          <ul className="grid gap-x-8 sm:grid-cols-2">
            {reviewActs.map((act) => (
              <li key={act} className="flex min-h-9 items-center justify-between gap-3 border-b">
                <span className={cn('text-sm', areOn ? '' : 'text-ink-muted')}>{actLabels[act]}</span>
                <Button
                  size="sm"
                  aria-label={`${actLabels[act]}: ${waiting === act ? 'press the new key' : `${keys[act]}, change`}`}
                  aria-pressed={waiting === act}
                  className={cn(waiting === act && 'border-accent-ink bg-accent-wash')}
                  onClick={() => {
                    setRefusal(undefined)
                    setWaiting(waiting === act ? undefined : act)
                  }}
                  onBlur={() => setWaiting((last) => (last === act ? undefined : last))}
                  onKeyDown={press(act)}
                >
                  {waiting === act ? 'Press a key' : <Kbd keys={keys[act]} />}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      </DialogContent>
    </Dialog>
  )
}
