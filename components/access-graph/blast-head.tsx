'use client'

import { FlaskConical, TriangleAlert, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { BlastMark } from '@/components/ui/marks/blast-mark'
import { RelativeTime } from '@/components/ui/relative-time'
import type { BlastRadius } from '@/lib/access-graph/blast-radius'
import { bandOf } from '@/lib/access-graph/score'
import { BlastWorking } from './blast-arithmetic'
import { bandLabels, blastSentence, caveatSentence } from './blast-words'

interface BlastHeadProps {
  data: BlastRadius
  isWhatIf: boolean
  /** Left out where there is nothing to think away. */
  onWhatIf: ((isOn: boolean) => void) | undefined
}

/** The answer in a sentence, its score, and what keeps it from being exact. */
export function BlastHead({ data, isWhatIf, onWhatIf }: BlastHeadProps) {
  const { figures, caveats, graph, truncated } = data
  const band = bandOf(figures.score)
  return (
    <section aria-label="Blast radius" className="border-b px-4 py-4 md:px-6">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-96">
          <h2 className="max-w-[80ch] text-base font-medium text-pretty">{blastSentence(data)}</h2>
          <p className="mt-1 text-xs text-ink-muted">
            Worked out <RelativeTime at={graph.builtAt} hasDate />, from version {graph.version} of the graph
            {graph.by === 'database' ? ', by the database, as the engine is still loading' : ''}.
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="flex items-center gap-2.5">
            <BlastMark
              score={figures.score}
              factors={figures.factors}
              band={band}
              hasLabel={false}
              className="[&>svg]:h-7 [&>svg]:w-12"
            />
            <p className="flex flex-col leading-none" aria-hidden>
              <span className="tabular text-lg font-medium">{figures.score.toFixed(1)}</span>
              <span className="text-xs text-ink-muted">{bandLabels[band]}, of 100</span>
            </p>
          </div>
          <BlastWorking figures={figures} />
          {onWhatIf ? (
            <Button
              variant={isWhatIf ? 'secondary' : 'primary'}
              icon={isWhatIf ? <X aria-hidden /> : <FlaskConical aria-hidden />}
              onClick={() => onWhatIf(!isWhatIf)}
            >
              {isWhatIf ? 'Leave what-if' : 'What if…'}
            </Button>
          ) : null}
        </div>
      </div>
      {caveats.length > 0 || truncated ? (
        <ul aria-label="What keeps this from being exact" className="mt-3 flex flex-col gap-0.5">
          {truncated ? <Caveat>The search was cut short: more is reached than these figures say.</Caveat> : null}
          {caveats.map((caveat) => (
            <Caveat key={caveat.kind}>{caveatSentence(caveat)}</Caveat>
          ))}
        </ul>
      ) : null}
    </section>
  )
}

function Caveat({ children }: { children: React.ReactNode }) {
  return (
    <li className="flex max-w-[92ch] items-start gap-1.5 text-sm text-ink-muted">
      <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-warning-ink" aria-hidden />
      <span>{children}</span>
    </li>
  )
}
