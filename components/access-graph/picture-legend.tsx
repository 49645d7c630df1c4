import { LineMark } from '@/components/graph/picture-lines'
import { cn } from '@/components/ui/class-names'
import type { PictureEdge } from '@/lib/access-graph/blast-radius'
import { levels } from '@/lib/access-graph/score'
import { levelLabels } from './explore-words'

interface PictureLegendProps {
  edges: PictureEdge[]
  /** What changes that are only thought of would do to them. */
  marks: ReadonlyMap<number, 'cut' | 'less'> | undefined
  className?: string
}

const markWords = { cut: 'would end', less: 'would give less' }

/** What lines and colours mean; only the privileges and marks that are drawn. */
export function PictureLegend({ edges, marks, className }: PictureLegendProps) {
  const marked = new Set(marks?.values())
  const held = levels.filter(
    (level) => level !== 'unknown' && edges.some((edge) => edge.kind === 'grants' && edge.level === level),
  )
  return (
    <ul aria-label="Legend" className={cn('flex flex-wrap items-center gap-x-4 gap-y-1', className)}>
      <li className="flex items-center gap-1.5">
        <Line /> seen in use
      </li>
      <li className="flex items-center gap-1.5">
        <Line isDashed /> only granted
      </li>
      {held.map((level) => (
        <li key={level} className="flex items-center gap-1.5">
          <span
            aria-hidden
            data-mark
            className="h-3 w-1 rounded-xs"
            style={{ backgroundColor: `var(--privilege-${level.replace('_', '-')})` }}
          />
          {levelLabels[level].toLowerCase()}
        </li>
      ))}
      {(['cut', 'less'] as const)
        .filter((mark) => marked.has(mark))
        .map((mark) => (
          <li key={mark} className="flex items-center gap-1.5">
            <svg viewBox="-9 -9 18 18" className="size-4" aria-hidden>
              <LineMark mark={mark} />
            </svg>
            {markWords[mark]}
          </li>
        ))}
    </ul>
  )
}

function Line({ isDashed }: { isDashed?: boolean }) {
  return (
    <svg viewBox="0 0 24 4" className="h-1 w-6" aria-hidden>
      <path
        d="M0 2h24"
        strokeWidth={1.5}
        strokeDasharray={isDashed ? '5 4' : undefined}
        className="stroke-line-strong"
      />
    </svg>
  )
}
