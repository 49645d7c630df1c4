import type { DataColumn } from '@/components/data-table/data-column'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/components/ui/class-names'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Drill, DrillRun } from '@/lib/lifecycle/drills'
import { isEnded } from '@/lib/lifecycle/queries'
import { DrillMark } from './drill-mark'
import { chosenSays, everySays, modeLabels, targetSays, timeSays, verdictLabels } from './drill-words'
import { stateLabels } from './run-words'

const none = (says: string) => <span className="text-ink-muted">{says}</span>

export const drillColumns: DataColumn<Drill>[] = [
  {
    id: 'name',
    header: 'Drill',
    width: 220,
    isRowLink: true,
    isPinned: true,
    isGrowing: true,
    cell: ({ name }) => <span className="truncate font-medium">{name}</span>,
  },
  {
    id: 'mode',
    header: 'How',
    width: 100,
    cell: ({ mode }) => (
      <Badge tone={mode === 'live' ? 'warning' : 'quiet'} form={mode === 'tabletop' ? 'outlined' : 'solid'}>
        {modeLabels[mode]}
      </Badge>
    ),
  },
  {
    id: 'target',
    header: 'Whose access',
    width: 200,
    cell: (drill) => <span className="truncate">{targetSays(drill)}</span>,
  },
  {
    id: 'within',
    header: 'Expected',
    width: 110,
    align: 'end',
    cell: ({ withinSeconds }) => <span className="tabular">{chosenSays(withinSeconds)}</span>,
  },
  {
    id: 'last',
    header: 'Last result',
    width: 210,
    cell: ({ runs: [last] }) => (last ? <RunResult run={last} /> : none('never begun')),
  },
  { id: 'history', header: 'History', width: 130, cell: ({ runs }) => <History runs={runs} /> },
  {
    id: 'begun',
    header: 'Begun',
    width: 120,
    cell: ({ runs: [last] }) => (last ? <RelativeTime at={last.startedAt} /> : none('never')),
  },
  {
    id: 'next',
    header: 'By itself',
    width: 150,
    cell: ({ everyDays, nextAt, problem }) =>
      problem !== null ? (
        <span className="truncate text-danger-ink" title={problem}>
          could not begin
        </span>
      ) : nextAt === null ? (
        none(everySays(everyDays))
      ) : (
        <RelativeTime at={nextAt} />
      ),
  },
]

/** What a run has shown: the verdict, and the time. */
export function RunResult({ run: { figures, mode, state } }: { run: DrillRun }) {
  return (
    <span className="inline-flex items-center gap-2">
      <DrillMark verdict={figures?.verdict ?? null} mode={mode} isOver={isEnded(state)} />
      {figures && figures.seconds !== null ? <span className="tabular text-sm">{timeSays(figures)}</span> : null}
    </span>
  )
}

const heights = {
  cut: 'h-2.5 bg-good-mark',
  late: 'h-3.5 bg-warning-mark',
  leaked: 'h-4.5 bg-danger-mark',
  not_testable: 'h-2.5 border border-quiet-mark',
}

/** The latest results in a row, the newest last: the higher, the worse. */
function History({ runs }: { runs: DrillRun[] }) {
  const ended = runs.filter(({ figures }) => figures !== null && figures.verdict !== null).slice(0, 8)
  if (ended.length === 0) return none('none')
  const words = ended.map(({ figures }) => verdictLabels[figures?.verdict ?? 'not_testable'].toLowerCase()).join(', ')
  return (
    <span className="inline-flex h-5 items-end gap-0.5" role="img" aria-label={`newest first: ${words}`} data-mark>
      {ended.toReversed().map(({ runId, figures }) => (
        <span key={runId} className={cn('w-2 rounded-xs', heights[figures?.verdict ?? 'not_testable'])} />
      ))}
    </span>
  )
}

export const drillRunColumns: DataColumn<DrillRun>[] = [
  {
    id: 'what',
    header: 'Account',
    width: 200,
    isRowLink: true,
    isPinned: true,
    isGrowing: true,
    cell: ({ identity }) => <span className="truncate font-medium">{identity.name}</span>,
  },
  { id: 'result', header: 'Result', width: 230, cell: (run) => <RunResult run={run} /> },
  {
    id: 'false',
    header: 'Cut by mistake',
    width: 140,
    cell: ({ figures }) =>
      figures === null || figures.keepers.length === 0 ? (
        none('nobody was tried')
      ) : figures.falseCuts > 0 ? (
        <span className="text-danger-ink">{figures.falseCuts}</span>
      ) : (
        none(figures.keepers.every(({ verdict }) => verdict === 'not_testable') ? 'not testable' : 'nobody')
      ),
  },
  { id: 'state', header: 'State', width: 130, cell: ({ state }) => stateLabels[state] },
  { id: 'at', header: 'Begun', width: 130, cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
]
