'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { updateNotificationPreferences } from '@/lib/notifications/actions'
import { notificationPreferencesQuery } from '@/lib/notifications/queries'
import type { NotificationPreferences } from '@/lib/notifications/schema'
import {
  kindFacts,
  type NotificationKind,
  type NotificationWay,
  notificationKinds,
  wayLabels,
  waysOf,
  weekdays,
} from '@/lib/notifications/values'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatDateTime } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { LeaveGuard } from '../organizations/leave-guard'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input } from '../ui/input'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { Select } from '../ui/select'
import { notifyDone } from '../ui/toast'

interface PreferencesScreenProps {
  orgId: string
  first: ActionResult<NotificationPreferences>
}

/** Of what the person hears, how, and when digests come. */
export function PreferencesScreen({ orgId, first }: PreferencesScreenProps) {
  const { data, error, retry } = useLoaded(notificationPreferencesQuery(orgId), first)
  if (!data) return <Refusal what="choice of notifications" error={error} onRetry={retry} />
  return (
    <Section title="What you are told">
      <p className="mb-4 max-w-[72ch] text-sm text-ink-muted">
        Everything stands in Bailiwick at once. What waits for you yourself cannot be switched off there. E-mails hold a
        link that opens the page, and never a secret.
      </p>
      {data.isMailOn ? null : (
        <Alert tone="notice" title="This organization sends no e-mail" className="mb-4 max-w-160">
          Your choice is kept, and holds once an administrator has set up a mail server.
        </Alert>
      )}
      <PreferencesForm key={JSON.stringify(data)} orgId={orgId} preferences={data} />
    </Section>
  )
}

type Draft = Pick<NotificationPreferences, 'ways' | 'timeZone' | 'hour' | 'weekday'>
const draftOf = ({ ways, timeZone, hour, weekday }: NotificationPreferences): Draft => ({
  ways,
  timeZone,
  hour,
  weekday,
})
const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}))
const days = weekdays.map((label, index) => ({ value: String(index + 1), label }))

function PreferencesForm({ orgId, preferences }: { orgId: string; preferences: NotificationPreferences }) {
  const queries = useQueryClient()
  const zonesId = useId()
  const [draft, setDraft] = useState(draftOf(preferences))
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const save = useMutation({
    mutationFn: (input: Draft) => takeResult(updateNotificationPreferences(input)),
    onSuccess: (saved) => {
      queries.setQueryData(notificationPreferencesQuery(orgId).queryKey, saved)
      notifyDone('Your choice is saved')
    },
  })
  const isDirty = JSON.stringify(draft) !== JSON.stringify(draftOf(preferences))
  const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const hasDigests = Object.values(draft.ways).some((way) => way === 'daily' || way === 'weekly')
  return (
    <>
      <LeaveGuard isDirty={isDirty} what="your choice" onDiscard={() => setDraft(draftOf(preferences))} />
      <Form
        aria-label="What you are told"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(draft)
        }}
      >
        <ul aria-label="Kinds of notifications" className="max-w-200 divide-y border-y">
          {notificationKinds.map((kind) => (
            <KindRow
              key={kind}
              kind={kind}
              way={draft.ways[kind] ?? kindFacts[kind].way}
              onChange={(way) => change({ ways: { ...draft.ways, [kind]: way } })}
            />
          ))}
        </ul>
        <fieldset className="flex max-w-200 flex-wrap gap-x-6 gap-y-4">
          <legend className="mb-2 text-sm font-medium">When daily and weekly e-mails come</legend>
          <Field
            label="Time zone"
            isRequired
            className="w-60"
            error={save.error ? fieldOf(save.error, 'timeZone') : undefined}
            hint={
              draft.timeZone === ownZone ? undefined : (
                <Button variant="link" size="sm" onClick={() => change({ timeZone: ownZone })}>
                  Take this computer’s: {ownZone}
                </Button>
              )
            }
          >
            <Input
              list={zonesId}
              value={draft.timeZone}
              onChange={(event) => change({ timeZone: event.target.value })}
            />
          </Field>
          <datalist id={zonesId}>
            {Intl.supportedValuesOf('timeZone').map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <Field label="Hour" isRequired className="w-28">
            <Select
              options={hours}
              value={String(draft.hour)}
              onValueChange={(hour) => change({ hour: Number(hour) })}
            />
          </Field>
          <Field label="Weekly ones on" isRequired className="w-40">
            <Select
              options={days}
              value={String(draft.weekday)}
              onValueChange={(weekday) => change({ weekday: Number(weekday) })}
            />
          </Field>
        </fieldset>
        {hasDigests && !isDirty ? (
          <p className="text-sm text-ink-muted">
            The next daily one comes {formatDateTime(preferences.nextDaily)}, the next weekly one{' '}
            {formatDateTime(preferences.nextWeekly)}. What you have read by then is left out; without anything new none
            comes.
          </p>
        ) : null}
        {save.error ? (
          <Alert tone="danger" isLive>
            {save.error.message}
          </Alert>
        ) : null}
        <div className="flex gap-2">
          <Button type="submit" variant="primary" isPending={save.isPending} disabled={!isDirty}>
            Save choice
          </Button>
          <Button
            variant="ghost"
            disabled={!isDirty || save.isPending}
            onClick={() => {
              save.reset()
              setDraft(draftOf(preferences))
            }}
          >
            Discard changes
          </Button>
        </div>
      </Form>
    </>
  )
}

function KindRow(props: { kind: NotificationKind; way: NotificationWay; onChange: (way: NotificationWay) => void }) {
  const { kind, way, onChange } = props
  const { title, says, isWaiting } = kindFacts[kind]
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2.5">
      <div className="min-w-0 max-w-[52ch]">
        <p className="text-sm font-medium">{title}</p>
        <p className="text-xs text-ink-muted">
          {says}
          {isWaiting ? ' Always in Bailiwick.' : ''}
        </p>
      </div>
      <Select
        label={title}
        className="w-44"
        value={way}
        options={waysOf(kind).map((value) => ({ value, label: wayLabels[value] }))}
        onValueChange={onChange}
      />
    </li>
  )
}

const fieldOf = (error: Error, name: string): string | undefined =>
  'fields' in error ? (error.fields as Record<string, string> | undefined)?.[name] : undefined
