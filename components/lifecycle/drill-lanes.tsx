import { cn } from '@/components/ui/class-names'
import type { DrillFigures, DrillResult } from '@/lib/lifecycle/drills'
import { isEnded } from '@/lib/lifecycle/queries'
import { DrillMark } from './drill-mark'
import { hopLabels, keeperLabels } from './drill-words'
import { marksOf, placeOf } from './lane-scale'
import { MarkLegend } from './mark-legend'
import { stopwatchWords } from './run-words'

interface DrillLanesProps {
  result: DrillResult
  /** The server's present. */
  now: number
}

type Hop = DrillFigures['hops'][number]
type Try = DrillResult['tries'][number]

/**
 * A bar for each place: from the moment at which the cut was sent to the first try that was refused, against the time that was
 * expected. What is drawn stands in words beside it.
 */
export function DrillLanes({ result, now }: DrillLanesProps) {
  const { figures, tries, withinSeconds, cutAt, run, previous } = result
  const isOver = isEnded(run.state)
  const running = cutAt !== null && !isOver ? (now - Date.parse(cutAt)) / 1000 : 0
  const after = tries.map(({ seconds }) => seconds)
  const end =
    Math.max(withinSeconds * 1.2, running, ...after, ...figures.hops.map(({ seconds }) => seconds ?? 0)) * 1.03
  const place = (seconds: number) => placeOf(seconds, end) * 100
  return (
    <div className="flex flex-col">
      <ol className="flex flex-col">
        {figures.hops.map((hop) => (
          <Lane
            key={hop.hop}
            hop={hop}
            mode={run.mode}
            isOver={isOver}
            tries={tries.filter((each) => each.hop === hop.hop)}
            before={previous?.figures.hops.find((each) => each.hop === hop.hop)?.seconds ?? null}
            running={hop.verdict === null && run.mode !== 'tabletop' && cutAt !== null ? running : null}
            within={withinSeconds}
            place={place}
          />
        ))}
      </ol>
      <div className="grid md:grid-cols-[15rem_minmax(0,1fr)]" aria-hidden>
        <span className="text-xs text-ink-muted max-md:hidden">since the cut was sent</span>
        <div className="relative mx-2 h-5 border-t border-line-strong/60">
          {marksOf(end).map(({ place: at, label }) => (
            <span
              key={label}
              className="tabular absolute top-0.5 -translate-x-1/2 text-xs whitespace-nowrap text-ink-muted before:absolute before:-top-1 before:left-1/2 before:h-1 before:w-px before:bg-line-strong"
              style={{ left: `${at * 100}%` }}
            >
              {label}
            </span>
          ))}
        </div>
      </div>
    </div>
  )
}

interface LaneProps {
  hop: Hop
  mode: DrillResult['run']['mode']
  isOver: boolean
  tries: Try[]
  /** Seconds of the run before. */
  before: number | null
  /** Seconds on its clock, while it runs. */
  running: number | null
  within: number
  place: (seconds: number) => number
}

const bars = {
  cut: 'bg-good-mark',
  late: 'bg-warning-mark',
  leaked: 'bg-danger-mark',
  not_testable: 'bg-quiet-mark',
} as const

function Lane({ hop, mode, isOver, tries, before, running, within, place }: LaneProps) {
  const { verdict, seconds } = hop
  const last = tries.filter(({ seconds: at }) => at >= 0).at(-1)
  const length = seconds ?? (verdict === 'leaked' ? (last?.seconds ?? 0) : running)
  const colour = verdict === null ? 'bg-notice-mark' : bars[verdict]
  const isDrawn = length !== null && verdict !== 'not_testable'
  return (
    <li
      className="grid items-start gap-y-1 border-b py-3 last:border-b-0 md:grid-cols-[15rem_minmax(0,1fr)]"
      data-hop={hop.hop}
    >
      <div className="flex min-w-0 flex-col items-start gap-1 pr-4">
        <span className="text-sm font-medium">{hopLabels[hop.hop]}</span>
        <span className="flex flex-wrap items-center gap-2">
          <DrillMark verdict={verdict} mode={mode} isOver={isOver} />
          {seconds !== null ? (
            <span className="tabular text-sm font-medium">after {stopwatchWords(seconds)}</span>
          ) : null}
          {running !== null ? (
            <span className="tabular text-sm text-notice-ink">{stopwatchWords(running)} and counting</span>
          ) : null}
        </span>
      </div>
      <div className="min-w-0">
        <div className="relative mx-2 h-9" aria-hidden data-mark>
          <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
          <span className="absolute inset-y-0 left-0 bg-good-wash" style={{ width: `${place(within)}%` }} />
          <span
            className="absolute inset-y-0 w-px border-l border-dashed border-ink-faint"
            style={{ left: `${place(within)}%` }}
          />
          {isDrawn ? (
            <span
              className={cn('absolute top-[calc(50%-5px)] left-0 h-2.5 min-w-1 rounded-xs', colour)}
              style={{ width: `${place(length)}%` }}
            />
          ) : null}
          {before !== null ? (
            <span
              className="absolute top-[calc(50%-5px)] size-2.5 -translate-x-1/2 rotate-45 border-2 border-ink-muted bg-canvas"
              style={{ left: `${place(before)}%` }}
            />
          ) : null}
          {tries
            .filter(({ seconds: at }) => at >= 0)
            .map(({ seconds: at, answer }) => (
              <span
                key={at}
                className={cn('absolute bottom-0 w-0.5', ticks[answer])}
                style={{ left: `${place(at)}%` }}
              />
            ))}
        </div>
        <p className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 px-2 text-xs text-ink-muted">
          <HopWords hop={hop} before={before} mode={mode} />
        </p>
      </div>
    </li>
  )
}

const ticks: Record<Try['answer'], string> = {
  accepted: 'h-3 bg-danger-mark',
  refused: 'h-2 bg-good-mark',
  unknown: 'h-2 bg-quiet-mark',
}

function HopWords({ hop, before, mode }: { hop: Hop; before: number | null; mode: DrillResult['run']['mode'] }) {
  const { tries, ackSeconds, lastAllowedSeconds, why, verdict } = hop
  if (mode === 'tabletop' || (verdict === 'not_testable' && tries.before + tries.after === 0))
    return <span className="text-ink">{why}</span>
  return (
    <>
      {tries.before > 0 ? <span>{tries.before} tries before the cut</span> : null}
      {tries.after > 0 ? <span>{tries.after} from it on</span> : null}
      {ackSeconds !== null ? (
        <span>
          the source said done after <span className="tabular text-ink">{stopwatchWords(ackSeconds)}</span>
        </span>
      ) : null}
      {lastAllowedSeconds !== null ? (
        <span>
          let in for the last time after <span className="tabular text-ink">{stopwatchWords(lastAllowedSeconds)}</span>
        </span>
      ) : null}
      {before !== null ? (
        <span>
          the last drill: <span className="tabular text-ink">{stopwatchWords(before)}</span>
        </span>
      ) : null}
      {why ? <span className="basis-full text-ink">{why}</span> : null}
    </>
  )
}

/** Who must keep access, and whether they did. */
export function KeeperList({ keepers }: { keepers: DrillFigures['keepers'] }) {
  const tones = { kept: 'text-good-ink', lost: 'text-danger-ink font-medium', not_testable: 'text-ink-muted' }
  return (
    <ul className="flex flex-col divide-y">
      {keepers.map(({ identityId, name, verdict, tries, lostSeconds }) => (
        <li key={identityId} className="flex flex-wrap items-baseline gap-x-3 py-1.5 text-sm">
          <span className="min-w-0 basis-56 truncate font-medium">{name}</span>
          <span className={verdict === null ? 'text-notice-ink' : tones[verdict]}>
            {verdict === null ? 'Being tried' : keeperLabels[verdict]}
            {lostSeconds === null ? '' : ` after ${stopwatchWords(lostSeconds)}`}
          </span>
          <span className="text-xs text-ink-muted">
            {tries > 0 ? `${tries} logins tried` : 'no login could be tried: nobody gave its secret'}
          </span>
        </li>
      ))}
    </ul>
  )
}

const shapes = [
  { shape: 'h-2.5 w-5 rounded-xs bg-good-mark', label: 'until the first refusal' },
  { shape: 'h-3 w-5 bg-good-wash border-r border-dashed border-ink-faint', label: 'expected' },
  { shape: 'size-2.5 rotate-45 border-2 border-ink-muted bg-canvas', label: 'the last drill' },
  { shape: 'h-3 w-0.5 bg-danger-mark', label: 'let in' },
  { shape: 'h-2 w-0.5 bg-good-mark', label: 'refused' },
]

export const DrillLegend = () => <MarkLegend entries={shapes} />
