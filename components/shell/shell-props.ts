import type { ReactNode } from 'react'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import type { DrawnEntry } from './drawn-entry'

export interface ShellUser {
  name: string
  email: string
  /** The role in the active organization, as a word: `security`. */
  role: string
}

export interface ShellOrganization {
  id: string
  name: string
  slug: string
  role: string
}

/** Plain data and server actions, given by the console's layout. */
export interface ShellProps {
  user: ShellUser
  organizations: ShellOrganization[]
  activeOrganizationId: string
  /** `kind:action` to what the policy says. An entry is hidden only when its permission is `false`. */
  can: Record<string, boolean>
  /** What the navigation shows. */
  entries: DrawnEntry[]
  onSwitchOrganization: (input: { id: string }) => Promise<ActionResult<unknown>>
  /** Leads to another page. */
  onSignOut: () => Promise<void>
  /** What is wrong now, over every page; drawn on the server. */
  banner?: ReactNode
  /** How many lines of 2.75rem the banner takes where pages fill the window. */
  bannerLines?: number
  /** From the cookie `navCookie`, so that the first paint has the right width. */
  isNavCollapsed?: boolean
}

export const navCookie = 'bailiwick_nav'

/** What is open over the page. */
export type ShellDialog = 'palette' | 'help' | 'lookup' | 'navigation'
