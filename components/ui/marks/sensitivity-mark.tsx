import { cn } from '../class-names'

export const sensitivityLabels = {
  public: 'Public',
  internal: 'Internal',
  confidential: 'Confidential',
  restricted: 'Restricted',
} as const

export type SensitivityName = keyof typeof sensitivityLabels

const order: SensitivityName[] = ['public', 'internal', 'confidential', 'restricted']

export interface SensitivityMarkProps {
  /** `undefined`: nobody has said. */
  sensitivity: SensitivityName | undefined | null
  className?: string
}

/** A square that fills with the sensitivity, and the word. */
export function SensitivityMark({ sensitivity, className }: SensitivityMarkProps) {
  if (!sensitivity) return <span className={cn('text-ink-muted italic', className)}>unknown</span>
  const level = order.indexOf(sensitivity)
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <svg viewBox="0 0 12 12" className="size-3 shrink-0" aria-hidden data-mark>
        <rect x="0.5" y="0.5" width="11" height="11" rx="1.5" className="fill-none stroke-line-strong" />
        <rect x="1.5" y={10.5 - level * 3} width="9" height={level * 3} className="fill-ink-muted" />
      </svg>
      {sensitivityLabels[sensitivity]}
    </span>
  )
}
