'use client'

import { usePathname } from 'next/navigation'
import { LinkTabs } from '../ui/link-tabs'

export type SettingsPlace =
  | 'organization'
  | 'members'
  | 'teams'
  | 'sensitivity'
  | 'lifecycle'
  | 'decision-point'
  | 'signals'
  | 'mail'
  | 'notifications'
  | 'sign-in'
  | 'api-keys'
  | 'sessions'

const labels: Record<SettingsPlace, string> = {
  organization: 'Organization',
  members: 'Members',
  teams: 'Teams',
  sensitivity: 'Sensitivity',
  lifecycle: 'Rotate and revoke',
  'decision-point': 'Decision point',
  signals: 'Signals',
  mail: 'E-mail',
  notifications: 'Notifications',
  'sign-in': 'Sign-in',
  'api-keys': 'API keys',
  sessions: 'Sessions',
}

/** The pages that the person may see; one that is open although it is refused says so itself. */
export function SettingsTabs({ hidden }: { hidden: SettingsPlace[] }) {
  const pathname = usePathname()
  const tabs = (Object.keys(labels) as SettingsPlace[])
    .filter((place) => !hidden.includes(place))
    .map((place) => ({
      href: `/settings/${place}`,
      label: labels[place],
      isCurrent: pathname.startsWith(`/settings/${place}`),
    }))
  return <LinkTabs label="Settings" tabs={tabs} />
}
