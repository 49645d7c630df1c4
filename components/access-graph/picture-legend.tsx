import { cn } from '@/components/ui/class-names'
import type { PictureEdge } from '@/lib/access-graph/blast-radius'
import { levels } from '@/lib/access-graph/score'
import { levelLabels } from './explore-words'

/** What lines and colours mean; only the privileges that are drawn. */
export function PictureLegend({ edges, className }: { edges: PictureEdge[]; className?: string }) {
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
