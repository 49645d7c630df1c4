'use client'

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Avatar } from '@/components/ui/avatar'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { Input } from '@/components/ui/input'
import { ownersQuery } from '@/lib/organizations/queries'
import { OwnerPicker } from '../identities/owner-picker'

/** One question of the form. */
export function Part({ title, says, children }: { title: string; says?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-4 border-b px-4 py-5 last:border-b-0 md:px-6">
      <div>
        <h2 className="text-base font-medium">{title}</h2>
        {says ? <p className="max-w-[72ch] text-sm text-ink-muted">{says}</p> : null}
      </div>
      {children}
    </section>
  )
}

interface CountFieldProps {
  label: string
  value: number
  least: number
  most: number
  hint?: string
  error?: string | undefined
  onChange: (value: number) => void
}

export function CountField({ label, value, least, most, hint, error, onChange }: CountFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} isRequired>
      <Input
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        value={Number.isNaN(value) ? '' : value}
        className="tabular w-24"
        onChange={({ target }) => onChange(target.value === '' ? Number.NaN : Math.trunc(Number(target.value)))}
      />
    </Field>
  )
}

/** The names of people and teams by their keys; a key that is not among the first found is told by its kind. */
function useOwnerNames(orgId: string): (key: string) => string {
  const { data } = useQuery(ownersQuery(orgId, ''))
  return (key) =>
    data?.items.find((each) => each.key === key)?.label ?? (key.startsWith('team:') ? 'A team' : 'A person')
}

interface OwnerFieldProps {
  orgId: string
  label: string
  hint?: string
  error?: string | undefined
  value: readonly string[]
  most: number
  onChange: (keys: string[]) => void
}

/** People and teams, chosen by name. */
export function OwnerField({ orgId, label, hint, error, value, most, onChange }: OwnerFieldProps) {
  const [isChoosing, setIsChoosing] = useState(false)
  const [known, setKnown] = useState<Record<string, string>>({})
  const nameOf = useOwnerNames(orgId)
  const labelOf = (key: string) => known[key] ?? nameOf(key)
  return (
    <fieldset aria-label={label} className="flex max-w-96 flex-col gap-1.5">
      <p className="text-sm font-medium">{label}</p>
      {value.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {value.map((key) => (
            <li key={key} className="inline-flex items-center gap-1.5 rounded-sm border py-0.5 pr-0.5 pl-1.5 text-sm">
              <Avatar name={labelOf(key)} kind={key.startsWith('team:') ? 'team' : 'person'} />
              {labelOf(key)}
              <IconButton
                size="sm"
                label={`Take ${labelOf(key)} out`}
                onClick={() => onChange(value.filter((each) => each !== key))}
              >
                <X aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      {isChoosing ? (
        <OwnerPicker
          orgId={orgId}
          value={undefined}
          except={value}
          onChange={(owner) => {
            setKnown((last) => ({ ...last, [owner.key]: owner.label }))
            onChange(most === 1 ? [owner.key] : [...value, owner.key])
            setIsChoosing(false)
          }}
        />
      ) : value.length < most || most === 1 ? (
        <div>
          <Button size="sm" aria-label={`${label}: choose`} onClick={() => setIsChoosing(true)}>
            {value.length === 0 ? 'Choose' : most === 1 ? 'Choose another' : 'Add'}
          </Button>
        </div>
      ) : null}
      {hint ? <p className="max-w-prose text-xs text-ink-muted">{hint}</p> : null}
      {error ? (
        <p role="alert" className="text-xs text-danger-ink">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}
