'use client'

import { Check, ChevronsUpDown } from 'lucide-react'
import { useState } from 'react'
import { cn } from '../ui/class-names'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '../ui/command'
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover'
import { LogoMark } from './logo'
import type { ShellOrganization } from './shell-props'

const searchAbove = 6

export interface OrganizationMenuProps {
  organizations: ShellOrganization[]
  activeId: string
  onSwitch: (id: string) => void
  isPending: boolean
  isCollapsed?: boolean
}

export function OrganizationMenu({ organizations, activeId, onSwitch, isPending, isCollapsed }: OrganizationMenuProps) {
  const [isOpen, setIsOpen] = useState(false)
  const active = organizations.find((organization) => organization.id === activeId)
  const choose = (id: string) => {
    setIsOpen(false)
    if (id !== activeId) onSwitch(id)
  }
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger
        aria-busy={isPending || undefined}
        className={cn(
          'flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-1 text-left hover:bg-hover aria-expanded:bg-hover',
          isCollapsed && 'size-8 justify-center px-0',
          isPending && 'opacity-60',
        )}
      >
        <LogoMark />
        <span className="sr-only">Organization</span>
        {isCollapsed ? (
          <span className="sr-only">{active?.name}</span>
        ) : (
          <>
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm leading-4 font-medium">{active?.name ?? 'No organization'}</span>
              <span className="block truncate text-xs text-ink-muted">{active ? active.role : 'choose one'}</span>
            </span>
            <ChevronsUpDown className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
          </>
        )}
      </PopoverTrigger>
      <PopoverContent className="w-72 p-0" aria-label="Switch organization">
        <Command label="Organizations">
          {organizations.length > searchAbove ? <CommandInput placeholder="Find an organization" /> : null}
          <CommandList>
            <CommandEmpty>None of that name.</CommandEmpty>
            <CommandGroup heading="Your organizations">
              {organizations.map((organization) => (
                <CommandItem
                  key={organization.id}
                  value={`${organization.name} ${organization.slug} ${organization.id}`}
                  onSelect={() => choose(organization.id)}
                  icon={
                    <Check
                      className={cn(organization.id === activeId ? 'text-accent-ink!' : 'invisible')}
                      aria-hidden
                    />
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
      </PopoverContent>
    </Popover>
  )
}
