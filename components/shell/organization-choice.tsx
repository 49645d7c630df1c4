'use client'

import { Check } from 'lucide-react'
import { cn } from '../ui/class-names'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '../ui/command'
import type { ShellOrganization } from './shell-props'

const searchAbove = 6

interface OrganizationChoiceProps {
  organizations: ShellOrganization[]
  activeId: string
  onChoose: (id: string) => void
}

/** The organizations of a person, to go to another. */
export function OrganizationChoice({ organizations, activeId, onChoose }: OrganizationChoiceProps) {
  return (
    <Command label="Organizations" takesFocus>
      {organizations.length > searchAbove ? <CommandInput placeholder="Find an organization" /> : null}
      <CommandList>
        <CommandEmpty>None of that name.</CommandEmpty>
        <CommandGroup heading="Your organizations">
          {organizations.map((organization) => (
            <CommandItem
              key={organization.id}
              value={`${organization.name} ${organization.slug} ${organization.id}`}
              onSelect={() => onChoose(organization.id)}
              icon={
                <Check className={cn(organization.id === activeId ? 'text-accent-ink!' : 'invisible')} aria-hidden />
              }
              detail={organization.role}
            >
              {organization.name}
              {organization.id === activeId ? <span className="sr-only"> (active)</span> : null}
            </CommandItem>
          ))}
        </CommandGroup>
      </CommandList>
    </Command>
  )
}
