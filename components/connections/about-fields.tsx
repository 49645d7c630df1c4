'use client'

import type { ReactNode } from 'react'
import type { ChosenOwner } from '@/components/identities/owner-picker'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { Connection } from '@/lib/connections/live'
import { OwnerField } from './owner-field'
import { intervalsWith } from './sync-words'

/** What Bailiwick knows of a connection beside how to sign in. */
export interface About {
  name: string
  environment: string
  owner: ChosenOwner | null
  /** Minutes, or `none`. */
  every: string
}

export const noAbout: About = { name: '', environment: '', owner: null, every: '60' }

export const aboutOf = ({ name, environment, owner, intervalMinutes }: Connection): About => ({
  name,
  environment: environment ?? '',
  owner,
  every: String(intervalMinutes ?? 'none'),
})

/** The same as the API takes it. */
export const settingsOf = ({ name, environment, owner, every }: About) => ({
  name,
  environment: environment.trim() || null,
  ownerKey: owner?.key ?? null,
  intervalMinutes: every === 'none' ? null : Number(every),
})

interface AboutFieldsProps {
  orgId: string
  about: About
  errors: Record<string, string>
  onChange: (about: About) => void
  /** Between the name and the rest. */
  children?: ReactNode
}

export function AboutFields({ orgId, about, errors, onChange, children }: AboutFieldsProps) {
  const { name, environment, owner, every } = about
  return (
    <>
      <Field label="Name" isRequired error={errors.name}>
        <Input
          autoComplete="off"
          maxLength={80}
          value={name}
          onChange={(event) => onChange({ ...about, name: event.target.value })}
        />
      </Field>
      {children}
      <Field
        label="Environment"
        hint="Given to identities of which the source does not say it: production, staging …"
        error={errors.environment}
      >
        <Input
          autoComplete="off"
          maxLength={64}
          value={environment}
          onChange={(event) => onChange({ ...about, environment: event.target.value })}
        />
      </Field>
      <OwnerField
        orgId={orgId}
        value={owner}
        error={errors.ownerKey}
        onChange={(chosen) => onChange({ ...about, owner: chosen })}
      />
      <Field label="Schedule" isRequired error={errors.intervalMinutes}>
        <Select
          options={intervalsWith(every === 'none' ? null : Number(every))}
          value={every}
          onValueChange={(chosen) => onChange({ ...about, every: chosen })}
        />
      </Field>
    </>
  )
}
