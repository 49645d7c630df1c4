'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { notifyDone } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { createReviewTemplate } from '@/lib/reviews/actions'
import type { CreateCampaignInput } from '@/lib/reviews/schema'
import { type TriggerEvent, triggerEvents } from '@/lib/reviews/values'
import { CountField } from './builder-parts'
import { triggerLabels } from './review-words'

interface TemplateDialogProps {
  orgId: string
  input: CreateCampaignInput
  onClose: () => void
}

/** Keeps what the form says as a template, which may begin campaigns by itself. */
export function TemplateDialog({ orgId, input, onClose }: TemplateDialogProps) {
  const queries = useQueryClient()
  const [name, setName] = useState(input.name)
  const [everyMonths, setEveryMonths] = useState<number | null>(null)
  const [nextOn, setNextOn] = useState('')
  const [events, setEvents] = useState<TriggerEvent[]>([])
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title="Keep as a template"
      confirmLabel="Keep the template"
      onConfirm={async () => {
        if (everyMonths !== null && nextOn === '') throw new Error('Say when the first one begins.')
        const { description, level, scope, rules, template: kind } = input
        const recurrence = everyMonths === null ? null : { everyMonths, nextOn }
        await takeResult(createReviewTemplate({ name, description, level, scope, rules, kind, recurrence, events }))
        await queries.invalidateQueries({ queryKey: ['reviews', orgId, 'templates'] })
        notifyDone(`The template ${name} is kept`)
      }}
    >
      <Field label="Name of the template" isRequired>
        <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label="Begin a campaign from it again and again" layout="inline">
        <Checkbox checked={everyMonths !== null} onCheckedChange={(isOn) => setEveryMonths(isOn ? 3 : null)} />
      </Field>
      {everyMonths === null ? null : (
        <div className="flex flex-wrap gap-4">
          <CountField label="Every so many months" least={1} most={24} value={everyMonths} onChange={setEveryMonths} />
          <Field label="First on" isRequired hint="At 09:00 in its time zone.">
            <Input type="date" className="w-44" value={nextOn} onChange={(event) => setNextOn(event.target.value)} />
          </Field>
        </div>
      )}
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">Begin a small one by itself when</legend>
        {triggerEvents.map((each) => (
          <Field key={each} label={triggerLabels[each]} layout="inline">
            <Checkbox
              checked={events.includes(each)}
              onCheckedChange={(isOn) =>
                setEvents((last) => (isOn ? [...last, each] : last.filter((event) => event !== each)))
              }
            />
          </Field>
        ))}
      </fieldset>
    </ConfirmDialog>
  )
}
