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
    <span
      className={cn(
        'inline-block max-w-full truncate pl-px align-middle forced-colors:before:forced-color-adjust-none',
        'before:relative before:-top-px before:mr-1.5 before:inline-block before:size-2 before:rotate-45 before:border before:align-middle',
        isProduction ? 'before:border-ink before:bg-ink' : 'before:border-line-strong',
        className,
      )}
    >
      {environment}
    </span>
  )
}
