import { cn } from '../class-names'

export interface EnvironmentTagProps {
  /** `production`, `staging`, … as the source names it; `undefined`: not known. */
  environment: string | undefined | null
  className?: string
}

/** Production is filled, everything else is outlined, the unknown is said. */
export function EnvironmentTag({ environment, className }: EnvironmentTagProps) {
  if (!environment) return <span className={cn('text-ink-muted italic', className)}>unknown</span>
  const isProduction = /^prod(uction)?$/i.test(environment)
  return (
    <span className={cn('inline-flex max-w-full items-center gap-1.5 whitespace-nowrap', className)}>
      <span
        aria-hidden
        data-mark
        className={cn('size-2 shrink-0 rotate-45 border', isProduction ? 'border-ink bg-ink' : 'border-line-strong')}
      />
      <span className="truncate">{environment}</span>
    </span>
  )
}
