import { cn } from '@/components/ui/class-names'
import type { RunDetail, RunHop, RunProbe } from '@/lib/lifecycle/schema'
import { formatDateTime } from '@/lib/platform/browser/format'
import { marksOf, placeOf } from './lane-scale'
import { MarkLegend } from './mark-legend'
import { countdownWords, hopWord, probeWords, secondsBetween, stopwatchWords } from './run-words'
import { VerdictMark } from './verdict-mark'

interface HopLanesProps {
  run: Pick<RunDetail, 'hops' | 'probes' | 'createdAt'>
  /** The server's present. */
  now: number
  /** Whether time still runs for it. */
  isOpen: boolean
}

/**
 * A lane for each place at which access has to end: when it was told, when the source said so, and when a try was refused, on
 * one axis. What is drawn stands in words beneath each lane.
 */
export function HopLanes({ run, now, isOpen }: HopLanesProps) {
  const { hops, probes, createdAt } = run
  const seconds = (at: string | null) => secondsBetween(createdAt, at)
  const instants = [
    ...hops.flatMap(({ sentAt, ackedAt, provedAt }) => [seconds(sentAt), seconds(ackedAt), seconds(provedAt)]),
    ...probes.map(({ at }) => seconds(at)),
  ].filter((each): each is number => each !== null)
  const isUnproved = hops.some(({ provedAt }) => provedAt === null)
  const running = isOpen && isUnproved ? (now - Date.parse(createdAt)) / 1000 : 0
  const end = Math.max(...instants, running, 0) * 1.06
  return (
    <div className="flex flex-col">
      <ol className="flex flex-col">
        {hops.map((hop) => (
          <Lane
            key={hop.hop}
            hop={hop}
            probes={probes.filter(({ hop: of }) => of === hop.hop)}
            end={end}
            createdAt={createdAt}
            now={now}
            isOpen={isOpen}
          />
        ))}
      </ol>
      <div className="grid md:grid-cols-[15rem_minmax(0,1fr)]" aria-hidden>
        <span className="text-xs text-ink-muted max-md:hidden">since it was asked for</span>
        <div className="relative mx-2 h-5 border-t border-line-strong/60">
          {marksOf(end).map(({ place, label }) => (
            <span
              key={label}
              className="tabular absolute top-0.5 -translate-x-1/2 text-xs whitespace-nowrap text-ink-muted before:absolute before:-top-1 before:left-1/2 before:h-1 before:w-px before:bg-line-strong"
              style={{ left: `${place * 100}%` }}
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
  hop: RunHop
  probes: RunProbe[]
  end: number
  createdAt: string
  now: number
  isOpen: boolean
}

function Lane({ hop, probes, end, createdAt, now, isOpen }: LaneProps) {
  const place = (at: string | null) => {
    const seconds = secondsBetween(createdAt, at)
    return seconds === null ? null : placeOf(seconds, end) * 100
  }
  const [sent, acked, proved] = [place(hop.sentAt), place(hop.ackedAt), place(hop.provedAt)]
  const head =
    isOpen && proved === null && sent !== null ? placeOf((now - Date.parse(createdAt)) / 1000, end) * 100 : null
  const residual = place(hop.residualUntil)
  const word = hopWord(hop)
  const isGood = ['refused', 'already_absent', 'source_says_off', 'dormant'].includes(hop.state)
  // The word of the source is drawn as that, also where nothing better can be had.
  const isTold = hop.state === 'source_says_off' || hop.state === 'dormant'
  return (
    <li className="grid items-start gap-x-0 gap-y-1 border-b py-3 last:border-b-0 md:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col items-start gap-1 pr-4">
        <span className="text-sm font-medium">{hop.title}</span>
        <VerdictMark verdict={{ of: 'hop', state: hop.state }} {...(word ? { word } : {})} />
      </div>
      <div className="min-w-0">
        <div className="relative mx-2 h-9" aria-hidden data-mark>
          <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
          {sent !== null ? (
            <Bar
              from={sent}
              to={acked ?? proved ?? head ?? sent}
              className="top-[calc(50%-1px)] h-0.5 bg-notice-mark"
            />
          ) : null}
          {acked !== null && proved !== null ? (
            <Bar from={acked} to={proved} className="top-[calc(50%-1px)] h-0.5 bg-notice-mark/50" />
          ) : null}
          {proved !== null ? (
            <Bar
              from={proved}
              to={100}
              className={cn(
                'top-[calc(50%-3px)] h-1.5 rounded-xs',
                isTold ? 'border border-dashed border-good-mark' : isGood ? 'bg-good-mark' : 'bg-danger-mark',
              )}
            />
          ) : null}
          {residual !== null && (acked ?? sent) !== null ? (
            <Bar from={acked ?? sent ?? 0} to={residual} className="hatched top-[calc(50%-7px)] h-3.5 opacity-70" />
          ) : null}
          {probes.map((probe) => (
            <Tick key={probe.id} at={place(probe.at)} answer={probe.answer} />
          ))}
          <Dot at={sent} className="border-2 border-notice-mark bg-canvas" />
          <Dot at={acked} className="border-2 border-dashed border-good-mark bg-canvas" isLarge />
          <Dot
            at={proved}
            className={
              isTold ? 'border-2 border-dashed border-good-mark bg-canvas' : isGood ? 'bg-good-mark' : 'bg-danger-mark'
            }
            isLarge
          />
        </div>
        <p className="flex flex-wrap gap-x-3 gap-y-0.5 px-2 text-xs text-ink-muted">
          <LaneWords hop={hop} probes={probes} createdAt={createdAt} now={now} />
        </p>
      </div>
    </li>
  )
}

function LaneWords({ hop, probes, createdAt, now }: Pick<LaneProps, 'hop' | 'probes' | 'createdAt' | 'now'>) {
  const at = (label: string, instant: string | null) => {
    const seconds = secondsBetween(createdAt, instant)
    return seconds === null || instant === null ? null : (
      <span key={label} title={formatDateTime(instant)} className="whitespace-nowrap">
        {label} after <span className="tabular text-ink">{stopwatchWords(seconds)}</span>
      </span>
    )
  }
  const proofWords: Partial<Record<RunHop['state'], string>> = {
    refused: 'a try was refused',
    still_allowed: 'a try was still let in',
    source_says_off: 'the source said that it is off',
    already_absent: 'found absent',
    dormant: 'looked at',
  }
  const isLeft = hop.residualUntil !== null && Date.parse(hop.residualUntil) > now
  return (
    <>
      {at('told', hop.sentAt)}
      {at('the source said done', hop.ackedAt)}
      {at(proofWords[hop.state] ?? 'tried', hop.provedAt)}
      {probes[0] ? (
        <span>
          {probes.length} {probes.length === 1 ? 'try' : 'tries'}, the last: {probeWords(probes[0])}
        </span>
      ) : null}
      {isLeft && hop.residualUntil ? (
        <span className="text-warning-ink">
          what was issued before may go on for {countdownWords(Date.parse(hop.residualUntil) - now)}
        </span>
      ) : null}
      {hop.says ? <span className="basis-full text-ink">{hop.says}</span> : null}
    </>
  )
}

function Bar({ from, to, className }: { from: number; to: number; className: string }) {
  return (
    <span className={cn('absolute', className)} style={{ left: `${from}%`, width: `${Math.max(0, to - from)}%` }} />
  )
}

function Dot({ at, className, isLarge }: { at: number | null; className: string; isLarge?: boolean }) {
  if (at === null) return null
  return (
    <span
      className={cn(
        'absolute top-1/2 -translate-x-1/2 -translate-y-1/2 rounded-full',
        isLarge ? 'size-3' : 'size-2.5',
        className,
      )}
      style={{ left: `${at}%` }}
    />
  )
}

const ticks: Record<RunProbe['answer'], string> = {
  accepted: 'h-3 bg-danger-mark',
  refused: 'h-2 bg-good-mark',
  unknown: 'h-2 bg-quiet-mark',
}

/** A try: long where it was let in. */
function Tick({ at, answer }: { at: number | null; answer: RunProbe['answer'] }) {
  if (at === null) return null
  return <span className={cn('absolute bottom-0 w-0.5', ticks[answer])} style={{ left: `${at}%` }} />
}

const shapes = [
  { shape: 'size-2.5 rounded-full border-2 border-notice-mark bg-canvas', label: 'told' },
  { shape: 'size-3 rounded-full border-2 border-dashed border-good-mark bg-canvas', label: 'the source says so' },
  { shape: 'size-3 rounded-full bg-good-mark', label: 'tried, and refused' },
  { shape: 'size-3 rounded-full bg-danger-mark', label: 'tried, and still let in' },
  { shape: 'hatched h-3 w-5', label: 'may go on for a while' },
]

export const LaneLegend = () => <MarkLegend entries={shapes} />
