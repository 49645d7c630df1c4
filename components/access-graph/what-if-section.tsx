'use client'

import { useQuery } from '@tanstack/react-query'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { whatIfQuery } from '@/lib/access-graph/queries'
import { formatCount } from '@/lib/platform/browser/format'
import { isAppError } from '@/lib/platform/errors'
import { useKnownParts } from './use-known-parts'
import { useWhatIf } from './use-what-if'
import { type Changes, countChanges } from './what-if-address'
import { WhatIfChanges } from './what-if-changes'
import { WhatIfChoices } from './what-if-choices'
import { WhatIfFigures } from './what-if-figures'
import { WhatIfHandover } from './what-if-handover'
import { lastCredentialWords, linesOf, problemsOf, withAnswer } from './what-if-lines'
import { WhatIfLosers, WhatIfLost } from './what-if-losses'

interface WhatIfSectionProps {
  orgId: string
  identity: { id: string; name: string }
  changes: Changes
}

/** What changes that are only thought of would do, before anybody makes them. */
export function WhatIfSection({ orgId, identity, changes }: WhatIfSectionProps) {
  const { remove, clear } = useWhatIf()
  const known = useKnownParts(orgId, identity)
  const count = countChanges(changes)
  const answer = useQuery({ ...whatIfQuery(orgId, identity.id, changes), enabled: count > 0 })
  const { data, error } = answer
  const isStale = answer.isPlaceholderData
  const lines = linesOf(changes, withAnswer(known.parts, data))
  const last = data && lastCredentialWords(data)
  const problems = problemsOf(changes, isAppError(error) ? error.fields : undefined)
  return (
    <Section
      title="What if"
      detail="only thought of: nothing is done to any system"
      className="bg-sunken"
      actions={
        count > 0 ? (
          <>
            <Button variant="ghost" className="max-sm:-ml-3" onClick={clear}>
              Clear all
            </Button>
            <WhatIfHandover orgId={orgId} identity={identity} lines={lines} effect={isStale ? undefined : data} />
          </>
        ) : undefined
      }
    >
      <p className="sr-only" role="status">
        {count === 0
          ? 'Nothing is thought away.'
          : `${formatCount(count, 'change')} thought of.${data && !isStale ? ` Blast radius ${data.before.score.toFixed(1)} now, ${data.after.score.toFixed(1)} then.${last ? ` ${last.title}.` : ''}` : ''}`}
      </p>
      <div className="grid grid-cols-1 gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
        {count > 0 ? (
          <div className="min-w-0">
            <WhatIfChanges lines={lines} problems={problems} onTakeBack={(id) => remove(id)} />
          </div>
        ) : null}
        {/* On a telephone before what can be chosen, which is long: what a choice does stands where it is made. */}
        <div className="flex min-w-0 flex-col gap-5 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          {count === 0 ? (
            <p className="max-w-[60ch] text-sm text-ink-muted">
              Choose what to take away, end earlier or lower. The new figures stand here beside the old, with what it
              would lose and who else would: identities and workloads that use the same way. Steps of a single way can
              be chosen in the table below too: open a row.
            </p>
          ) : problems.size > 0 && !data ? (
            <Alert
              tone="warning"
              title={`${formatCount(problems.size, 'change')} cannot be worked out`}
              isLive
              actions={
                <Button onClick={() => remove(...problems.keys())}>
                  Leave {problems.size === 1 ? 'it' : 'them'} out
                </Button>
              }
            >
              The figures are those of all changes together, so none are shown. What is wrong stands beside each of
              them.
            </Alert>
          ) : error && !data ? (
            <Refusal what="new figures" error={error} onRetry={() => void answer.refetch()} />
          ) : data ? (
            <div
              className={isStale ? 'flex flex-col gap-5 opacity-60' : 'flex flex-col gap-5'}
              aria-busy={isStale || undefined}
            >
              {error ? (
                <Alert tone="danger" title="The new figures could not be worked out" isLive>
                  {error.message} Those shown are of the changes before.
                </Alert>
              ) : null}
              <WhatIfFigures before={data.before} after={data.after} />
              <WhatIfLost data={data} />
              <WhatIfLosers data={data} />
            </div>
          ) : (
            <div aria-busy className="flex flex-col gap-4">
              <Skeleton className="w-1/3" />
              <Skeleton className="h-24 w-full" />
              <Skeleton className="w-1/2" />
            </div>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <WhatIfChoices known={known} changes={changes} />
        </div>
      </div>
    </Section>
  )
}
