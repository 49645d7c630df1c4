'use client'

import { ChevronsUpDown } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { cn } from '../ui/class-names'
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover'
import { Skeleton } from '../ui/skeleton'
import { LogoMark } from './logo'
import type { ShellOrganization } from './shell-props'

const load = () => import('./organization-choice').then((module) => ({ default: module.OrganizationChoice }))
const OrganizationChoice = lazy(load)
preloadWhenIdle(load)

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
        <Suspense fallback={<Skeleton className="m-3 h-16" />}>
          <OrganizationChoice organizations={organizations} activeId={activeId} onChoose={choose} />
        </Suspense>
      </PopoverContent>
    </Popover>
  )
}
