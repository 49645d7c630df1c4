'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { OwnerDuty } from '@/lib/identities/schema'
import { type ChosenOwner, OwnerPicker } from './owner-picker'

export interface OwnerChoice {
  owner: ChosenOwner | undefined
  duty: OwnerDuty
  reason: string
}

export const noChoice: OwnerChoice = { owner: undefined, duty: 'technical', reason: '' }

const duties = [
  { value: 'technical', label: 'Technical', hint: 'runs it' },
  { value: 'business', label: 'Business', hint: 'needs it' },
  { value: 'backup', label: 'Backup', hint: 'takes over' },
] as const

interface OwnerFormProps {
  orgId: string
  choice: OwnerChoice
  onChange: (choice: OwnerChoice) => void
}

/** Who is to own, in which duty, and why. */
export function OwnerForm({ orgId, choice, onChange }: OwnerFormProps) {
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
    </div>
  )
}
