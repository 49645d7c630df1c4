'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { connectionsQuery } from '@/lib/connections/queries'

/** One field of one entry of a system that programs read their secrets from. */
export interface StorePlace {
  connectionId: string
  folder: string
  name: string
  field: string
}

/** The systems that take secrets, and what the parts of a place are called there. */
const systems: Record<string, { folder: string; name: string; field: string; folderHint: string; nameHint: string }> = {
  vault: {
    ...{ folder: 'Mount', name: 'Path', field: 'Field' },
    ...{ folderHint: 'Of a key-value engine of version 2', nameHint: 'apps/orders' },
  },
  kubernetes: {
    ...{ folder: 'Namespace', name: 'Secret', field: 'Key' },
    ...{ folderHint: 'Where the programs run', nameHint: 'orders-db' },
  },
}

interface StorePlaceFieldsProps {
  orgId: string
  value: StorePlace
  onChange: (change: Partial<StorePlace>) => void
  /** Several accounts: each needs an entry of its own. */
  isForMany: boolean
  error?: string | undefined
}

/** Where in Vault or Kubernetes a new secret goes, through one of the organization’s connections. */
export function StorePlaceFields({ orgId, value, onChange, isForMany, error }: StorePlaceFieldsProps) {
  const { data } = useQuery(connectionsQuery(orgId))
  const able = (data?.items ?? []).filter(({ connector }) => connector in systems)
  const chosen = able.find(({ id }) => id === value.connectionId)
  const words = systems[chosen?.connector ?? 'vault']
  if (data && able.length === 0)
    return (
      <p className="text-sm text-ink-muted">
        No connection to Vault or Kubernetes yet.{' '}
        <Link href="/connections/new" className="text-accent-ink hover:underline">
          Add one
        </Link>
        , with the rights that it names for handing over new secrets.
      </p>
    )
  return (
    <>
      <Field label="Connection" isRequired>
        <Select
          options={able.map(({ id, name }) => ({ value: id, label: name }))}
          value={value.connectionId}
          placeholder={data ? 'Choose' : 'Looking…'}
          onValueChange={(connectionId) => onChange({ connectionId })}
        />
      </Field>
      {chosen && words ? (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={words.folder} hint={words.folderHint} isRequired>
            <Input
              isMono
              spellCheck={false}
              value={value.folder}
              onChange={(event) => onChange({ folder: event.target.value })}
            />
          </Field>
          <Field label={words.field} hint="Its other fields stay" isRequired>
            <Input
              isMono
              spellCheck={false}
              value={value.field}
              onChange={(event) => onChange({ field: event.target.value })}
            />
          </Field>
          <Field
            label={words.name}
            className="sm:col-span-2"
            error={error}
            hint={isForMany ? '{id} stands for the account’s id, {identity} for its name.' : undefined}
            isRequired
          >
            <Input
              isMono
              spellCheck={false}
              placeholder={isForMany ? `${words.nameHint}-{id}` : words.nameHint}
              value={value.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          </Field>
        </div>
      ) : null}
    </>
  )
}
