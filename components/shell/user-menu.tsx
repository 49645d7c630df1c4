'use client'

import { lazy } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { Avatar } from '../ui/avatar'
import { cn } from '../ui/class-names'
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '../ui/dropdown-menu'
import type { ShellUser } from './shell-props'

const load = () => import('./user-menu-choices').then((module) => ({ default: module.UserMenuChoices }))
/** The menu waits for it before it opens. */
const Choices = lazy(load)
preloadWhenIdle(load)

export interface UserMenuProps {
  user: ShellUser
  onSignOut: () => void
  isPending: boolean
  onHelp: () => void
  isCollapsed?: boolean
}

export function UserMenu({ user, onSignOut, onHelp, isPending, isCollapsed }: UserMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        className={cn(
          'flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-1 text-left hover:bg-hover aria-expanded:bg-hover',
          isCollapsed && 'size-8 justify-center px-0',
        )}
      >
        <Avatar name={user.name} size="md" className="size-6" />
        <span className="sr-only">Account of</span>
        {isCollapsed ? (
          <span className="sr-only">{user.name}</span>
        ) : (
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm leading-4">{user.name}</span>
            <span className="block truncate text-xs text-ink-muted">{user.email}</span>
          </span>
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-60">
        <Choices user={user} onSignOut={onSignOut} onHelp={onHelp} isPending={isPending} />
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
