'use client'

import { Hand } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { resolveRun } from '@/lib/lifecycle/actions'
import type { RunDetail } from '@/lib/lifecycle/schema'
import { ChoiceCard } from './choice-card'
import { ReasonField } from './reason-field'
import { useLifecycleChange } from './use-lifecycle-change'

interface RunNeedsProps {
  orgId: string
  run: RunDetail & { needs: NonNullable<RunDetail['needs']> }
}

type ChoiceName = RunNeedsProps['run']['needs']['choices'][number]['choice']

/** Why a run needs a person, and what they can say: each choice with what it does. */
export function RunNeeds({ orgId, run: { id, needs, can } }: RunNeedsProps) {
  const [choice, setChoice] = useState<ChoiceName>()
  const [reason, setReason] = useState('')
  const { run, isPending, error } = useLifecycleChange(orgId, resolveRun)
  const chosen = needs.choices.find((each) => each.choice === choice)
  return (
    <section aria-label="It needs a person" className="border-b bg-warning-wash px-4 py-4 md:px-6">
      <h2 className="flex items-center gap-2 text-base font-medium text-warning-ink">
        <Hand className="size-4" aria-hidden />
        It needs a person
      </h2>
      <p className="mt-1 max-w-[72ch] text-sm">{needs.says}</p>
      {can.resolve ? (
        <form
          noValidate
          method="post"
          className="mt-3 flex max-w-180 flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            if (choice && reason.trim()) void run({ id, choice, reason: reason.trim() })
          }}
        >
          <fieldset className="flex flex-col gap-1.5" aria-label="What to do">
            {needs.choices.map(({ choice: value, title, says }) => (
              <ChoiceCard
                key={value}
                name="choice"
                {...{ title, says }}
                isChosen={value === choice}
                onChoose={() => setChoice(value)}
              />
            ))}
          </fieldset>
          {chosen ? <ReasonField value={reason} onChange={setReason} /> : null}
          {error ? (
            <Alert tone="danger" isLive>
              {error.message}
            </Alert>
          ) : null}
          <div>
            <Button
              type="submit"
              variant={choice === 'give_up' ? 'danger' : 'primary'}
              disabled={!chosen || reason.trim() === ''}
              isPending={isPending}
            >
              {chosen?.title ?? 'Choose what to do'}
            </Button>
          </div>
        </form>
      ) : (
        <p className="mt-2 text-sm text-ink-muted">
          You may look, and not decide. Send this page to your security team.
        </p>
      )}
    </section>
  )
}
