'use client'

import { useRef, useState } from 'react'
import { ReasonField } from '@/components/lifecycle/reason-field'
import { SecretField } from '@/components/lifecycle/secret-field'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { activateGrant, decideGrant, releaseGrant, revokeGrant, withdrawGrant } from '@/lib/grants/actions'
import type { GrantDetail } from '@/lib/grants/schema'
import { durationWords, timesWords } from './grant-words'
import { useGrantChange } from './use-grant-change'

interface PartProps {
  orgId: string
  grant: GrantDetail
}

/** What the person at the screen may do with this grant now, each with what it comes to. */
export function GrantActions({ orgId, grant }: PartProps) {
  const { can } = grant
  return (
    <>
      {can.approve || can.deny ? <Verdict orgId={orgId} grant={grant} /> : null}
      {can.activate ? <Activation orgId={orgId} grant={grant} /> : null}
      {can.release || can.revoke || can.withdraw ? <Ending orgId={orgId} grant={grant} /> : null}
    </>
  )
}

function Refused({ error }: { error: Error | undefined }) {
  return error ? (
    <Alert tone="danger" isLive title="It was not done">
      {error.message}
    </Alert>
  ) : null
}

function Verdict({ orgId, grant }: PartProps) {
  const { id, can, listHash, seconds, uses, history, requester } = grant
  const [note, setNote] = useState('')
  const decide = useGrantChange(orgId, decideGrant)
  const say = (verdict: 'approved' | 'denied') => void decide.run({ id, listHash, verdict, note: note.trim() || null })
  return (
    <section aria-label="It waits for you" className="flex flex-col gap-3 border-b bg-warning-wash px-4 py-4 md:px-6">
      <h2 className="text-base font-medium text-warning-ink">It waits for you, or for somebody like you</h2>
      <p className="max-w-[72ch] text-sm">
        You agree to exactly what is listed here, for {durationWords(seconds)} from when it begins
        {uses === null ? '' : `, and ${timesWords(uses)} only`}. {requester.name} has asked{' '}
        {history.asked === 0
          ? 'for nothing before'
          : `${history.asked === 1 ? 'once' : `${history.asked} times`} before`}
        {history.asked > 0 ? `; for the same account: ${history.same}; refused: ${history.denied}` : ''}
        {history.overran > 0 ? `; outlived their end: ${history.overran}` : ''}.
      </p>
      <Field label="Note" className="max-w-140">
        <Input value={note} maxLength={500} autoComplete="off" onChange={(event) => setNote(event.target.value)} />
      </Field>
      <div className="flex flex-wrap gap-2">
        {can.approve ? (
          <Button variant="primary" isPending={decide.isPending} onClick={() => say('approved')}>
            Agree for {durationWords(seconds)}
            {uses === null ? '' : `, ${timesWords(uses)}`}
          </Button>
        ) : null}
        {can.deny ? (
          <Button isPending={decide.isPending} onClick={() => say('denied')}>
            Say no
          </Button>
        ) : null}
      </div>
      <Refused error={decide.error} />
    </section>
  )
}

function Activation({ orgId, grant: { id, mode, seconds, subject } }: PartProps) {
  const box = useRef<HTMLInputElement>(null)
  const begin = useGrantChange(orgId, activateGrant)
  const start = () => {
    const secret = box.current?.value ?? ''
    if (box.current) box.current.value = ''
    void begin.run({ id, ...(secret === '' ? {} : { secret }) })
  }
  return (
    <section aria-label="Begin it" className="flex flex-col gap-3 border-b px-4 py-4 md:px-6">
      <h2 className="text-base font-medium">It was agreed to</h2>
      <p className="max-w-[72ch] text-sm">
        The clock of {durationWords(seconds)} starts when it has been given, not before. The policies are asked once
        more.
      </p>
      {mode === 'provisioned' ? (
        <SecretField
          box={box}
          hint={`Not needed. With what ${subject.name} signs in with, the end is shown by a try that is refused. It is kept encrypted until then.`}
        />
      ) : null}
      <div>
        <Button variant="primary" isPending={begin.isPending} onClick={start}>
          Begin {durationWords(seconds)} now
        </Button>
      </div>
      <Refused error={begin.error} />
    </section>
  )
}

function Ending({ orgId, grant: { id, can, subject } }: PartProps) {
  const [reason, setReason] = useState('')
  const release = useGrantChange(orgId, releaseGrant)
  const revoke = useGrantChange(orgId, revokeGrant)
  const withdraw = useGrantChange(orgId, withdrawGrant)
  const needsReason = can.release || can.revoke
  const given = { id, reason: reason.trim() }
  return (
    <section aria-label="End it" className="flex flex-col gap-3 border-b px-4 py-4 md:px-6">
      {needsReason ? (
        <div className="max-w-140">
          <ReasonField value={reason} onChange={setReason} choices={['The task is done', 'Not needed']} />
        </div>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {can.release ? (
          <Button disabled={given.reason === ''} isPending={release.isPending} onClick={() => void release.run(given)}>
            Give it back now
          </Button>
        ) : null}
        {can.revoke ? (
          <Button
            variant="danger-outline"
            disabled={given.reason === ''}
            isPending={revoke.isPending}
            onClick={() => void revoke.run(given)}
          >
            End the access of {subject.name}
          </Button>
        ) : null}
        {can.withdraw ? (
          <Button variant="ghost" isPending={withdraw.isPending} onClick={() => void withdraw.run({ id })}>
            Take the request back
          </Button>
        ) : null}
      </div>
      <Refused error={release.error ?? revoke.error ?? withdraw.error} />
    </section>
  )
}
