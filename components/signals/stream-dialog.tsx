'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'
import { createSignalStream, updateSignalStream } from '@/lib/signals/actions'
import { signalSettingsQuery } from '@/lib/signals/queries'
import { type EventType, eventTypes } from '@/lib/signals/rules'
import { pushMethod, type SignalStream } from '@/lib/signals/schema'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { notifyDone } from '../ui/toast'
import { eventWords } from './event-words'

interface StreamDialogProps {
  orgId: string
  /** The one to change; absent for a new one. */
  stream?: SignalStream
  onClose: () => void
}

/** Says who is told of what. */
export function StreamDialog({ orgId, stream, onClose }: StreamDialogProps) {
  const queries = useQueryClient()
  const [description, setDescription] = useState(stream?.description ?? '')
  const [url, setUrl] = useState(stream?.delivery.endpoint_url ?? '')
  const [audience, setAudience] = useState('')
  const [authorization, setAuthorization] = useState('')
  const [events, setEvents] = useState<readonly string[]>(stream?.events_requested ?? eventTypes)
  // What was sent is not remembered: a secret may be in it.
  const save = useMutation({
    mutationFn: () => {
      const delivery = {
        ...({ method: pushMethod, endpoint_url: url.trim() } as const),
        ...(authorization === '' ? {} : { authorization_header: authorization }),
      }
      const events_requested = eventTypes.filter((type) => events.includes(type))
      return takeResult(
        stream
          ? updateSignalStream({ stream_id: stream.stream_id, description, delivery, events_requested })
          : createSignalStream({ description, delivery, events_requested, ...(audience ? { aud: audience } : {}) }),
      )
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: signalSettingsQuery(orgId).queryKey })
      notifyDone(stream ? `${description} saved` : `${description} is told from now on`)
      onClose()
    },
  })
  const fields: Record<string, string | undefined> = isAppError(save.error) ? (save.error.fields ?? {}) : {}
  const toggle = (type: EventType, isOn: boolean) =>
    setEvents(isOn ? [...events, type] : events.filter((each) => each !== type))
  return (
    <Dialog open onOpenChange={(open) => (open || save.isPending ? undefined : onClose())}>
      <DialogContent
        title={stream ? `Edit ${stream.description}` : 'Add a receiver'}
        description="Events go there by push, signed with a key of this organization."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="stream" variant="primary" isPending={save.isPending}>
              {stream ? 'Save receiver' : 'Add receiver'}
            </Button>
          </>
        }
      >
        <form
          id="stream"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <Field label="Name" isRequired error={fields.description}>
            <Input autoComplete="off" value={description} onChange={(event) => setDescription(event.target.value)} />
          </Field>
          <Field
            label="Address"
            isRequired
            error={fields['delivery.endpoint_url']}
            hint="Addresses inside are reached only where whoever runs this installation opened their network."
          >
            <Input
              isMono
              autoComplete="off"
              spellCheck={false}
              placeholder="https://gateway.example.com/events"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          </Field>
          <Field
            label="Authorization"
            error={fields['delivery.authorization_header']}
            hint={
              stream?.has_authorization
                ? 'One is stored. Leave it empty to keep it.'
                : 'Sent with each event, such as “Bearer …”. It is stored encrypted and never shown.'
            }
          >
            <Input
              type="password"
              autoComplete="new-password"
              value={authorization}
              onChange={(event) => setAuthorization(event.target.value)}
            />
          </Field>
          {stream ? null : (
            <Field label="Audience" error={fields.aud} hint="Of its events. Empty: its address.">
              <Input
                isMono
                autoComplete="off"
                spellCheck={false}
                value={audience}
                onChange={(event) => setAudience(event.target.value)}
              />
            </Field>
          )}
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-sm font-medium">It is told of</legend>
            {eventTypes.map((type) => (
              <Field key={type} label={eventWords[type]} layout="inline">
                <Checkbox
                  checked={events.includes(type)}
                  onCheckedChange={(checked) => toggle(type, checked === true)}
                />
              </Field>
            ))}
            {fields.events_requested ? <p className="text-sm text-danger">{fields.events_requested}</p> : null}
          </fieldset>
          {save.error && Object.keys(fields).length === 0 ? (
            <Alert tone="danger" isLive>
              {save.error.message}
            </Alert>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}
