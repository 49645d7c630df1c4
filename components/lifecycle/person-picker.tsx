'use client'

import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { Avatar } from '@/components/ui/avatar'
import { Command, CommandInput, CommandItem, CommandList, CommandStatus } from '@/components/ui/command'
import { ownersQuery } from '@/lib/organizations/queries'

export interface ChosenPerson {
  userId: string
  name: string
}

interface PersonPickerProps {
  orgId: string
  label: string
  value: ChosenPerson | undefined
  onChange: (person: ChosenPerson) => void
}

/** One person of the organization, found by part of a name or address. */
export function PersonPicker({ orgId, label, value, onChange }: PersonPickerProps) {
  const [text, setText] = useState('')
  const found = useQuery(ownersQuery(orgId, useDeferredValue(text.trim())))
  const people = (found.data?.items ?? []).filter(({ kind }) => kind === 'user')
  return (
    <Command label={label} shouldFilter={false} className="rounded-md border">
      <CommandInput value={text} onValueChange={setText} placeholder="Name or e-mail address" />
      <CommandList className={people.length === 0 ? 'hidden' : 'h-32'}>
        {people.map(({ key, label: name, hint }) => (
          <CommandItem
            key={key}
            value={key}
            onSelect={() => onChange({ userId: key.replace(/^user:/, ''), name })}
            icon={<Avatar name={name} kind="person" />}
            detail={
              value && key === `user:${value.userId}` ? (
                <Check className="text-accent-ink!" aria-label="chosen" />
              ) : undefined
            }
          >
            {name}
            {hint ? <span className="ml-2 text-ink-muted">{hint}</span> : null}
          </CommandItem>
        ))}
      </CommandList>
      {people.length === 0 ? (
        <CommandStatus className="h-32">
          {found.isPending ? 'Looking…' : (found.error?.message ?? 'No active member of that name.')}
        </CommandStatus>
      ) : null}
    </Command>
  )
}
