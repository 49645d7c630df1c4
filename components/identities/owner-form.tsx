'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { OwnerDuty } from '@/lib/identities/schema'
import { useNow } from '@/lib/platform/browser/use-now'
import { type ChosenOwner, OwnerPicker } from './owner-picker'

export interface OwnerChoice {
  owner: ChosenOwner | undefined
  duty: OwnerDuty
  reason: string
  /** The day on which it lapses (`2026-12-01`); empty: until it is ended. */
  until: string
}

export const noChoice: OwnerChoice = { owner: undefined, duty: 'technical', reason: '', until: '' }

const duties = [
  { value: 'technical', label: 'Technical', hint: 'runs it' },
  { value: 'business', label: 'Business', hint: 'needs it' },
  { value: 'backup', label: 'Backup', hint: 'takes over' },
] as const

const dayMs = 86_400_000
const lastDay = '9999-12-31'

/** The first day on which what is assigned now can lapse. */
export function useFirstDay(): string {
  return new Date(useNow() + dayMs).toISOString().slice(0, 10)
}

/** When what is chosen lapses, as assignments take it; undefined when its day is none that they take. */
export function endOf({ until }: OwnerChoice, firstDay: string): { validUntil?: string } | undefined {
  if (until === '') return {}
  return until >= firstDay && until.length === lastDay.length
    ? { validUntil: new Date(until).toISOString() }
    : undefined
}

interface OwnerFormProps {
  orgId: string
  choice: OwnerChoice
  onChange: (choice: OwnerChoice) => void
}

/** Who is to own, in which duty, why, and until when. */
export function OwnerForm({ orgId, choice, onChange }: OwnerFormProps) {
  const firstDay = useFirstDay()
  return (
    <div className="flex flex-col gap-4">
      <OwnerPicker orgId={orgId} value={choice.owner} onChange={(owner) => onChange({ ...choice, owner })} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-[10rem_1fr]">
        <Field label="Duty" isRequired>
          <Select
            options={duties}
            value={choice.duty}
            onValueChange={(duty: OwnerDuty) => onChange({ ...choice, duty })}
          />
        </Field>
        <Field label="Reason">
          <Input
            value={choice.reason}
            maxLength={500}
            onChange={(event) => onChange({ ...choice, reason: event.target.value })}
            placeholder="Goes into the audit trail"
          />
        </Field>
      </div>
      <Field
        label="Until"
        hint="Empty: until it is ended. Else it lapses on that day."
        error={endOf(choice, firstDay) ? undefined : 'Choose a day after today.'}
      >
        <Input
          type="date"
          className="w-40"
          min={firstDay}
          max={lastDay}
          value={choice.until}
          onChange={(event) => onChange({ ...choice, until: event.target.value })}
        />
      </Field>
    </div>
  )
}
