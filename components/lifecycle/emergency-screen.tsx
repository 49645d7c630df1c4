'use client'

import { Search } from 'lucide-react'
import Link from 'next/link'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import { LinkTabs } from '@/components/ui/link-tabs'
import { PageHeader } from '@/components/ui/page-header'
import { EmergencyAct } from './emergency-act'
import { EmergencyMany } from './emergency-many'
import { EmergencySuspects } from './emergency-suspects'
import { type Findings, findSuspects, type Suspect } from './find-suspects'

interface EmergencyScreenProps {
  orgId: string
  /** One key, or all accounts of somebody. */
  of: 'key' | 'many'
}

/** The two emergencies: a key that leaked, and somebody or something that had many. */
export function EmergencyScreen({ orgId, of }: EmergencyScreenProps) {
  const tabs = [
    { href: '/emergency', label: 'A key', isCurrent: of === 'key' },
    { href: '/emergency?of=many', label: 'An owner, a source or a vendor', isCurrent: of === 'many' },
  ]
  return (
    <>
      <PageHeader
        title={of === 'key' ? 'A key leaked' : 'Cut off many'}
        tabs={<LinkTabs label="What happened" tabs={tabs} />}
      >
        {of === 'key'
          ? 'Find whose it is, see what breaks, cut it off. Goes before all planned work.'
          : 'See exactly which accounts they are and what breaks, then cut them off. Goes before all planned work.'}
      </PageHeader>
      <div className="flex max-w-300 flex-col gap-6 px-4 py-5 md:px-6">
        {of === 'key' ? <LeakedKey orgId={orgId} /> : <EmergencyMany orgId={orgId} />}
      </div>
    </>
  )
}

interface Outcome {
  isPending?: boolean
  findings?: Findings
  failure?: string
}

/**
 * "A key leaked": one field, whose it is, what breaks, and the cut. What is pasted leaves the page in bodies of requests alone; it
 * is held in the memory of this page until the key was tried, and gone with it.
 */
function LeakedKey({ orgId }: { orgId: string }) {
  const box = useRef<HTMLTextAreaElement>(null)
  const clue = useRef('')
  const results = useRef<HTMLElement>(null)
  const [problem, setProblem] = useState<string>()
  const [outcome, setOutcome] = useState<Outcome>({})
  const [chosen, setChosen] = useState<Suspect>()
  const [isShown, setIsShown] = useState(false)
  useEffect(
    () => () => {
      clue.current = ''
    },
    [],
  )
  const find = async () => {
    const text = box.current?.value ?? ''
    if (text.trim() === '')
      return setProblem('Paste the key, or write its fingerprint, its last four characters or a name.')
    setProblem(undefined)
    setChosen(undefined)
    setOutcome({ isPending: true })
    try {
      const findings = await findSuspects(text)
      clue.current = findings.isKey ? text : ''
      if (findings.isKey && box.current) box.current.value = ''
      const [first, ...others] = findings.suspects
      setOutcome({ findings })
      if (first?.identityId && others.length === 0 && first.certainty === 'exact') setChosen(first)
      requestAnimationFrame(() => results.current?.focus())
    } catch (error) {
      setOutcome({ failure: error instanceof Error ? error.message : 'The server could not be reached.' })
    }
  }
  const { findings, isPending, failure } = outcome
  return (
    <>
      <form
        noValidate
        method="post"
        className="flex max-w-160 flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isPending) void find()
        }}
      >
        <Field
          label="What do you have?"
          isRequired
          error={problem}
          hint="The key itself, its fingerprint, its last four characters, or a name. A key is turned into a fingerprint on arrival: it comes into no address, no log and no record."
        >
          <Textarea
            ref={box}
            rows={2}
            isMono
            autoFocus
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="off"
            spellCheck={false}
            data-1p-ignore
            onKeyDown={submitOnEnter}
            className={isShown ? undefined : '[-webkit-text-security:disc]'}
          />
        </Field>
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            variant="primary"
            size="lg"
            icon={<Search aria-hidden />}
            isPending={isPending === true}
          >
            Find whose it is
          </Button>
          <Field label="Show what is written" layout="inline">
            <Checkbox checked={isShown} onCheckedChange={setIsShown} />
          </Field>
          <Link href="/runs" className="text-sm text-accent-ink underline underline-offset-2">
            Runs that are under way
          </Link>
        </div>
      </form>
      <section
        ref={results}
        tabIndex={-1}
        aria-label="Found"
        aria-live="polite"
        className="flex flex-col gap-6 outline-none"
      >
        {failure ? (
          <Alert tone="danger" title="It could not be looked up">
            {failure} Try it again.
          </Alert>
        ) : null}
        {findings ? <EmergencySuspects findings={findings} chosen={chosen} onChoose={setChosen} /> : null}
      </section>
      {chosen?.identityId ? (
        <EmergencyAct
          key={chosen.key}
          orgId={orgId}
          suspect={{ ...chosen, identityId: chosen.identityId }}
          hasSecret={findings?.isKey === true && chosen.certainty === 'exact'}
          takeSecret={() => clue.current || undefined}
        />
      ) : null}
    </>
  )
}

/** A key of several lines is pasted, not typed; with Shift a line can be begun. */
function submitOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}
