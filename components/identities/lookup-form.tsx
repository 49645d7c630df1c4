'use client'

import { Search } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { type LookUp, lookUp } from './look-up'
import { LookupResult } from './lookup-result'

type Way = 'value' | 'fingerprint' | 'lastFour'

const ways: { value: Way; label: string }[] = [
  { value: 'value', label: 'The key itself' },
  { value: 'fingerprint', label: 'Its fingerprint' },
  { value: 'lastFour', label: 'Its last four characters' },
]
const hints: Record<Way, string> = {
  value: 'Turned into a fingerprint on arrival, then forgotten: it is stored, logged and shown nowhere.',
  fingerprint: 'As a credential’s panel shows it, such as fp1:….',
  lastFour: 'Several keys may end alike.',
}

interface LookupFormProps {
  /** Something that was found is opened. */
  onLeave: () => void
}

/** What a leaked key is known by, and what it opens. The text leaves the page with the request and is kept by nothing. */
export function LookupForm({ onLeave }: LookupFormProps) {
  const [way, setWay] = useState<Way>('value')
  const [problem, setProblem] = useState<string>()
  const box = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  // Not a mutation of the query client, which would remember what it was called with.
  const [outcome, setOutcome] = useState<LookUp>({})
  const search = async () => {
    const text = box.current?.value ?? ''
    if (text.trim() === '') return setProblem('Paste or write something to look for.')
    setProblem(undefined)
    if (box.current) box.current.value = ''
    setOutcome({ isPending: true })
    setOutcome(await lookUp({ [way]: text }))
  }
  const change = (next: Way) => {
    setWay(next)
    setProblem(undefined)
    setOutcome({})
  }
  const quiet = {
    ref: box,
    autoComplete: 'off',
    autoCorrect: 'off',
    autoCapitalize: 'off',
    spellCheck: false,
    isMono: true,
    'data-1p-ignore': true,
  } as const
  return (
    <div className="flex flex-col gap-4">
      <form
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (!outcome.isPending) void search()
        }}
      >
        <Field label="Look for" isRequired>
          <Select options={ways} value={way} onValueChange={change} className="w-56" />
        </Field>
        <Field
          key={way}
          label={ways.find(({ value }) => value === way)?.label ?? ''}
          isRequired
          hint={hints[way]}
          error={problem}
        >
          {way === 'value' ? (
            <Textarea rows={3} {...quiet} onKeyDown={submitOnEnter} className="[-webkit-text-security:disc]" />
          ) : (
            <Input {...quiet} maxLength={way === 'lastFour' ? 4 : 200} />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" icon={<Search aria-hidden />} isPending={outcome.isPending}>
            Find its owner
          </Button>
        </div>
      </form>
      {outcome.failure ? (
        <Alert tone="danger" isLive title="It could not be looked up">
          {outcome.failure} Paste it again to retry.
        </Alert>
      ) : null}
      {outcome.found ? <LookupResult found={outcome.found} onLeave={onLeave} /> : null}
    </div>
  )
}

/** A key of several lines is pasted, not typed; with Shift a line can be begun. */
function submitOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}
