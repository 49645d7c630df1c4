'use client'

import { cn } from '@/components/ui/class-names'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { Section } from '@/components/ui/page-header'
import type { BlastRadius } from '@/lib/access-graph/blast-radius'
import { type Level, levels, type SensitivityClass } from '@/lib/access-graph/score'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { blastParsers } from './blast-address'
import { heatOf } from './blast-heat'
import { classCounts, sensitivityClassLabels } from './blast-words'
import { levelLabels } from './explore-words'

/** Strongest first, as the table below is. */
const columns = levels.toReversed()
const { system, level, sensitivity, at } = blastParsers
const parsers = { system, level, sensitivity, at }

/** How many resources in which system at which privilege. Every number is the filter of the table below. */
export function BlastMatrix({ data }: { data: BlastRadius }) {
  const [state, setState] = useAddress(parsers, { history: 'push' })
  const { matrix, figures } = data
  const most = Math.max(0, ...matrix.flatMap(({ counts }) => counts))
  const choose = (chosen: { system: string | null; level: Level | null }) => {
    const isSame = state.system === chosen.system && state.level === chosen.level
    setState(isSame ? { system: null, level: null, at: null } : { ...chosen, at: null })
    if (!isSame) document.getElementById(reachedId)?.scrollIntoView({ block: 'start' })
  }
  const totals = columns.map((name) => matrix.reduce((sum, { counts }) => sum + (counts[levels.indexOf(name)] ?? 0), 0))
  const isKnownAll = totals[columns.indexOf('unknown')] === 0
  const shownColumns = isKnownAll ? columns.filter((name) => name !== 'unknown') : columns
  return (
    <Section
      title="Where, and with which privilege"
      detail="each resource once, at the highest privilege held on it; a number filters the table"
    >
      <div className="grid grid-cols-1 gap-x-10 gap-y-4 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="overflow-x-auto">
          <table
            aria-label="Resources by system and privilege"
            className="w-full border-separate border-spacing-0.5 text-sm"
          >
            <thead>
              <tr className="text-xs text-ink-muted">
                <th scope="col" className="min-w-24 pr-1 text-left font-normal sm:min-w-32 sm:pr-3">
                  System
                </th>
                {shownColumns.map((name) => (
                  <th
                    key={name}
                    scope="col"
                    className="min-w-12 px-1 text-right align-bottom font-normal sm:min-w-20 sm:px-2 sm:whitespace-nowrap"
                  >
                    {levelLabels[name]}
                  </th>
                ))}
                <th scope="col" className="min-w-12 px-1 text-right align-bottom font-normal sm:min-w-20 sm:px-2">
                  All
                </th>
              </tr>
            </thead>
            <tbody>
              {matrix.map((row) => (
                <tr key={row.system}>
                  <th scope="row" className="pr-3 text-left font-normal">
                    <SystemTag system={row.system} />
                  </th>
                  {shownColumns.map((name) => (
                    <Cell
                      key={name}
                      count={row.counts[levels.indexOf(name)] ?? 0}
                      most={most}
                      label={`${row.system}, ${levelLabels[name].toLowerCase()}`}
                      isChosen={state.system === row.system && state.level === name}
                      onChoose={() => choose({ system: row.system, level: name })}
                    />
                  ))}
                  <Cell
                    count={row.total}
                    label={`${row.system}, every privilege`}
                    isChosen={state.system === row.system && state.level === null}
                    onChoose={() => choose({ system: row.system, level: null })}
                  />
                </tr>
              ))}
            </tbody>
            {matrix.length > 1 ? (
              <tfoot>
                <tr>
                  <th scope="row" className="pr-3 text-left font-normal text-ink-muted">
                    All systems
                  </th>
                  {shownColumns.map((name) => (
                    <Cell
                      key={name}
                      count={totals[columns.indexOf(name)] ?? 0}
                      label={`every system, ${levelLabels[name].toLowerCase()}`}
                      isChosen={state.system === null && state.level === name}
                      onChoose={() => choose({ system: null, level: name })}
                    />
                  ))}
                  <td className="tabular px-1 text-right font-medium sm:px-2">{formatNumber(figures.resources)}</td>
                </tr>
              </tfoot>
            ) : null}
          </table>
        </div>
        <Classes
          counts={classCounts(figures)}
          chosen={state.sensitivity}
          onChoose={(next) => setState({ sensitivity: next, at: null })}
        />
      </div>
    </Section>
  )
}

/** The table below, for links within the page. */
export const reachedId = 'reached-resources'

interface CellProps {
  count: number
  /** The count of the darkest cell; without it the cell has no shade. */
  most?: number
  label: string
  isChosen: boolean
  onChoose: () => void
}

function Cell({ count, most, label, isChosen, onChoose }: CellProps) {
  const shade = most === undefined ? 0 : heatOf(count, most)
  return (
    <td className="p-0">
      {count === 0 ? (
        <span className="tabular flex h-7 items-center justify-end px-1 text-ink-faint sm:px-2">0</span>
      ) : (
        <button
          type="button"
          aria-pressed={isChosen}
          aria-label={`${formatCount(count, 'resource')}: ${label}`}
          onClick={onChoose}
          style={
            shade > 0 ? { backgroundColor: `color-mix(in srgb, var(--accent) ${shade}%, var(--canvas))` } : undefined
          }
          className={cn(
            'tabular flex h-7 w-full items-center justify-end rounded-sm px-1 ring-inset hover:ring-1 sm:px-2 hover:ring-line-strong',
            shade === 0 && 'hover:bg-hover',
            isChosen && 'font-medium ring-2 ring-accent-ink hover:ring-2 hover:ring-accent-ink',
          )}
        >
          {formatNumber(count)}
        </button>
      )}
    </td>
  )
}

interface ClassesProps {
  counts: { sensitivity: SensitivityClass; count: number }[]
  chosen: SensitivityClass | null
  onChoose: (sensitivity: SensitivityClass | null) => void
}

/** The same resources by how sensitive they are. */
function Classes({ counts, chosen, onChoose }: ClassesProps) {
  const most = Math.max(1, ...counts.map(({ count }) => count))
  return (
    <div>
      <h3 className="px-2 text-xs text-ink-muted">Sensitivity</h3>
      <ul className="mt-0.5 flex flex-col gap-0.5">
        {counts.map(({ sensitivity: name, count }) => (
          <li key={name}>
            <button
              type="button"
              disabled={count === 0}
              aria-pressed={chosen === name}
              aria-label={`${formatCount(count, 'resource')}: ${sensitivityClassLabels[name].toLowerCase()}`}
              onClick={() => onChoose(chosen === name ? null : name)}
              className={cn(
                'grid h-7 w-full grid-cols-[7.5rem_minmax(0,1fr)_4rem] items-center gap-2 rounded-sm px-2 text-left text-sm ring-inset enabled:hover:bg-hover disabled:cursor-default',
                chosen === name && 'font-medium ring-2 ring-accent-ink',
              )}
            >
              <SensitivityMark sensitivity={name === 'unknown' ? null : name} />
              <span aria-hidden data-mark className="h-1.5 overflow-hidden rounded-xs bg-hover">
                <span
                  className="block h-full rounded-xs bg-ink-muted"
                  style={{ width: count > 0 ? `max(2px, ${(count / most) * 100}%)` : 0 }}
                />
              </span>
              <span className={cn('tabular text-right', count === 0 && 'text-ink-faint')}>{formatNumber(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
