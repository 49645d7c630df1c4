import { formatNumber } from '@/lib/platform/browser/format'
import { cn } from './class-names'
import { type Tone, toneMark } from './tone'

export interface ProgressProps {
  label: string
  value: number
  max: number
  /** What stands at the right: by default "value of max". */
  detail?: string
  tone?: Tone | 'accent'
  /** The total is not known yet: shows motion, claims nothing. */
  isIndeterminate?: boolean
  className?: string
}

export function Progress({ label, value, max, detail, tone = 'accent', isIndeterminate, className }: ProgressProps) {
  const share = max > 0 ? Math.min(100, (value / max) * 100) : 0
  return (
    <div className={cn('flex flex-col gap-1', className)}>
      <div className="flex justify-between gap-4 text-xs">
        <span>{label}</span>
        <span className="tabular text-ink-muted" aria-live="polite">
          {detail ?? (isIndeterminate ? 'counting' : `${formatNumber(value)} of ${formatNumber(max)}`)}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={isIndeterminate ? undefined : max}
        aria-valuenow={isIndeterminate ? undefined : value}
        className="graduated h-1.5 overflow-hidden rounded-xs bg-hover"
      >
        <div
          data-mark
          className={cn(
            'h-full rounded-xs transition-[width] duration-200',
            tone === 'accent' ? 'bg-accent' : toneMark[tone],
            isIndeterminate && 'w-1/4 animate-pulse',
          )}
          style={isIndeterminate ? undefined : { width: `${share}%` }}
        />
      </div>
    </div>
  )
}
