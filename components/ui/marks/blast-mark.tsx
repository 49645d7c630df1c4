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

const tracks =
  'M1.25.5h21.5a.75.75 0 0 1 .75.75v1.5a.75.75 0 0 1-.75.75h-21.5a.75.75 0 0 1-.75-.75v-1.5a.75.75 0 0 1 .75-.75z'
const outline = parts.map((_, index) => tracks.replace('M1.25.5', `M1.25 ${index * 5 + 0.5}`)).join('')

/** A bar with round corners as far as its part goes. */
function bar(part: number, index: number): string {
  const width = Math.round(Math.max(0, Math.min(1, part)) * 2300) / 100
  if (width === 0) return ''
  const r = Math.min(0.75, width / 2)
  const inner = width - 2 * r
  return `M${0.5 + r} ${index * 5 + 0.5}h${inner}a${r} .75 0 0 1 ${r} .75v1.5a${r} .75 0 0 1-${r} .75h-${inner}a${r} .75 0 0 1-${r}-.75v-1.5a${r} .75 0 0 1 ${r}-.75z`
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
    <span
      role="img"
      aria-label={sentence}
      title={sentence}
      className={cn(
        'tabular inline-flex items-center gap-2 whitespace-nowrap',
        !isKnown && 'text-ink-muted italic',
        className,
      )}
    >
      <svg viewBox="0 0 24 14" className="h-3.5 w-6 shrink-0" aria-hidden data-mark>
        <path
          d={outline}
          strokeWidth={0.75}
          strokeDasharray={isKnown ? undefined : '1.5 1.5'}
          className="fill-none stroke-line-strong/60"
        />
        {isKnown ? (
          <path
            d={parts.map(({ name }, index) => bar(factors[name], index)).join('')}
            className={band ? fills[band] : 'fill-ink-muted'}
          />
        ) : null}
      </svg>
      {hasLabel ? (isKnown ? score.toFixed(1) : 'unknown') : null}
    </span>
  )
}
