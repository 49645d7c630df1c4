'use client'

import { Users } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import { approveOrder, withdrawOrder } from '@/lib/lifecycle/actions'
import type { Order } from '@/lib/lifecycle/schema'
import { isAppError } from '@/lib/platform/errors'
import { kindLabels } from './run-words'
import { useLifecycleChange } from './use-lifecycle-change'

const never = () => () => {}

/** A second person's word on exactly this list, or the way to get it. */
export function OrderApproval({ orgId, order }: { orgId: string; order: Order }) {
  const { id, can, listHash, kind, secondPerson, expiresAt, targetCount } = order
  const [note, setNote] = useState('')
  const decide = useLifecycleChange(orgId, approveOrder)
  const withdraw = useLifecycleChange(orgId, withdrawOrder)
  const error = decide.error ?? withdraw.error
  const address = useSyncExternalStore(
    never,
    () => window.location.href,
    () => '',
  )
  const say = (verdict: 'approved' | 'rejected') =>
    void decide.run({ id, listHash, verdict, note: note.trim() || undefined })
  const mayDecide = can.approve || can.reject
  return (
    <section aria-label="It waits for a second person" className="border-b bg-warning-wash px-4 py-4 md:px-6">
      <h2 className="flex items-center gap-2 text-base font-medium text-warning-ink">
        <Users className="size-4" aria-hidden />
        {mayDecide ? 'It waits for you, or for somebody like you' : 'It waits for a second person'}
      </h2>
      <p className="mt-1 max-w-[72ch] text-sm">
        {secondPerson} Nothing was done so far.
        {expiresAt ? (
          <>
            {' '}
            It ends by itself <RelativeTime at={expiresAt} isAhead />.
          </>
        ) : null}
      </p>
      {mayDecide ? (
        <div className="mt-3 flex max-w-140 flex-col gap-3">
          <p className="text-sm">
            You agree to the list below as it stands, and to nothing else. If it changes, your word does not hold.
          </p>
          <Field label="Note">
            <Input value={note} maxLength={500} autoComplete="off" onChange={(event) => setNote(event.target.value)} />
          </Field>
          <div className="flex flex-wrap gap-2">
            {can.approve ? (
              <Button variant="danger" isPending={decide.isPending} onClick={() => say('approved')}>
                Agree: {kindLabels[kind].toLowerCase()} of {targetCount}
              </Button>
            ) : null}
            {can.reject ? (
              <Button isPending={decide.isPending} onClick={() => say('rejected')}>
                Say no
              </Button>
            ) : null}
          </div>
        </div>
      ) : (
        <p className="mt-2 flex min-w-0 flex-wrap items-center gap-x-2 text-sm">
          Send them the address of this page
          {address ? <CopyButton value={address} label="address" /> : null}
        </p>
      )}
      {can.withdraw ? (
        <Button
          size="sm"
          variant="ghost"
          className="mt-2"
          isPending={withdraw.isPending}
          onClick={() => void withdraw.run({ id })}
        >
          Withdraw it
        </Button>
      ) : null}
      {error ? (
        <div className="mt-3">
          <Alert
            tone="danger"
            isLive
            title={isAppError(error) && error.code === 'conflict' ? 'It is not what you looked at' : 'It was not done'}
          >
            {error.message}
          </Alert>
        </div>
      ) : null}
    </section>
  )
}
