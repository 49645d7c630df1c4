'use client'

import { useQueryClient } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { testMailSettings } from '@/lib/notifications/actions'
import { mailSettingsQuery } from '@/lib/notifications/queries'
import type { MailSettings, MailTest, UndeliveredMailPage } from '@/lib/notifications/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { MailForm } from './mail-form'
import { UndeliveredList } from './undelivered-list'

interface MailScreenProps {
  orgId: string
  first: ActionResult<MailSettings>
  undelivered: ActionResult<UndeliveredMailPage>
}

/** By which server the organization sends e-mail, whether it works, and what did not arrive. */
export function MailScreen({ orgId, first, undelivered }: MailScreenProps) {
  const { data, error, retry } = useLoaded(mailSettingsQuery(orgId), first)
  const [isDirty, setIsDirty] = useState(false)
  if (!data) return <Refusal what="settings of e-mail" error={error} onRetry={retry} />
  return (
    <>
      <Section title="Mail server">
        <div className="grid max-w-240 gap-x-12 gap-y-6 lg:grid-cols-[minmax(0,32rem)_minmax(0,1fr)]">
          <MailForm key={JSON.stringify(data)} orgId={orgId} settings={data} onDirty={setIsDirty} />
          <div className="flex flex-col gap-3">
            {data.isOn ? null : (
              <Alert tone="notice" title="No e-mail is sent">
                People are told in Bailiwick only, under the bell.
              </Alert>
            )}
            {data.can.test ? <TestMail orgId={orgId} isOn={data.isOn} isDirty={isDirty} /> : null}
          </div>
        </div>
      </Section>
      <UndeliveredList orgId={orgId} first={undelivered} />
    </>
  )
}

function TestMail({ orgId, isOn, isDirty }: { orgId: string; isOn: boolean; isDirty: boolean }) {
  const queries = useQueryClient()
  const [result, setResult] = useState<MailTest>()
  const [error, setError] = useState<string>()
  const [isPending, setIsPending] = useState(false)
  const send = async () => {
    setIsPending(true)
    setResult(undefined)
    setError(undefined)
    try {
      setResult(await takeResult(testMailSettings()))
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : 'The server could not be reached.')
    }
    setIsPending(false)
    await queries.invalidateQueries({ queryKey: ['mail', orgId] })
  }
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-sm text-ink-muted">
        A test e-mail goes to your own address, by the server as it is saved.
        {isDirty ? ' Save your changes first.' : ''}
      </p>
      <Button icon={<Send aria-hidden />} isPending={isPending} disabled={!isOn || isDirty} onClick={() => void send()}>
        Send a test e-mail
      </Button>
      {result ? (
        <Alert tone={result.isSent ? 'good' : 'danger'} isLive title={result.isSent ? 'Sent' : 'It was not sent'}>
          {result.says}
        </Alert>
      ) : null}
      {error ? (
        <Alert tone="danger" isLive>
          {error}
        </Alert>
      ) : null}
    </div>
  )
}
