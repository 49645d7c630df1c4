import { cn } from '../class-names'

export const basisLabels = {
  observed: 'Seen in use',
  entitlement: 'Granted',
  declared: 'Declared',
  inferred: 'Worked out',
} as const

export type BasisName = keyof typeof basisLabels

const dashes: Record<BasisName, string | undefined> = {
  observed: undefined,
  entitlement: '5 3',
  declared: '2 3',
  inferred: '1 5',
}

export interface BasisLineProps {
  basis: BasisName
  hasLabel?: boolean
  className?: string
}

/** How an access is known: a solid line was seen in use, a dashed one is merely granted, dots were only stated. */
export function BasisLine({ basis, hasLabel = true, className }: BasisLineProps) {
  return (
    <span
      title={hasLabel ? undefined : basisLabels[basis]}
      className={cn('inline-flex items-center gap-2 whitespace-nowrap', className)}
    >
      <svg viewBox="0 0 24 8" className="h-2 w-6 shrink-0" aria-hidden>
        <path
          d="M1 4h18"
          className="stroke-ink-muted"
          strokeWidth={1.5}
          strokeDasharray={dashes[basis]}
          strokeLinecap="round"
        />
        <path d="M18 1.5 22 4l-4 2.5z" className="fill-ink-muted" />
      </svg>
      <span className={hasLabel ? '' : 'sr-only'}>{basisLabels[basis]}</span>
    </span>
  )
}
