'use client'

import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { Avatar } from '@/components/ui/avatar'
import { Command, CommandInput, CommandItem, CommandList, CommandStatus } from '@/components/ui/command'
import { ownersQuery } from '@/lib/organizations/queries'

export interface ChosenOwner {
  key: string
  label: string
}

interface OwnerPickerProps {
  orgId: string
  value: ChosenOwner | undefined
  onChange: (owner: ChosenOwner) => void
  /** Whom not to offer: who has it already, or could not have it. */
  except?: readonly string[]
  /** What is in the search box at first. */
  startWith?: string
}

/** A team or person of the organization, found by part of a name or address. */
export function OwnerPicker({ orgId, value, onChange, except = [], startWith = '' }: OwnerPickerProps) {
  const [text, setText] = useState(startWith)
  const asked = useDeferredValue(text.trim())
  const owners = useQuery(ownersQuery(orgId, asked))
  const items = (owners.data?.items ?? []).filter(({ key }) => !except.includes(key))
  return (
    <Command label="Owner" shouldFilter={false} className="rounded-md border">
      <CommandInput value={text} onValueChange={setText} placeholder="Team, name or e-mail address" />
      <CommandList className={items.length === 0 ? 'hidden' : 'h-44'}>
        {items.map(({ key, kind, label, hint }) => (
          <CommandItem
            key={key}
            value={key}
            onSelect={() => onChange({ key, label })}
            icon={<Avatar name={label} kind={kind === 'team' ? 'team' : 'person'} />}
            detail={value?.key === key ? <Check className="text-accent-ink!" aria-label="chosen" /> : kind}
          >
            {label}
            {hint ? <span className="ml-2 text-ink-muted">{hint}</span> : null}
          </CommandItem>
        ))}
      </CommandList>
      {items.length === 0 ? (
        <CommandStatus className="h-44">
          {owners.isPending ? 'Looking…' : (owners.error?.message ?? 'No team or active member of that name.')}
        </CommandStatus>
      ) : null}
    </Command>
  )
}
