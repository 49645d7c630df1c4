'use client'

import { Checkbox } from '@/components/ui/checkbox'
import type { PathStep } from '@/lib/access-graph/blast-radius'
import { sentenceOf } from './explore-words'
import { useWhatIf } from './use-what-if'
import { LowerSelect } from './what-if-lower'

interface WhatIfStepsProps {
  steps: PathStep[]
}

/** The steps of a path that can be thought away, each with what it says. */
export function WhatIfSteps({ steps }: WhatIfStepsProps) {
  const { changes, add, remove } = useWhatIf()
  const cuttable = steps.flatMap((step) => {
    const cut = cutOf(step)
    return cut ? [{ step, ...cut }] : []
  })
  if (cuttable.length === 0) return null
  const isCut = (id: string) => changes?.cutEdges.includes(id) === true || changes?.cutCredentials.includes(id) === true
  return (
    <section aria-label="What if a step were cut">
      <h3 className="text-sm font-medium">What if a step were cut?</h3>
      <p className="mb-1 text-sm text-ink-muted">
        Only thought of: the page behind shows what would change. Nothing is done to any system.
      </p>
      <ul className="flex flex-col">
        {cuttable.map(({ step, id, kind }) => {
          const sentence = sentenceOf([step]).replace(/\.$/, '')
          return (
            <li
              key={id}
              className="flex min-h-row flex-wrap items-center gap-x-3 gap-y-1 border-b py-1 last:border-b-0"
            >
              <Checkbox
                label={`Cut: ${sentence}`}
                checked={isCut(id)}
                onCheckedChange={(isOn) => (isOn ? add({ kind, id }) : remove(id))}
              />
              <span aria-hidden className="min-w-0 flex-1 break-words">
                {sentence}
              </span>
              <LowerSelect step={step} />
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What would be cut of a step: its edge, or the credential that it signs in with. */
function cutOf({ kind, from, edgeId }: PathStep): { id: string; kind: 'cutEdge' | 'cutCredential' } | null {
  if (kind === 'authenticates_as' && from.type === 'credential' && from.id)
    return { id: from.id, kind: 'cutCredential' }
  return edgeId ? { id: edgeId, kind: 'cutEdge' } : null
}
