'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { updateMailSettings } from '@/lib/notifications/actions'
import { mailSettingsQuery } from '@/lib/notifications/queries'
import type { MailSettings, MailTls, UpdateMailSettingsInput } from '@/lib/notifications/schema'
import { mailTlsLabels } from '@/lib/notifications/values'
import { takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'
import { LeaveGuard } from '../organizations/leave-guard'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input, Textarea } from '../ui/input'
import { Select } from '../ui/select'
import { notifyDone } from '../ui/toast'

interface Draft {
  way: MailSettings['way']
  host: string
  port: string
  tls: MailTls
  username: string
  password: string
  caPem: string
  fromAddress: string
  fromName: string
}

const draftOf = ({ way, own }: MailSettings): Draft => ({
  way,
  host: own?.host ?? '',
  port: String(own?.port ?? 587),
  tls: own?.tls ?? 'starttls',
  username: own?.username ?? '',
  password: '',
  caPem: own?.caPem ?? '',
  fromAddress: own?.fromAddress ?? '',
  fromName: own?.fromName ?? '',
})

const inputOf = (draft: Draft): UpdateMailSettingsInput =>
  draft.way === 'own'
    ? {
        ...{ way: 'own', host: draft.host, port: draft.port, tls: draft.tls, fromAddress: draft.fromAddress },
        ...{ username: draft.username || null, caPem: draft.caPem || null, fromName: draft.fromName || null },
        ...(draft.password ? { password: draft.password } : {}),
      }
    : { way: draft.way }

const tlsOptions = (Object.keys(mailTlsLabels) as MailTls[]).map((value) => ({ value, label: mailTlsLabels[value] }))

interface MailFormProps {
  orgId: string
  settings: MailSettings
  onDirty: (isDirty: boolean) => void
}

export function MailForm({ orgId, settings, onDirty }: MailFormProps) {
  const queries = useQueryClient()
  const { can, own, installation } = settings
  const [draft, setDraft] = useState(draftOf(settings))
  const isDirty = JSON.stringify(draft) !== JSON.stringify(draftOf(settings))
  const put = (next: Draft) => {
    setDraft(next)
    onDirty(JSON.stringify(next) !== JSON.stringify(draftOf(settings)))
  }
  const change = (part: Partial<Draft>) => put({ ...draft, ...part })
  // What was sent is not remembered: a password may be in it.
  const save = useMutation({
    mutationFn: () => takeResult(updateMailSettings(inputOf(draft))),
    onSuccess: (saved) => {
      onDirty(false)
      queries.setQueryData(mailSettingsQuery(orgId).queryKey, saved)
      notifyDone('Mail server saved')
    },
  })
  const fields = isAppError(save.error) ? (save.error.fields ?? {}) : {}
  const errorOf = (name: keyof Draft) => fields[name]
  const text = (name: Exclude<keyof Draft, 'way' | 'tls'>) => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  })
  return (
    <>
      <LeaveGuard isDirty={isDirty && can.update} what="the mail server" onDiscard={() => put(draftOf(settings))} />
      <Form
        aria-label="Mail server"
        isDisabled={!can.update}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label="E-mail of this organization is sent" isRequired className="max-w-96">
          <Select
            value={draft.way}
            isDisabled={!can.update}
            onValueChange={(way) => change({ way })}
            options={[
              {
                value: 'installation',
                label: installation
                  ? `By ${installation.host}, as the installation has it`
                  : 'By the installation (it has no server)',
              },
              { value: 'own', label: 'By a server of our own' },
              { value: 'off', label: 'Not at all' },
            ]}
          />
        </Field>
        {draft.way === 'own' ? (
          <>
            <div className="flex flex-wrap gap-4">
              <Field label="Server" isRequired error={errorOf('host')} className="min-w-60 flex-1">
                <Input isMono autoComplete="off" spellCheck={false} placeholder="mail.example.com" {...text('host')} />
              </Field>
              <Field label="Port" isRequired error={errorOf('port')} className="w-24">
                <Input type="number" min={1} max={65_535} className="tabular" {...text('port')} />
              </Field>
            </div>
            <Field
              label="Encryption"
              isRequired
              error={errorOf('tls')}
              hint="The certificate is checked. A server inside is reached only where whoever runs this installation opened its network."
            >
              <Select
                value={draft.tls}
                isDisabled={!can.update}
                options={tlsOptions}
                onValueChange={(tls) => change({ tls })}
              />
            </Field>
            <Field label="User" error={errorOf('username')} hint="Empty for a server that asks nobody to sign in.">
              <Input autoComplete="off" spellCheck={false} {...text('username')} />
            </Field>
            {draft.username === '' ? null : (
              <Field
                label="Password"
                error={errorOf('password')}
                hint={
                  own?.hasPassword
                    ? 'One is stored. Leave it empty to keep it.'
                    : 'It is stored encrypted and never shown.'
                }
              >
                <Input type="password" autoComplete="new-password" {...text('password')} />
              </Field>
            )}
            <Field label="E-mail comes from" isRequired error={errorOf('fromAddress')}>
              <Input type="email" autoComplete="off" placeholder="bailiwick@example.com" {...text('fromAddress')} />
            </Field>
            <Field label="Name of the sender" error={errorOf('fromName')}>
              <Input autoComplete="off" placeholder="Bailiwick" {...text('fromName')} />
            </Field>
            <Field
              label="Certificate authority"
              error={errorOf('caPem')}
              hint="PEM of the authority that signed the server’s certificate, when it is not a public one."
            >
              <Textarea isMono rows={3} spellCheck={false} {...text('caPem')} />
            </Field>
          </>
        ) : null}
        {save.error && Object.keys(fields).length === 0 ? (
          <Alert tone="danger" isLive>
            {save.error.message}
          </Alert>
        ) : null}
        {can.update ? (
          <div className="flex gap-2">
            <Button type="submit" variant="primary" isPending={save.isPending} disabled={!isDirty}>
              Save mail server
            </Button>
            <Button
              variant="ghost"
              disabled={!isDirty || save.isPending}
              onClick={() => {
                save.reset()
                put(draftOf(settings))
              }}
            >
              Discard changes
            </Button>
          </div>
        ) : (
          <p className="text-sm text-ink-muted">Only an administrator can change these.</p>
        )}
      </Form>
    </>
  )
}
