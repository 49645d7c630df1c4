'use client'

import { roleAbilities } from '@/lib/organizations/rules'
import { type MemberRole, memberRoles } from '@/lib/organizations/schema'
import { formatWord } from '@/lib/platform/browser/format'
import { Select } from '../ui/select'

const options = memberRoles.map((role) => ({ value: role, label: formatWord(role, true) }))

export interface RoleSelectProps {
  value: MemberRole
  onValueChange: (role: MemberRole) => void
  label?: string
}

export function RoleSelect(props: RoleSelectProps) {
  return <Select options={options} {...props} />
}

/** What a role may do, one line each. */
export function RoleAbilities({ role }: { role: MemberRole }) {
  return (
    <ul className="flex list-disc flex-col gap-0.5 pl-4 text-sm text-ink-muted">
      {roleAbilities(role).map((ability) => (
        <li key={ability}>{ability}</li>
      ))}
    </ul>
  )
}
