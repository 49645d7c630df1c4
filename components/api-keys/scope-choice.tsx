'use client'

import { CircleAlert } from 'lucide-react'
import { useId } from 'react'
import { scopeMeanings } from '@/lib/api-keys/rules'
import { knownScopes, type Scope } from '@/lib/api-keys/schema'
import { Checkbox } from '../ui/checkbox'
import { PrivilegeMark } from '../ui/marks/privilege-mark'

export interface ScopeChoiceProps {
  value: readonly Scope[]
  onChange: (scopes: Scope[]) => void
  error?: string
}

/** The scopes with what each of them allows and how far that goes. */
export function ScopeChoice({ value, onChange, error }: ScopeChoiceProps) {
  const id = useId()
  const toggle = (scope: Scope, isOn: boolean) =>
    onChange(knownScopes.filter((known) => (known === scope ? isOn : value.includes(known))))
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined} className="flex flex-col">
      <legend className="mb-1 text-sm font-medium">Scopes</legend>
      {knownScopes.map((scope) => (
        <div key={scope} className="flex min-h-8 items-center gap-2 border-b last:border-b-0">
          <Checkbox
            id={`${id}-${scope}`}
            checked={value.includes(scope)}
            onCheckedChange={(checked) => toggle(scope, checked === true)}
          />
          <label htmlFor={`${id}-${scope}`} className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 text-sm">
            <span className="w-32 font-mono text-xs">{scope}</span>
            <span className="text-ink-muted">{scopeMeanings[scope].label}</span>
          </label>
          <PrivilegeMark privilege={scopeMeanings[scope].privilege} />
        </div>
      ))}
      {error ? (
        <p id={`${id}-error`} className="mt-1 flex items-start gap-1 text-xs text-danger-ink">
          <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}
