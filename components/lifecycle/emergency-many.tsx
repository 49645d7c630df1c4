'use client'

import { useQuery } from '@tanstack/react-query'
import { ListFilter } from 'lucide-react'
import Link from 'next/link'
import { useRef, useState } from 'react'
import { type ChosenOwner, OwnerPicker } from '@/components/identities/owner-picker'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Refusal } from '@/components/ui/refusal'
import { Select } from '@/components/ui/select'
import { createIdentitySelection, identityList } from '@/lib/identities/queries'
import { formatCount } from '@/lib/platform/browser/format'
import { ChoiceCard } from './choice-card'
import { EmergencyCut } from './emergency-act'

const reasons = [
  'A vendor was breached',
  'A person was dismissed',
  'A laptop was stolen',
  'Found by an intruder',
] as const

const ways = [
  { by: 'owner', title: 'Everything of one owner', says: 'A person or team, whose accounts were in the wrong hands.' },
  { by: 'source', title: 'Everything of one source', says: 'A system or vendor that was broken into.' },
  { by: 'words', title: 'Everything with a name', says: 'Such as a vendor’s, wherever it has accounts.' },
] as const
type Way = (typeof ways)[number]['by']

interface Chosen {
  id: string
  count: number
}

/** Cuts off all accounts of an owner, of a source or with a name, after a look at exactly which they are. */
export function EmergencyMany({ orgId }: { orgId: string }) {
  const [by, setBy] = useState<Way>('owner')
  const [owner, setOwner] = useState<ChosenOwner>()
  const [source, setSource] = useState<string>()
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState<Chosen>()
  const [isPending, setIsPending] = useState(false)
  const [error, setError] = useState<Error>()
  const results = useRef<HTMLElement>(null)
  const filters: Record<Way, Parameters<typeof createIdentitySelection>[0] | undefined> = {
    owner: owner && { ownedBy: [owner.label] },
    source: source === undefined ? undefined : { source: [source] },
    words: words.trim() === '' ? undefined : { q: words.trim() },
  }
  const filter = filters[by]
  /** Another question: what was found for the one before is no answer to it. */
  const ask = (change: () => void) => {
    setChosen(undefined)
    setError(undefined)
    change()
  }
  const look = async () => {
    if (!filter) return
    setIsPending(true)
    setError(undefined)
    try {
      setChosen(await createIdentitySelection(filter))
      requestAnimationFrame(() => results.current?.focus())
    } catch (problem) {
      setError(problem instanceof Error ? problem : new Error('The server could not be reached.'))
    }
    setIsPending(false)
  }
  return (
    <>
      <form
        noValidate
        method="post"
        className="flex max-w-160 flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isPending) void look()
        }}
      >
        <fieldset className="grid gap-2 sm:grid-cols-3" aria-label="Whose accounts">
          {ways.map(({ by: way, title, says }) => (
            <ChoiceCard
              key={way}
              name="by"
              {...{ title, says }}
              isChosen={by === way}
              onChoose={() => ask(() => setBy(way))}
            />
          ))}
        </fieldset>
        {by === 'owner' ? (
          <OwnerPicker orgId={orgId} value={owner} onChange={(next) => ask(() => setOwner(next))} />
        ) : by === 'source' ? (
          <SourceField orgId={orgId} value={source} onChange={(next) => ask(() => setSource(next))} />
        ) : (
          <Field label="Part of the name, the owner or the id" isRequired>
            <Input value={words} onChange={(event) => ask(() => setWords(event.target.value))} autoComplete="off" />
          </Field>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            variant="primary"
            size="lg"
            icon={<ListFilter aria-hidden />}
            disabled={!filter}
            isPending={isPending}
          >
            See which they are
          </Button>
          <span className="text-sm text-ink-muted">
            For any other list,{' '}
            <Link href="/inventory" className="text-accent-ink underline underline-offset-2">
              filter the inventory
            </Link>
            , select all and revoke.
          </span>
        </div>
      </form>
      <section ref={results} tabIndex={-1} aria-label="Found" aria-live="polite" className="outline-none">
        {error ? <Refusal what="selection" error={error} onRetry={() => void look()} /> : null}
        {chosen?.count === 0 ? (
          <Alert tone="notice" title="No account">
            Nothing that is known here matches. It may be known by another name.
          </Alert>
        ) : null}
        {chosen && chosen.count > 0 ? (
          <div className="flex flex-col gap-5 border-t pt-5">
            <h2 className="text-base font-medium">What would be cut off</h2>
            <EmergencyCut
              key={chosen.id}
              orgId={orgId}
              scope={{ selectionId: chosen.id }}
              reasons={reasons}
              hasSecret={false}
              takeSecret={() => undefined}
            />
          </div>
        ) : null}
      </section>
    </>
  )
}

interface SourceFieldProps {
  orgId: string
  value: string | undefined
  onChange: (source: string) => void
}

function SourceField({ orgId, value, onChange }: SourceFieldProps) {
  const list = identityList(orgId, {})
  const { data, error, refetch } = useQuery({
    queryKey: [...list.key, 'sources'],
    queryFn: ({ signal }) => list.page({ limit: 1 }, signal),
  })
  if (error) return <Refusal what="list of sources" error={error} onRetry={() => void refetch()} />
  const options = (data?.facets?.source ?? []).map(({ value: id, label, count }) => ({
    value: id,
    label: label ?? id,
    hint: formatCount(count, 'identity', 'identities'),
  }))
  return (
    <Field
      label="Source"
      isRequired
      hint={data && options.length === 0 ? 'No source has brought an identity yet.' : undefined}
    >
      <Select options={options} value={value} onValueChange={onChange} placeholder={data ? 'Choose' : 'Looking…'} />
    </Field>
  )
}
