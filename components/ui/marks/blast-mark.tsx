import { cn } from '../class-names'

const parts = [
  { name: 'reach', label: 'reach' },
  { name: 'alter', label: 'alteration' },
  { name: 'persist', label: 'persistence' },
] as const

const fills = {
  low: 'fill-quiet-mark',
  moderate: 'fill-notice-mark',
  high: 'fill-warning-mark',
  critical: 'fill-danger-mark',
}
export type BlastBand = keyof typeof fills

export interface BlastMarkProps {
  /** 0 to 100; `null` or `undefined`: not worked out. */
  score: number | null | undefined
  /** Each 0 to 1. */
  factors: { reach: number; alter: number; persist: number } | null | undefined
  /** Colours the glyph, and is spoken with the score. */
  band?: BlastBand
  /** With the score as a number beside the glyph. */
  hasLabel?: boolean
  className?: string
}

const share = (value: number) => `${Math.round(value * 100)} %`

/** Three bars of one length each, filled by reach, alteration and persistence: comparable down a column without reading. */
export function BlastMark({ score, factors, band, hasLabel = true, className }: BlastMarkProps) {
  const isKnown = score !== null && score !== undefined && factors
  const sentence = isKnown
    ? `Blast radius ${score.toFixed(1)} of 100${band ? `, ${band}` : ''}: ${parts
        .map(({ name, label }) => `${label} ${share(factors[name])}`)
        .join(', ')}`
    : 'Blast radius not worked out'
  return (
    <span title={sentence} className={cn('inline-flex items-center gap-2 whitespace-nowrap', className)}>
      <svg viewBox="0 0 24 14" className="h-3.5 w-6 shrink-0" aria-hidden data-mark>
        {parts.map(({ name }, index) => (
          <g key={name}>
            <rect
              x={0.5}
              y={index * 5 + 0.5}
              width={23}
              height={3}
              rx={0.75}
              strokeWidth={0.75}
              strokeDasharray={isKnown ? undefined : '1.5 1.5'}
              className="fill-none stroke-line-strong/60"
            />
            {isKnown ? (
              <rect
                x={0.5}
                y={index * 5 + 0.5}
                width={Math.max(0, Math.min(1, factors[name])) * 23}
                height={3}
                rx={0.75}
                className={band ? fills[band] : 'fill-ink-muted'}
              />
            ) : null}
          </g>
        ))}
      </svg>
      <span className="sr-only">{sentence}</span>
      {hasLabel ? (
        <span aria-hidden className={cn('tabular', !isKnown && 'text-ink-muted italic')}>
          {isKnown ? score.toFixed(1) : 'unknown'}
        </span>
      ) : null}
    </span>
  )
}
