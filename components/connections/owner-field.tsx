'use client'

import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { type ChosenOwner, OwnerPicker } from '@/components/identities/owner-picker'
import { Avatar } from '@/components/ui/avatar'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Field } from '@/components/ui/field'
import { useFieldControl } from '@/components/ui/field-control'
import { controlClasses } from '@/components/ui/input'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'

interface OwnerFieldProps {
  orgId: string
  value: ChosenOwner | null
  error?: string | undefined
  onChange: (owner: ChosenOwner | null) => void
}

/** Who answers for a connection: a team or a person, or nobody. */
export function OwnerField({ orgId, value, error, onChange }: OwnerFieldProps) {
  return (
    <Field label="Owner" hint="The team or person who answers for this connection." {...(error ? { error } : {})}>
      <OwnerControl orgId={orgId} value={value} onChange={onChange} />
    </Field>
  )
}

function OwnerControl({ orgId, value, onChange }: Omit<OwnerFieldProps, 'error'>) {
  const control = useFieldControl()
  const [isOpen, setIsOpen] = useState(false)
  const choose = (owner: ChosenOwner | null) => {
    setIsOpen(false)
    onChange(owner)
  }
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger
        className={cn(controlClasses, 'inline-flex h-7 items-center gap-2 text-left')}
        {...control}
        aria-label={`Owner: ${value?.label ?? 'nobody yet'}`}
      >
        {value ? (
          <Avatar name={value.label} kind={value.key.startsWith('team:') ? 'team' : 'person'} size="sm" />
        ) : null}
        <span className={cn('min-w-0 flex-1 truncate', value ? '' : 'text-ink-muted')}>
          {value?.label ?? 'Nobody yet'}
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
      </PopoverTrigger>
      <PopoverContent className="w-80 max-w-[calc(100vw-2rem)] p-2" align="start">
        <OwnerPicker orgId={orgId} value={value ?? undefined} onChange={choose} />
        {value ? (
          <Button variant="ghost" className="mt-1 w-full justify-start" onClick={() => choose(null)}>
            Leave it without an owner
          </Button>
        ) : null}
      </PopoverContent>
    </Popover>
  )
}
