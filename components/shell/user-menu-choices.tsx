'use client'

import { BookOpen, Keyboard, LogOut, MonitorSmartphone } from 'lucide-react'
import Link from 'next/link'
import { useTheme } from 'next-themes'
import {
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
} from '../ui/dropdown-menu'
import { apiReferencePath, sessionsPath } from './navigation'
import type { ShellUser } from './shell-props'

export const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

interface UserMenuChoicesProps {
  user: ShellUser
  onSignOut: () => void
  isPending: boolean
  onHelp: () => void
}

/** Who is signed in, how the console looks to them, and the ways out. */
export function UserMenuChoices({ user, onSignOut, onHelp, isPending }: UserMenuChoicesProps) {
  const { theme = 'system', setTheme } = useTheme()
  return (
    <>
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
    </>
  )
}
