'use client'

import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { whatIfQuery } from '@/lib/access-graph/queries'
import { formatCount } from '@/lib/platform/browser/format'
import { useKnownParts } from './use-known-parts'
import { useWhatIf } from './use-what-if'
import { type Changes, countChanges } from './what-if-address'
import { WhatIfChoices } from './what-if-choices'
import { WhatIfFigures } from './what-if-figures'
import { WhatIfHandover } from './what-if-handover'
import { linesOf } from './what-if-lines'
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
  const lines = linesOf(changes, known.parts)
  const { data, error } = answer
  const isStale = answer.isPlaceholderData
  return (
    <Section
      title="What if"
      detail="only thought of: nothing is done to any system"
      className="bg-sunken"
      actions={
        count > 0 ? (
          <>
            <Button variant="ghost" onClick={clear}>
              Clear all
            </Button>
            <WhatIfHandover identity={identity} lines={lines} />
          </>
        ) : undefined
      }
    >
      <p className="sr-only" role="status">
        {count === 0
          ? 'Nothing is thought away.'
          : `${formatCount(count, 'change')} thought of.${data && !isStale ? ` Blast radius ${data.before.score.toFixed(1)} now, ${data.after.score.toFixed(1)} then.` : ''}`}
      </p>
      <div className="grid grid-cols-1 gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          {count > 0 ? (
            <div>
              <h3 className="text-sm font-medium">{formatCount(count, 'change')}</h3>
              <ul aria-label="Changes thought of" className="flex flex-col">
                {lines.map((line) => (
                  <li key={line.id} className="flex min-h-row items-center gap-x-2 border-b py-1 last:border-b-0">
                    <span className="min-w-0 flex-1 break-words">
                      <span className="font-medium">{line.verb}</span>{' '}
                      <span className={line.isKnown ? '' : 'italic text-ink-muted'}>{line.about}</span>
                      {line.isKnown ? null : <span className="ml-1.5 font-mono text-xs break-all">{line.id}</span>}
                    </span>
                    <Button
                      variant="ghost"
                      size="sm"
                      icon={<Undo2 aria-hidden />}
                      aria-label={`Take back: ${line.verb.toLowerCase()} ${line.about}`}
                      onClick={() => remove(line.id)}
                    >
                      Take back
                    </Button>
                  </li>
                ))}
              </ul>
            </div>
          ) : null}
          <WhatIfChoices known={known} changes={changes} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          {count === 0 ? (
            <p className="max-w-[60ch] text-sm text-ink-muted">
              Choose what to take away, end earlier or lower. The new figures stand here beside the old, with what it
              would lose and who else would: identities and workloads that use the same way. Steps of a single way can
              be chosen in the table below too: open a row.
            </p>
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
      </div>
    </Section>
  )
}
