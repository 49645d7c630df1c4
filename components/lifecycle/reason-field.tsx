'use client'

import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

interface ReasonFieldProps {
  value: string
  onChange: (reason: string) => void
  /** Reasons to take with one press. */
  choices?: readonly string[]
  hint?: string
}

export const longestReason = 500

/** Why: one of the usual reasons, or own words. It stays in the audit trail. */
export function ReasonField({ value, onChange, choices = [], hint }: ReasonFieldProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <Field label="Reason" isRequired hint={hint ?? 'Stays in the audit trail.'}>
        <Input
          value={value}
          maxLength={longestReason}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      {choices.length > 0 ? <ReasonChoices value={value} onChange={onChange} choices={choices} /> : null}
    </div>
  )
}

interface ReasonChoicesProps {
  value: string
  onChange: (reason: string) => void
  choices: readonly string[]
}

/** The usual reasons, each taken with one press. */
export function ReasonChoices({ value, onChange, choices }: ReasonChoicesProps) {
  return (
    <fieldset className="flex flex-wrap gap-1.5" aria-label="Usual reasons">
      {choices.map((choice) => (
        <Button
          key={choice}
          size="sm"
          aria-pressed={value === choice}
          className={value === choice ? 'border-accent-ink bg-accent-wash text-accent-ink' : undefined}
          onClick={() => onChange(choice)}
        >
          {choice}
        </Button>
      ))}
    </fieldset>
  )
}
