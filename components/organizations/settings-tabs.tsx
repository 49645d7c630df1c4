'use client'

import { usePathname } from 'next/navigation'
import { LinkTabs } from '../ui/link-tabs'

const places = [
  { href: '/settings/organization', label: 'Organization' },
  { href: '/settings/members', label: 'Members' },
  { href: '/settings/teams', label: 'Teams' },
  { href: '/settings/sign-in', label: 'Sign-in' },
  { href: '/settings/api-keys', label: 'API keys' },
  { href: '/settings/sessions', label: 'Sessions' },
]

/** All of them for everybody: who may not see a page is told so there, and by whom it can be changed. */
export function SettingsTabs() {
  const pathname = usePathname()
  const tabs = places.map((place) => ({ ...place, isCurrent: pathname.startsWith(place.href) }))
  return <LinkTabs label="Settings" tabs={tabs} />
}
