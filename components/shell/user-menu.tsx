'use client'

import { BookOpen, Keyboard, LogOut, MonitorSmartphone } from 'lucide-react'
import Link from 'next/link'
import { useTheme } from 'next-themes'
import { Avatar } from '../ui/avatar'
import { cn } from '../ui/class-names'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu'
import { apiReferencePath, sessionsPath } from './navigation'
import type { ShellUser } from './shell-props'

export const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

export interface UserMenuProps {
  user: ShellUser
  onSignOut: () => void
  isPending: boolean
  onHelp: () => void
  isCollapsed?: boolean
}

export function UserMenu({ user, onSignOut, onHelp, isPending, isCollapsed }: UserMenuProps) {
  const { theme = 'system', setTheme } = useTheme()
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
        <div className="px-2 py-1.5">
          <p className="truncate text-sm font-medium">{user.name}</p>
          <p className="truncate text-xs text-ink-muted">{user.email}</p>
          <p className="text-xs text-ink-muted">
            Role here: <span className="text-ink">{user.role}</span>
          </p>
        </div>
        <DropdownMenuSeparator />
        <DropdownMenuLabel id="theme-label">Theme</DropdownMenuLabel>
        <DropdownMenuRadioGroup aria-labelledby="theme-label" value={theme} onValueChange={setTheme}>
          {themes.map((option) => (
            <DropdownMenuRadioItem key={option.value} value={option.value} onSelect={(event) => event.preventDefault()}>
              {option.label}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href={sessionsPath}>
            <MonitorSmartphone aria-hidden />
            Your sessions
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href={apiReferencePath}>
            <BookOpen aria-hidden />
            API reference
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem icon={<Keyboard aria-hidden />} keys="?" onSelect={onHelp}>
          Keyboard shortcuts
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem icon={<LogOut aria-hidden />} disabled={isPending} onSelect={onSignOut}>
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
