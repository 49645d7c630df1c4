import { ArrowDown, ArrowUp } from 'lucide-react'
import { cn } from '@/components/ui/class-names'
import { BlastMark } from '@/components/ui/marks/blast-mark'
import type { BlastFigures } from '@/lib/access-graph/blast-radius'
import { bandOf } from '@/lib/access-graph/score'
import { formatNumber } from '@/lib/platform/browser/format'
import { bandLabels, countOfClass, differenceWord, persistenceWord } from './blast-words'

interface WhatIfFiguresProps {
  before: BlastFigures
  after: BlastFigures
}

const cell = 'border-b py-1.5 pr-3'
const number = `${cell} tabular text-right`

/** The figures now and then, and the difference in words and numbers. */
export function WhatIfFigures({ before, after }: WhatIfFiguresProps) {
  const counts = [
    { label: 'Resources', of: (figures: BlastFigures) => figures.resources },
    { label: 'Restricted ones', of: (figures: BlastFigures) => countOfClass(figures.cells, 'restricted') },
    { label: 'Other identities', of: (figures: BlastFigures) => figures.identities },
    { label: 'Systems', of: (figures: BlastFigures) => figures.systems },
  ]
  const isSamePersistence = persistenceWord(before.persistence) === persistenceWord(after.persistence)
  return (
    <table aria-label="Figures now and with the changes" className="w-full text-left text-sm">
      <thead className="text-xs text-ink-muted">
        <tr>
          <th scope="col" className={cn(cell, 'font-normal')}>
            <span className="sr-only">Figure</span>
          </th>
          <th scope="col" className={cn(number, 'font-normal')}>
            Now
          </th>
          <th scope="col" className={cn(number, 'font-normal')}>
            Then
          </th>
          <th scope="col" className={cn(number, 'pr-0 font-normal')}>
            Difference
          </th>
        </tr>
      </thead>
      <tbody>
        <tr className="font-medium">
          <th scope="row" className={cell}>
            Blast radius
          </th>
          <td className={number}>
            <Score figures={before} />
          </td>
          <td className={number}>
            <Score figures={after} />
          </td>
          <Difference before={before.score} after={after.score} digits={1} />
        </tr>
        {counts.map(({ label, of }) => (
          <tr key={label}>
            <th scope="row" className={cn(cell, 'font-normal')}>
              {label}
            </th>
            <td className={number}>{formatNumber(of(before))}</td>
            <td className={number}>{formatNumber(of(after))}</td>
            <Difference before={of(before)} after={of(after)} digits={0} />
          </tr>
        ))}
        <tr>
          <th scope="row" className={cn(cell, 'font-normal')}>
            Lasts
          </th>
          <td className={number}>{persistenceWord(before.persistence)}</td>
          <td className={number}>{persistenceWord(after.persistence)}</td>
          <td className={cn(number, 'pr-0', isSamePersistence && 'text-ink-muted')}>
            {isSamePersistence ? 'no change' : 'shorter'}
          </td>
        </tr>
      </tbody>
    </table>
  )
}

function Score({ figures }: { figures: BlastFigures }) {
  const band = bandOf(figures.score)
  return (
    <span className="inline-flex items-center gap-2">
      <span className="text-xs font-normal text-ink-muted max-sm:sr-only">{bandLabels[band].toLowerCase()}</span>
      <BlastMark score={figures.score} factors={figures.factors} band={band} />
    </span>
  )
}

function Difference({ before, after, digits }: { before: number; after: number; digits: number }) {
  const word = differenceWord(before, after, digits)
  const by = word === 'no change' ? 0 : after - before
  const Icon = by < 0 ? ArrowDown : ArrowUp
  return (
    <td className={cn(number, 'pr-0', by === 0 ? 'text-ink-muted' : by < 0 ? 'text-good-ink' : 'text-danger-ink')}>
      <span className="inline-flex items-center gap-1">
        {by === 0 ? null : <Icon className="size-3.5" aria-hidden />}
        {word}
      </span>
    </td>
  )
}
