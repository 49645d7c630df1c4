'use client'

import Link from 'next/link'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { settleSecret } from '@/lib/break-glass/actions'
import type { UseDetail, UsedSecret } from '@/lib/break-glass/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { useChange } from '@/lib/platform/browser/use-change'

const labels = { due: 'To be made anew', rotated: 'Made anew', left: 'Left as it is' }
const tones = { due: 'warning', rotated: 'good', left: 'quiet' } as const

/** What it touched, to be made anew within a day. */
export function UseSecrets({ orgId, use }: { orgId: string; use: UseDetail }) {
  const { secrets, state, can } = use
  const isOver = state === 'to_review' || state === 'reviewed'
  return (
    <Section
      title="What it touched"
      detail={isOver ? `${formatCount(use.secretsDue, 'secret')} to make anew` : undefined}
      className="border-b"
    >
      {secrets.length === 0 ? (
        <p className="text-sm text-ink-muted">
          {isOver
            ? 'No secret that the inventory knows of.'
            : 'When it has ended: what its account signs in with, and every secret that it could read.'}
        </p>
      ) : (
        <ul className="flex flex-col" aria-label="What it touched">
          {secrets.map((secret) => (
            <Secret key={secret.no} orgId={orgId} useId={use.id} secret={secret} maySettle={can.settle} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Secret(props: { orgId: string; useId: string; secret: UsedSecret; maySettle: boolean }) {
  const { orgId, useId: id, secret, maySettle } = props
  const { no, identityId, name, why, state, says, dueAt, doneAt, doneBy } = secret
  const [note, setNote] = useState('')
  const settle = useChange(['break-glass', orgId], settleSecret)
  const say = (next: 'rotated' | 'left') => void settle.run({ id, no, state: next, says: note.trim() })
  return (
    <li className="flex flex-col gap-2 border-b py-2 text-sm last:border-b-0">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          href={`/inventory/${identityId}?tab=credentials`}
          className="min-w-0 truncate font-medium text-accent-ink hover:underline"
          title={name}
        >
          {name}
        </Link>
        <Badge tone={tones[state]}>{labels[state]}</Badge>
        <span className="text-ink-muted">
          {state === 'due' ? (
            <>
              due <RelativeTime at={dueAt} isAhead />
            </>
          ) : (
            <>
              {doneBy ? `${doneBy}, ` : ''}
              <RelativeTime at={doneAt} />
            </>
          )}
        </span>
      </span>
      <span className="text-ink-muted">{says ?? why}</span>
      {state === 'due' && maySettle ? (
        <div className="flex flex-wrap items-end gap-2">
          <Field label="How, or why not" className="w-full max-w-96">
            <Input value={note} maxLength={500} autoComplete="off" onChange={({ target }) => setNote(target.value)} />
          </Field>
          <Button disabled={note.trim().length < 5} isPending={settle.isPending} onClick={() => say('rotated')}>
            Made anew
          </Button>
          <Button
            variant="ghost"
            disabled={note.trim().length < 5}
            isPending={settle.isPending}
            onClick={() => say('left')}
          >
            Left as it is
          </Button>
        </div>
      ) : null}
      {settle.error ? (
        <Alert tone="danger" isLive title="It was not noted">
          {settle.error.message}
        </Alert>
      ) : null}
    </li>
  )
}
