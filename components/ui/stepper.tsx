import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './class-names'

export type StepState = 'done' | 'current' | 'waiting' | 'failed'

export interface Step {
  id: string
  label: string
  state: StepState
  /** Under the label: a count, a time, a reason. */
  detail?: ReactNode
}

export interface StepperProps {
  label: string
  steps: Step[]
  orientation?: 'horizontal' | 'vertical'
  className?: string
}

const words: Record<StepState, string> = { done: 'done', current: 'now', waiting: 'not yet', failed: 'failed' }

export function Stepper({ label, steps, orientation = 'horizontal', className }: StepperProps) {
  const isRow = orientation === 'horizontal'
  return (
    <ol
      aria-label={label}
      className={cn('flex', isRow ? 'flex-wrap items-start gap-x-2 gap-y-1' : 'flex-col', className)}
    >
      {steps.map((step, index) => (
        <li
          key={step.id}
          aria-current={step.state === 'current' ? 'step' : undefined}
          className={cn('flex gap-2', isRow ? 'items-start' : 'relative pb-4 last:pb-0')}
        >
          {!isRow && index < steps.length - 1 ? (
            <span className="absolute top-5 bottom-0 left-2.5 w-px bg-line" aria-hidden />
          ) : null}
          <StepMark state={step.state} number={index + 1} />
          <div className={cn('min-w-0', step.state === 'waiting' && 'text-ink-muted')}>
            <p className={cn('text-sm', step.state === 'current' && 'font-medium')}>
              {step.label}
              <span className="sr-only"> ({words[step.state]})</span>
            </p>
            {step.detail ? <div className="text-xs text-ink-muted">{step.detail}</div> : null}
          </div>
          {isRow && index < steps.length - 1 ? (
            <span className="mt-2.5 h-px w-6 shrink-0 bg-line-strong" aria-hidden />
          ) : null}
        </li>
      ))}
    </ol>
  )
}

function StepMark({ state, number }: { state: StepState; number: number }) {
  return (
    <span
      aria-hidden
      className={cn(
        'tabular grid size-5 shrink-0 place-items-center rounded-full border bg-canvas text-xs [&_svg]:size-3',
        state === 'done' && 'border-accent bg-accent text-on-accent',
        state === 'current' && 'border-accent-ink font-medium text-accent-ink ring-2 ring-accent-wash',
        state === 'waiting' && 'border-line-strong text-ink-muted',
        state === 'failed' && 'border-danger-mark bg-danger-wash text-danger-ink',
      )}
    >
      {state === 'done' ? <Check strokeWidth={3} /> : state === 'failed' ? <X strokeWidth={3} /> : number}
    </span>
  )
}
