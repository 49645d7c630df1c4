'use client'

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { lookUpName } from '@/components/identities/look-up'
import { Command, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { IconButton } from '@/components/ui/icon-button'
import { SystemTag } from '@/components/ui/marks/system-tag'

export interface ChosenIdentity {
  id: string
  name: string
}

interface IdentityPickerProps {
  orgId: string
  label: string
  value: readonly ChosenIdentity[]
  onChange: (chosen: ChosenIdentity[]) => void
  most: number
}

const leastLetters = 2

/** Some identities, found by part of a name. */
export function IdentityPicker({ orgId, label, value, onChange, most }: IdentityPickerProps) {
  const [text, setText] = useState('')
  const asked = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['lifecycle', orgId, 'named', asked],
    queryFn: () => lookUpName(asked),
    enabled: asked.length >= leastLetters,
  })
  const shown = (found.data?.identities ?? []).filter(({ id }) => value.every((each) => each.id !== id))
  return (
    <div className="flex flex-col gap-2">
      {value.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5" aria-label={`${label}: chosen`}>
          {value.map(({ id, name }) => (
            <li key={id} className="inline-flex items-center gap-1 rounded-sm border py-0.5 pr-0.5 pl-2 text-sm">
              {name}
              <IconButton
                label={`Take ${name} out`}
                size="sm"
                onClick={() => onChange(value.filter((each) => each.id !== id))}
              >
                <X aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      {value.length < most ? (
        <Command label={label} shouldFilter={false} className="rounded-md border">
          <CommandInput value={text} onValueChange={setText} placeholder="Name of an identity" />
          <CommandList className="max-h-40">
            {asked.length < leastLetters
              ? null
              : shown.map(({ id, name, source, environment }) => (
                  <CommandItem
                    key={id}
                    value={id}
                    onSelect={() => {
                      onChange([...value, { id, name }])
                      setText('')
                    }}
                    detail={
                      <SystemTag
                        system={source.system}
                        label={[source.name, environment].filter(Boolean).join(' · ')}
                      />
                    }
                  >
                    {name}
                  </CommandItem>
                ))}
          </CommandList>
          {asked.length >= leastLetters && shown.length > 0 ? null : (
            <p className="px-3 pb-2 text-sm text-ink-muted" aria-live="polite">
              {asked.length < leastLetters
                ? 'Type two letters of its name.'
                : found.isPending
                  ? 'Looking…'
                  : (found.error?.message ?? 'Nothing else of that name.')}
            </p>
          )}
        </Command>
      ) : null}
    </div>
  )
}
