'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { showSigningKey } from '@/lib/lifecycle/actions'
import type { Delivery } from '@/lib/lifecycle/delivery'
import { type ChosenPerson, PersonPicker } from './person-picker'
import { type StorePlace, StorePlaceFields } from './store-place-fields'

/** Where a new secret goes, as it is chosen: not whole yet, perhaps. */
export interface DeliveryChoice {
  way: Delivery['way'] | 'none'
  person: ChosenPerson | undefined
  path: string
  url: string
  place: StorePlace
}

const noPlace: StorePlace = { connectionId: '', folder: '', name: '', field: '' }
export const noDelivery: DeliveryChoice = { way: 'reveal', person: undefined, path: '', url: '', place: noPlace }

/** The choice as an order takes it; null while it is not said yet. */
export function deliveryOf({ way, person, path, url, place }: DeliveryChoice): Delivery | null {
  if (way === 'reveal') return person ? { way, userId: person.userId } : null
  if (way === 'file') return path.trim() ? { way, path: path.trim() } : null
  if (way === 'store') return Object.values(place).every((part) => part.trim() !== '') ? { way, ...place } : null
  return way === 'webhook' && url.trim() ? { way, url: url.trim() } : null
}

/** A stored delivery as it stands in the form; whom a link names is told by its id alone. */
export function choiceOf(delivery: Delivery | null, isOptional: boolean): DeliveryChoice {
  if (delivery === null) return { ...noDelivery, way: isOptional ? 'none' : 'reveal' }
  const { way } = delivery
  return {
    ...noDelivery,
    way,
    ...(way === 'reveal' ? { person: { userId: delivery.userId, name: 'the person chosen before' } } : {}),
    ...(way === 'file' ? { path: delivery.path } : {}),
    ...(way === 'webhook' ? { url: delivery.url } : {}),
    ...(way === 'store'
      ? {
          place: {
            ...{ connectionId: delivery.connectionId, folder: delivery.folder },
            ...{ name: delivery.name, field: delivery.field },
          },
        }
      : {}),
  }
}

const ways = [
  { value: 'reveal', label: 'A link for one person', hint: 'They open it once.' },
  { value: 'store', label: 'Where programs read it', hint: 'Vault or Kubernetes, through a connection of yours.' },
  { value: 'file', label: 'A file on the server', hint: 'In a folder that your operator has opened.' },
  { value: 'webhook', label: 'A signed message', hint: 'To an address of yours, over HTTPS.' },
] as const
const none = { value: 'none', label: 'Decided when it is rotated', hint: 'Nothing begins by itself.' } as const

interface DeliveryFieldProps {
  orgId: string
  value: DeliveryChoice
  onChange: (change: Partial<DeliveryChoice>) => void
  /** Several accounts: each needs a file of its own. */
  isForMany: boolean
  isOptional?: boolean
  error?: string | undefined
}

/** Where new secrets go. */
export function DeliveryField({ orgId, value, onChange, isForMany, isOptional = false, error }: DeliveryFieldProps) {
  return (
    <div className="flex flex-col gap-3">
      <Field label="Where the new secret goes" isRequired={!isOptional}>
        <Select
          options={isOptional ? [none, ...ways] : ways}
          {...(isOptional || value.way !== 'none' ? { value: value.way } : {})}
          onValueChange={(way) => onChange({ way })}
        />
      </Field>
      {value.way === 'reveal' ? (
        <>
          <p className="text-sm">
            {value.person ? (
              <>
                Shown once to <span className="font-medium">{value.person.name}</span>, who opens it by a link.
              </>
            ) : (
              <span className="text-ink-muted">Who takes it? Nobody else can open it.</span>
            )}
          </p>
          <PersonPicker
            orgId={orgId}
            label="Who takes the new secret"
            value={value.person}
            onChange={(person) => onChange({ person })}
          />
          {error ? <p className="text-sm text-danger-ink">{error}</p> : null}
        </>
      ) : null}
      {value.way === 'store' ? (
        <StorePlaceFields
          {...{ orgId, isForMany, error, value: value.place }}
          onChange={(place) => onChange({ place: { ...value.place, ...place } })}
        />
      ) : null}
      {value.way === 'file' ? (
        <Field
          label="Path of the file"
          isRequired
          error={error}
          hint={
            isForMany
              ? '{id} stands for the account’s id, {identity} for its name. The file changes in one step and is readable by its owner alone.'
              : 'The file changes in one step, is readable by its owner alone, and is read back before the old secret ends.'
          }
        >
          <Input
            isMono
            spellCheck={false}
            placeholder={isForMany ? '/srv/secrets/{identity}-{id}' : '/srv/secrets/orders'}
            value={value.path}
            onChange={(event) => onChange({ path: event.target.value })}
          />
        </Field>
      ) : null}
      {value.way === 'webhook' ? (
        <>
          <Field
            label="Address"
            isRequired
            error={error}
            hint="Signed by the Standard Webhooks rules. A first message without the secret must be answered with 2xx before anything is changed."
          >
            <Input
              type="url"
              isMono
              spellCheck={false}
              placeholder="https://secrets.example.org/rotated"
              value={value.url}
              onChange={(event) => onChange({ url: event.target.value })}
            />
          </Field>
          <SigningKeyLine key={value.url} url={value.url} />
        </>
      ) : null}
    </div>
  )
}

/** The key that the receiver needs, on demand: each look is kept in the audit trail. */
function SigningKeyLine({ url }: { url: string }) {
  const [key, setKey] = useState<{ origin: string; secret: string }>()
  const [problem, setProblem] = useState<string>()
  const show = async () => {
    const result = await showSigningKey({ url })
    if (result.ok) setKey(result.data)
    else setProblem(result.error.message)
  }
  if (!URL.canParse(url)) return null
  if (key)
    return (
      <div className="text-sm">
        <p className="mb-1 text-ink-muted">Messages to {key.origin} are signed with</p>
        <CodeBlock code={key.secret} label="signing key" />
      </div>
    )
  return (
    <p className="text-sm text-ink-muted">
      What receives it checks the signature with a key.{' '}
      <Button variant="link" onClick={() => void show()}>
        Show the key
      </Button>
      {problem ? <span className="block text-danger-ink">{problem}</span> : null}
    </p>
  )
}
