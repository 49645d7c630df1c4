'use client'

import { Sigma } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Sheet, SheetContent, SheetTrigger } from '@/components/ui/sheet'
import type { BlastFigures } from '@/lib/access-graph/blast-radius'
import { bandOf, fullAlter, fullReach, hoursOfYear, scoreBands } from '@/lib/access-graph/score'
import { formatNumber } from '@/lib/platform/browser/format'
import { bandLabels, sensitivityClassLabels } from './blast-words'
import { type Working, workingOf } from './blast-working'
import { levelLabels } from './explore-words'

/** On demand: the formula of the score with its inputs, so that anybody can work it out again. */
export function BlastWorking({ figures }: { figures: BlastFigures }) {
  const { factors, score } = figures
  const working = workingOf(figures)
  const share = (value: number) => value.toFixed(3)
  return (
    <Sheet>
      <SheetTrigger asChild>
        <Button variant="ghost" icon={<Sigma aria-hidden />}>
          How this is worked out
        </Button>
      </SheetTrigger>
      <SheetContent
        size="lg"
        title={`How ${score.toFixed(1)} is worked out`}
        description="The geometric mean of three factors, each between 0 and 1. Taking access away, lowering a privilege or shortening a lifetime never raises it."
      >
        <div className="flex flex-col gap-6">
          <section aria-label="Formula">
            <h3 className="mb-2 text-sm font-medium">Formula</h3>
            <dl className="grid gap-x-6 gap-y-2 font-mono text-xs sm:grid-cols-[max-content_minmax(0,1fr)]">
              <Line term="reach">
                log2(1 + {formatNumber(working.reachUnits)}) ÷ {fullReach} = {share(factors.reach)}
              </Line>
              <Line term="alter">
                log2(1 + {formatNumber(working.alterUnits)}) ÷ {fullAlter} = {share(factors.alter)}
              </Line>
              <Line term="persist">
                log2(1 + {hours(working.hours)} h) ÷ log2(1 + {formatNumber(hoursOfYear)} h) = {share(factors.persist)}
              </Line>
              <Line term="score">
                100 × cube root({share(factors.reach)} × {share(factors.alter)} × {share(factors.persist)}) ={' '}
                <strong>{score.toFixed(1)}</strong>
              </Line>
            </dl>
            <p className="mt-2 max-w-[72ch] text-sm text-ink-muted">
              No factor exceeds 1.{' '}
              {working.areHoursAssumed
                ? 'Nobody has told how long its credentials live: unknown counts as a year.'
                : 'A credential without an end counts as a year.'}
            </p>
          </section>
          <Units working={working} />
          <section aria-label="Bands">
            <h3 className="mb-2 text-sm font-medium">Bands</h3>
            <ul className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
              {scoreBands.map(({ band, from }) => (
                <li key={band} className={band === bandOf(score) ? 'font-medium' : 'text-ink-muted'}>
                  {bandLabels[band]} from {from}
                </li>
              ))}
            </ul>
          </section>
        </div>
      </SheetContent>
    </Sheet>
  )
}

const hours = (value: number) => formatNumber(Math.round(value * 10) / 10)

function Line({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-subgrid gap-y-0.5 sm:col-span-2">
      <dt className="text-ink-muted">{term}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  )
}

const cell = 'border-b py-1.5 pr-3'
const number = `${cell} tabular text-right`

/** Where the two sums come from: each resource once, at the highest privilege that is held on it. */
function Units({ working }: { working: Working }) {
  return (
    <section aria-label="Weights">
      <h3 className="mb-2 text-sm font-medium">Weights</h3>
      <div className="overflow-x-auto">
        <table className="w-full text-left text-sm">
          <thead className="text-xs text-ink-muted">
            <tr>
              <th className={cell}>Sensitivity</th>
              <th className={cell}>Privilege</th>
              <th className={number}>Resources</th>
              <th className={number}>Weight each</th>
              <th className={number}>Reach</th>
              <th className={number}>Times</th>
              <th className={number}>Alteration</th>
            </tr>
          </thead>
          <tbody>
            {working.rows.map((row) => (
              <tr key={`${row.sensitivity} ${row.level}`}>
                <td className={cell}>{sensitivityClassLabels[row.sensitivity]}</td>
                <td className={cell}>{levelLabels[row.level]}</td>
                <td className={number}>{formatNumber(row.count)}</td>
                <td className={number}>{row.weight}</td>
                <td className={number}>{formatNumber(row.reach)}</td>
                <td className={number}>× {row.times}</td>
                <td className={number}>{formatNumber(row.alter)}</td>
              </tr>
            ))}
            <tr>
              <td className={cell} colSpan={2}>
                Other identities
              </td>
              <td className={number}>{formatNumber(working.identities)}</td>
              <td className={number}>1</td>
              <td className={number}>{formatNumber(working.identities)}</td>
              <td className={number}>× 1</td>
              <td className={number}>{formatNumber(working.identities)}</td>
            </tr>
          </tbody>
          <tfoot>
            <tr className="font-medium">
              <td className={cell} colSpan={4}>
                Sum
              </td>
              <td className={number}>{formatNumber(working.reachUnits)}</td>
              <td className={number} />
              <td className={number}>{formatNumber(working.alterUnits)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  )
}
