import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { SettingsTabs } from '@/components/organizations/settings-tabs'
import { PageHeader } from '@/components/ui/page-header'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const ctx = await contextFromSession()
  // For the tabs only: the pages ask again for themselves.
  const [members, teams, rules, lifecycle, mail, decisions] = await ctx.can(
    ['list', 'read', 'read_directory'],
    [
      { kind: 'member', id: 'any', label: 'members', attr: {} },
      { kind: 'team', id: 'any', label: 'teams', attr: {} },
      { kind: 'sensitivity_rule', id: 'any', label: 'rules of sensitivity', attr: {} },
      { kind: 'lifecycle_setting', id: 'any', label: 'settings of rotation and revocation', attr: {} },
      { kind: 'mail_setting', id: 'any', label: 'settings of e-mail', attr: {} },
      { kind: 'decision', id: 'any', label: 'settings of the decision point', attr: {} },
    ],
  )
  const hidden = [
    ...(members?.list ? [] : ['members' as const]),
    ...(teams?.list ? [] : ['teams' as const]),
    ...(rules?.list ? [] : ['sensitivity' as const]),
    ...(lifecycle?.read ? [] : ['lifecycle' as const]),
    ...(decisions?.read_directory ? [] : ['decision-point' as const, 'signals' as const]),
    ...(mail?.read ? [] : ['mail' as const]),
  ]
  return (
    <>
      <PageHeader title="Settings" tabs={<SettingsTabs hidden={hidden} />} />
      {children}
    </>
  )
}
