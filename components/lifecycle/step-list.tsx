import { Ban, Check, Circle, CircleDot, CircleSlash, Hourglass, LoaderCircle, type LucideIcon, X } from 'lucide-react'
import { cn } from '@/components/ui/class-names'
import { type Tone, toneInk } from '@/components/ui/tone'
import type { RunDetail, RunStep } from '@/lib/lifecycle/schema'
import { formatDateTime } from '@/lib/platform/browser/format'
import { countdownWords, secondsBetween, stopwatchWords } from './run-words'

const shapes: Record<RunStep['state'], { icon: LucideIcon; tone: Tone; word: string }> = {
  ahead: { icon: Circle, tone: 'quiet', word: 'still to come' },
  intended: { icon: LoaderCircle, tone: 'notice', word: 'under way' },
  waiting: { icon: Hourglass, tone: 'notice', word: 'waiting' },
  done: { icon: Check, tone: 'good', word: 'done' },
  refused: { icon: Ban, tone: 'danger', word: 'refused' },
  failed: { icon: X, tone: 'danger', word: 'failed' },
  left: { icon: CircleSlash, tone: 'quiet', word: 'left as it was' },
}

interface StepListProps {
  run: Pick<RunDetail, 'steps' | 'createdAt' | 'wakeAt'>
  now: number
}

/** The steps of a run in order: what each did, when, and how often it was tried. */
export function StepList({ run: { steps, createdAt, wakeAt }, now }: StepListProps) {
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => (
        <Step
          key={step.step}
          step={step}
          createdAt={createdAt}
          wakeAt={step.state === 'waiting' || step.state === 'failed' ? wakeAt : null}
          now={now}
          isLast={index === steps.length - 1}
        />
      ))}
    </ol>
  )
}

interface StepProps {
  step: RunStep
  createdAt: string
  wakeAt: string | null
  now: number
  isLast: boolean
}

function Step({ step, createdAt, wakeAt, now, isLast }: StepProps) {
  const { icon: Icon, tone, word } = shapes[step.state] ?? { icon: CircleDot, tone: 'quiet', word: step.state }
  const last = step.attempts.at(-1)
  const earlier = step.attempts.slice(0, -1)
  const began = last ? secondsBetween(createdAt, step.attempts[0]?.at ?? null) : null
  const took = last ? secondsBetween(last.at, last.endedAt) : null
  const isAhead = step.state === 'ahead'
  return (
    <li
      aria-current={step.state === 'intended' || step.state === 'waiting' ? 'step' : undefined}
      className="relative grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-3 pb-3"
    >
      {isLast ? null : <span aria-hidden className="absolute top-5 bottom-0 left-2.5 w-px -translate-x-1/2 bg-line" />}
      <span className={cn('grid size-5 place-items-center', toneInk[tone])}>
        <Icon className={cn('size-3.5', step.state === 'intended' && 'animate-spin')} aria-hidden />
      </span>
      <div className="min-w-0">
        <p className={cn('text-sm', isAhead ? 'text-ink-muted' : 'font-medium')}>
          {step.title}
          <span className="sr-only">: {word}</span>
          {earlier.length > 0 ? (
            <span className="ml-1.5 text-xs font-normal text-ink-muted">{step.attempts.length} tries</span>
          ) : null}
        </p>
        {last?.says ? <p className="text-sm text-ink-muted">{last.says}</p> : null}
        {wakeAt ? (
          <p className="tabular text-xs text-notice-ink">
            {Date.parse(wakeAt) > now ? `goes on in ${countdownWords(Date.parse(wakeAt) - now)}` : 'goes on now'}
          </p>
        ) : null}
        {earlier.length > 0 ? (
          <details className="text-xs text-ink-muted">
            <summary className="w-fit cursor-pointer hover:text-ink">Earlier tries</summary>
            <ol className="mt-1 flex flex-col gap-0.5">
              {earlier.map(({ attempt, at, says, code, state }) => (
                <li key={attempt}>
                  <span className="tabular">{formatDateTime(at)}</span> {says ?? code ?? shapes[state].word}
                </li>
              ))}
            </ol>
          </details>
        ) : null}
      </div>
      <p className="tabular text-right text-xs leading-5 whitespace-nowrap text-ink-muted">
        {began !== null ? (
          <span title={last ? formatDateTime(last.at) : undefined}>+{stopwatchWords(began)}</span>
        ) : null}
        {took !== null && took >= 0.005 ? <span className="block">took {stopwatchWords(took)}</span> : null}
      </p>
    </li>
  )
}
